"""From an address to a page."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tieline_sandbox.hooks import FaultInjected, Probe
from tieline_sandbox.org import errors, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.face import edit, guard, lists, login, press, session
from tieline_sandbox.org.face import record as records
from tieline_sandbox.org.face.pages import bare, page, redirect
from tieline_sandbox.org.face.visit import Visit, address
from tieline_sandbox.org.face.words import Words
from tieline_sandbox.org.rest.answers import params
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Request, Response

Handler = Callable[..., Response]
_STATIC = {"style.css": "text/css", "live.js": "text/javascript", "icon.svg": "image/svg+xml"}
_MAX_FORM = 1024 * 1024
_MAX_FIELDS = 2000
_log = logging.getLogger(__name__)


def serves(request: Request) -> bool:
    """Whether an address is a page's: `/`, `/lightning/...`, `/face/...`, and `/ID` of a record."""
    path = request.raw_path
    return path in ("/", "/lightning") or path.startswith(("/lightning/", "/face/")) or ids.full(path[1:]) is not None


def serve(org: Org, request: Request, probe: Probe) -> Response:
    """Answer with a page, whatever was asked; raises FaultInjected from the probe and nothing else."""
    try:
        answer = _answer(org, request, probe)
    except FaultInjected:
        raise
    except OrgError as error:
        answer = _refused(org, request, error)
    except Exception:  # noqa: BLE001 - a page never shows more than this
        _log.exception("the pages could not answer %s", request.method)
        answer = _refused(org, request, OrgError("BAD_FORM", "failed", status=500))
    return guard.guarded(replace(answer, body=b"") if request.method.upper() == "HEAD" else answer)


def _answer(org: Org, request: Request, probe: Probe) -> Response:
    guard.check(request)
    path, method = request.raw_path, _method(request)
    if path.startswith("/face/") and path != "/face/logout":
        return _static(path.removeprefix("/face/"), method)
    form = _form(request) if method == "POST" else {}
    known = session.visitor(org, request)
    if path == "/":
        return _login(org, request, form, probe, method) if method == "POST" or not known else redirect(login.HOME)
    if known is None:
        start = request.target if method == "GET" else ""
        return redirect("/", startURL=start) if start else redirect("/")
    token, caller = known
    call = Call(org, request, caller, probe=probe)
    return _page(Visit(call, token, Words.of(caller.language), _query(request), form), path, method)


def _method(request: Request) -> str:
    method = request.method.upper()
    return "GET" if method == "HEAD" else method


def _login(org: Org, request: Request, form: dict[str, list[str]], probe: Probe, method: str) -> Response:
    wanted = form.get("startURL", [""])[-1] if method == "POST" else _query(request).get("startURL", "")
    start = wanted if _is_ours(wanted) else ""
    if method == "POST":
        return login.taken(org, request, form, start, probe)
    if method != "GET":
        raise _no_method()
    return login.shown(org, request, start)


def _is_ours(target: str) -> bool:
    """Only a path of these pages: never another site, however it is written."""
    if not re.fullmatch(r"/[\x21-\x5b\x5d-\x7e]*", target) or target.startswith("//"):
        return False
    return serves(Request("GET", target)) and not urlsplit(target).netloc


def _page(visit: Visit, path: str, method: str) -> Response:
    for pattern, methods in _ROUTES:
        match = pattern.fullmatch(path.rstrip("/"))
        if match and method not in methods:
            raise _no_method()
        if match:
            return methods[method](visit, *match.groups())
    raise errors.not_found()


def _no_method() -> OrgError:
    return OrgError("METHOD_NOT_ALLOWED", "HTTP Method not allowed", status=405)


def _record_by_id(visit: Visit, ident: str) -> Response:
    """The short address of a record."""
    kind = visit.call.schema.by_prefix(ident)
    full = ids.full(ident)
    if kind is None or full is None:
        raise errors.not_found()
    with visit.call.reading() as reader:
        visit.row(reader, visit.object(kind.name), full)
    return redirect(address(kind, full))


_RECORD = r"/lightning/r/(\w+)/(\w{15}|\w{18})"
_ROUTES: tuple[tuple[re.Pattern[str], Mapping[str, Handler]], ...] = tuple(
    (re.compile(pattern, re.ASCII), methods)
    for pattern, methods in (
        (r"/lightning(?:/page/home|/o)?", {"GET": lists.home}),
        (r"/lightning/o/(\w+)(?:/list|/home)?", {"GET": lists.listed}),
        (r"/lightning/o/(\w+)/new", {"GET": edit.new, "POST": edit.create}),
        (r"/lightning/r/(\w{15}|\w{18})(?:/view)?", {"GET": _record_by_id}),
        (_RECORD + r"(?:/view)?", {"GET": records.record}),
        (_RECORD + r"/edit", {"GET": edit.edit, "POST": edit.update}),
        (_RECORD + r"/delete", {"GET": edit.ask_delete, "POST": edit.delete}),
        (_RECORD + r"/related/(\w+)/view", {"GET": lists.related_list}),
        (_RECORD + r"/action/(\w+)", {"GET": press.form, "POST": press.press}),
        (r"/face/logout", {"POST": login.left}),
        (r"/(\w{15}|\w{18})", {"GET": _record_by_id}),
    )
)


# -- parts of a request ------------------------------------------------------------------------------------------------


def _query(request: Request) -> dict[str, str]:
    return params(request)


def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a form; OrgError when the body is none."""
    media = request.header("Content-Type").partition(";")[0].strip().lower()
    refused = OrgError("BAD_FORM", "bad_form")
    if media != "application/x-www-form-urlencoded" or len(request.body) > _MAX_FORM:
        raise refused
    try:
        text = request.body.decode("ascii")
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError:
        raise refused from None


@lru_cache(maxsize=len(_STATIC))
def _file(name: str) -> bytes:
    return files("tieline_sandbox.org.face").joinpath("static", name).read_bytes()


def _static(name: str, method: str) -> Response:
    if name not in _STATIC:
        raise errors.not_found()
    if method != "GET":
        raise _no_method()
    headers = (("Content-Type", f"{_STATIC[name]}; charset=utf-8"), ("Cache-Control", "max-age=300"))
    return Response(200, headers, _file(name))


def _refused(org: Org, request: Request, error: OrgError) -> Response:
    """An error as a page, with the way back."""
    known = session.visitor(org, request) if error.status not in (421, 500) else None
    words = Words.of(known[1].language if known else request.header("Accept-Language"))
    told: dict[str, Any] = {"problem": login.refusal(error, words)}
    if known is None:
        return bare(org, words, "error.html", words("refused"), login.status_of(error), **told)
    visit = Visit(Call(org, request, known[1]), known[0], words, {})
    return page(visit, "error.html", words("refused"), login.status_of(error), **told)
