"""The web application. The console mounts its pages here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, Router

from tieline.console.guard import Guard
from tieline.console.inbound import Inbound

Healthy = Callable[[], str]
"""Returns nothing when all is well, else a word on what is not."""


def build(inbound: Inbound, healthy: Healthy, new_id: Callable[[], str], more: Sequence[BaseRoute] = ()) -> Guard:
    """`more` are further routes, tried after our own."""

    async def health(request: Request) -> Response:  # noqa: ARG001 - starlette's signature
        trouble = await run_in_threadpool(healthy)
        return JSONResponse({"status": trouble or "ok"}, 503 if trouble else 200)

    router = Router([Route("/healthz", health), inbound.as_route(), *more])
    # Not the Starlette class: its own last resort would answer before the guard can give an id.
    return Guard(ExceptionMiddleware(router), new_id)
