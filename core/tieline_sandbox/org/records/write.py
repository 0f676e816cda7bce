"""Creating and changing rows: rights, values, references, uniqueness, stamps, then the platform's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tieline_sandbox.org import errors, ids, moments
from tieline_sandbox.org.access import Access
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError, SeveralFound
from tieline_sandbox.org.records import rules, validation
from tieline_sandbox.org.records.numbering import numbered
from tieline_sandbox.org.records.values import coerce
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType, OnDelete, Schema
from tieline_sandbox.state import Reader, Transaction

Row = dict[str, Any]
_STAMPS = ("LastModifiedDate", "SystemModstamp")


@dataclass(slots=True)
class Writer:
    """Writes of one caller inside one transaction. `late` sets the stamps back: a commit that took its time."""

    call: Call
    tx: Transaction
    late: timedelta = timedelta()

    @property
    def schema(self) -> Schema:
        return self.call.schema

    @property
    def access(self) -> Access:
        return self.call.access

    @property
    def now(self) -> str:
        return moments.stamp(self.tx.now - self.late)

    # -- the three verbs --------------------------------------------------

    def create(self, kind: ObjectType, sent: Mapping[str, Any]) -> str:
        """Insert one row; its id."""
        if not kind.createable or not self.access.rights(kind).create:
            raise OrgError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {kind.label}", [])
        given = self._given(kind, sent, creating=True)
        row = {
            each.name: each.default for each in kind.fields.values() if each.default is not None and not each.calculated
        }
        row |= {name: value for name, value in given.items() if value is not None}
        self._start(kind, row)
        rules.before_create(self, kind, row, given)
        self._require(kind, row)
        self._check_references(kind, row, given)
        validation.check(self, kind, row, None)
        ident = self.call.org.new_id(self.tx, kind.prefix)
        self.check_unique(kind, row, ident)
        self._number(kind, row)
        self.tx.insert(kind.name, ident, {"Id": ident, **row})
        self.call.org.touch(kind.name)
        rules.after_write(self, kind, None, {"Id": ident, **row})
        return ident

    def update(self, kind: ObjectType, ident: str, sent: Mapping[str, Any]) -> None:
        old = self.writable(kind, ident)
        if not kind.updateable:
            raise OrgError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be updated: {kind.label}", [])
        given = self._given(kind, sent, creating=False)
        row = {**old, **given}
        rules.before_update(self, kind, row, old, given)
        row = {name: value for name, value in row.items() if value is not None}
        self._require(kind, row, given)
        self._check_references(kind, row, given)
        validation.check(self, kind, row, old)
        self.check_unique(kind, row, ident, given)
        self.store(kind, row)
        rules.after_write(self, kind, old, row)

    def upsert(
        self, kind: ObjectType, key: Field, value: Any, sent: Mapping[str, Any], update_only: bool = False
    ) -> tuple[str, bool]:
        """Update the row that carries the key or create it; (id, created). SeveralFound when it is not one row."""
        found = self.call_matches(kind, key, value)
        if len(found) > 1:
            raise SeveralFound(found)
        if found:
            self.update(kind, found[0], sent)
            return found[0], False
        if update_only or key.kind is Kind.ID:
            raise errors.not_found()
        return self.create(kind, {**sent, key.name: value}), True

    def call_matches(self, kind: ObjectType, key: Field, value: Any) -> list[str]:
        return matches(self.tx, kind, key, value)

    # -- shared with rules and deletes --------------------------------------------------

    def writable(self, kind: ObjectType, ident: str) -> Row:
        """The row if it is there and the caller may edit it."""
        row = self.tx.get(kind.name, ident)
        if row is None or not self.access.reads_row(kind, row, self.schema, self.tx.get):
            raise errors.not_found()
        if row.get("IsDeleted"):
            raise errors.deleted()
        if not self.access.edits_row(kind, row, self.schema, self.tx.get):
            raise errors.no_access()
        self.call.org.locks.check(ident)
        return row

    def store(self, kind: ObjectType, row: Row, action: str = "update") -> None:
        """Write a changed row with fresh stamps."""
        fresh = {**row, "LastModifiedById": self.call.caller.user_id, **dict.fromkeys(_STAMPS, self.now)}
        kept = {name: value for name, value in fresh.items() if value is not None}
        self.tx.update(kind.name, row["Id"], kept, action)
        self.call.org.touch(kind.name)

    def store_quietly(self, kind: ObjectType, row: Row) -> None:
        """A change the platform makes by itself: only SystemModstamp moves."""
        kept = {name: value for name, value in {**row, "SystemModstamp": self.now}.items() if value is not None}
        self.tx.update(kind.name, row["Id"], kept)

    # -- the steps --------------------------------------------------

    def _given(self, kind: ObjectType, sent: Mapping[str, Any], creating: bool) -> Row:
        given: Row = {}
        refused: list[str] = []
        for name, value in sent.items():
            if name == "attributes" or (name.casefold() == "id" and not (value and creating)):
                continue
            if name.casefold() == "id":
                raise OrgError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])
            field = self.access.field(kind, name)
            if field is None:
                parent = self._parent(kind, name, value)
                if parent is None:
                    raise errors.no_column(name, kind.name)
                given[parent[0]] = parent[1]
            elif not self._may_write(kind, field, creating):
                refused.append(field.name)
            else:
                given[field.name] = coerce(field, value)
        if refused:
            raise OrgError("INVALID_FIELD_FOR_INSERT_UPDATE", _NOT_WRITABLE.format(", ".join(refused)), refused)
        return given

    def _may_write(self, kind: ObjectType, field: Field, creating: bool) -> bool:
        return (field.createable if creating else field.updateable) and self.access.edits(kind, field)

    def _parent(self, kind: ObjectType, name: str, value: Any) -> tuple[str, Any] | None:
        """`"Account": {"ERP_Key__c": "x"}` names a parent by external id."""
        wanted = name.casefold()
        field = next((each for each in kind.references() if (each.relationship or "").casefold() == wanted), None)
        if field is None or not self.access.sees(kind, field) or not isinstance(value, dict | None):
            return None
        if value is None:
            return field.name, None
        keys = {key: each for key, each in value.items() if key != "attributes"}
        target = self.schema.object(field.reference_to[0])
        if target is None or len(keys) != 1:
            raise OrgError("INVALID_FIELD", f"Foreign key external ID: one field is expected for {name}", [name])
        key, wanted_value = next(iter(keys.items()))
        return field.name, self._by_key(target, key, wanted_value)

    def _by_key(self, target: ObjectType, name: str, value: Any) -> str:
        key = self.access.field(target, name)
        if key is None or not (key.external_id or key.kind is Kind.ID):
            raise OrgError("INVALID_FIELD", f"{name} is not an External ID or indexed field for {target.name}", [name])
        found = matches(self.tx, target, key, value)
        if len(found) != 1:
            text = f"Foreign key external ID: {value} not found for field {key.name} in entity {target.name}"
            raise OrgError("INVALID_FIELD", text, [])
        return found[0]

    def _start(self, kind: ObjectType, row: Row) -> None:
        user = self.call.caller.user_id
        if kind.field("OwnerId"):
            row.setdefault("OwnerId", user)
        row |= {"IsDeleted": False, "CreatedDate": self.now, "CreatedById": user, "LastModifiedById": user}
        row |= dict.fromkeys(_STAMPS, self.now)

    def _require(self, kind: ObjectType, row: Row, given: Row | None = None) -> None:
        """Required fields, on update only those that were sent; a name may not be blanked either."""
        missing = [
            each.name for each in kind.fields.values()
            if each.required and row.get(each.name) is None and (given is None or each.name in given)
        ]  # fmt: skip
        if kind.field("OwnerId") and row.get("OwnerId") is None:
            missing.append("OwnerId")
        if missing:
            raise OrgError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)

    def _check_references(self, kind: ObjectType, row: Row, given: Row) -> None:
        for field in kind.references():
            ident = row.get(field.name)
            if ident is None or field.name not in given:
                continue
            target = self.schema.by_prefix(ident)
            if target is not None and target.name not in field.reference_to:
                text = f"{field.label}: id value of incorrect type: {ident}"
                raise OrgError("FIELD_INTEGRITY_EXCEPTION", text, [field.name])
            found = self.tx.get(target.name, ident) if target else None
            if target is None or found is None:
                raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
            if found.get("IsDeleted"):
                raise errors.deleted()
            self._check_parent(field, target, found)
            if field.name == "RecordTypeId" and (found["SobjectType"] != kind.name or not found["IsActive"]):
                text = f"Record Type ID: this ID value isn't valid for the user: {ident}"
                raise OrgError("INVALID_CROSS_REFERENCE_KEY", text, ["RecordTypeId"])

    def _check_parent(self, field: Field, target: ObjectType, found: Row) -> None:
        """Attaching a detail changes its master, which must be free for it; an owner must be able to work."""
        if field.on_delete is OnDelete.CASCADE:
            self.call.org.locks.check(found["Id"])
        if field.master and not self.access.edits_row(target, found, self.schema, self.tx.get):
            text = f"insufficient access rights on cross-reference id: {found['Id'][:15]}"
            raise OrgError("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", text, [])
        if field.name == "OwnerId" and not found.get("IsActive"):
            text = "Operation performed with inactive user [" + found["Id"][:15] + "] as owner"
            raise OrgError("OP_WITH_INVALID_USER_TYPE_EXCEPTION", text, ["OwnerId"])

    def check_unique(self, kind: ObjectType, row: Row, ident: str, given: Row | None = None) -> None:
        for field in kind.fields.values():
            value = row.get(field.name)
            if not field.unique or value is None or (given is not None and field.name not in given):
                continue
            other = next((each for each in matches(self.tx, kind, field, value) if each != ident), None)
            if other is not None:
                text = f"duplicate value found: {field.name} duplicates value on record with id: {other[:15]}"
                raise OrgError("DUPLICATE_VALUE", text, [field.name])

    def _number(self, kind: ObjectType, row: Row) -> None:
        for field in kind.fields.values():
            if field.auto_number is not None:
                number = self.tx.next_number(f"number:{kind.name}.{field.name}")
                row[field.name] = numbered(field.auto_number, number, self.tx.now)


_NOT_WRITABLE = (
    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is"
    " read/write for your profile or permission set."
)


def matches(tx: Reader, kind: ObjectType, key: Field, value: Any) -> list[str]:
    """Ids of living rows whose key field has the value, in the field's own sense of equality."""
    if key.kind is Kind.ID:
        ident = ids.full(str(value))
        row = tx.get(kind.name, ident) if ident else None
        if row is not None and row.get("IsDeleted"):
            raise errors.deleted()
        return [row["Id"]] if row else []
    wanted = coerce(key, value)
    if wanted is None:
        return []
    rows = [row for _, row in tx.find(kind.name, key.name, wanted) if not row.get("IsDeleted")]
    return [row["Id"] for row in rows if not key.exact or row[key.name] == wanted]
