"""What goes over the wire, as values: one request, one response."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as received.

    `target` is the origin form as sent (`/path?query`, still percent-encoded), `scheme` and `host` are those of the
    door the caller used: every address in an answer is built from them.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    scheme: str = "http"
    host: str = "localhost"

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        return unquote(self.raw_path)

    @property
    def raw_path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def raw_query(self) -> str:
        """What follows `?`, still encoded; empty when there is none."""
        return self.target.partition("?")[2]

    @property
    def base(self) -> str:
        """The address of the door used, e.g. `https://localhost:8443`."""
        return f"{self.scheme}://{self.host}"

    def header(self, name: str, default: str = "") -> str:
        """First value of a header; names do not mind the case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)

    def has_header(self, name: str) -> bool:
        wanted = name.lower()
        return any(key.lower() == wanted for key, _ in self.headers)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a door hands an answer over; the default is whole and at once. Faults make the others.

    `close_after` sends so many bytes of the body and resets the connection (0: nothing at all is sent, not even
    the status line). `stall` waits so many seconds first, `trickle` sends one byte every so many seconds.
    """

    close_after: int | None = None
    stall: float = 0.0
    trickle: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers = ()
    body: bytes = b""
    delivery: Delivery = field(default_factory=Delivery)

    def header(self, name: str, default: str = "") -> str:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)

    def json(self) -> Any:
        return json.loads(self.body)


def json_response(status: int, value: Any, headers: Headers = ()) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, (("Content-Type", "application/json;charset=UTF-8"), *headers), body)
