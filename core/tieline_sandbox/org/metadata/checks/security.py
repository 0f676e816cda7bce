"""Permission sets (texts [K])."""

from __future__ import annotations

from tieline_sandbox.org.metadata.checks.base import BadComponent, Known, developer_name, need
from tieline_sandbox.org.metadata.tree import Body, flag, one, tables


def check_permission_set(known: Known, full_name: str, body: Body) -> None:
    developer_name(full_name, "Permission Set Name")
    need(body, "label")
    for entry in tables(body, "objectPermissions"):
        _object_permission(known, entry)
    for entry in tables(body, "fieldPermissions"):
        _field_permission(known, entry)
    for entry in tables(body, "tabSettings"):
        name = one(entry, "tab")
        if not name.startswith("standard-"):
            known.component("CustomTab", name, "tab")
    for entry in tables(body, "applicationVisibilities"):
        name = one(entry, "application")
        if not name.startswith("standard__"):
            known.component("CustomApplication", name, "application")


def _object_permission(known: Known, entry: Body) -> None:
    need(entry, "object")
    name = one(entry, "object")
    known.object(name)
    if flag(entry, "allowRead"):
        return
    for right in ("Create", "Edit", "Delete"):
        if flag(entry, f"allow{right}"):
            raise BadComponent(f"Permission {right} {name} depends on permission(s): Read {name}")


def _field_permission(known: Known, entry: Body) -> None:
    need(entry, "field")
    name = one(entry, "field")
    field = known.field(name)
    if field.required or field.master or field.name_field:
        raise BadComponent(f"You cannot deploy to a required field: {name}")
    if flag(entry, "editable") and not flag(entry, "readable"):
        raise BadComponent(f"Field {name}: editable depends on readable")
