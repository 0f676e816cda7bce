"""Getting a token: JWT bearer or client credentials. SOAP login() is never used; new orgs refuse it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt

from tieline.contract import (
    Clock,
    HttpRequest,
    HttpResponse,
    Misconfigured,
    PermanentError,
    RateLimited,
    TransientError,
    Transport,
)
from tieline.org.errors import http_date, retry_after
from tieline.org.settings import OrgSettings

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_SECONDS = 180  # the org takes an assertion for three minutes at most [K]
_TRUSTED = ".salesforce.com"
_IDENTITY = re.compile(r"//[^/]+/id/([^/?#]+)/([^/?#]+)")
_PORTS = {"https": 443, "http": 80}
_MENDS = {
    "invalid_client_id": "Check the client id of the connected app.",
    "invalid_client": "Check client id and secret, and that the app is installed in the org.",
    "inactive_user": "Activate the integration user.",
    "unsupported_grant_type": "Switch this login flow on in the connected app.",
    "invalid_grant": "Check the username and the key, and approve the app for the integration user.",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A session: kept in memory, never stored."""

    token: str = field(repr=False)
    instance_url: str
    org_id: str
    user_id: str


def log_in(settings: OrgSettings, transport: Transport, clock: Clock) -> Grant:
    """Raises Misconfigured with the mend, TransientError when the login host has trouble of its own."""
    if not trusted(settings.login_url, settings.login_url):
        what = "login_url is not an https address"
        raise Misconfigured(what, where=settings.login_url, mend="Give the org's My Domain address with https.")
    body = urlencode(_assertion(settings, clock) if settings.jwt_key else _credentials(settings))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    url = settings.login_url.rstrip("/") + "/services/oauth2/token"
    answer = transport.send(HttpRequest("POST", url, headers, body.encode(), settings.timeout))
    return _grant(settings, _document(settings, answer, clock))


def _credentials(settings: OrgSettings) -> dict[str, str]:
    if not settings.client_secret:
        mend = "Give a client secret, or a private key with a username."
        raise Misconfigured("no secret to log in with", where=settings.host, mend=mend)
    return {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
    }


def _assertion(settings: OrgSettings, clock: Clock) -> dict[str, str]:
    claims = {
        "iss": settings.client_id,
        "sub": settings.username,
        "aud": settings.audience or _audience(settings.host),
        "exp": int(clock.now().timestamp()) + _JWT_SECONDS,
    }
    try:
        signed = jwt.encode(claims, settings.jwt_key, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        mend = "Give the PEM text of the RSA key whose certificate the connected app holds."
        raise Misconfigured("the private key cannot sign", where=settings.host, mend=mend) from error
    return {"grant_type": JWT_GRANT, "assertion": signed}


def _audience(host: str) -> str:
    """Sandbox orgs are vouched for by test.salesforce.com, all others by login.salesforce.com [K]."""
    public = "test" if host == "test.salesforce.com" or ".sandbox." in host else "login"
    return f"https://{public}.salesforce.com"


def _document(settings: OrgSettings, answer: HttpResponse, clock: Clock) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict) or answer.status >= 500:
        raise TransientError(f"the login page answered {answer.status} without a token", where=settings.host)
    if answer.status != 200:
        raise _refusal(settings, answer, document, clock)
    return document


def _refusal(settings: OrgSettings, answer: HttpResponse, document: dict[str, Any], clock: Clock) -> Exception:
    code, words = str(document.get("error", "")), str(document.get("error_description", ""))
    if code == "rate_limit_exceeded" or answer.status == 429:
        return RateLimited(f"login: {words or code}", where=settings.host, code=code, retry_after=retry_after(answer))
    skew = _skew(answer, clock) if settings.jwt_key else 0.0
    if abs(skew) >= _JWT_SECONDS - 1:
        side = "ahead of" if skew > 0 else "behind"
        what = f"this machine's clock is {abs(skew):.0f} seconds {side} the org's, so the login is refused"
        return Misconfigured(what, where=settings.host, mend="Set the clock.", code="clock_skew")
    mend = _MENDS.get(code, "Check the connection's settings.")
    return Misconfigured(f"login refused: {code} {words}".rstrip(), where=settings.host, mend=mend, code=code)


def _skew(answer: HttpResponse, clock: Clock) -> float:
    """Seconds our clock is ahead of the server's; 0 when it does not tell."""
    theirs = http_date(answer.header("Date"))
    return (clock.now() - theirs).total_seconds() if theirs else 0.0


def _grant(settings: OrgSettings, document: dict[str, Any]) -> Grant:
    token, address = str(document.get("access_token", "")), str(document.get("instance_url", ""))
    if not token or not address:
        raise PermanentError("the login answer has no token or no instance_url", where=settings.host)
    if not trusted(address, settings.login_url):
        what = f"the login answer points to {address[:100]!r}, which is not the org's"
        raise Misconfigured(what, where=settings.host, mend="Check login_url.", code="instance_url")
    return Grant(token, address.rstrip("/"), *_who(str(document.get("id", ""))))


def _who(address: str) -> tuple[str, str]:
    """Org and user of `https://HOST/id/ORG/USER`; empty for any other address."""
    found = _IDENTITY.search(address)
    return (found[1], found[2]) if found else ("", "")


def trusted(address: str, login_url: str) -> bool:
    """Whether a token may be sent to `address`: the host logged in to, or Salesforce's own, by TLS."""
    try:
        theirs, ours = _origin(address), _origin(login_url)
    except ValueError:
        return False
    if loopback(theirs[1]) or loopback(ours[1]):
        return loopback(theirs[1]) and loopback(ours[1]) and theirs[0] == ours[0]
    return theirs[0] == "https" and "@" not in urlsplit(address).netloc and (theirs == ours or _salesforce(theirs))


def _origin(address: str) -> tuple[str, str, int]:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)


def _salesforce(origin: tuple[str, str, int]) -> bool:
    return origin[1].endswith(_TRUSTED) and origin[2] == _PORTS["https"]


def loopback(host: str) -> bool:
    """`localhost` or a loopback address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
