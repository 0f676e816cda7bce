"""Choosing another record in a form: from a list while that is short, else by name or id."""

from __future__ import annotations

from tieline_sandbox.org import ids
from tieline_sandbox.org.face.lists import matching
from tieline_sandbox.org.face.sheet import Column
from tieline_sandbox.org.face.visit import Visit, name_of
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.state import Reader

SHORT = 200
_MANY = 2000  # more rows than this are not even sorted for a form


class NotChosen(Exception):
    """What was typed names no record, or several; the text says so in the user's language."""


def choices(visit: Visit, reader: Reader, column: Column) -> tuple[list[tuple[str, str]], bool]:
    """(id, name) of records to choose from, and whether these are all."""
    found: list[tuple[str, str]] = []
    if any(reader.count(kind.name) > _MANY for kind in _targets(visit, column)):
        return found, False
    for kind in _targets(visit, column):
        for ident in matching(visit, reader, visit.sheet(kind))[: SHORT + 1 - len(found)]:
            row = reader.get(kind.name, ident)
            found += [(ident, name_of(kind, row))] if row else []
    return found[:SHORT], len(found) <= SHORT


def chosen(visit: Visit, reader: Reader, column: Column, text: str) -> str:
    """The id meant by a text: an id or a name. NotChosen when there is not exactly one such record."""
    if not text or ids.full(text):
        return text
    found = [ident for kind in _targets(visit, column) for ident in _called(visit, reader, kind, text)]
    if len(found) != 1:
        word = "lookup_several" if found else "lookup_missing"
        raise NotChosen(visit.words(word, label=column.label, text=text))
    return found[0]


def _called(visit: Visit, reader: Reader, kind: ObjectType, text: str) -> list[str]:
    """Records of exactly that name, in any case."""
    near = matching(visit, reader, visit.sheet(kind), text)
    rows = (reader.get(kind.name, ident) for ident in near)
    return [row["Id"] for row in rows if row and name_of(kind, row).casefold() == text.casefold()]


def _targets(visit: Visit, column: Column) -> list[ObjectType]:
    kinds = (visit.call.access.object(visit.call.schema, name) for name in column.field.reference_to)
    return [kind for kind in kinds if kind and not kind.computed]
