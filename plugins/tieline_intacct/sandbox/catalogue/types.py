"""The parts of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

RECORDNO = "RECORDNO"
CONTACT = "CONTACT"
CONTACT_KEYS: Mapping[str, str] = {
    "DISPLAYCONTACT": "DISPLAYCONTACTKEY",
    "CONTACTINFO": "CONTACTKEY",
    "BILLTO": "BILLTOKEY",
    "SHIPTO": "SHIPTOKEY",
    "PERSONALINFO": "CONTACTKEY",
    "CONTACT": "CONTACTKEY",
    "PAYTO": "PAYTOKEY",
    "RETURNTO": "RETURNTOKEY",
}
"""A group of fields that shows a contact, and the field with that contact's record number."""


_TITLES: Mapping[str, str] = {
    "APTERM": "AP term",
    "ARINVOICE": "AR invoice",
    "ARPYMT": "AR payment",
    "ARTERM": "AR term",
    "CUSTTYPE": "Customer type",
    "EXCHANGERATETYPES": "Exchange rate type",
    "GLACCOUNT": "GL Account",
    "INVPRICELISTENTRY": "Price list entry",
    "LOCATIONENTITY": "Entity",
    "PRODUCTLINE": "Product line",
    "PROJECTSTATUS": "Project status",
    "PROJECTTYPE": "Project type",
    "SODOCUMENT": "Transaction",
    "SODOCUMENTENTRY": "Transaction line",
    "SODOCUMENTPARAMS": "Transaction definition",
    "SOPRICELIST": "Price list",
    "CONTRACTDETAIL": "Contract line",
}


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ENUM = "enum"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `codes` are the stored letters, which readByQuery compares, by display value."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    readonly: bool = False
    frozen: bool = False
    default: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    custom: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """What an enum or a boolean may say."""
        return ("true", "false") if self.kind is Kind.BOOLEAN else tuple(self.codes)


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names a record of another object; `path` is the relation's name in dotted paths.

    The names come in triples: the ID, the record number (`key`), the name; empty where there is none.
    """

    field: str
    target: str
    path: str
    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object. `key` is its ID field, empty when it has none; `numbering` a format for the company's own numbers;
    `derived` says which part (`key`, `name`) of which reference a field shows; `number` is the field with the record
    number, which counts from `first`."""

    name: str
    functions: str
    key: str
    label: str
    fields: Mapping[str, Field]
    references: Mapping[str, Reference]
    contacts: tuple[str, ...] = ()
    numbering: str = ""
    numbered: str = ""
    private: bool = True
    unique: bool = True
    audit: str = "recordno"
    derived: Mapping[str, tuple[str, Reference]] = field(default_factory=dict)
    number: str = RECORDNO
    first: int = 1

    @property
    def element(self) -> str:
        """What a record is called where names are in lower case; the company's own objects keep theirs [I]."""
        return self.name.lower() if self.number == RECORDNO else self.name

    @property
    def title(self) -> str:
        """What messages call it."""
        return _TITLES.get(self.name, self.name.capitalize())

    @property
    def groups(self) -> frozenset[str]:
        """Elements that only hold others: DISPLAYCONTACT, MAILADDRESS."""
        return frozenset(name.partition(".")[0] for name in self.fields if "." in name)

    def by_field(self, name: str) -> Reference | None:
        return next((one for one in self.references.values() if one.field == name), None)

    def relation(self, path: str) -> Reference | None:
        """The relation of that name; a group that shows a contact is one too."""
        found = self.references.get(path)
        if found is None and path in self.contacts:
            return Reference(CONTACT_KEYS[path], CONTACT, path)
        return found
