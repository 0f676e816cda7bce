"""Messages from vendors: `POST /inbound/<system>/<name>/<back office>`. A message is a hint to look, never the data."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieline.contract import InboundAnswer, InboundRequest, InboundRoute, PermanentError

_logger = logging.getLogger("tieline.console")

BODY_SECONDS = 30.0
"""A sender that trickles its body longer than this is cut off."""

SettingsOf = Callable[[str, str], Mapping[str, str] | None]
"""(system, back office) -> settings in clear, or None when there is no such back office."""

Keep = Callable[[str, InboundAnswer], None]
"""(back office, answer): write hints and settlements down, before the sender is told that we have them."""


class Inbound:
    """Finds the route and the back office, lets the handler verify and read, keeps what it learned."""

    def __init__(self, routes: Iterable[InboundRoute], settings_of: SettingsOf, keep: Keep) -> None:
        self._routes = {(route.system, route.name): route for route in routes}
        self._settings_of, self._keep = settings_of, keep

    def as_route(self) -> Route:
        return Route("/inbound/{system}/{name}/{back_office}", self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """404 for what does not exist, 413 for too much, 403 for a sender the handler refuses."""
        place = request.path_params
        route = self._routes.get((place["system"], place["name"]))
        settings = await run_in_threadpool(self._settings_of, place["system"], place["back_office"]) if route else None
        if route is None or settings is None:
            raise HTTPException(404)
        body = await _body(request, route.max_bytes)
        taken = InboundRequest(place["back_office"], dict(request.headers), dict(request.query_params), body, settings)
        answer = await run_in_threadpool(self._handle, route, taken)
        return Response(answer.body, answer.status, media_type=answer.content_type)

    def _handle(self, route: InboundRoute, request: InboundRequest) -> InboundAnswer:
        try:
            answer = route.handler(request)
        except PermanentError as error:
            _logger.warning("refused a message of %s for %s: %s", route.system, request.back_office, error)
            raise HTTPException(403) from None
        self._keep(request.back_office, answer)
        return answer


async def _body(request: Request, limit: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        raise HTTPException(413)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _at_most(request, limit)
    except TimeoutError:
        raise HTTPException(408) from None


async def _at_most(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise HTTPException(413)
        parts.append(part)
    return b"".join(parts)
