"""Deleting rows: into the recycle bin, with their details; lookups to them are cleared.

What went with a row is noted, so that an undelete brings back just that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tieline_sandbox.org import errors
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.records import selling
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.schema.types import Child, ObjectType, OnDelete

Row = dict[str, Any]


@dataclass(slots=True)
class Went:
    """What else a delete did: rows (object, id) put away, lookups (object, id, field) cleared."""

    rows: list[list[str]] = field(default_factory=list)
    cleared: list[list[str]] = field(default_factory=list)


def delete(writer: Writer, kind: ObjectType, ident: str) -> None:
    """One row with all that goes with it; OrgError when the caller may not or something holds it."""
    row = writer.tx.get(kind.name, ident)
    if row is None or not writer.access.reads_row(kind, row, writer.schema, writer.tx.get):
        raise errors.not_found()
    if row.get("IsDeleted"):
        raise errors.deleted()
    may_delete(writer, kind, row)
    writer.call.org.locks.check(ident)
    went = Went()
    _remove(writer, kind, row, went)
    if not kind.hard_delete:
        writer.tx.set_setting(bin_of(ident), {"rows": went.rows, "cleared": went.cleared})
    if kind.name == "OpportunityLineItem":
        selling.roll_up(writer, row["OpportunityId"])


def bin_of(ident: str) -> str:
    """The name of the note about a deleted row."""
    return f"bin:{ident}"


def may_delete(writer: Writer, kind: ObjectType, row: Row) -> None:
    if not kind.deletable:
        raise OrgError("INSUFFICIENT_ACCESS_OR_READONLY", f"entity type cannot be deleted: {kind.label}", [])
    access = writer.access
    rights = access.rights(kind)
    owns = access.admin or rights.modify_all or row.get("OwnerId", access.user_id) == access.user_id
    by_master = kind.master is not None and access.edits_row(kind, row, writer.schema, writer.tx.get)
    if not rights.delete or not (owns or by_master or (kind.custom and kind.sharing == "FullAccess")):
        raise errors.no_access()
    if kind.name == "Pricebook2" and row.get("IsStandard"):
        raise OrgError("DELETE_FAILED", "The standard price book can't be deleted.", [])


def _remove(writer: Writer, kind: ObjectType, row: Row, went: Went) -> None:
    for child in writer.schema.children_of(kind.name):
        found = [each for _, each in writer.tx.find(child.object, child.field.name, row["Id"])]
        for each in found:
            if not each.get("IsDeleted"):
                _let_go(writer, kind, row, child, each, went)
    if kind.hard_delete:
        writer.tx.delete(kind.name, row["Id"])
        writer.call.org.touch(kind.name)
    else:
        writer.store(kind, {**row, "IsDeleted": True}, "delete")


def _let_go(writer: Writer, kind: ObjectType, row: Row, child: Child, each: Row, went: Went) -> None:
    owner = writer.schema.objects[child.object.casefold()]
    if child.field.on_delete is OnDelete.CASCADE:
        _remove(writer, owner, each, went)
        went.rows.append([owner.name, each["Id"]])
    elif child.field.on_delete is OnDelete.RESTRICT or child.field.required:
        shown = row.get(kind.name_field or "Id", row["Id"])
        text = (
            f"Your attempt to delete {shown} could not be completed because it is associated with the following"
            f" {owner.plural.lower()}.: {each.get(owner.name_field or 'Id', each['Id'])}\n"
        )
        raise OrgError("DELETE_FAILED", text, [])
    else:
        writer.store_quietly(owner, {**each, child.field.name: None})
        went.cleared.append([owner.name, each["Id"], child.field.name])
