"""The recycle bin: rows back out of it, or out of the org for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tieline_sandbox.org import moments
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.records import selling
from tieline_sandbox.org.records.delete import bin_of, may_delete
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.schema.types import ObjectType

Row = dict[str, Any]
KEPT = timedelta(days=15)


def undelete(writer: Writer, kind: ObjectType, ident: str) -> None:
    """Bring a row back with the details that went with it, and tie lookups again that are still empty."""
    row = _in_bin(writer, kind, ident)
    may_delete(writer, kind, row)
    note = writer.tx.setting(bin_of(ident)) or {"rows": [], "cleared": []}
    writer.tx.drop_setting(bin_of(ident))
    _revive(writer, kind, row)
    for name, other in note["rows"]:
        found = writer.tx.get(name, other)
        if found is not None and found.get("IsDeleted"):
            _revive(writer, writer.schema.objects[name.casefold()], found)
    for name, other, field in note["cleared"]:
        found = writer.tx.get(name, other)
        if found is not None and found.get(field) is None:
            writer.store_quietly(writer.schema.objects[name.casefold()], {**found, field: ident})
    if kind.name == "OpportunityLineItem":
        selling.roll_up(writer, row["OpportunityId"])


def purge(writer: Writer, kind: ObjectType, ident: str) -> None:
    """Out of the recycle bin for good; queries over all rows do not see it any more."""
    row = _in_bin(writer, kind, ident)
    may_delete(writer, kind, row)
    note = writer.tx.setting(bin_of(ident)) or {"rows": []}
    for name, other in [*note["rows"], [kind.name, ident]]:
        found = writer.tx.get(name, other)
        if found is not None and found.get("IsDeleted"):
            writer.tx.delete(name, other)
    writer.tx.drop_setting(bin_of(ident))


def _in_bin(writer: Writer, kind: ObjectType, ident: str) -> Row:
    row = writer.tx.get(kind.name, ident)
    if row is None or not row.get("IsDeleted") or not kind.undeletable or _old(writer, row):
        raise OrgError("UNDELETE_FAILED", "Entity is not in the recycle bin", [])
    if not writer.access.reads_row(kind, row, writer.schema, writer.tx.get):
        raise OrgError("UNDELETE_FAILED", "Entity is not in the recycle bin", [])
    return row


def _old(writer: Writer, row: Row) -> bool:
    deleted = moments.read_moment(str(row["SystemModstamp"]))
    return deleted is not None and writer.tx.now - deleted > KEPT


def _revive(writer: Writer, kind: ObjectType, row: Row) -> None:
    """A row that would break a rule by coming back stays where it is."""
    for field in kind.references():
        above = writer.tx.get(field.reference_to[0], row.get(field.name) or "") if field.master else None
        if above is not None and above.get("IsDeleted"):
            raise OrgError("UNDELETE_FAILED", f"The parent {above['Id'][:15]} is deleted; undelete it first", [])
    writer.check_unique(kind, row, row["Id"])
    writer.store(kind, {**row, "IsDeleted": False, "MasterRecordId": None})
