"""Which form a caller speaks and wants: JSON or XML, by the headers every call must carry [V].

The status for a header that is missing or names another form is not documented; 406 and 415 are proposals [P].
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tieline_sandbox.wire import Headers, Request, Response
from tieline_unleashed.sandbox import jsonform, xmlform
from tieline_unleashed.sandbox.answers import Refused


class Media(StrEnum):
    JSON = "application/json"
    XML = "application/xml"


_NAMES = {"application/json": Media.JSON, "text/json": Media.JSON, "application/xml": Media.XML, "text/xml": Media.XML}
_ANYTHING = {"*/*": Media.JSON, "application/*": Media.JSON}


def wanted(request: Request) -> Media:
    """The form of the answer. Raises Refused (406)."""
    for part in request.header("Accept").split(","):
        name = _bare(part)
        found = _NAMES.get(name) or _ANYTHING.get(name)
        if found:
            return found
    raise Refused(406, "NotAcceptable", "Set the Accept header to application/json or application/xml")


def spoken(request: Request) -> Media:
    """The form of the request, asked for even where there is no body. Raises Refused (415)."""
    found = _NAMES.get(_bare(request.header("Content-Type")))
    if found is None:
        raise Refused(415, "UnsupportedMediaType", "Set the Content-Type header to application/json or application/xml")
    return found


def read_body(request: Request) -> dict[str, Any]:
    """The object in the body; an empty body is an empty object. Raises Refused (400)."""
    form = spoken(request)
    if not request.body.strip():
        return {}
    try:
        value = jsonform.read(request.body) if form is Media.JSON else xmlform.read(request.body)
    except ValueError as error:
        raise Refused(400, "BadRequest", f"The body cannot be read as {form}: {error}") from None
    if form is Media.XML and (value is None or isinstance(value, str)):
        value = {}
    if not isinstance(value, dict):
        raise Refused(400, "BadRequest", "The body must be one object")
    return value


def respond(media: Media, status: int, tree: dict[str, Any], names: tuple[str, str], headers: Headers = ()) -> Response:
    """`names` are the XML names of the root and of a row."""
    body = jsonform.write(tree) if media is Media.JSON else xmlform.write(tree, *names)
    return Response(status, (("Content-Type", f"{media}; charset=utf-8"), *headers), body)


def _bare(value: str) -> str:
    return value.partition(";")[0].strip().lower()
