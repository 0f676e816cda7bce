"""From the TOML files to the catalogue, and the company's own fields on top."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from tieline_intacct.sandbox.catalogue.types import CONTACT, CONTACT_KEYS, RECORDNO, Field, Kind, ObjectType, Reference

_STATUS = Field("STATUS", Kind.ENUM, default="active", codes={"active": "T", "inactive": "F"})
_STAMPS = ("WHENCREATED", "WHENMODIFIED")
_BY = ("CREATEDBY", "MODIFIEDBY")
_OWNER = ("MEGAENTITYKEY", "MEGAENTITYID", "MEGAENTITYNAME")
_PLAIN = (Kind.TEXT, Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME)
_BOOLEAN_CODES = {"true": "T", "false": "F"}
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The objects by name; `find` does not mind the case."""

    objects: Mapping[str, ObjectType]

    def find(self, name: str) -> ObjectType | None:
        return self.objects.get(name.strip().upper())

    def __getitem__(self, name: str) -> ObjectType:
        return self.objects[name.upper()]

    def __iter__(self) -> Iterator[ObjectType]:
        return iter(self.objects.values())

    def pointing_at(self, target: str) -> Iterator[tuple[ObjectType, str]]:
        """Every (object, field) that names a record of `target` by its ID, or by its record number for contacts."""
        for kind in self:
            for one in kind.references.values():
                if one.target == target:
                    yield kind, one.field
            if target == CONTACT:
                yield from ((kind, name) for name in sorted({CONTACT_KEYS[group] for group in kind.contacts}))

    def with_custom(self, own: Iterable[ObjectType], fields: Iterable[tuple[str, Field]]) -> Catalogue:
        """A copy with the company's own objects and fields; these are given as (object, field)."""
        objects = {**self.objects, **{kind.name.upper(): kind for kind in own}}
        for name, field in fields:
            kind = objects[name.upper()]
            objects[name.upper()] = replace(kind, fields={**kind.fields, field.name: field})
        return Catalogue(objects)


@cache
def standard() -> Catalogue:
    """The catalogue every company begins with."""
    objects: dict[str, ObjectType] = {}
    folder = resources.files("tieline_intacct.sandbox.catalogue")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            tables = tomllib.loads(file.read_text("utf-8"))
            objects |= {name: _object(name, table) for name, table in tables.items()}
    contact = objects[CONTACT]
    return Catalogue({name: _with_contacts(kind, contact) for name, kind in objects.items()})


def indexes() -> dict[str, tuple[str, ...]]:
    """What the state looks up by equality: IDs, and every field that points somewhere."""
    catalogue = standard()
    found: dict[str, set[str]] = {kind.name: {kind.key} - {""} for kind in catalogue}
    for target in catalogue:
        for kind, name in catalogue.pointing_at(target.name):
            found[kind.name].add(name)
    return {name: tuple(sorted(fields)) for name, fields in found.items()}


def _object(name: str, table: Table) -> ObjectType:
    references = [_reference(field, text) for field, text in table.get("refs", {}).items()]
    fields = {field.name: field for field in _fields(table, references)}
    return ObjectType(
        name=name,
        functions=table["functions"],
        key=table.get("key", ""),
        label=table.get("label", table.get("key", "")),
        fields=fields,
        references={one.path: one for one in references},
        contacts=tuple(table.get("contacts", "").split()),
        numbering=table.get("number", ""),
        numbered=table.get("numbered", table.get("key", "")),
        private=table.get("private", True),
        unique=table.get("unique", True),
        audit=table.get("audit", "recordno"),
        derived=dict(_derived(references)),
    )


def _derived(references: list[Reference]) -> Iterator[tuple[str, tuple[str, Reference]]]:
    for one in references:
        yield from (((one.key, ("key", one)),) if one.key else ())
        yield from (((one.name, ("name", one)),) if one.name else ())


def _reference(field: str, text: str) -> Reference:
    target, path, key, name = text.split()
    return Reference(field, target, path, key.strip("-"), name.strip("-"))


def _fields(table: Table, references: list[Reference]) -> Iterator[Field]:
    yield Field(RECORDNO, Kind.INTEGER, readonly=True)
    marks = {mark: set(table.get(mark, "").split()) for mark in ("required", "readonly", "frozen")}
    for kind in _PLAIN:
        for field in table.get(kind, "").split():
            codes = _BOOLEAN_CODES if kind is Kind.BOOLEAN else {}
            yield _marked(Field(field, kind, codes=codes), table, marks)
    for field, values in table.get("enums", {}).items():
        yield _marked(Field(field, Kind.ENUM, codes=dict(map(_code, values))), table, marks)
    for field in table.get("lists", "").split():
        yield Field(field, Kind.LIST)
    for one in references:
        yield from (Field(each, Kind.INTEGER, readonly=True) for each in (one.key,) if each)
        yield from (Field(each, readonly=True) for each in (one.name,) if each)
    yield from _common(table)


def _code(text: str) -> tuple[str, str]:
    """`T=active` is the display value `active`, stored as T; without a letter the word itself is stored."""
    code, _, word = text.rpartition("=")
    return word, code or word


def _marked(field: Field, table: Table, marks: Mapping[str, set[str]]) -> Field:
    return replace(
        field,
        required=field.name in marks["required"],
        readonly=field.name in marks["readonly"],
        frozen=field.name in marks["frozen"],
        default=table.get("defaults", {}).get(field.name),
        length=table.get("lengths", {}).get(field.name),
    )


def _common(table: Table) -> Iterator[Field]:
    if table.get("status", True):
        yield _STATUS
        own_dates = table.get("date", "").split()  # a document's WHENCREATED is its date [D]
        yield from (Field(each, Kind.DATETIME, readonly=True) for each in _STAMPS if each not in own_dates)
        yield from (Field(each, readonly=True) for each in _BY)
        yield Field("RECORD_URL", readonly=True)
    if table.get("private", True):
        yield from (Field(each, readonly=True) for each in _OWNER)


def _with_contacts(kind: ObjectType, contact: ObjectType) -> ObjectType:
    """The groups that show a contact, field by field."""
    shown = [field for field in contact.fields.values() if field.name not in (RECORDNO, *_STAMPS, *_BY, *_OWNER)]
    groups = {f"{group}.{field.name}": field for group in kind.contacts for field in shown if "URL" not in field.name}
    groups |= {f"{group}.{name}": Field(name) for group in kind.contacts for name in ("URL1", "URL2")}
    fields = {name: replace(field, name=name, required=False, default=None) for name, field in groups.items()}
    keys = {CONTACT_KEYS[group]: Field(CONTACT_KEYS[group], Kind.INTEGER, readonly=True) for group in kind.contacts}
    return replace(kind, fields={**kind.fields, **fields, **keys})
