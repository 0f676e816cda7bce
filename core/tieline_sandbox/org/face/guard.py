"""Who may talk to the pages, and what every answer of theirs carries."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.wire import Headers, Request, Response

# No inline script or style anywhere, no frame around, no form to elsewhere.
_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# `same-origin`, since under `no-referrer` a browser sends `Origin: null` with our own forms.
HEADERS: Headers = (
    ("Content-Security-Policy", _POLICY), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
)  # fmt: skip
_LOCAL = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\]|([\w-]+\.)*salesforce\.com)(:\d{1,5})?", re.ASCII)


def check(request: Request) -> None:
    """OrgError for a foreign host name and for a form sent by another site.

    Anyone may log in here as any user, so a page of a stranger whose name points to this machine must not be taken
    for a page of ours.
    """
    if not _LOCAL.fullmatch(request.host.lower()):
        raise OrgError("MISDIRECTED", "misdirected", status=421)
    if request.method.upper() in ("GET", "HEAD"):
        return
    origin, site = request.header("Origin"), request.header("Sec-Fetch-Site")
    if (origin and not _same(origin, request)) or site not in ("", "same-origin", "none"):
        raise OrgError("FOREIGN_FORM", "foreign_form", status=403)


def _same(origin: str, request: Request) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc.lower()) == (request.scheme, request.host.lower())


def guarded(response: Response) -> Response:
    """The same answer with the headers it may not be without; its own `Cache-Control` stays."""
    own = {name for name, _ in response.headers}
    return replace(response, headers=(*response.headers, *(each for each in HEADERS if each[0] not in own)))
