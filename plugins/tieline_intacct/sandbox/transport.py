"""How a request comes and a reply goes: a body of XML, or the older form with one field; plain or gzipped."""

from __future__ import annotations

import gzip
from urllib.parse import parse_qsl

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.envelope import Envelope
from tieline_sandbox.wire import Request, Response

FORM = "application/x-www-form-urlencoded"
FORM_FIELD = "xmlrequest"  # older clients post a form [T]
_TYPE = "text/xml; charset=UTF-8"


def document(request: Request) -> bytes:
    """The XML of a request, whatever its content type says."""
    if request.header("Content-Type").partition(";")[0].strip().lower() != FORM:
        return request.body
    fields = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    found = fields.get(FORM_FIELD)
    return request.body if found is None else found.encode()


def respond(request: Request, status: int, envelope: Envelope, *, two_roots: bool = False) -> Response:
    body = elements.write(envelope.root, spaced=envelope.spaced)
    if two_roots:
        body += b"<response/>"
    return packed(request, status, _TYPE, body)


def packed(request: Request, status: int, kind: str, body: bytes) -> Response:
    """Of that content type, gzipped for those who ask for it."""
    if "gzip" in request.header("Accept-Encoding").lower():
        body = gzip.compress(body, 5, mtime=0)
        return Response(status, (("Content-Type", kind), ("Content-Encoding", "gzip")), body)
    return Response(status, (("Content-Type", kind),), body)


def page(status: int, words: str, *headers: tuple[str, str]) -> Response:
    """What the server in front of the gateway answers."""
    body = f"<!DOCTYPE html><html><head><title>{words}</title></head><body><h1>{words}</h1></body></html>"
    return Response(status, (("Content-Type", "text/html; charset=UTF-8"), *headers), body.encode())
