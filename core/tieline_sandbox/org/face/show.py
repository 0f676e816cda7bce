"""A field's value as a page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tieline_sandbox.org import moments
from tieline_sandbox.org.face.sheet import Column
from tieline_sandbox.org.face.visit import Row, Visit, address, name_of
from tieline_sandbox.org.schema.types import NUMBER_KINDS, Kind
from tieline_sandbox.org.soql.shape import ADDRESS_PARTS
from tieline_sandbox.state import Reader

# States in the words of the packages that are deployed here; a word that is not listed has no colour.
_TONES: Mapping[str, str] = {
    **dict.fromkeys(("Done", "In Sync", "Promoted", "Completed", "Closed Won"), "good"),
    **dict.fromkeys(("Refused", "Failed", "Out of Sync", "Delete Request Rejected"), "bad"),
    **dict.fromkeys(("New", "Running", "Waiting", "Changes Pending", "Awaiting Acknowledgment"), "wait"),
}
_STATES = re.compile(r"(\w*_)?(Status|StageName)(__c)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """`link` is an address of ours, `outward` that of another site or program, `tone` the colour of a state."""

    text: str
    link: str = ""
    outward: str = ""
    tone: str = ""
    numeric: bool = False


_EMPTY = Cell("")


def cell(visit: Visit, reader: Reader, column: Column, row: Row) -> Cell:
    """One value; an empty cell for none."""
    kind = column.field.kind
    if kind is Kind.ADDRESS:
        return Cell(_address(column, row))
    value = row.get(column.name)
    if kind is Kind.BOOLEAN:
        return Cell(visit.words("yes" if value else "no"))
    if value is None:
        return _EMPTY
    if kind is Kind.REFERENCE:
        return reference(visit, reader, str(value))
    if kind in NUMBER_KINDS:
        return Cell(visit.words.number(value, column.field.scale), numeric=True)
    return _WAYS.get(kind, _text)(visit, column, value)


def reference(visit: Visit, reader: Reader, ident: str) -> Cell:
    """The name of another record, with a way to it when the user may go there."""
    kind = visit.call.schema.by_prefix(ident)
    row = reader.get(kind.name, ident) if kind else None
    if kind is None or row is None or row.get("IsDeleted") or not visit.sees(reader, kind, row):
        return Cell(ident)
    return Cell(name_of(kind, row), link=address(kind, ident))


def _text(_visit: Visit, _column: Column, value: Any) -> Cell:
    return Cell(str(value))


def _picklist(_visit: Visit, column: Column, value: Any) -> Cell:
    tone = _TONES.get(value, "") if _STATES.fullmatch(column.name) else ""
    return Cell(column.option_label(value), tone=tone)


def _picklists(_visit: Visit, column: Column, value: Any) -> Cell:
    return Cell("; ".join(column.option_label(each) for each in str(value).split(";")))


def _day(visit: Visit, _column: Column, value: Any) -> Cell:
    day = moments.read_date(str(value))
    return Cell(visit.words.day(day) if day else str(value))


def _moment(visit: Visit, _column: Column, value: Any) -> Cell:
    moment = moments.read_moment(str(value))
    return Cell(visit.words.moment(moment) if moment else str(value))


def _url(_visit: Visit, _column: Column, value: Any) -> Cell:
    """Only web addresses become links: `javascript:` in a field is text."""
    text = str(value)
    if re.match(r"https?://", text, re.IGNORECASE):
        return Cell(text, outward=text)
    bare = re.fullmatch(r"[\w.-]+\.[a-z]{2,}(/\S*)?", text, re.IGNORECASE | re.ASCII)
    return Cell(text, outward=f"https://{text}" if bare else "")


def _email(_visit: Visit, _column: Column, value: Any) -> Cell:
    return Cell(str(value), outward=f"mailto:{value}")


def _phone(_visit: Visit, _column: Column, value: Any) -> Cell:
    digits = re.sub(r"[^\d+]", "", str(value))
    return Cell(str(value), outward=f"tel:{digits}" if digits else "")


def _address(column: Column, row: Row) -> str:
    """Street; postal code and city; region; country: a line each."""
    prefix = column.name.removesuffix("Address")
    parts = {part: row.get(prefix + part) or "" for part in ADDRESS_PARTS}
    town = " ".join(each for each in (parts["PostalCode"], parts["City"]) if each)
    return "\n".join(each for each in (parts["Street"], town, parts["State"], parts["Country"]) if each)


_WAYS: Mapping[Kind, Callable[[Visit, Column, Any], Cell]] = {
    Kind.PICKLIST: _picklist, Kind.MULTIPICKLIST: _picklists, Kind.DATE: _day, Kind.DATETIME: _moment, Kind.URL: _url,
    Kind.EMAIL: _email, Kind.PHONE: _phone,
}  # fmt: skip
