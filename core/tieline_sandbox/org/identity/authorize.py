"""`/services/oauth2/authorize`: who are you, and may this app act for you?

The page lists the local users; choosing one is logging in as that user. A mistake of the app is told to the app by a
redirect, but never to an address that is not the app's own: then it stands on the page.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, PackageLoader

from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.org import ids
from tieline_sandbox.org.errors import OAuthError
from tieline_sandbox.org.identity import codes
from tieline_sandbox.org.identity.forms import form_of
from tieline_sandbox.org.rest.answers import params
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Request, Response

COOKIE = "tieline_authorize"
_PAGES = Environment(loader=PackageLoader("tieline_sandbox.org.identity"), autoescape=True)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ODD = re.compile(r"[\x00-\x20\x7f\\]")


def authorize(org: Org, request: Request, probe: Probe) -> Response:
    """GET shows the page, POST takes its answer."""
    probe(Hook.PARSED, Tags("authorize"))
    method = request.method.upper()
    if method == "POST" and "csrf" in (given := form_of(request)):
        return _answered(org, request, given)
    if method not in ("GET", "HEAD", "POST"):
        raise OAuthError("invalid_request", "authorize takes GET or POST", 405)
    return _shown(org, request, {**params(request), **(form_of(request) if method == "POST" else {})})


def _shown(org: Org, request: Request, given: Mapping[str, str]) -> Response:
    try:
        back = _redirect_uri(org, request, given)
    except OAuthError as error:
        return _page(org, 400, problem=f"error={error.error} error_description={error.description}")
    try:
        asked = _asked(given, back)
    except OAuthError as error:
        return _back(back, given.get("state", ""), error=error.error, error_description=error.description)
    return _question(org, asked, given.get("login_hint", ""))


def _redirect_uri(org: Org, request: Request, given: Mapping[str, str]) -> str:
    if given.get("client_id") != org.setting("client_id"):
        raise OAuthError("invalid_client_id", "client identifier invalid")
    address = given.get("redirect_uri", "")
    if not allowed(org, request, address):
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    return address


def allowed(org: Org, request: Request, address: str) -> bool:
    """Registered addresses, this machine's own, and the page the service keeps for apps without a server."""
    if address in (org.setting("redirect_uris") or ()):
        return True
    if _ODD.search(address) or "#" in address:
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.scheme not in ("http", "https"):
        return False
    own = parts.netloc == request.host and parts.path == "/services/oauth2/success"
    return own or host in _LOOPBACK


def _asked(given: Mapping[str, str], back: str) -> codes.Asked:
    if given.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    challenge = codes.challenge_of(given)
    return codes.Asked(given["client_id"], back, given.get("state", ""), challenge, given.get("scope", ""))


# -- the page ----------------------------------------------------------------------------------------------------------


def _question(org: Org, asked: codes.Asked, hint: str) -> Response:
    """The page; what was asked is kept here, the page holds only its number and a proof that it is ours."""
    ident, csrf = (org.randomness.text(32, ids.ALPHABET) for _ in range(2))
    kept = {name: getattr(asked, name) for name in codes.Asked.__slots__}
    with org.state.transaction(actor="", operation="authorize") as tx:
        tx.set_setting(f"asked:{ident}", {**kept, "csrf": csrf})
    users = _users(org, hint)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(asked.redirect_uri))
    page = _page(org, 200, origin, request=ident, csrf=csrf, users=users, back_to=asked.redirect_uri)
    cookie = ("Set-Cookie", f"{COOKIE}={csrf}; Path=/services/oauth2/authorize; HttpOnly; SameSite=Lax")
    return Response(page.status, (*page.headers, cookie), page.body)


def _users(org: Org, hint: str) -> list[dict[str, Any]]:
    with org.state.reading() as reader:
        found = [ident for ident, row in reader.all("User") if row.get("IsActive")]
    callers = [caller for caller in (org.caller(ident) for ident in found) if caller]
    wanted = hint.casefold() or (callers[0].username.casefold() if callers else "")
    return [
        {"id": each.user_id, "name": each.name, "profile": each.profile, "username": each.username,
         "chosen": each.username.casefold() == wanted}
        for each in callers
    ]  # fmt: skip


def _page(org: Org, status: int, origin: str = "", **told: Any) -> Response:
    text = _PAGES.get_template("authorize.html").render(org_name=org.setting("org_name"), **told)
    # A browser counts the redirect after the form as a target of the form.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self' {origin}; frame-ancestors 'none'"
    headers = (
        ("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
    )  # fmt: skip
    return Response(status, headers, text.encode("utf-8", "replace"))


# -- the answer --------------------------------------------------------------------------------------------------------


def _answered(org: Org, request: Request, given: Mapping[str, str]) -> Response:
    asked = _taken(org, request, given)
    if asked is None:
        return _page(org, 400, problem="This page is too old or was not sent from here. Start again from the app.")
    if given.get("answer") != "allow":
        told = "end-user denied authorization"
        return _back(asked.redirect_uri, asked.state, error="access_denied", error_description=told)
    user_id = given.get("user_id", "")
    if org.caller(user_id) is None:
        return _page(org, 400, problem="There is no such active user. Start again from the app.")
    return _back(asked.redirect_uri, asked.state, code=codes.issue(org, user_id, asked))


def _taken(org: Org, request: Request, given: Mapping[str, str]) -> codes.Asked | None:
    """The kept request, once; only for the browser that was shown the page."""
    name = f"asked:{given.get('request', '')}"
    with org.state.transaction(actor="", operation="authorize") as tx:
        held = tx.setting(name)
        good = bool(held) and all(_same(each, held["csrf"]) for each in (given["csrf"], _cookie(request)))
        if good:
            tx.drop_setting(name)
    return codes.Asked(*(str(held[each]) for each in codes.Asked.__slots__)) if good else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _cookie(request: Request) -> str:
    try:
        found = SimpleCookie(request.header("Cookie")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _back(address: str, state: str, **told: str) -> Response:
    parts = urlsplit(address)
    added = urlencode({**told, **({"state": state} if state else {})}, errors="replace")
    target = urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
    return Response(302, (("Location", target), ("Cache-Control", "no-store")))
