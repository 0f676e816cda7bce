"""Putting components into the org and taking them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tieline_sandbox.org import moments
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.metadata import twins
from tieline_sandbox.org.metadata.checks import BadComponent, Known, check
from tieline_sandbox.org.metadata.kinds import KINDS, ComponentKind
from tieline_sandbox.org.metadata.layouts import default_layout, layout_name
from tieline_sandbox.org.metadata.tree import Body, one, tables
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Transaction

Stored = dict[str, Any]
_PREFIX_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Done:
    """What happened to one component."""

    ident: str
    created: bool = False
    changed: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Components:
    """Changes of metadata by one caller inside one transaction."""

    call: Call
    tx: Transaction

    def put(self, kind: ComponentKind, full_name: str, body: Body, merge: bool = False) -> Done:
        """Create or change one component; BadComponent when it can't stand. `merge` keeps elements not given."""
        stored = self.tx.get(COMPONENT + kind.name, full_name)
        if kind.name == "CustomObject" and not full_name.endswith("__c"):
            merge = True  # a file of a standard object holds only what it changes
        kept = stored["body"] if stored and merge else {}
        wanted = {**kept, **body}
        check(self._known(), kind.name, full_name, wanted)
        if stored is not None and stored["body"] == wanted:
            return Done(stored["id"])
        if stored is None and not wanted and self.call.schema.object(full_name) is not None:
            return Done("")  # a standard object named for the sake of its fields
        ident = stored["id"] if stored else self.call.org.new_id(self.tx, kind.prefix)
        self._store(kind, full_name, ident, wanted, stored)
        return Done(ident, created=stored is None, changed=True)

    def remove(self, kind: ComponentKind, full_name: str) -> Done | None:
        """Take one component out with what hangs on it; None when it is not there."""
        stored = self.tx.get(COMPONENT + kind.name, full_name)
        if kind.name == "CustomObject" and not full_name.endswith("__c"):
            raise BadComponent(f"Cannot delete standard object: {full_name}")
        if stored is None:
            return None
        self._may_go(kind, full_name)
        _REMOVALS.get(kind.name, lambda _components, _name: None)(self, full_name)
        self.tx.delete(COMPONENT + kind.name, full_name)
        twins.drop(self.call, self.tx, kind.name, stored)
        self._moved()
        return Done(stored["id"], changed=True, deleted=True)

    def _known(self) -> Known:
        return Known(self.call.schema, self.tx)

    def _store(self, kind: ComponentKind, full_name: str, ident: str, body: Body, stored: Stored | None) -> None:
        now, user = moments.stamp(self.tx.now), self.call.caller.user_id
        row = {
            "id": ident,
            "created": now,
            "createdBy": user,
            **(stored or {}),
            "body": body,
            "modified": now,
            "modifiedBy": user,
        }
        if kind.name == "CustomObject" and full_name.endswith("__c") and "prefix" not in row:
            number = self.tx.next_number("object_prefix", 0)
            row["prefix"] = "a" + _PREFIX_DIGITS[number // 36 % 36] + _PREFIX_DIGITS[number % 36]
        before = self.call.schema if kind.name == "CustomField" else None
        if stored is None:
            self.tx.insert(COMPONENT + kind.name, full_name, row)
        else:
            self.tx.update(COMPONENT + kind.name, full_name, row)
        self._moved()
        if before is not None:
            self._index(full_name, before.object(full_name.partition(".")[0]))
        twins.put(self.call, self.tx, kind.name, full_name, row)
        if kind.name == "CustomObject" and stored is None and full_name.endswith("__c"):
            self._first_layout(full_name)

    def _first_layout(self, name: str) -> None:
        """A new object gets a page by itself."""
        kind = self.call.schema.objects[name.casefold()]
        if self.tx.get(COMPONENT + "Layout", layout_name(kind)) is None:
            body = default_layout(kind)
            self._store(KINDS["Layout"], layout_name(kind), self.call.org.new_id(self.tx, "00h"), body, None)

    def _moved(self) -> None:
        self.tx.set_setting("schema_changed", moments.stamp(self.tx.now))
        self.call.org.touch(COMPONENT)

    def _index(self, full_name: str, before: ObjectType | None) -> None:
        """A field that is looked up from now on needs its rows in the index."""
        owner, _, name = full_name.partition(".")
        kind = self.call.schema.object(owner)
        field, old = (each.field(name) if each else None for each in (kind, before))
        if field and field.looked_up and not (old and old.looked_up):
            self.tx.build_index(owner, name)

    def _may_go(self, kind: ComponentKind, full_name: str) -> None:
        if kind.name == "PermissionSet":
            row = self.tx.get("PermissionSet", (self.tx.get(COMPONENT + kind.name, full_name) or {})["id"])
            if row and self.tx.find("PermissionSetAssignment", "PermissionSetId", row["Id"]):
                raise BadComponent(
                    "Permission set is assigned to users and can't be deleted; remove the assignments first"
                )
        if kind.name == "GlobalValueSet":
            for name, component in self.tx.all(COMPONENT + "CustomField"):
                if any(one(entry, "valueSetName") == full_name for entry in tables(component["body"], "valueSet")):
                    raise BadComponent(f"This global value set is in use by the field {name}")
        if kind.name == "CustomObject":
            self._object_may_go(full_name)

    def _object_may_go(self, full_name: str) -> None:
        for child in self.call.schema.children_of(full_name):
            if child.object != full_name:
                raise BadComponent(
                    f"This custom object is referenced elsewhere: CustomField {child.object}.{child.field.name}"
                )

    # -- what hangs on a component --------------------------------------------------

    def forget_field(self, full_name: str) -> None:
        """The values of a deleted field, its grants, its place on layouts."""
        owner, _, name = full_name.partition(".")
        for ident, row in list(self.tx.all(owner)):
            if name in row:
                self.tx.update(owner, ident, {key: value for key, value in row.items() if key != name})
        self._edit_all("PermissionSet", lambda _, body: _without(body, "fieldPermissions", "field", full_name))
        self._edit_all(
            "Layout", lambda layout, body: _off_layout(body, name) if layout.startswith(f"{owner}-") else body
        )

    def forget_object(self, full_name: str) -> None:
        for kind in KINDS:
            for name, part in list(self.tx.all(COMPONENT + kind)):
                if name.startswith((f"{full_name}.", f"{full_name}-")) or (kind == "CustomTab" and name == full_name):
                    self.tx.delete(COMPONENT + kind, name)
                    twins.drop(self.call, self.tx, kind, part)
        for ident, _ in list(self.tx.all(full_name)):
            self.tx.delete(full_name, ident)

        def stripped(_name: str, body: Body) -> Body:
            fields = [
                entry
                for entry in body.get("fieldPermissions", [])
                if not one(entry, "field").startswith(f"{full_name}.")
            ]
            body = {**body, "fieldPermissions": fields} if fields else _dropped(body, "fieldPermissions")
            body = _without(body, "objectPermissions", "object", full_name)
            return _without(body, "tabSettings", "tab", full_name)

        self._edit_all("PermissionSet", stripped)

    def _edit_all(self, kind: str, change: Any) -> None:
        for name, component in list(self.tx.all(COMPONENT + kind)):
            body = change(name, component["body"])
            if body != component["body"]:
                self.tx.update(COMPONENT + kind, name, {**component, "body": body})


def _dropped(body: Body, name: str) -> Body:
    return {key: nodes for key, nodes in body.items() if key != name}


def _without(body: Body, element: str, key: str, value: str) -> Body:
    kept = [entry for entry in body.get(element, []) if one(entry, key) != value]
    return {**body, element: kept} if kept else _dropped(body, element)


def _off_layout(node: Any, name: str) -> Any:
    """A layout without the items of one field."""
    if isinstance(node, list):
        return [
            _off_layout(each, name) for each in node if not (isinstance(each, dict) and each.get("field") == [name])
        ]
    if isinstance(node, dict):
        kept = {key: _off_layout(each, name) for key, each in node.items()}
        return {key: each for key, each in kept.items() if each != []}
    return node


_REMOVALS: Mapping[str, Any] = {
    "CustomField": Components.forget_field,
    "CustomObject": Components.forget_object,
}
