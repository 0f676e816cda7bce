"""Objects and fields as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Field types in the words of describe."""

    ID = "id"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    REFERENCE = "reference"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    ADDRESS = "address"


TEXT_KINDS = frozenset(
    {Kind.STRING, Kind.TEXTAREA, Kind.PICKLIST, Kind.MULTIPICKLIST, Kind.EMAIL, Kind.PHONE, Kind.URL, Kind.TIME}
)
NUMBER_KINDS = frozenset({Kind.INT, Kind.DOUBLE, Kind.CURRENCY, Kind.PERCENT})
ID_KINDS = frozenset({Kind.ID, Kind.REFERENCE})


class OnDelete(StrEnum):
    """What happens to a row when the row it points to is deleted."""

    CLEAR = "SetNull"
    CASCADE = "Cascade"
    RESTRICT = "Restrict"


@dataclass(frozen=True, slots=True)
class PicklistValue:
    value: str
    label: str
    active: bool = True
    default: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `required` is the platform's rule for writers, `system` a value that only the platform sets."""

    name: str
    label: str
    kind: Kind
    length: int = 0
    precision: int = 0
    scale: int = 0
    required: bool = False
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    child_relationship: str | None = None
    on_delete: OnDelete = OnDelete.CLEAR
    master: bool = False
    reparentable: bool = False
    values: tuple[PicklistValue, ...] = ()
    restricted: bool = False
    default: Any = None
    calculated: bool = False
    auto_number: str | None = None
    name_field: bool = False
    custom: bool = False
    compound: str | None = None
    html: bool = False
    indexed: bool = False
    help: str | None = None

    @property
    def filterable(self) -> bool:
        """Long text and addresses may not stand in conditions, orders or groups."""
        return self.kind is not Kind.ADDRESS and not self.long_text

    @property
    def long_text(self) -> bool:
        return self.kind is Kind.TEXTAREA and self.length > 255

    @property
    def exact(self) -> bool:
        """A unique, case-sensitive field: values that differ in case alone are different."""
        return self.unique and self.case_sensitive

    @property
    def looked_up(self) -> bool:
        """Whether rows are found by this field without reading all of them."""
        return self.indexed or self.unique or self.external_id or self.kind is Kind.REFERENCE


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object with its fields, keyed by lower-case name in order of declaration."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: Mapping[str, Field]
    custom: bool = False
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    undeletable: bool = True
    replicateable: bool = True
    layoutable: bool = True
    sharing: str = "ReadWrite"
    admin_only: bool = False
    read_only_for_users: bool = False
    computed: bool = False
    hard_delete: bool = False
    etag: bool = False
    modified: str = ""

    def field(self, name: str) -> Field | None:
        return self.fields.get(name.casefold())

    @property
    def name_field(self) -> str | None:
        return next((each.name for each in self.fields.values() if each.name_field), None)

    @property
    def master(self) -> Field | None:
        """The first master-detail field: its parent's rights decide."""
        return next((each for each in self.fields.values() if each.master), None)

    def references(self) -> Iterator[Field]:
        return (each for each in self.fields.values() if each.kind is Kind.REFERENCE)


@dataclass(frozen=True, slots=True)
class Child:
    """A child relationship as seen from the parent."""

    object: str
    field: Field

    @property
    def name(self) -> str | None:
        return self.field.child_relationship


@dataclass(frozen=True)
class Schema:
    """All objects, keyed by lower-case name."""

    objects: Mapping[str, ObjectType]
    children: Mapping[str, tuple[Child, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, objects: list[ObjectType]) -> Schema:
        children: dict[str, list[Child]] = {}
        for each in objects:
            for reference in each.references():
                for parent in reference.reference_to:
                    children.setdefault(parent, []).append(Child(each.name, reference))
        return cls({each.name.casefold(): each for each in objects}, {k: tuple(v) for k, v in children.items()})

    def object(self, name: str) -> ObjectType | None:
        return self.objects.get(name.casefold())

    def by_prefix(self, ident: str) -> ObjectType | None:
        """The object a record id belongs to."""
        return next((each for each in self.objects.values() if each.prefix and ident.startswith(each.prefix)), None)

    def children_of(self, name: str) -> tuple[Child, ...]:
        return self.children.get(name, ())

    def indexes(self) -> dict[str, tuple[str, ...]]:
        """What the state must index, per kind."""
        return {
            each.name: tuple(field.name for field in each.fields.values() if field.looked_up)
            for each in self.objects.values()
        }
