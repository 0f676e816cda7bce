"""Components that are rows as well: permission sets can be assigned, record types can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tieline_sandbox.org import moments
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.metadata.tree import Body, flag, one
from tieline_sandbox.state import Transaction


def put(call: Call, tx: Transaction, kind: str, full_name: str, component: Mapping[str, Any]) -> None:
    """Write the row of a component that has one; its id is the component's."""
    shown = _SHOWN.get(kind)
    if shown is None:
        return
    ident, user, now = component["id"], call.caller.user_id, moments.stamp(tx.now)
    old = tx.get(kind, ident)
    row = old or {"Id": ident, "IsDeleted": False, "CreatedDate": now, "CreatedById": user}
    fresh = {
        **row, **shown(full_name, component["body"]), "LastModifiedDate": now, "LastModifiedById": user,
        "SystemModstamp": now,
    }  # fmt: skip
    write = tx.update if old else tx.insert
    write(kind, ident, {key: value for key, value in fresh.items() if value is not None})
    call.org.touch(kind)


def drop(call: Call, tx: Transaction, kind: str, component: Mapping[str, Any] | None) -> None:
    if kind in _SHOWN and component and tx.get(kind, component["id"]):
        tx.delete(kind, component["id"])
        call.org.touch(kind)


def _permission_set(full_name: str, body: Body) -> dict[str, Any]:
    return {
        "Name": full_name, "IsOwnedByProfile": False, "IsCustom": True, "Type": "Regular",
        "Label": one(body, "label"), "Description": one(body, "description") or None,
    }  # fmt: skip


def _record_type(full_name: str, body: Body) -> dict[str, Any]:
    owner, _, name = full_name.partition(".")
    return {
        "Name": one(body, "label") or name, "DeveloperName": name, "SobjectType": owner,
        "IsActive": flag(body, "active", True), "Description": one(body, "description") or None,
    }  # fmt: skip


_SHOWN: Mapping[str, Callable[[str, Body], dict[str, Any]]] = {
    "PermissionSet": _permission_set,
    "RecordType": _record_type,
}
