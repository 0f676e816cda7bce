"""What a fault does, as values. Five families:

- those that end the request at the hook: `Status`, `Reset` (before the commit nothing happened, after it the
  effect stays), and `Defer`, which ends it now and does the work later;
- those that let the work go on and change the answer: `CloseMid`, `Shorten`, `DropResponse`, `Trickle`, `Flip`,
  `Reorder`;
- `Stall`, which waits at the hook and goes on, and `Duplicate`, which delivers the whole request once more;
- those that move the sandbox's clock for this request alone: `Skew`, `DelayVisible`;
- `AsUser`: a person's edit at this very point of somebody else's request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tieline_sandbox.wire import Delivery, Headers, Response

NOTHING_SENT = Response(0, delivery=Delivery(close_after=0))


@dataclass(frozen=True, slots=True)
class Status:
    """Answer with this instead."""

    code: int
    headers: Headers = ()
    body: bytes = b""

    def answer(self) -> Response:
        return Response(self.code, self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Reset:
    """Cut the connection at once: no byte of an answer."""

    def answer(self) -> Response:
        return NOTHING_SENT


@dataclass(frozen=True, slots=True)
class Stall:
    """Wait at the hook, then go on. Before the commit the store is held, so everybody waits."""

    seconds: float

    def change(self, response: Response, firing: int) -> Response:  # noqa: ARG002
        return replace(response, delivery=replace(response.delivery, stall=self.seconds))


@dataclass(frozen=True, slots=True)
class CloseMid:
    """Send the head and so many bytes of the body, then reset; always short of the whole body."""

    bytes: int

    def change(self, response: Response, firing: int) -> Response:  # noqa: ARG002
        return _cut(response, max(0, min(self.bytes, len(response.body) - 1)))


@dataclass(frozen=True, slots=True)
class DropResponse:
    """Do all of the work, send nothing."""

    def change(self, response: Response, firing: int) -> Response:  # noqa: ARG002
        return _cut(response, 0)


@dataclass(frozen=True, slots=True)
class Trickle:
    """Send the head at once, then one byte of the body every so many seconds."""

    seconds: float

    def change(self, response: Response, firing: int) -> Response:  # noqa: ARG002
        return replace(response, delivery=replace(response.delivery, trickle=self.seconds))


@dataclass(frozen=True, slots=True)
class Flip:
    """Change so many bytes of the body; which ones follows from the seed and the number of the firing."""

    bytes: int
    seed: int = 0

    def change(self, response: Response, firing: int) -> Response:
        body = bytearray(response.body)
        for place in self._places(len(body), firing):
            body[place] ^= 1 + _draw(self.seed, firing, place, "mask") % 255
        return replace(response, body=bytes(body))

    def _places(self, length: int, firing: int) -> set[int]:
        places: set[int] = set()
        draw = 0
        while len(places) < min(self.bytes, length):
            places.add(_draw(self.seed, firing, draw, "place") % length)
            draw += 1
        return places


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Deliver the request twice, as a proxy does that retries by itself; the second answer is returned."""


@dataclass(frozen=True, slots=True)
class Defer:
    """A gateway gives up, the vendor does not: answer with this code now, do the work so many seconds later by the
    sandbox's clock, before whatever is asked of it then."""

    seconds: float
    code: int = 524

    def answer(self) -> Response:
        return Response(self.code)


@dataclass(frozen=True, slots=True)
class Shorten:
    """Send so many bytes of the body as if they were all of it."""

    bytes: int

    def change(self, response: Response, firing: int) -> Response:  # noqa: ARG002
        return replace(response, body=response.body[: self.bytes])


@dataclass(frozen=True, slots=True)
class Reorder:
    """Give the answer that belongs to the matching request so many before, as a gateway that mixes up its callers."""

    back: int = 1


@dataclass(frozen=True, slots=True)
class Skew:
    """The sandbox's clock is so many seconds ahead (or behind) in this request: stamps and the `Date` header."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DelayVisible:
    """What this request writes carries stamps of so many seconds ago: a transaction that began then and ends now."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AsUser:
    """A person does this at the hook; see the plane's `as_user`."""

    user: str
    action: str
    object: str
    id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Ending = Status | Reset | Defer
Change = CloseMid | Shorten | DropResponse | Trickle | Flip
OncePerRequest = Duplicate | Defer
Deed = Ending | Change | Stall | Duplicate | Reorder | Skew | DelayVisible | AsUser


def _cut(response: Response, after: int) -> Response:
    return replace(response, delivery=replace(response.delivery, close_after=after))


def _draw(*of: object) -> int:
    """A number that follows from its arguments alone, so that a seeded fault repeats."""
    return int.from_bytes(hashlib.sha256(repr(of).encode()).digest()[:8])
