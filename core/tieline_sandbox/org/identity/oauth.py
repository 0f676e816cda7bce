"""The token endpoint and what belongs to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.org.errors import OAuthError, OrgError
from tieline_sandbox.org.identity import codes, keys, sessions
from tieline_sandbox.org.identity.authorize import allowed
from tieline_sandbox.org.identity.forms import Form, basic, check_client, form_of
from tieline_sandbox.org.rest.answers import params
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.wire import Request, Response, json_response

ALL_SCOPES = "id api web refresh_token"
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_UNCHECKED: Any = dict.fromkeys(("verify_exp", "verify_aud", "verify_sub", "verify_iat", "verify_nbf"), False)
_AUDIENCES = re.compile(r"https?://[^/\s]+/?(services/oauth2/token)?")


@dataclass(frozen=True, slots=True)
class Granted:
    """What a flow came to: whose session it is, and whether and how it may be renewed."""

    user_id: str
    scope: str = "id api web"
    renewal: sessions.Renewal | None = None
    renewable: bool = False
    public: bool = False


def token(org: Org, request: Request, probe: Probe) -> Response:
    """`POST /services/oauth2/token`."""
    form = {**form_of(request), **basic(request)}
    grant = form.get("grant_type", "")
    probe(Hook.PARSED, Tags("token", key=grant))
    flow = _FLOWS.get(grant)
    if flow is None:
        if not grant:
            raise OAuthError("invalid_request", "grant_type is missing")
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    granted = flow(org, form)
    if org.caller(granted.user_id) is None:
        raise OAuthError("inactive_user", "user is inactive")
    return json_response(200, _issued(org, request, granted))


def _issued(org: Org, request: Request, granted: Granted) -> dict[str, Any]:
    tokens = sessions.issue(org, granted.user_id, granted.renewal, granted.renewable, granted.public, granted.scope)
    identity = f"{request.base}/id/{org.org_id}/{granted.user_id}"
    issued = str(int(org.clock.now().timestamp() * 1000))
    secret = str(org.setting("client_secret")).encode()
    signature = base64.b64encode(hmac.new(secret, (identity + issued).encode(), hashlib.sha256).digest()).decode()
    body = {
        "access_token": tokens.access, "signature": signature, "scope": granted.scope,
        "instance_url": request.base, "id": identity, "token_type": "Bearer", "issued_at": issued,
        "api_instance_url": request.base,
    }  # fmt: skip
    return {**body, "refresh_token": tokens.refresh} if tokens.refresh else body


def _client_credentials(org: Org, form: Form) -> Granted:
    """Runs as the user that the app is set to."""
    check_client(org, form)
    return Granted(str(org.setting("user_id")))


def _password(org: Org, form: Form) -> Granted:
    check_client(org, form)
    user_id = check_password(org, form.get("username", ""), form.get("password", ""))
    if user_id is None:
        raise OAuthError("invalid_grant", "authentication failure")
    return Granted(user_id, ALL_SCOPES, renewable=True)


def _code(org: Org, form: Form) -> Granted:
    """The web server flow. An app without a secret must have sent a challenge when it asked."""
    public = not form.get("client_secret")
    check_client(org, form, public)
    given = (form.get(name, "") for name in ("code", "client_id", "redirect_uri", "code_verifier"))
    user_id, asked = codes.redeem(org, *given)
    if public and not asked.challenge:
        raise OAuthError("invalid_client", "invalid client credentials", 401)
    wanted = asked.scope.split()
    renewable = not wanted or bool({"refresh_token", "offline_access", "full"} & set(wanted))
    return Granted(user_id, " ".join(wanted) or ALL_SCOPES, renewable=renewable, public=public)


def _refresh(org: Org, form: Form) -> Granted:
    renewal = sessions.renewal_of(org, form.get("refresh_token", ""))
    check_client(org, form, public=renewal is None or renewal.public)
    if renewal is None:
        raise OAuthError("invalid_grant", "expired access/refresh token")
    return Granted(renewal.user_id, renewal.scope, renewal, public=renewal.public)


def _bearer(org: Org, form: Form) -> Granted:
    """RS256; `exp` comes as number or string, in seconds or milliseconds, and may be just over. [C]"""
    try:
        claims = jwt.decode(
            form.get("assertion", ""), keys.public_key(org), algorithms=["RS256"],
            options=_UNCHECKED,
        )  # fmt: skip
    except jwt.InvalidTokenError:
        raise OAuthError("invalid_grant", "invalid assertion") from None
    if claims.get("iss") != org.setting("client_id"):
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not isinstance(claims.get("aud"), str) or not _AUDIENCES.fullmatch(claims["aud"]):
        raise OAuthError("invalid_grant", "audience is invalid")
    if _expired(org, claims.get("exp")):
        raise OAuthError("invalid_grant", "assertion is expired")
    user_id = org.user_named(str(claims.get("sub", "")))
    if user_id is None:
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    return Granted(user_id)


def _expired(org: Org, value: Any) -> bool:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return True
    seconds = seconds / 1000 if seconds > 1e11 else seconds
    return seconds < org.clock.now().timestamp() - 180


_FLOWS: Mapping[str, Callable[[Org, Form], Granted]] = {
    "authorization_code": _code,
    "client_credentials": _client_credentials,
    "password": _password,
    "refresh_token": _refresh,
    _JWT: _bearer,
}


def check_password(org: Org, username: str, password: str) -> str | None:
    """The user of a name and a password, with or without the security token behind it."""
    user_id = org.user_named(username)
    secret = org.setting(f"password:{user_id}") if user_id else None
    if not secret:
        return None
    allowed = (secret["password"], secret["password"] + secret["security_token"])
    good = [hmac.compare_digest(password.encode("utf-8", "replace"), each.encode()) for each in allowed]
    return user_id if any(good) else None


def session_token(request: Request) -> str:
    """The token of a request: header, form or query."""
    scheme, _, value = request.header("Authorization").partition(" ")
    if scheme.casefold() in ("bearer", "oauth"):
        return value.strip()
    return params(request).get("oauth_token") or params(request).get("access_token") or ""


def userinfo(org: Org, request: Request, probe: Probe) -> Response:
    caller = sessions.caller_of(org, session_token(request))
    probe(Hook.PARSED, Tags("userinfo", actor=caller.username))
    return json_response(200, {**_person(org, request, caller), "email_verified": True})


def identity(org: Org, request: Request, probe: Probe) -> Response:
    """`/id/{org}/{user}`: the caller's own identity."""
    caller = sessions.caller_of(org, session_token(request))
    probe(Hook.PARSED, Tags("identity", actor=caller.username))
    parts = request.path.strip("/").split("/")
    if len(parts) != 3 or parts[1][:15] != org.org_id[:15] or parts[2][:15] != caller.user_id[:15]:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    person = _person(org, request, caller)
    extra = {
        "id": f"{request.base}/id/{org.org_id}/{caller.user_id}", "asserted_user": True, "username": caller.username,
        "display_name": caller.name, "status": {"created_date": None, "body": None}, "active": True,
    }  # fmt: skip
    return json_response(200, {**person, **extra})


def _person(org: Org, request: Request, caller: Caller) -> dict[str, Any]:
    base = request.base
    names = ("enterprise", "metadata", "partner")
    soap = {
        name: f"{base}/services/Soap/{name[0] if name != 'enterprise' else 'c'}/{{version}}/{org.org_id}"
        for name in names
    }
    rest = f"{base}/services/data/v{{version}}/"
    return {
        "sub": f"{base}/id/{org.org_id}/{caller.user_id}", "user_id": caller.user_id, "organization_id": org.org_id,
        "preferred_username": caller.username, "nick_name": caller.username.partition("@")[0], "name": caller.name,
        "email": caller.email, "language": caller.language, "locale": caller.language, "zoneinfo": "GMT",
        "user_type": "STANDARD", "utcOffset": 0, "is_app_installed": True,
        "urls": {
            **soap, "rest": rest, "sobjects": f"{rest}sobjects/", "query": f"{rest}query/",
            "profile": f"{base}/{caller.user_id}",
        },
    }  # fmt: skip


def revoke(org: Org, request: Request, probe: Probe) -> Response:
    form = form_of(request)
    probe(Hook.PARSED, Tags("revoke"))
    if not sessions.end(org, form.get("token", "")):
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    return Response(200)


def logout(org: Org, request: Request, probe: Probe) -> Response:
    """The session ends; the browser goes where the app asked, if that is the app's own address."""
    form = form_of(request)
    probe(Hook.PARSED, Tags("logout"))
    sessions.end(org, session_token(request) or form.get("token", ""))
    back = form.get("post_logout_redirect_uri", "")
    return Response(302, (("Location", back),)) if back and allowed(org, request, back) else Response(200)


def introspect(org: Org, request: Request, probe: Probe) -> Response:
    form = {**form_of(request), **basic(request)}
    probe(Hook.PARSED, Tags("introspect"))
    check_client(org, form)
    caller = sessions.holder(org, form.get("token", ""))
    if caller is None:
        return json_response(200, {"active": False})
    shown = {
        "sub": f"{request.base}/id/{org.org_id}/{caller.user_id}",
        "username": caller.username,
        "token_type": "Bearer",
    }
    return json_response(200, {"active": True, **shown, "client_id": org.setting("client_id"), "scope": "id api web"})
