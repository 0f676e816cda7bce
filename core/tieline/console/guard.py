"""The outermost layer of the web process: security headers on every answer, nothing internal in any."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_logger = logging.getLogger("tieline.console")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Defaults: an application that sets one of them (a framed page its frame-ancestors) keeps its own."""


class Guard:
    """Wraps the whole application, its error pages included. `new_id` makes the id an error is logged under."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], str]) -> None:
        self._app, self._new_id = app, new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _Guarded(send)
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - the last resort: generic words and an id
            await self._failed(scope, receive, guarded, error)
        _logger.info("%s %s %s", scope["method"], scope["path"], guarded.status)

    async def _failed(self, scope: Scope, receive: Receive, guarded: _Guarded, error: Exception) -> None:
        ident = self._new_id()
        _logger.error("error %s at %s %s", ident, scope["method"], scope["path"], exc_info=error)
        if not guarded.status:
            answer = JSONResponse({"error": {"id": ident, "message": "Something went wrong here."}}, 500)
            await answer(scope, receive, guarded)


class _Guarded:
    """Adds the headers as an answer starts, and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)
