"""`/composite/tree/X`: parents with their children, all or nothing (shapes [K])."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.rest.answers import body_of, table
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.wire import Response, json_response

MAX_ROWS = 200
MAX_LEVELS = 5


class _Failed(Exception):
    def __init__(self, reference: str, error: OrgError) -> None:
        super().__init__(reference)
        self.reference, self.error = reference, error


def create(call: Call, name: str) -> Response:
    kind = call.object(name)
    records = _records(table(body_of(call.request)))
    call.parsed("tree", kind.name)
    results: list[dict[str, Any]] = []
    try:
        with call.writing() as tx:
            for record in records:
                _plant(Writer(call, tx), kind, record, {}, results, 1)
    except _Failed as failed:
        errors = [{"referenceId": failed.reference, "errors": [failed.error.item()]}]
        return json_response(400, {"hasErrors": True, "results": errors})
    return json_response(201, {"hasErrors": False, "results": results})


def _plant(
    writer: Writer, kind: ObjectType, record: Any, more: dict[str, Any], results: list[dict[str, Any]], level: int
) -> None:
    reference = _reference(record)
    children = {name: value for name, value in record.items() if isinstance(value, dict) and "records" in value}
    own = {name: value for name, value in record.items() if name not in children}
    if len(results) >= MAX_ROWS or level > MAX_LEVELS:
        limit = OrgError("LIMIT_EXCEEDED", f"A tree holds at most {MAX_ROWS} records in {MAX_LEVELS} levels", [])
        raise _Failed(reference, limit)
    try:
        ident = writer.create(kind, {**own, **more})
    except OrgError as error:
        raise _Failed(reference, error) from None
    results.append({"referenceId": reference, "id": ident})
    for name, value in children.items():
        child_kind, field = _child(writer, kind, name, reference)
        for child in _records(value):
            _plant(writer, child_kind, child, {field: ident}, results, level + 1)


def _child(writer: Writer, kind: ObjectType, name: str, reference: str) -> tuple[ObjectType, str]:
    for child in writer.schema.children_of(kind.name):
        found = writer.access.object(writer.schema, child.object)
        if (child.name or "").casefold() == name.casefold() and found is not None:
            return found, child.field.name
    raise _Failed(reference, OrgError("INVALID_FIELD", f"No such relationship '{name}' on {kind.name}", [name]))


def _records(body: dict[str, Any]) -> list[Any]:
    records = body.get("records")
    if not isinstance(records, list) or not records:
        raise OrgError("JSON_PARSER_ERROR", "The request needs an array called records [line:1, column:1]")
    return records


def _reference(record: Any) -> str:
    named = record.get("attributes") if isinstance(record, dict) else None
    reference = named.get("referenceId") if isinstance(named, dict) else None
    if not isinstance(reference, str) or not reference:
        raise OrgError("INVALID_INPUT", "Include a reference ID for each record in the request.")
    return reference
