"""Merging rows: one stays, up to two others go into the recycle bin and name it; their children move (facts [K])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.records.delete import may_delete
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.schema.types import Child, ObjectType

MERGEABLE = ("Account", "Contact")
MAX_LOSERS = 2
Row = dict[str, Any]


def merge(writer: Writer, kind: ObjectType, winner: str, losers: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    """Merge rows of one object; ids of the children that moved. `values` are written to the row that stays."""
    if kind.name not in MERGEABLE:
        raise OrgError("INVALID_OPERATION", f"{kind.label} can't be merged; {' and '.join(MERGEABLE)} can", [])
    if not 1 <= len(losers) <= MAX_LOSERS or winner in losers or len(set(losers)) < len(losers):
        raise OrgError("INVALID_OPERATION", f"A merge takes one or {MAX_LOSERS} other records", [])
    writer.writable(kind, winner)
    rows = [writer.writable(kind, ident) for ident in losers]
    moved: list[str] = []
    for row in rows:
        may_delete(writer, kind, row)
        moved += [each for child in writer.schema.children_of(kind.name) for each in _move(writer, child, row, winner)]
    for row in rows:
        # Read again: the loser may have been a child of the other one.
        now = writer.tx.get(kind.name, row["Id"]) or row
        writer.store(kind, {**now, "IsDeleted": True, "MasterRecordId": winner}, "delete")
    writer.update(kind, winner, values)
    return moved


def _move(writer: Writer, child: Child, loser: Row, winner: str) -> list[str]:
    """The children of a loser to the winner; the winner does not become its own parent."""
    if child.field.name == "MasterRecordId":
        return []
    kind = writer.schema.objects[child.object.casefold()]
    moved = [row for _, row in writer.tx.find(kind.name, child.field.name, loser["Id"]) if not row.get("IsDeleted")]
    for row in moved:
        target = None if row["Id"] == winner else winner
        writer.store_quietly(kind, {**row, child.field.name: target})
    return [row["Id"] for row in moved]
