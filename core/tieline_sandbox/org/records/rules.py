"""What the platform does by itself when rows of standard objects are written (facts [K])."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.records import selling
from tieline_sandbox.org.schema.types import ObjectType

if TYPE_CHECKING:
    from tieline_sandbox.org.records.write import Writer

Row: TypeAlias = dict[str, Any]
_Rule: TypeAlias = "Callable[[Writer, Row, Row], None]"


def before_create(writer: Writer, kind: ObjectType, row: Row, given: Row) -> None:
    """Complete and check a new row; `given` is what the caller sent."""
    rule = _BEFORE_CREATE.get(kind.name)
    if rule:
        rule(writer, row, given)
    _both(writer, kind, row, given)


def before_update(writer: Writer, kind: ObjectType, row: Row, old: Row, given: Row) -> None:
    rule = _BEFORE_UPDATE.get(kind.name)
    if rule:
        rule(writer, row, old, given)
    _both(writer, kind, row, given)


def after_write(writer: Writer, kind: ObjectType, old: Row | None, row: Row) -> None:
    """What follows in other rows."""
    if kind.name == "OpportunityLineItem":
        selling.roll_up(writer, row["OpportunityId"])
    if kind.name == "Product2" and old is not None:
        selling.rename_entries(writer, row)


def _both(writer: Writer, kind: ObjectType, row: Row, given: Row) -> None:
    rule = _BOTH.get(kind.name)
    if rule:
        rule(writer, row, given)


def _full_name(_writer: Writer, row: Row, _given: Row) -> None:
    parts = (row.get("FirstName"), row.get("LastName"))
    row["Name"] = " ".join(part for part in parts if part) or None


def _assignment(writer: Writer, row: Row, _given: Row) -> None:
    held = writer.tx.find("PermissionSetAssignment", "AssigneeId", row.get("AssigneeId"))
    if any(each["PermissionSetId"] == row.get("PermissionSetId") for _, each in held):
        what = f"Assignee: {row['AssigneeId']}, Permission Set: {row['PermissionSetId']}"
        raise OrgError("DUPLICATE_VALUE", f"Duplicate PermissionSetAssignment. {what}", [])


def _new_task(_writer: Writer, row: Row, _given: Row) -> None:
    row.setdefault("Status", "Not Started")
    row.setdefault("Priority", "Normal")


def _task(_writer: Writer, row: Row, _given: Row) -> None:
    row["IsClosed"] = row.get("Status") == "Completed"


def _new_user(_writer: Writer, row: Row, _given: Row) -> None:
    row["UserType"] = "Standard"
    if "@" not in (row.get("Username") or "@"):
        raise OrgError("INVALID_EMAIL_ADDRESS", f"Username: invalid email address: {row['Username']}", ["Username"])


_BEFORE_CREATE: Mapping[str, _Rule] = {
    "Opportunity": selling.new_opportunity,
    "OpportunityLineItem": selling.new_line,
    "PricebookEntry": selling.new_entry,
    "PermissionSetAssignment": _assignment,
    "Task": _new_task,
    "User": _new_user,
}
_BEFORE_UPDATE: Mapping[str, Callable[[Any, Row, Row, Row], None]] = {
    "Opportunity": selling.changed_opportunity,
    "OpportunityLineItem": selling.changed_line,
}
_BOTH: Mapping[str, _Rule] = {"Contact": _full_name, "User": _full_name, "Opportunity": selling.stage, "Task": _task}
