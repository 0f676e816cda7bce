"""What a user may see and change: profile, permission sets, field-level security, sharing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tieline_sandbox.org.metadata.tree import Body, flag, one, tables
from tieline_sandbox.org.schema.types import Field, ObjectType, Schema

ADMINISTRATOR = "System Administrator"
STANDARD = "Standard User"
READ_ONLY = "Read Only"

Row = Mapping[str, Any]
Lookup = Callable[[str, str], "Row | None"]
_OPEN = ("ReadWrite", "ReadWriteTransfer", "FullAccess", "")


@dataclass(frozen=True, slots=True)
class Rights:
    """Object permissions, as a profile or permission set grants them."""

    read: bool = False
    create: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False
    modify_all: bool = False

    def joined(self, other: Rights) -> Rights:
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Rights(*(mine or theirs for mine, theirs in pairs))


ALL = Rights(True, True, True, True, True, True)
NONE = Rights()
READ = Rights(read=True)
CHANGE = Rights(read=True, create=True, edit=True, delete=True)


@dataclass(frozen=True, slots=True)
class Access:
    """One user's rights. `fields` holds the granted custom fields: readable, or editable too."""

    user_id: str
    profile: str
    objects: Mapping[str, Rights] = field(default_factory=dict)
    fields: Mapping[str, bool] = field(default_factory=dict)

    @property
    def admin(self) -> bool:
        return self.profile == ADMINISTRATOR

    def rights(self, kind: ObjectType) -> Rights:
        if self.admin:
            return ALL
        granted = self.objects.get(kind.name, NONE)
        return granted if kind.custom else granted.joined(self._by_profile(kind))

    def _by_profile(self, kind: ObjectType) -> Rights:
        closed = kind.admin_only or kind.read_only_for_users or self.profile != STANDARD
        return READ if closed else CHANGE

    def sees(self, kind: ObjectType, each: Field) -> bool:
        """Field-level security: standard, required, master-detail and name fields are always seen. [K]"""
        free = not each.custom or each.required or each.master or each.name_field
        return free or f"{kind.name}.{each.name}" in self.fields

    def edits(self, kind: ObjectType, each: Field) -> bool:
        free = not each.custom or each.required or each.master or each.name_field
        return free or self.fields.get(f"{kind.name}.{each.name}", False)

    def field(self, kind: ObjectType, name: str) -> Field | None:
        """The field of that name if the user may see it."""
        each = kind.field(name)
        return each if each and self.sees(kind, each) else None

    def object(self, schema: Schema, name: str) -> ObjectType | None:
        kind = schema.object(name)
        return kind if kind and self.rights(kind).read else None

    def reads_row(self, kind: ObjectType, row: Row, schema: Schema, lookup: Lookup) -> bool:
        rights = self.rights(kind)
        if not rights.read:
            return False
        if self.admin or rights.view_all or kind.sharing in (*_OPEN, "Read", "ReadSelect"):
            return True
        return self._through(kind, row, schema, lookup, self.reads_row) or row.get("OwnerId") == self.user_id

    def edits_row(self, kind: ObjectType, row: Row, schema: Schema, lookup: Lookup) -> bool:
        rights = self.rights(kind)
        if not rights.edit:
            return False
        if self.admin or rights.modify_all or (kind.sharing in _OPEN and kind.master is None):
            return True
        return self._through(kind, row, schema, lookup, self.edits_row) or row.get("OwnerId") == self.user_id

    def _through(
        self,
        kind: ObjectType,
        row: Row,
        schema: Schema,
        lookup: Lookup,
        ask: Callable[[ObjectType, Row, Schema, Lookup], bool],
    ) -> bool:
        """A detail is shared as its master is."""
        master = kind.master
        parent = schema.object(master.reference_to[0]) if master else None
        above = lookup(parent.name, row.get(master.name) or "") if master and parent else None
        return bool(parent and above is not None and ask(parent, above, schema, lookup))


def granted(user_id: str, profile: str, sets: list[Body]) -> Access:
    """The union of what permission sets give."""
    objects: dict[str, Rights] = {}
    fields: dict[str, bool] = {}
    for body in sets:
        for entry in tables(body, "objectPermissions"):
            name = one(entry, "object")
            objects[name] = objects.get(name, NONE).joined(_rights(entry))
        for entry in tables(body, "fieldPermissions"):
            name, editable = one(entry, "field"), flag(entry, "editable")
            if editable or flag(entry, "readable"):
                fields[name] = fields.get(name, False) or editable
    return Access(user_id, profile, objects, fields)


def _rights(entry: Body) -> Rights:
    names = ("allowRead", "allowCreate", "allowEdit", "allowDelete", "viewAllRecords", "modifyAllRecords")
    return Rights(*(flag(entry, name) for name in names))
