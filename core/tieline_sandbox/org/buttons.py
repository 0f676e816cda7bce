"""Quick actions: what a user presses on a record's page. Those of type Create can be carried out here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tieline_sandbox.org import errors, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.tree import Body, one, tables
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Reader

_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FIELD = re.compile(r"(\w+)\.(\w+)")
Row = Mapping[str, Any]


def actions_of(call: Call, kind: ObjectType) -> list[tuple[str, Body]]:
    """The deployed actions of an object, by full name."""
    with call.reading() as reader:
        found = reader.all(f"{COMPONENT}QuickAction")
        return [(name, row["body"]) for name, row in found if name.startswith(f"{kind.name}.")]


def action(call: Call, full_name: str) -> Body:
    """One action; 404 when there is none."""
    with call.reading() as reader:
        found = reader.get(f"{COMPONENT}QuickAction", full_name)
    if found is None:
        raise errors.not_found()
    body: Body = found["body"]
    return body


def defaults(call: Call, reader: Reader, full_name: str, record_id: str) -> dict[str, Any]:
    """What the form holds when it opens on a record: the parent and the predefined values."""
    body = action(call, full_name)
    kind = call.object(full_name.partition(".")[0])
    row = reader.get(kind.name, ids.full(record_id) or "")
    if row is None or row.get("IsDeleted") or not call.access.reads_row(kind, row, call.schema, reader.get):
        raise errors.not_found()
    values = {one(each, "field"): _value(kind, row, each) for each in tables(body, "fieldOverrides")}
    parent = one(body, "targetParentField")
    return {**({parent: row["Id"]} if parent else {}), **values}


def _value(kind: ObjectType, row: Row, entry: Body) -> Any:
    """A literal, a text in quotes, or a field of the record: the formulas that buttons use."""
    if one(entry, "literalValue"):
        return one(entry, "literalValue")
    formula = one(entry, "formula").strip()
    text, field = _TEXT.fullmatch(formula), _FIELD.fullmatch(formula)
    if text:
        return re.sub(r"\\(.)", r"\1", text[1])
    each = kind.field(field[2]) if field and field[1] == kind.name else None
    if each is None:
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", f"This local org does not know the formula {formula}", [])
    return row.get(each.name)


def press(call: Call, full_name: str, record_id: str, given: Row) -> str:
    """Fill in the form and send it as the caller; the id of the row that was made."""
    body = action(call, full_name)
    if one(body, "type") != "Create":
        raise OrgError(
            "INVALID_OPERATION", f"This local org carries out actions of type Create, not {one(body, 'type')}"
        )
    with call.writing() as tx:
        kind = call.object(one(body, "targetObject"))
        return Writer(call, tx).create(kind, {**defaults(call, tx, full_name, record_id), **given})
