"""Sessions of the pages: a cookie, and tokens that tie a form to it.

A form's token is `number.proof`. The proof ties the number to the session and to what the form is for, so that no
other site can make one up. The number is good for one effect: a form sent twice leads to what it did the first time.
"""

from __future__ import annotations

import hashlib
import hmac

from tieline_sandbox.org import ids
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.identity import sessions
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.wire import Request

_LONG = 32


def cookie_name(org: Org) -> str:
    """One name an org: cookies do not tell ports apart, and several local orgs may be open in one browser."""
    return f"sid_{org.org_id[:15]}"


def login_cookie_name(org: Org) -> str:
    return f"login_{org.org_id[:15]}"


def cookie(request: Request, name: str) -> str:
    """One cookie's value; whatever else is in the header is passed over."""
    parts = (each.strip().partition("=") for each in request.header("Cookie").split(";"))
    return next((value for key, _, value in parts if key == name), "")


def set_cookie(request: Request, name: str, value: str) -> tuple[str, str]:
    """The header that sets a cookie, or with an empty value takes it away."""
    text = f"{name}={value}; Path=/; HttpOnly; SameSite=Lax"
    text += "" if value else "; Max-Age=0"
    return "Set-Cookie", text + ("; Secure" if request.scheme == "https" else "")


def visitor(org: Org, request: Request) -> tuple[str, Caller] | None:
    """The session's token and user; None for a stranger."""
    token = cookie(request, cookie_name(org))
    caller = sessions.holder(org, token) if token else None
    return (token, caller) if caller else None


def new_number(org: Org) -> str:
    return org.randomness.text(_LONG, ids.ALPHABET)


def form_token(org: Org, secret: str, purpose: str) -> str:
    number = new_number(org)
    return f"{number}.{_proof(secret, purpose, number)}"


def number_of(secret: str, purpose: str, token: str) -> str:
    """The number in a form's token; OrgError when the token is not of this session and purpose."""
    number, _, proof = token.partition(".")
    if not secret or not hmac.compare_digest(proof.encode(), _proof(secret, purpose, number).encode()):
        raise OrgError("STALE_FORM", "stale_form", status=403)
    return number


def _proof(secret: str, purpose: str, number: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}|{number}".encode(), hashlib.sha256).hexdigest()
