"""Short words for declaring standard objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tieline_sandbox.org.schema.types import Field, Kind, ObjectType, PicklistValue


def text(name: str, length: int, label: str = "", **more: Any) -> Field:
    return Field(name, label or spaced(name), Kind.STRING, length=length, **more)


def long_text(name: str, length: int = 32000, label: str = "", **more: Any) -> Field:
    return Field(name, label or spaced(name), Kind.TEXTAREA, length=length, **more)


def number(
    name: str, kind: Kind = Kind.DOUBLE, precision: int = 18, scale: int = 2, label: str = "", **more: Any
) -> Field:
    return Field(name, label or spaced(name), kind, precision=precision, scale=scale, **more)


def plain(name: str, kind: Kind, label: str = "", **more: Any) -> Field:
    length = {Kind.EMAIL: 80, Kind.PHONE: 40, Kind.URL: 255}.get(kind, 0)
    return Field(name, label or spaced(name), kind, length=more.pop("length", length), **more)


def flag(name: str, label: str = "", default: bool = False, **more: Any) -> Field:
    return Field(name, label or spaced(name), Kind.BOOLEAN, nillable=False, default=default, **more)


def picklist(name: str, values: str, label: str = "", **more: Any) -> Field:
    """`values` is separated by semicolons; standard picklists are not restricted unless told."""
    options = tuple(PicklistValue(each, each) for each in values.split(";") if each)
    return Field(name, label or spaced(name), Kind.PICKLIST, length=255, values=options, **more)


def lookup(name: str, target: str, children: str | None = None, label: str = "", **more: Any) -> Field:
    """A reference; the relationship is the name without `Id`."""
    relationship = more.pop("relationship", name.removesuffix("Id"))
    return Field(
        name, label or spaced(relationship) + (" ID" if not more.get("custom") else ""), Kind.REFERENCE, length=18,
        reference_to=tuple(target.split(",")), relationship=relationship, child_relationship=children, **more,
    )  # fmt: skip


def read_only(field: Field) -> Field:
    """The same field, set by the platform alone."""
    return replace(field, createable=False, updateable=False)


def address(prefix: str, label: str = "") -> list[Field]:
    """The compound address and its parts, e.g. BillingStreet."""
    compound = f"{prefix}Address" if prefix else "Address"
    words = f"{label or prefix} " if prefix else ""

    def part(name: str, length: int, kind: Kind = Kind.STRING) -> Field:
        return Field(f"{prefix}{name}", f"{words}{spaced(name)}", kind, length=length, compound=compound)

    return [
        part("Street", 255, Kind.TEXTAREA), part("City", 40), part("State", 80), part("PostalCode", 20),
        part("Country", 80),
        Field(compound, f"{words}Address", Kind.ADDRESS, createable=False, updateable=False),
    ]  # fmt: skip


def system_fields(*, owner: bool = False) -> list[Field]:
    """What every row carries."""
    fixed: dict[str, Any] = {"createable": False, "updateable": False, "nillable": False}
    fields = [
        flag("IsDeleted", "Deleted", createable=False, updateable=False),
        Field("CreatedDate", "Created Date", Kind.DATETIME, **fixed),
        lookup("CreatedById", "User", label="Created By ID", **fixed),
        Field("LastModifiedDate", "Last Modified Date", Kind.DATETIME, indexed=True, **fixed),
        lookup("LastModifiedById", "User", label="Last Modified By ID", **fixed),
        Field("SystemModstamp", "System Modstamp", Kind.DATETIME, indexed=True, **fixed),
    ]
    return [lookup("OwnerId", "User", label="Owner ID", nillable=False), *fields] if owner else fields


def object_type(
    name: str, prefix: str, fields: list[Field], *, label: str = "", plural: str = "", owner: bool = False, **more: Any
) -> ObjectType:
    ident = Field("Id", "Record ID", Kind.ID, length=18, nillable=False, createable=False, updateable=False)
    every = [ident, *fields, *system_fields(owner=owner)]
    words = label or spaced(name)
    return ObjectType(
        name, words, plural or f"{words}s", prefix, {each.name.casefold(): each for each in every}, **more
    )


def spaced(name: str) -> str:
    """`BillingStreet` -> `Billing Street`."""
    out = ""
    for index, char in enumerate(name):
        out += " " if index and char.isupper() and not name[index - 1].isupper() else ""
        out += char
    return out
