"""Request bodies in, responses out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from tieline_sandbox.org.errors import OrgError, SeveralFound
from tieline_sandbox.wire import Headers, Request, Response, json_response

_JSON_TYPES = ("application/json", "application/vnd", "text/json", "")


def params(request: Request) -> dict[str, str]:
    """The query parameters; the last one of a name counts, `+` is a space."""
    try:
        return dict(parse_qsl(request.raw_query, keep_blank_values=True, errors="strict", max_num_fields=1000))
    except (ValueError, UnicodeDecodeError):
        raise OrgError("MALFORMED_QUERY", "The query string of the address is not valid UTF-8") from None


def body_of(request: Request) -> Any:
    """The JSON body; OrgError when it is none."""
    media = request.header("Content-Type").split(";")[0].strip().lower()
    if media and not media.endswith("json"):
        raise OrgError("UNSUPPORTED_MEDIA_TYPE", f"Content type {media} is not supported", status=415)
    return read_json(request.body)


def read_json(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        if b"\\ud" in body.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        where = (
            f"[line:{error.lineno}, column:{error.colno}]"
            if isinstance(error, json.JSONDecodeError)
            else "[line:1, column:1]"
        )
        text = "Premature end of document" if not body.strip() else "Unexpected character or end of input"
        raise OrgError("JSON_PARSER_ERROR", f"{text} at {where}") from None
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def table(value: Any) -> dict[str, Any]:
    """A JSON object; OrgError for anything else."""
    if not isinstance(value, dict):
        raise OrgError("JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object [line:1, column:1]")
    return value


def flag(values: Mapping[str, Any], name: str) -> bool:
    """A boolean parameter, as JSON or as text."""
    value = values.get(name, False)
    return value if isinstance(value, bool) else str(value).casefold() == "true"


def refused(error: OrgError) -> Response:
    return json_response(error.status, [error.rest()])


def several(error: SeveralFound, data: str, object_name: str) -> Response:
    return json_response(300, [f"{data}/sobjects/{object_name}/{ident}" for ident in error.idents])


def empty(status: int = 204, headers: Headers = ()) -> Response:
    return Response(status, headers)
