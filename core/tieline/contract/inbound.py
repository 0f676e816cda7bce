"""Routes that a plugin adds to the web process: webhooks and message inboxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """`settings` are those of the back office named in the address."""

    back_office: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InboundAnswer:
    """`status` and `body` go back to the sender. `hints` are (object, key) pairs to read again: a message is a hint
    to look, never the data. `settled` are correlations whose answers have arrived."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    hints: tuple[tuple[str, str], ...] = ()
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InboundRoute:
    """Served at `/inbound/<system>/<name>/<back office>` for POST only. The handler must verify the sender before it
    parses anything; it raises PermanentError to refuse with 403."""

    system: str
    name: str
    handler: Callable[[InboundRequest], InboundAnswer]
    max_bytes: int = 1_000_000
