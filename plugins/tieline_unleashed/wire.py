"""The wire: signed requests. URL and signature are built here only, from the same ordered parameters."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from tieline.contract import Clock, HttpRequest, HttpResponse, Misconfigured, Transport
from tieline_unleashed import exact

Query = Sequence[tuple[str, str]]

CLIENT_TYPE = "tieline/tieline"  # partner/app in small letters; asked for, not enforced [V]
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def signed_text(query: Query) -> str:
    """What is signed: the query as people read it. Signing the percent-encoded form gives 403 [C]."""
    return "&".join(f"{name}={value}" for name, value in query)


def signature(api_key: str, query: Query) -> str:
    """base64(HMAC-SHA256) over the query alone: no path, no method, no body [V]."""
    digest = hmac.new(api_key.encode(), signed_text(query).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def encoded(query: Query) -> str:
    """The same query as it travels: a space is %20, never +."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)


@dataclass(frozen=True, slots=True)
class Wire:
    """One organisation's API. The transport's errors pass through."""

    base_url: str
    api_id: str
    api_key: str = field(repr=False)
    transport: Transport
    clock: Clock

    def send(self, method: str, path: str, query: Query = (), body: Any = None) -> HttpResponse:
        """`path` is relative to the base and holds resource names, guids and page numbers only."""
        url = self.base_url + path + (f"?{encoded(query)}" if query else "")
        content = b"" if body is None else exact.write(body)
        return self.transport.send(HttpRequest(method, url, self._headers(query), content))

    def _headers(self, query: Query) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "api-auth-id": self.api_id,
            "api-auth-signature": signature(self.api_key, query),
            "client-type": CLIENT_TYPE,
        }


def base_address(text: str) -> str:
    """The address to put paths behind, with one slash at its end. Raises Misconfigured.

    A signature covers neither body nor path and never expires, so the line itself must be safe: https, except to this
    machine.
    """
    parts = urlsplit(text.strip())
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if safe and parts.hostname and not parts.query and not parts.fragment:
        return text.strip().rstrip("/") + "/"
    raise Misconfigured(
        f"{text!r} is no usable address",
        where="setting base_url",
        mend="Give an https address such as https://api.unleashedsoftware.com/.",
        code="bad_setting",
    )
