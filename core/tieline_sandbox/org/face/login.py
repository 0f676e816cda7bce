"""Logging in as any local user, and out."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.face import session
from tieline_sandbox.org.face.pages import bare, redirect
from tieline_sandbox.org.face.visit import Visit
from tieline_sandbox.org.face.words import Words
from tieline_sandbox.org.identity import sessions
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Request, Response

HOME = "/lightning/page/home"
_PURPOSE = "log in"


def shown(org: Org, request: Request, start: str, trouble: str = "") -> Response:
    """The page, and a cookie that ties its form to this browser."""
    words = Words.of(request.header("Accept-Language"))
    held = session.cookie(request, session.login_cookie_name(org)) or session.new_number(org)
    told = {
        "users": _users(org), "start": start, "token": session.form_token(org, held, _PURPOSE), "trouble": trouble,
        "first": bool(start) and not trouble,
    }  # fmt: skip
    answer = bare(org, words, "login.html", words("log_in"), 400 if trouble else 200, **told)
    cookie = session.set_cookie(request, session.login_cookie_name(org), held)
    return Response(answer.status, (*answer.headers, cookie), answer.body)


def taken(org: Org, request: Request, form: dict[str, list[str]], start: str, probe: Probe) -> Response:
    """Open a session for the user who was picked; on to where they wanted to go."""
    user_id, token = (form.get(name, [""])[-1] for name in ("user", "token"))
    session.number_of(session.cookie(request, session.login_cookie_name(org)), _PURPOSE, token)
    caller = org.caller(user_id)
    if caller is None:
        return shown(org, request, start, Words.of(request.header("Accept-Language"))("pick_user"))
    probe(Hook.PARSED, Tags("face.login", actor=caller.username))
    opened = sessions.open_session(org, caller.user_id)
    return redirect(start or HOME, (session.set_cookie(request, session.cookie_name(org), opened),))


def left(visit: Visit) -> Response:
    visit.once("log out")
    visit.call.parsed("face.logout")
    sessions.end(visit.call.org, visit.token)
    name = session.cookie_name(visit.call.org)
    return redirect("/", (session.set_cookie(visit.call.request, name, ""),))


def _users(org: Org) -> list[Any]:
    with org.state.reading() as reader:
        callers = [org.caller(ident) for ident, _ in reader.all("User")]
    return [each for each in callers if each]


def status_of(error: OrgError) -> int:
    """The status of a page: a right that is missing is 403, where the API says 400."""
    return 403 if error.code == "INSUFFICIENT_ACCESS_OR_READONLY" else error.status


def refusal(error: OrgError, words: Words) -> str:
    """What a page says of an error: in the user's language when it is ours, else in the org's words."""
    known = {"NOT_FOUND": "not_found", "ENTITY_IS_DELETED": "gone", "METHOD_NOT_ALLOWED": "method"}
    ours = ("MISDIRECTED", "FOREIGN_FORM", "STALE_FORM", "BAD_FORM")
    word = error.message if error.code in ours else known.get(error.code)
    return words(word) if word else error.message
