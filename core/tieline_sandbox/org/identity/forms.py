"""What a form sends, and who the app says it is."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from tieline_sandbox.org.errors import OAuthError
from tieline_sandbox.org.rest.answers import params
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Request

Form = Mapping[str, str]


def form_of(request: Request) -> dict[str, str]:
    """The fields of a form body, over those of the address."""
    try:
        pairs = parse_qsl(request.body.decode("utf-8"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise OAuthError("invalid_request", "the body is not form-encoded") from None
    return {**params(request), **dict(pairs)}


def basic(request: Request) -> dict[str, str]:
    """The app's name and secret from HTTP Basic."""
    scheme, _, value = request.header("Authorization").partition(" ")
    if scheme.casefold() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise OAuthError("invalid_client", "invalid client credentials", 401) from None
    return {"client_id": unquote(name), "client_secret": unquote(secret)}


def check_client(org: Org, form: Form, public: bool = False) -> None:
    """OAuthError unless the app is who it says. A public app, which proves itself otherwise, may send no secret."""
    if form.get("client_id") != org.setting("client_id"):
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if public and not form.get("client_secret"):
        return
    given = form.get("client_secret", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, str(org.setting("client_secret")).encode()):
        raise OAuthError("invalid_client", "invalid client credentials", 401)
