"""The endpoints under `/__sandbox__/`; docs/test-plane.md describes each one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from tieline_sandbox.application import Application, EditRefused
from tieline_sandbox.effects import Clock
from tieline_sandbox.fault_rules import KINDS, RuleRefused, read_rule, show_planned
from tieline_sandbox.faults import Faults
from tieline_sandbox.hooks import Hook
from tieline_sandbox.request_log import RequestLog
from tieline_sandbox.wire import Request, Response, json_response

PREFIX = "/__sandbox__"
LONGEST_LOG = 100_000
_EDITS = ("create", "update", "delete")

ENDPOINTS: Mapping[str, str] = {
    "GET /__sandbox__/": "This description.",
    "GET /__sandbox__/faults": "The fault rules in force, with hit counts.",
    "POST /__sandbox__/faults": "Plan one rule, or a list of rules (all or none).",
    "DELETE /__sandbox__/faults": "Remove all rules.",
    "GET /__sandbox__/faults/{id}": "One rule.",
    "DELETE /__sandbox__/faults/{id}": "Remove one rule.",
    "GET /__sandbox__/clock": "The sandbox's time.",
    "POST /__sandbox__/clock": "Move the time: advance, freeze or thaw.",
    "POST /__sandbox__/as_user": "Create, update or delete as a person would, or one of the sandbox's own actions.",
    "GET /__sandbox__/log": "The ground truth: every change that really took effect.",
    "GET /__sandbox__/requests": "The last requests served.",
    "GET /__sandbox__/calls": "How many requests were made of the API.",
}


class Refused(Exception):
    """Ends a plane request with a status and a sentence."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


Handler = Callable[[Request, str], Response]


class Endpoints:
    """Answers plane requests; the token was checked before."""

    def __init__(self, application: Application, faults: Faults, clock: Clock, requests: RequestLog) -> None:
        self._application, self._faults, self._clock, self._requests = application, faults, clock, requests
        self._clock_lock = Lock()
        self._handlers: Mapping[str, Mapping[str, Handler]] = {
            "": {"GET": self._describe},
            "faults": {"GET": self._list_faults, "POST": self._plan_faults, "DELETE": self._clear_faults},
            "faults/{id}": {"GET": self._show_fault, "DELETE": self._remove_fault},
            "clock": {"GET": self._show_clock, "POST": self._move_clock},
            "as_user": {"POST": self._edit},
            "log": {"GET": self._mutations},
            "requests": {"GET": self._served},
            "calls": {"GET": self._calls},
        }

    def answer(self, request: Request) -> Response:
        try:
            return self._route(request)
        except Refused as refused:
            return json_response(refused.status, {"error": str(refused)})

    def _route(self, request: Request) -> Response:
        path = request.path.removeprefix(PREFIX).strip("/")
        head, slash, ident = path.partition("/")
        methods = self._handlers.get(f"{head}/{{id}}" if slash else head)
        if methods is None:
            raise Refused(404, f"The plane has no {PREFIX}/{path}; GET {PREFIX}/ lists what it has.")
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            words = f"{PREFIX}/{path} takes {' or '.join(methods)}, not {request.method}."
            return json_response(405, {"error": words}, (("Allow", ", ".join(methods)),))
        return handler(request, ident)

    def _describe(self, _request: Request, _ident: str) -> Response:
        faults = {"hooks": list(Hook), "kinds": list(KINDS)}
        return json_response(200, {"sandbox": self._application.name, "endpoints": dict(ENDPOINTS), "faults": faults})

    # -- faults ----------------------------------------------------------------------------------------------------

    def _list_faults(self, _request: Request, _ident: str) -> Response:
        return json_response(200, [show_planned(planned) for planned in self._faults.listed()])

    def _plan_faults(self, request: Request, _ident: str) -> Response:
        given = _json(request)
        try:
            rules = [read_rule(rule) for rule in (given if isinstance(given, list) else [given])]
        except RuleRefused as refused:
            raise Refused(400, str(refused)) from None
        shown = [show_planned(planned) for planned in self._faults.plan(rules)]
        return json_response(201, shown if isinstance(given, list) else shown[0])

    def _clear_faults(self, _request: Request, _ident: str) -> Response:
        return json_response(200, {"removed": self._faults.clear()})

    def _show_fault(self, _request: Request, ident: str) -> Response:
        for planned in self._faults.listed():
            if str(planned.id) == ident:
                return json_response(200, show_planned(planned))
        raise _no_rule(ident)

    def _remove_fault(self, _request: Request, ident: str) -> Response:
        if not ident.isascii() or not ident.isdigit() or len(ident) > 18 or not self._faults.remove(int(ident)):
            raise _no_rule(ident)
        return json_response(200, {"removed": 1})

    # -- clock -----------------------------------------------------------------------------------------------------

    def _show_clock(self, _request: Request, _ident: str) -> Response:
        clock = self._clock
        frozen = clock.frozen.isoformat() if clock.frozen else None
        shown = {"now": clock.now().isoformat(), "offset": clock.offset.total_seconds(), "frozen": frozen}
        return json_response(200, shown)

    def _move_clock(self, request: Request, ident: str) -> Response:
        moves = {"advance": self._advance, "freeze": self._freeze, "thaw": self._thaw}
        given = _json_object(request, tuple(moves))
        if len(given) != 1:
            raise Refused(400, "Send one of advance (seconds), freeze (a time) or thaw (true).")
        ((name, value),) = given.items()
        with self._clock_lock:
            moves[name](value)
        return self._show_clock(request, ident)

    def _advance(self, seconds: Any) -> None:
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise Refused(400, '"advance" must be a number of seconds.')
        try:
            self._clock.now() + timedelta(seconds=seconds)
        except OverflowError:
            raise Refused(400, '"advance" must end between the years 1 and 9999.') from None
        self._clock.advance(seconds)

    def _freeze(self, at: Any) -> None:
        try:
            instant = datetime.fromisoformat(at)
            if instant.tzinfo is None:
                raise Refused(400, '"freeze" needs a zone: write 2025-01-31T12:00:00Z.')
            self._clock.freeze(instant.astimezone(UTC))
        except (TypeError, ValueError, OverflowError):
            raise Refused(400, '"freeze" must be a time like 2025-01-31T12:00:00Z.') from None

    def _thaw(self, value: Any) -> None:
        if value is not True:
            raise Refused(400, '"thaw" must be true.')
        self._clock.thaw()

    # -- edits and logs --------------------------------------------------------------------------------------------

    def _edit(self, request: Request, _ident: str) -> Response:
        given = _json_object(request, ("user", "action", "object", "id", "values"))
        texts = {key: _text(given, key, required=key != "id") for key in ("user", "action", "object", "id")}
        action, values = texts["action"], given.get("values", {})
        own = tuple(getattr(self._application, "actions", ()))  # what only this vendor's users can do
        if action not in (*_EDITS, *own):
            raise Refused(400, f'"action" must be one of {", ".join((*_EDITS, *own))}.')
        if action not in own and (action == "create") == bool(texts["id"]):
            raise Refused(400, '"create" takes no "id"; "update" and "delete" need one.')
        if not isinstance(values, Mapping):
            raise Refused(400, '"values" must be an object.')
        try:
            ident = self._application.edit(texts["user"], action, texts["object"], texts["id"], values)
        except EditRefused as refused:
            raise Refused(422, str(refused)) from None
        return json_response(200, {"id": ident})

    def _mutations(self, request: Request, _ident: str) -> Response:
        numbers = _numbers(request, {"since": 0, "limit": LONGEST_LOG})
        limit = min(numbers["limit"], LONGEST_LOG)
        found = [asdict(mutation) for mutation in self._application.state.mutations(numbers["since"], limit)]
        if "application/x-ndjson" in request.header("Accept"):
            lines = "".join(json.dumps(mutation, ensure_ascii=False) + "\n" for mutation in found)
            return Response(200, (("Content-Type", "application/x-ndjson"),), lines.encode(errors="surrogatepass"))
        return json_response(200, {"mutations": found, "last": found[-1]["seq"] if found else numbers["since"]})

    def _served(self, request: Request, _ident: str) -> Response:
        since = _numbers(request, {"since": 0})["since"]
        return json_response(200, {"requests": [asdict(served) for served in self._requests.since(since)]})

    def _calls(self, _request: Request, _ident: str) -> Response:
        total, by_kind = self._requests.calls()
        return json_response(200, {"total": total, "by": by_kind})


def _no_rule(ident: str) -> Refused:
    return Refused(404, f"There is no fault rule {ident}; GET {PREFIX}/faults lists them.")


def _json(request: Request) -> Any:
    try:
        return json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"The body must be JSON: {error}.") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _json_object(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    given = _json(request)
    if not isinstance(given, dict):
        raise Refused(400, f"The body must be a JSON object with {', '.join(known)}.")
    for key in given:
        if key not in known:
            raise Refused(400, f'Unknown key "{key}"; known: {", ".join(known)}.')
    return given


def _text(given: Mapping[str, Any], key: str, *, required: bool) -> str:
    value = given.get(key) or ""
    if not isinstance(value, str) or (required and not value):
        raise Refused(400, f'"{key}" must be a text{" that is not empty" if required else ""}.')
    return value


def _numbers(request: Request, defaults: Mapping[str, int]) -> dict[str, int]:
    numbers = dict(defaults)
    for key, value in parse_qsl(request.raw_query, keep_blank_values=True):
        if key not in defaults:
            raise Refused(400, f'Unknown parameter "{key}"; known: {", ".join(defaults)}.')
        if not value.isascii() or not value.isdigit() or len(value) > 15:
            raise Refused(400, f'"{key}" must be a whole number of 0 or more.')
        numbers[key] = int(value)
    return numbers
