"""Objects and fields that were deployed: from metadata to the schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from tieline_sandbox.org.metadata.tree import Body, flag, one, tables, texts
from tieline_sandbox.org.schema.build import lookup, system_fields
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType, OnDelete, PicklistValue, Schema

FIELD_KINDS: Mapping[str, Kind] = {
    "AutoNumber": Kind.STRING, "Checkbox": Kind.BOOLEAN, "Currency": Kind.CURRENCY, "Date": Kind.DATE,
    "DateTime": Kind.DATETIME, "Email": Kind.EMAIL, "EncryptedText": Kind.STRING, "Html": Kind.TEXTAREA,
    "LongTextArea": Kind.TEXTAREA, "Lookup": Kind.REFERENCE, "MasterDetail": Kind.REFERENCE,
    "MultiselectPicklist": Kind.MULTIPICKLIST, "Number": Kind.DOUBLE, "Percent": Kind.PERCENT, "Phone": Kind.PHONE,
    "Picklist": Kind.PICKLIST, "Text": Kind.STRING, "TextArea": Kind.TEXTAREA, "Time": Kind.TIME, "Url": Kind.URL,
    "Hierarchy": Kind.REFERENCE,
}  # fmt: skip
_LENGTHS = {
    "TextArea": 255,
    "Email": 80,
    "Phone": 40,
    "Url": 255,
    "Picklist": 255,
    "MultiselectPicklist": 4099,
    "AutoNumber": 30,
}
_CONSTRAINTS = {"Cascade": OnDelete.CASCADE, "Restrict": OnDelete.RESTRICT}
ValueSets = Mapping[str, Body]


def whole(text: str, default: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() else default


def field_of(name: str, body: Body, sets: ValueSets) -> Field:
    """One custom field; the metadata was checked when it was deployed."""
    kind = one(body, "type")
    field = Field(
        name=name,
        label=one(body, "label") or name,
        kind=FIELD_KINDS[kind],
        length=_LENGTHS.get(kind) or whole(one(body, "length")),
        precision=whole(one(body, "precision")),
        scale=whole(one(body, "scale")),
        required=flag(body, "required"),
        nillable=not flag(body, "required") and kind not in ("Checkbox", "MasterDetail"),
        unique=flag(body, "unique"),
        case_sensitive=flag(body, "caseSensitive"),
        external_id=flag(body, "externalId"),
        custom=True,
        html=kind == "Html",
        help=one(body, "inlineHelpText") or None,
    )
    return _DETAILS.get(kind, _unchanged)(field, body, sets)


def _unchanged(field: Field, _body: Body, _sets: ValueSets) -> Field:
    return field


def _checkbox(field: Field, body: Body, _sets: ValueSets) -> Field:
    return replace(field, default=flag(body, "defaultValue"), required=False)


def _auto_number(field: Field, body: Body, _sets: ValueSets) -> Field:
    return replace(field, auto_number=one(body, "displayFormat") or "{0}", createable=False, updateable=False)


def _reference(field: Field, body: Body, _sets: ValueSets) -> Field:
    master = one(body, "type") == "MasterDetail"
    rule = OnDelete.CASCADE if master else _CONSTRAINTS.get(one(body, "deleteConstraint"), OnDelete.CLEAR)
    children = one(body, "relationshipName")
    movable = flag(body, "reparentableMasterDetail")
    return replace(
        field, length=18, reference_to=tuple(texts(body, "referenceTo")), relationship=field.name[:-1] + "r",
        child_relationship=f"{children}__r" if children else None, on_delete=rule, master=master,
        required=field.required or master, nillable=not (field.required or master),
        reparentable=movable, updateable=movable or not master,
    )  # fmt: skip


def _picklist(field: Field, body: Body, sets: ValueSets) -> Field:
    chosen = next(iter(tables(body, "valueSet")), {})
    named = one(chosen, "valueSetName")
    if named:
        rows, restricted = tables(sets.get(named, {}), "customValue"), True
    else:
        definition = next(iter(tables(chosen, "valueSetDefinition")), {})
        rows, restricted = tables(definition, "value"), flag(chosen, "restricted")
    values = tuple(_value(row) for row in rows)
    default = next((each.value for each in values if each.default), None)
    return replace(field, values=values, restricted=restricted, default=default)


def _value(row: Body) -> PicklistValue:
    name = one(row, "fullName")
    return PicklistValue(name, one(row, "label") or name, flag(row, "isActive", True), flag(row, "default"))


_DETAILS: Mapping[str, Callable[[Field, Body, ValueSets], Field]] = {
    "Checkbox": _checkbox, "AutoNumber": _auto_number, "Lookup": _reference, "MasterDetail": _reference,
    "Hierarchy": _reference, "Picklist": _picklist, "MultiselectPicklist": _picklist,
}  # fmt: skip


def object_of(name: str, body: Body, prefix: str, fields: list[Field], modified: str) -> ObjectType:
    """A custom object: its name field, the deployed fields, the system's own. Details have no owner of their own."""
    owned = not any(each.master for each in fields)
    every = [_ident(), *_owner(owned), _name_field(body), *system_fields(), *fields]
    label = one(body, "label") or name
    return ObjectType(
        name, label, one(body, "pluralLabel") or label, prefix, {each.name.casefold(): each for each in every},
        custom=True, sharing="ControlledByParent" if not owned else one(body, "sharingModel") or "ReadWrite",
        modified=modified,
    )  # fmt: skip


def _ident() -> Field:
    return Field("Id", "Record ID", Kind.ID, length=18, nillable=False, createable=False, updateable=False)


def _owner(owned: bool) -> list[Field]:
    return [lookup("OwnerId", "User", label="Owner ID", nillable=False)] if owned else []


def _name_field(body: Body) -> Field:
    declared = next(iter(tables(body, "nameField")), {})
    numbered = one(declared, "type") == "AutoNumber"
    return Field(
        "Name", one(declared, "label") or "Name", Kind.STRING, length=80, name_field=True, nillable=False, indexed=True,
        auto_number=(one(declared, "displayFormat") or "{0}") if numbered else None,
        createable=not numbered, updateable=not numbered,
    )  # fmt: skip


def assemble(
    standard: list[ObjectType],
    objects: Mapping[str, Mapping[str, Any]],
    fields: Mapping[str, Mapping[str, Any]],
    sets: ValueSets,
    typed: Collection[str] = (),
) -> Schema:
    """The whole schema. `objects` and `fields` are stored components by full name, `sets` bodies of value sets,
    `typed` the names of objects that have record types."""
    own: dict[str, list[Field]] = {}
    for full_name, component in fields.items():
        owner, _, name = full_name.partition(".")
        own.setdefault(owner, []).append(field_of(name, component["body"], sets))
    for owner in typed:
        own.setdefault(owner, []).append(lookup("RecordTypeId", "RecordType", label="Record Type ID"))
    built = [_extended(each, own.get(each.name, []), objects.get(each.name)) for each in standard]
    for name, component in objects.items():
        if name.endswith("__c"):
            more = own.get(name, [])
            built.append(object_of(name, component["body"], component["prefix"], more, component["modified"]))
    return Schema.of(sorted(built, key=lambda each: each.name))


def _extended(base: ObjectType, more: list[Field], component: Mapping[str, Any] | None) -> ObjectType:
    fields = {**base.fields, **{each.name.casefold(): each for each in more}}
    sharing = one(component["body"], "sharingModel") if component else ""
    return replace(base, fields=fields, sharing=sharing or base.sharing)
