"""sObject Collections: up to 200 rows in one call and one transaction. [D10]"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tieline_sandbox.org import errors, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError, SeveralFound
from tieline_sandbox.org.records.delete import delete as delete_row
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.rest.answers import body_of, flag, params, table
from tieline_sandbox.org.rest.rows import chosen
from tieline_sandbox.org.schema.types import Kind, ObjectType
from tieline_sandbox.wire import Response, json_response

MAX_ROWS = 200
Item = dict[str, Any]
Step = Callable[[Writer, Any], Item]


class _RolledBack(Exception):
    pass


def create(call: Call) -> Response:
    body, rows = _records(call)
    call.parsed("collection.create", _first_type(rows))

    def one(writer: Writer, row: Any) -> Item:
        return {"id": writer.create(_kind(call, row), row)}

    return _run(call, rows, flag(body, "allOrNone"), one)


def update(call: Call) -> Response:
    body, rows = _records(call)
    call.parsed("collection.update", _first_type(rows))
    seen: set[str] = set()

    def one(writer: Writer, row: Any) -> Item:
        kind = _kind(call, row)
        ident = _id_of(row)
        if ident in seen:
            raise OrgError("DUPLICATE_VALUE", f"Duplicate id specified: {ident}", [])
        seen.add(ident)
        writer.update(kind, ident, row)
        return {"id": ident}

    return _run(call, rows, flag(body, "allOrNone"), one)


def upsert(call: Call, name: str, field: str) -> Response:
    kind = call.object(name)
    key = call.access.field(kind, field)
    if key is None or not (key.external_id or key.kind is Kind.ID):
        raise errors.not_found(f"Provided external ID field does not exist or is not accessible: {field}")
    body, rows = _records(call)
    call.parsed("collection.upsert", kind.name)
    seen: set[Any] = set()

    def one(writer: Writer, row: Any) -> Item:
        if _kind(call, row) is not kind:
            raise OrgError("INVALID_TYPE", f"Must be of type {kind.name}", [])
        value = next((each for name, each in row.items() if name.casefold() == key.name.casefold()), None)
        rest = {name: each for name, each in row.items() if name.casefold() != key.name.casefold()}
        if value in (None, ""):
            return {"id": writer.create(kind, rest), "created": True}
        mark = str(value).casefold()
        if mark in seen:
            raise OrgError("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [key.name])
        seen.add(mark)
        try:
            ident, created = writer.upsert(kind, key, value, rest)
        except SeveralFound as found:
            text = f"{key.name}: more than one record found for external id field: [{', '.join(found.idents)}]"
            raise OrgError("DUPLICATE_EXTERNAL_ID", text, []) from None
        return {"id": ident, "created": created}

    return _run(call, rows, flag(body, "allOrNone"), one)


def delete(call: Call) -> Response:
    given = params(call.request)
    rows = [each.strip() for each in given.get("ids", "").split(",") if each.strip()]
    if not rows:
        raise OrgError("MISSING_ARGUMENT", "The ids parameter is required")
    _check_count(rows)
    call.parsed("collection.delete")

    def one(writer: Writer, text: Any) -> Item:
        ident = ids.full(text)
        kind = call.schema.by_prefix(ident) if ident else None
        if ident is None:
            raise OrgError("MALFORMED_ID", f"malformed id {text}", [])
        if kind is None:
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        delete_row(writer, kind, ident)
        return {"id": ident}

    return _run(call, rows, flag(given, "allOrNone"), one)


def read(call: Call, name: str) -> Response:
    """GET with parameters or POST with a body; null for a row that is missing."""
    kind = call.object(name)
    wanted, fields = _read_wish(call)
    call.parsed("collection.read", kind.name)
    with call.reading() as reader:
        out = []
        for text in wanted[:2000]:
            ident = ids.full(str(text))
            row = reader.get(kind.name, ident) if ident else None
            seen = (
                row is not None
                and not row.get("IsDeleted")
                and call.access.reads_row(kind, row, call.schema, reader.get)
            )
            out.append(chosen(call, reader, kind, row, fields) if seen and row is not None else None)
    return json_response(200, out)


def _read_wish(call: Call) -> tuple[list[str], list[str]]:
    if call.request.method == "POST":
        body = table(body_of(call.request))
        wanted, fields = body.get("ids"), body.get("fields")
    else:
        given = params(call.request)
        wanted, fields = (given.get(name, "").split(",") if given.get(name) else [] for name in ("ids", "fields"))
    if not isinstance(wanted, list) or not isinstance(fields, list) or not wanted or not fields:
        raise OrgError("MISSING_ARGUMENT", "The ids and fields parameters are required")
    return [str(each) for each in wanted], [str(each) for each in fields]


def _records(call: Call) -> tuple[Item, list[Any]]:
    body = table(body_of(call.request))
    rows = body.get("records")
    if not isinstance(rows, list):
        raise OrgError("JSON_PARSER_ERROR", "The request needs an array called records [line:1, column:1]")
    _check_count(rows)
    return body, rows


def _check_count(rows: list[Any]) -> None:
    if len(rows) > MAX_ROWS:
        text = f"record limit reached. cannot submit more than {MAX_ROWS} records into this call"
        raise OrgError("EXCEEDED_ID_LIMIT", text)


def _first_type(rows: list[Any]) -> str:
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    named = first.get("attributes")
    return str(named.get("type", "")) if isinstance(named, dict) else ""


def _kind(call: Call, row: Any) -> ObjectType:
    if not isinstance(row, dict):
        raise OrgError("JSON_PARSER_ERROR", "A record must be a JSON object", [])
    named = row.get("attributes")
    name = named.get("type") if isinstance(named, dict) else None
    if not isinstance(name, str):
        raise OrgError("INVALID_TYPE", "Every record needs attributes with its type", [])
    kind = call.access.object(call.schema, name)
    if kind is None:
        raise OrgError("INVALID_TYPE", f"sObject type '{name}' is not supported.", [])
    return kind


def _id_of(row: Item) -> str:
    value = next((each for name, each in row.items() if name.casefold() == "id"), None)
    if not value:
        raise OrgError("MISSING_ARGUMENT", "Id not specified in an update call", [])
    ident = ids.full(str(value))
    if ident is None:
        raise OrgError("MALFORMED_ID", f"Record ID: id value of incorrect type: {value}", ["Id"])
    return ident


def _run(call: Call, rows: list[Any], all_or_none: bool, step: Step) -> Response:
    """Each row for itself; with allOrNone one failure takes all back and the call still answers 200."""
    results: list[Item] = []
    try:
        with call.writing() as tx:
            writer = Writer(call, tx)
            results.extend(_attempt(call, writer, row, step) for row in rows)
            if all_or_none and not all(item["success"] for item in results):
                raise _RolledBack
    except _RolledBack:
        results = [_taken_back() if item["success"] else item for item in results]
    return json_response(200, results)


def _attempt(call: Call, writer: Writer, row: Any, step: Step) -> Item:
    try:
        with call.writing():
            done = step(writer, row)
    except OrgError as error:
        if error.code == "NOT_FOUND":
            error = OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        return {"success": False, "errors": [error.item()]}
    return {
        "id": done["id"],
        "success": True,
        "errors": [],
        **({"created": done["created"]} if "created" in done else {}),
    }


def _taken_back() -> Item:
    text = "Record rolled back because not all records were valid and the request was using AllOrNone header"
    return {"success": False, "errors": [OrgError("ALL_OR_NONE_OPERATION_ROLLED_BACK", text, []).item()]}
