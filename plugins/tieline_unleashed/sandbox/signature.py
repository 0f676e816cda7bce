"""Who calls: api-auth-id and the signature over the query [V].

base64(HMAC-SHA256(API key, query)), where the query is what follows `?`, decoded: no mark, no path, no method, no
body. Signing the encoded form gave 403 in the field; the decoded form is therefore the one that counts [P]. A `+`
in a query is a space there, as everywhere on the web.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import unquote_plus

from tieline_sandbox.wire import Request
from tieline_unleashed.sandbox.answers import Refused

ID_HEADER = "api-auth-id"
SIGNATURE_HEADER = "api-auth-signature"


def sign(key: str, query: str) -> str:
    """The signature of a decoded query; the empty text when there is none."""
    return base64.b64encode(hmac.new(key.encode(), query.encode(), hashlib.sha256).digest()).decode()


def authenticate(request: Request, api_id: str, api_key: str, *, accept_encoded: bool = False) -> None:
    """Raises Refused (403) unless id and signature are right."""
    queries = [unquote_plus(request.raw_query)]
    if accept_encoded:
        queries.append(request.raw_query)
    known = _same(request.header(ID_HEADER), api_id)
    signed = [_same(request.header(SIGNATURE_HEADER), sign(api_key, query)) for query in queries]
    if not (known and any(signed)):
        raise Refused(
            403,
            "Forbidden",
            "The api-auth-id or api-auth-signature is wrong: sign the decoded query string with the API key",
        )


def _same(sent: str, right: str) -> bool:
    """Takes the same time whatever differs."""
    return hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), right.encode())
