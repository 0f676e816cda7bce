"""Fields of a form: what they show, and what was sent in them.

Beside each field the form carries what the field held when the form was made (`was.NAME`). Only a field whose text
differs from that was changed by the person, and only those are written: what a sync changed meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.face import lookups
from tieline_sandbox.org.face.layout import Section
from tieline_sandbox.org.face.sheet import Column, Sheet
from tieline_sandbox.org.face.visit import Row, Visit, name_of
from tieline_sandbox.org.records.values import coerce
from tieline_sandbox.org.schema.types import NUMBER_KINDS, Kind
from tieline_sandbox.state import Reader

_NAME_PARTS = ("Salutation", "FirstName", "LastName")
_INPUTS: Mapping[Kind, str] = {
    Kind.BOOLEAN: "checkbox", Kind.PICKLIST: "select", Kind.MULTIPICKLIST: "multi", Kind.TEXTAREA: "textarea",
    Kind.DATE: "date", Kind.DATETIME: "datetime-local", Kind.TIME: "time", Kind.EMAIL: "email", Kind.PHONE: "tel",
    **dict.fromkeys(NUMBER_KINDS, "number"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A field on a form; `required` by the layout, beyond what the object itself requires (a part never is)."""

    column: Column
    required: bool


@dataclass(frozen=True, slots=True)
class Input:
    """How a field is filled in: `kind` is the type of the input, `options` are (value, label)."""

    name: str
    label: str
    help: str
    kind: str
    value: str
    was: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()
    length: int = 0
    step: str = ""
    errors: tuple[str, ...] = ()


@dataclass(slots=True)
class Sent:
    """What a form brought: values to write, and what is wrong with the rest, by field."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


def places(sheet: Sheet, section: Section, creating: bool) -> list[list[Place]]:
    """The fields of a section that this user may fill in, column by column; compound ones part by part."""
    return [
        [
            Place(column, item.required and column.field.compound is None)
            for item in items if not item.read_only
            for column in _parts(sheet, item.field) if (column.createable if creating else column.updateable)
        ]
        for items in section.columns
    ]  # fmt: skip


def _parts(sheet: Sheet, name: str) -> list[Column]:
    parts = sheet.parts(name)
    if name == "Name":
        parts.sort(key=lambda each: _NAME_PARTS.index(each.name) if each.name in _NAME_PARTS else 9)
    whole = sheet.column(name)
    return parts or ([whole] if whole else [])


# -- out ---------------------------------------------------------------------------------------------------------------


def make(visit: Visit, reader: Reader, place: Place, row: Row, errors: Mapping[str, list[str]], sent: bool) -> Input:
    """One input: with what was typed when the form comes back, else with what the row holds."""
    column = place.column
    options, all_of_them = _options(visit, reader, column, row.get(column.name))
    by_name = column.field.kind is Kind.REFERENCE and not all_of_them
    was = _referred(visit, reader, row.get(column.name)) if by_name else text_of(column, row.get(column.name))
    kind = "select" if column.field.kind is Kind.REFERENCE else _INPUTS.get(column.field.kind, "text")
    value = _typed(visit, column) if sent and column.name in visit.form else was
    step = "1" if kind in ("datetime-local", "time") else _step(column) if kind == "number" else ""
    return Input(
        column.name, column.label, column.help, "lookup" if by_name else kind, value, was,
        place.required or column.field.required, options, column.field.length, step,
        tuple(errors.get(column.name, ())),
    )  # fmt: skip


def text_of(column: Column, value: Any) -> str:
    """A stored value as an input holds it."""
    kind = column.field.kind
    if kind is Kind.BOOLEAN:
        return "true" if value else "false"
    if value is None:
        return ""
    if kind in NUMBER_KINDS:
        return f"{value:.{column.field.scale}f}"
    if kind is Kind.DATETIME:
        return str(value)[:19]
    return str(value)[:8] if kind is Kind.TIME else str(value).replace("\r\n", "\n")


def _step(column: Column) -> str:
    scale = column.field.scale
    return "1" if scale == 0 else f"0.{'0' * (scale - 1)}1"


def _options(visit: Visit, reader: Reader, column: Column, held: Any) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What to choose from; a value that is held stays choosable though it is no longer offered."""
    if column.field.kind is Kind.REFERENCE:
        found, all_of_them = lookups.choices(visit, reader, column)
        if held and all_of_them and held not in dict(found):
            found.append((held, _referred(visit, reader, held)))
        return tuple(found), all_of_them
    options = [(each.value, each.label) for each in column.options if each.active]
    if column.field.kind is Kind.PICKLIST and held and held not in dict(options):
        options.append((held, column.option_label(held)))
    return tuple(options), True


def _referred(visit: Visit, reader: Reader, ident: Any) -> str:
    kind = visit.call.schema.by_prefix(str(ident)) if ident else None
    row = reader.get(kind.name, str(ident)) if kind else None
    return name_of(kind, row) if kind and row and visit.sees(reader, kind, row) else str(ident or "")


# -- in ----------------------------------------------------------------------------------------------------------------


def read(visit: Visit, reader: Reader, asked: Iterable[Place]) -> Sent:
    """The fields that were changed, checked one by one so that all faults are told at once."""
    sent = Sent()
    for place in asked:
        column, text = place.column, _typed(visit, place.column)
        if place.required and not place.column.field.required and not text:
            sent.errors[column.name] = [visit.words("value_needed", label=column.label)]
        elif column.name in visit.form and text != _plain(visit.sent(f"was.{column.name}")):
            _take(visit, reader, column, text, sent)
    return sent


def _take(visit: Visit, reader: Reader, column: Column, text: str, sent: Sent) -> None:
    try:
        meant = lookups.chosen(visit, reader, column, text) if column.field.kind is Kind.REFERENCE else text
        sent.values[column.name] = coerce(column.field, meant)
    except lookups.NotChosen as problem:
        sent.errors[column.name] = [str(problem)]
    except OrgError as error:
        sent.errors[column.name] = [_words_of(visit, column, text, error)]


def _words_of(visit: Visit, column: Column, text: str, error: OrgError) -> str:
    """The org's words; what only speaks of JSON is told otherwise."""
    if error.code == "JSON_PARSER_ERROR":
        return visit.words("bad_value", label=column.label, text=text)
    return error.message


def _typed(visit: Visit, column: Column) -> str:
    if column.field.kind is Kind.MULTIPICKLIST:
        return ";".join(each for each in visit.form.get(column.name, []) if each)
    return _plain(visit.sent(column.name))


def _plain(text: str) -> str:
    """A form sends line ends as CR LF whatever the field held."""
    return text.replace("\r\n", "\n").strip()


def overtaken(visit: Visit, asked: Iterable[Place], values: Mapping[str, Any], row: Row) -> Iterator[str]:
    """Fields the person changed that somebody else changed too since the form was made."""
    for place in asked:
        column = place.column
        if column.name in values and column.field.kind is not Kind.REFERENCE:
            was = _plain(visit.sent(f"was.{column.name}"))
            if was != text_of(column, row.get(column.name)).strip():
                yield column.name
