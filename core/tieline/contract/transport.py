"""HTTP as a function: a request value in, a response value out.

The host hands every client a transport that already has time-outs, byte caps, TLS, the allowed hosts, proxies and
call counting. It never retries and never follows redirects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

_MOST_DIGITS = 400
"""Before or after the point: more than any binary fraction has."""


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
        """The body as JSON, numbers with a point as Decimal text-exact. Raises ValueError, also for what has no one
        meaning: a name given twice, NaN, more nesting than anybody needs."""
        try:
            return json.loads(
                self.body, parse_float=exact_number, parse_constant=_no_json, object_pairs_hook=_each_once
            )
        except RecursionError:
            raise ValueError("nested too deep") from None


def exact_number(text: str) -> Decimal:
    """Raises ValueError for a number larger or smaller than any system holds: written out it would fill the memory."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number without measure") from None
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError("a number without measure")
    return number


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice in one object")
    return found


class Transport(Protocol):
    def send(self, request: HttpRequest) -> HttpResponse:
        """Any HTTP status is an answer. Raises NothingSent when no connection was made, AnswerLost when the
        request went out and no whole answer came back, Misconfigured for TLS failures and hosts not allowed."""
