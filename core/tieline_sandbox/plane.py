"""The test plane: every request of a sandbox passes here, through the hooks where faults strike.

`Plane.handle` is the whole sandbox as a function; doors put it on the wire, tests may call it directly. An answer
whose `delivery.close_after` is 0 means that the caller gets no answer at all.
"""

from __future__ import annotations

import hmac
import itertools
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from threading import Event, Lock

from tieline_sandbox.application import Application, EditRefused
from tieline_sandbox.deeds import (
    NOTHING_SENT,
    AsUser,
    Defer,
    DelayVisible,
    Duplicate,
    Ending,
    Reorder,
    Skew,
    Stall,
)
from tieline_sandbox.effects import Clock
from tieline_sandbox.endpoints import PREFIX, Endpoints
from tieline_sandbox.faults import Faults, Strike
from tieline_sandbox.hooks import FaultInjected, Hook, Tags
from tieline_sandbox.request_log import RequestLog
from tieline_sandbox.wire import Request, Response, json_response

TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name of a header, not a token
_logger = logging.getLogger("tieline_sandbox")


class Plane:
    """An application behind the hooks, with the endpoints under `/__sandbox__/`. Thread-safe."""

    def __init__(self, application: Application, token: str, faults: Faults, clock: Clock) -> None:
        self.application = application
        self.faults = faults
        self.clock = clock
        self.requests = RequestLog(clock)
        self._token = token.encode()
        self._endpoints = Endpoints(application, faults, clock, self.requests)
        self._closing = Event()
        self._failures = itertools.count(1)
        self._deferred: list[tuple[datetime, Request]] = []
        self._deferred_lock = Lock()

    def handle(self, request: Request) -> Response:
        """Answer one request; never raises."""
        self._do_deferred()
        if _is_for_plane(request.path):
            return self._dated(self._guarded(request, partial(self._answer_by_plane, request)))
        passage = Passage(self, request)
        response = self._deliver(request, passage)
        if passage.deferred is not None:
            with self._deferred_lock:
                self._deferred.append((self.clock.now() + timedelta(seconds=passage.deferred), request))
        if passage.twice:
            response = self._deliver(request, Passage(self, request, again=True))
        return response

    def wait(self, seconds: float) -> bool:
        """Wait in real time; True when the sandbox stops meanwhile."""
        return self._closing.wait(seconds)

    def close(self) -> None:
        """End all waits: requests that a fault stalls are cut, those before their commit without effect; those that
        wait for a change are answered."""
        self._closing.set()
        self.application.state.release()

    def _do_deferred(self) -> None:
        """Requests whose caller was sent away earlier and whose time has come."""
        now = self.clock.now()
        with self._deferred_lock:
            due = [request for at, request in self._deferred if at <= now]
            self._deferred = [each for each in self._deferred if each[0] > now]
        for request in due:
            self._deliver(request, Passage(self, request, again=True))

    def _deliver(self, request: Request, passage: Passage) -> Response:
        with self.clock.unshifted():
            response = self._guarded(request, partial(self._work, request, passage))
            self.clock.shift(passage.skew)
            response = passage.changed(self._dated(passage.struck or response))
        self.requests.add(request, response)
        return response

    def _work(self, request: Request, passage: Passage) -> Response:
        passage(Hook.ACCEPTED)
        response = self.application.handle(request, passage)
        passage(Hook.RESPONDING)
        return response

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        try:
            return work()
        except FaultInjected as fault:
            return fault.response
        except Exception:
            ident = f"{self.application.name}-{next(self._failures)}"
            _logger.exception("failure %s while answering %s %s", ident, request.method, request.path)
            text = f"The sandbox itself failed (failure {ident}); the log tieline_sandbox has the traceback.\n"
            return Response(500, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())

    def _answer_by_plane(self, request: Request) -> Response:
        given = request.header(TOKEN_HEADER).encode()
        if not hmac.compare_digest(given, self._token):
            words = f"Send the plane_token of the sandbox's JSON file in the header {TOKEN_HEADER}."
            return json_response(403, {"error": words})
        return self._endpoints.answer(request)

    def _dated(self, response: Response) -> Response:
        """The sandbox's own time, so that a client can measure the skew."""
        if response.header("Date"):
            return response
        date = format_datetime(self.clock.now(), usegmt=True)
        return replace(response, headers=(*response.headers, ("Date", date)))


class Passage:
    """One delivery of a request on its way through the hooks; this is the probe that applications call."""

    def __init__(self, plane: Plane, request: Request, *, again: bool = False) -> None:
        self.twice = False
        self.deferred: float | None = None
        self.skew = 0.0
        self.struck: Response | None = None
        self._plane, self._request, self._again = plane, request, again
        self._tags = Tags()
        self._changes: list[Callable[[Response], Response]] = []

    def __call__(self, hook: Hook, tags: Tags = Tags(), /) -> None:  # noqa: B008 - frozen and empty
        self._tags = _merged(self._tags, tags)
        for strike in self._plane.faults.strikes(hook, self._request, self._tags, again=self._again):
            self._suffer(hook, strike)

    def changed(self, response: Response) -> Response:
        """The answer with all planned changes applied."""
        for change in self._changes:
            response = change(response)
        return response

    def _suffer(self, hook: Hook, strike: Strike) -> None:
        deed = strike.deed
        if isinstance(deed, Ending):
            self.deferred = deed.seconds if isinstance(deed, Defer) else None
            self._end(deed.answer())
        elif isinstance(deed, Duplicate):
            self.twice = True
        elif isinstance(deed, Skew | DelayVisible):
            self._shift(deed)
        elif isinstance(deed, AsUser):
            self._edit(deed)
        elif isinstance(deed, Stall) and hook is not Hook.RESPONDING:
            self._wait(deed.seconds)
        elif isinstance(deed, Reorder):
            self._changes.append(partial(self._plane.faults.swapped, strike))
        else:
            self._changes.append(partial(deed.change, firing=strike.firing))

    def _shift(self, deed: Skew | DelayVisible) -> None:
        if isinstance(deed, Skew):
            self.skew = deed.seconds
        self._plane.clock.shift(deed.seconds if isinstance(deed, Skew) else -deed.seconds)

    def _edit(self, deed: AsUser) -> None:
        try:
            self._plane.application.edit(deed.user, deed.action, deed.object, deed.id, deed.values)
        except EditRefused as refused:  # a test that relies on the edit must notice
            words = f"The planned edit was refused: {refused}\n"
            self._end(Response(500, (("Content-Type", "text/plain; charset=utf-8"),), words.encode()))

    def _wait(self, seconds: float) -> None:
        if self._plane.wait(seconds):
            self._end(NOTHING_SENT)

    def _end(self, response: Response) -> None:
        # Kept as well as raised: an application that catches everything row by row must not lose the answer.
        self.struck = response
        raise FaultInjected(response)


def _is_for_plane(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _merged(known: Tags, told: Tags) -> Tags:
    """What was known stays known where a later hook says nothing."""
    return Tags(
        told.operation or known.operation, told.object or known.object, told.key or known.key, told.actor or known.actor
    )
