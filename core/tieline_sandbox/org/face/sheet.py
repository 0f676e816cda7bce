"""An object as one user sees it: labels in the user's language, only the fields the user may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tieline_sandbox.org import describe
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.face import standard_words
from tieline_sandbox.org.face.words import FRENCH, Words
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType
from tieline_sandbox.org.translation import translated


@dataclass(frozen=True, slots=True)
class Option:
    """A picklist value; values that are no longer active stay to be shown, not to be chosen."""

    value: str
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A field with its label, and whether this user may fill it in."""

    field: Field
    label: str
    help: str
    options: tuple[Option, ...]
    createable: bool
    updateable: bool

    @property
    def name(self) -> str:
        return self.field.name

    def option_label(self, value: str) -> str:
        return next((each.label for each in self.options if each.value == value), value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns` by field name in any case (`column`), in order of declaration."""

    kind: ObjectType
    label: str
    plural: str
    columns: Mapping[str, Column]
    createable: bool
    updateable: bool
    deletable: bool

    def column(self, name: str) -> Column | None:
        return self.columns.get(name.casefold())

    @property
    def name_column(self) -> Column | None:
        return self.column(self.kind.name_field or "")

    def parts(self, compound: str) -> list[Column]:
        """The fields a compound one is made of, e.g. of `BillingAddress` or `Name`."""
        return [each for each in self.columns.values() if each.field.compound == compound and each.name != compound]


def sheet_of(call: Call, kind: ObjectType, words: Words) -> Sheet:
    told = translated(call, describe.full(kind, call.schema, call.access, call.data))
    french = words.place == FRENCH
    columns = (_column(kind.fields[each["name"].casefold()], each, french) for each in told["fields"])
    label, plural = told["label"], told["labelPlural"]
    if french and not kind.custom and label == kind.label:
        label, plural = standard_words.OBJECTS.get(label, (label, plural))
    rights = (told["createable"], told["updateable"], told["deletable"])
    return Sheet(kind, label, plural, {each.name.casefold(): each for each in columns}, *rights)


def _column(field: Field, told: Mapping[str, Any], french: bool) -> Column:
    label = told["label"]
    if field.kind is Kind.REFERENCE and not field.custom:
        label = label.removesuffix(" ID")  # the page shows the record's name, not its id
    standard = french and not field.custom
    if standard:
        label = standard_words.FIELDS.get(label, label)
    values = standard_words.VALUES if standard else {}
    options = tuple(
        Option(each["value"], values.get(each["label"], each["label"]), each["active"])
        for each in told["picklistValues"]
    )
    return Column(field, label, told["inlineHelpText"] or "", options, told["createable"], told["updateable"])
