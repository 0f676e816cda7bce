"""Faults as values: what to match, at which hook, what to do. `fault_rules` reads them from JSON.

Three families of deeds:
- those that end the request at the hook: `Status`, `Reset` (before the commit nothing happened, after it the
  effect stays);
- those that let the work go on and change the answer: `CloseMid`, `DropResponse`, `Trickle`, `Flip`;
- `Stall`, which waits at the hook and goes on, and `Duplicate`, which delivers the whole request once more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from threading import Lock

from tieline_sandbox.hooks import Hook, Tags
from tieline_sandbox.wire import Delivery, Headers, Request, Response

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


Ending = Status | Reset
Change = CloseMid | DropResponse | Trickle | Flip
Deed = Ending | Change | Stall | Duplicate


@dataclass(frozen=True, slots=True)
class Match:
    """What a request must be like; an empty field matches all. `path` is searched in the decoded path."""

    method: str = ""
    path: re.Pattern[str] | None = None
    operation: str = ""
    object: str = ""
    key: str = ""
    actor: str = ""

    def fits(self, request: Request, tags: Tags) -> bool:
        return (
            self.method in ("", request.method)
            and (self.path is None or self.path.search(request.path) is not None)
            and self.operation in ("", tags.operation)
            and self.object in ("", tags.object)
            and self.key in ("", tags.key)
            and self.actor in ("", tags.actor)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """At hook `at`, skip the first `nth` hits, then do the deed `times` times (0: for ever)."""

    at: Hook
    do: Deed
    match: Match = field(default_factory=Match)
    nth: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """A rule in force, with how often it matched (`hits`) and struck (`fired`)."""

    id: int
    rule: Rule
    hits: int = 0
    fired: int = 0

    def hit(self) -> Planned:
        strikes = self.hits >= self.rule.nth and (self.rule.times == 0 or self.fired < self.rule.times)
        return replace(self, hits=self.hits + 1, fired=self.fired + strikes)


@dataclass(frozen=True, slots=True)
class Strike:
    """One firing of a rule: the deed and its number, counted from 1."""

    deed: Deed
    firing: int


class Faults:
    """The rules in force. Safe between threads; rules are asked in the order they were planned."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._planned: dict[int, Planned] = {}

    def plan(self, rules: Iterable[Rule]) -> list[Planned]:
        """Put rules in force, all at one instant."""
        with self._lock:
            added = [Planned(number, rule) for number, rule in enumerate(rules, self._last + 1)]
            self._planned.update((planned.id, planned) for planned in added)
            self._last += len(added)
        return added

    def listed(self) -> list[Planned]:
        """All rules with their counts; a spent rule stays until it is removed."""
        with self._lock:
            return list(self._planned.values())

    def remove(self, ident: int) -> bool:
        with self._lock:
            return self._planned.pop(ident, None) is not None

    def clear(self) -> int:
        """Remove all rules; returns how many there were."""
        with self._lock:
            count = len(self._planned)
            self._planned.clear()
        return count

    def strikes(self, hook: Hook, request: Request, tags: Tags, *, duplicates: bool = True) -> list[Strike]:
        """What strikes here. A rule that ends the request is the last one counted."""
        if not self._planned:
            return []
        struck: list[Strike] = []
        with self._lock:
            for planned in list(self._planned.values()):
                if planned.rule.at is not hook or not planned.rule.match.fits(request, tags):
                    continue
                if not duplicates and isinstance(planned.rule.do, Duplicate):
                    continue
                self._planned[planned.id] = now = planned.hit()
                if now.fired > planned.fired:
                    struck.append(Strike(planned.rule.do, now.fired))
                    if isinstance(planned.rule.do, Ending):
                        break
        return struck


def _cut(response: Response, after: int) -> Response:
    return replace(response, delivery=replace(response.delivery, close_after=after))


def _draw(*of: object) -> int:
    """A number that follows from its arguments alone, so that a seeded fault repeats."""
    return int.from_bytes(hashlib.sha256(repr(of).encode()).digest()[:8])
