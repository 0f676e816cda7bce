"""`/composite` and `/composite/batch`: several requests in one. [D9]"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.rest.answers import body_of, flag, table
from tieline_sandbox.wire import Headers, Request, Response, json_response

Dispatch = Callable[[Call, list[str]], Response]
MAX_PARTS = 25
MAX_QUERIES = 5
_PATH = re.compile(r"/services/data/v(\d{2})\.0/(.*)", re.DOTALL)
_REFERENCE = re.compile(r"@\{([^}]*)\}")
_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d{1,6})\]")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class _RolledBack(Exception):
    pass


class _NoValue(Exception):
    pass


def composite(call: Call, dispatch: Dispatch) -> Response:
    body = table(body_of(call.request))
    parts = _parts(body, "compositeRequest")
    seen = [str(part.get("referenceId") or "") for part in parts]
    if not all(seen) or len(set(seen)) != len(seen):
        raise OrgError("INVALID_INPUT", "Every subrequest needs a referenceId of its own")
    if sum(_is_query(part) for part in parts) > MAX_QUERIES:
        raise OrgError("LIMIT_EXCEEDED", f"A composite request may hold at most {MAX_QUERIES} queries and collections")
    call.parsed("composite")
    whole = flag(body, "allOrNone")
    answers = _together(call, dispatch, parts) if whole else _one_by_one(call, dispatch, parts)
    return json_response(200, {"compositeResponse": answers})


def _one_by_one(call: Call, dispatch: Dispatch, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known: dict[str, Any] = {}
    return [_perform(call, dispatch, part, known) for part in parts]


def _together(call: Call, dispatch: Dispatch, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One transaction; the first failure takes back what was done and stops the rest."""
    known: dict[str, Any] = {}
    answers: list[dict[str, Any]] = []
    try:
        with call.writing():
            for part in parts:
                answers.append(_perform(call, dispatch, part, known))
                if answers[-1]["httpStatusCode"] >= 300:
                    raise _RolledBack
    except _RolledBack:
        halted = [OrgError("PROCESSING_HALTED", _HALTED).rest()]
        failed = answers[-1]
        answers = [
            failed if part["referenceId"] == failed["referenceId"] else _answer(part["referenceId"], 400, halted)
            for part in parts
        ]
    return answers


def _perform(call: Call, dispatch: Dispatch, part: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    reference = part["referenceId"]
    try:
        filled = {**part, "url": _fill_text(str(part.get("url", "")), known), "body": _fill(part.get("body"), known)}
    except _NoValue as error:
        text = f"Invalid reference specified. No value for {error} found in {str(error).partition('.')[0]}"
        return _answer(reference, 400, [OrgError("PROCESSING_HALTED", text).rest()])
    response = run(call, dispatch, filled.get("method"), filled["url"], filled.get("body"), filled.get("httpHeaders"))
    body = response.json() if response.body else None
    if response.status < 300:
        known[reference] = body
    return _answer(
        reference, response.status, body, {name: value for name, value in response.headers if name != "Content-Type"}
    )


def _answer(reference: str, status: int, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {"body": body, "httpHeaders": headers or {}, "httpStatusCode": status, "referenceId": reference}


def run(call: Call, dispatch: Dispatch, method: Any, url: Any, body: Any, headers: Any = None) -> Response:
    """One part as a request of its own, inside the caller's transaction if there is one."""
    match = _PATH.fullmatch(str(url))
    if match is None:
        return json_response(404, [OrgError("NOT_FOUND", "The requested resource does not exist").rest()])
    given = headers.items() if isinstance(headers, dict) else ()
    sent: Headers = (("Content-Type", "application/json"), *((str(name), str(value)) for name, value in given))
    content = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
    request = Request(str(method or "GET"), str(url), sent, content, call.request.scheme, call.request.host)
    part = replace(call, request=request, version=f"{match[1]}.0")
    try:
        return dispatch(part, match[2].partition("?")[0].split("/"))
    except OrgError as error:
        return json_response(error.status, [error.rest()])


def batch(call: Call, dispatch: Dispatch) -> Response:
    """Independent requests, in order; after a failure with haltOnError the rest answer 412."""
    body = table(body_of(call.request))
    parts = _parts(body, "batchRequests")
    call.parsed("batch")
    results: list[dict[str, Any]] = []
    halted = False
    for part in parts:
        if halted:
            text = "The batch was halted because haltOnError is true and a request failed"
            results.append({"statusCode": 412, "result": [OrgError("BATCH_PROCESSING_HALTED", text).rest()]})
            continue
        url = "/services/data/" + str(part.get("url", "")).removeprefix("/services/data/").lstrip("/")
        response = run(call, dispatch, part.get("method"), url, part.get("richInput"))
        results.append({"statusCode": response.status, "result": response.json() if response.body else None})
        halted = flag(body, "haltOnError") and response.status >= 400
    return json_response(200, {"hasErrors": any(each["statusCode"] >= 400 for each in results), "results": results})


def _parts(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    parts = body.get(name)
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise OrgError("JSON_PARSER_ERROR", f"The request needs an array of objects called {name} [line:1, column:1]")
    if len(parts) > MAX_PARTS:
        raise OrgError(
            "LIMIT_EXCEEDED", f"Limit for the number of subrequests exceeded: at most {MAX_PARTS} are allowed"
        )
    return parts


def _is_query(part: dict[str, Any]) -> bool:
    path = str(part.get("url", "")).partition("?")[0].casefold()
    return any(f"/{word}" in path for word in ("query", "queryall", "composite/sobjects"))


def _fill(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill(each, known) for each in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    return _dig(whole[1], known) if whole else _fill_text(value, known)


def _fill_text(text: str, known: dict[str, Any]) -> str:
    return _REFERENCE.sub(lambda match: str(_dig(match[1], known)), text)


def _dig(path: str, known: dict[str, Any]) -> Any:
    """`ref.records[0].Id` in the answers so far."""
    current: Any = known
    for name, index in _STEP.findall(path):
        if name and isinstance(current, dict) and name in current:
            current = current[name]
        elif index and isinstance(current, list) and int(index) < len(current):
            current = current[int(index)]
        else:
            raise _NoValue(path)
    return current
