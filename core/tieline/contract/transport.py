"""HTTP as a function: a request value in, a response value out.

The host hands every client a transport that already has time-outs, byte caps, TLS, the allowed hosts, proxies and
call counting. It never retries and never follows redirects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`url` is absolute and already encoded."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str, default: str = "") -> str:
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), default)

    def json(self) -> Any:
        """The body as JSON, numbers with a point as Decimal text-exact; raises ValueError."""
        from decimal import Decimal

        return json.loads(self.body, parse_float=Decimal)


class Transport(Protocol):
    def send(self, request: HttpRequest) -> HttpResponse:
        """Any HTTP status is an answer. Raises NothingSent when no connection was made, AnswerLost when the
        request went out and no whole answer came back, Misconfigured for TLS failures and hosts not allowed."""
