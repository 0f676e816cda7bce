"""A shape as a query, and the query's rows as records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tieline.contract import Cursor, PermanentError, Record, Shape, TransientError, Value
from tieline.org import soql
from tieline.org.describe import ChildInfo, Describer, FieldInfo
from tieline.org.queries import Row
from tieline.org.soql import Condition
from tieline.org.values import convert, full_id, masked, moment

STAMP = "SystemModstamp"
Whole = Callable[[Row | None], Iterable[Row]]


class Selection:
    """Asks for those fields of a shape that the user sees; the others are absent from its records."""

    def __init__(self, describer: Describer, shape: Shape, marker: str, home: str) -> None:
        self._describer, self._shape, self._home = describer, shape, home
        self.fields = describer.visible(shape.object, shape.fields)
        self._marker = marker if describer.field(shape.object, marker) else ""
        self._children = [self._child(part, marker) for part in shape.embedded]

    def _child(self, part: Shape, marker: str) -> tuple[str, ChildInfo, Selection]:
        info = self._describer.object(self._shape.object).child(part.object)
        inner = Shape(info.object, part.fields, part.embedded, part.where)
        return part.object, info, Selection(self._describer, inner, marker, self._home)

    def query(self, *where: Condition, order: Sequence[str] = ()) -> str:
        return self._select(self._shape.object, where, order)

    def changed_since(self, place: Cursor | None) -> str:
        """Everything of the shape behind a place, in order of stamp and id."""
        where = [self._matches(name, text) for name, text in self._shape.where.items()]
        return self.query(*where, *_behind(place), order=(STAMP, "Id"))

    def _select(self, source: str, where: Sequence[Condition], order: Sequence[str] = ()) -> str:
        names = dict.fromkeys(["Id", STAMP, *([self._marker] if self._marker else []), *self.fields])
        children = [part.inside(info) for _, info, part in self._children]
        return soql.select(source, list(names), where=where, order=order, children=children)

    def inside(self, info: ChildInfo) -> str:
        """This selection as a sub-select of its parent."""
        where = [self._matches(name, text) for name, text in self._shape.where.items()]
        return self._select(info.relationship, where, ("Id",))

    def _matches(self, name: str, text: str) -> Condition:
        field = self._describer.field(self._shape.object, name)
        if field is None:
            what = f"the field {name} that selects our records is not visible"
            mend = "Install the package and give the integration user its permission set."
            raise PermanentError(what, where=self._shape.object, mend=mend, code="field_hidden")
        return soql.equal(name, convert(field, text))

    def record(self, row: Row, whole: Whole, parent: str = "") -> Record:
        """Raises TransientError for a row of another object: it answers somebody else's question."""
        key = full_id(str(row["Id"]))
        told = row.get("attributes") or {}
        if told.get("type", self._shape.object) != self._shape.object:
            what = f"the answer holds {told['type']} where {self._shape.object} was asked for"
            raise TransientError(what, where=urlsplit(self._home).hostname or "", code="garbage")
        stamp = row.get(STAMP)
        shown = [(path, _value(field, row, path)) for path, field in self.fields.items()]
        return Record(
            key=key,
            fields={path: value for path, value in shown if not masked(self.fields[path], value)},
            version=str(stamp or ""),
            stamp=_moment(stamp),
            marker=str(row.get(self._marker) or "") if self._marker else "",
            parent=parent,
            children={
                name: tuple(part.record(inner, whole, key) for inner in whole(row.get(info.relationship)))
                for name, info, part in self._children
            },
            address=f"{self._home}/{key}",
        )


def _behind(place: Cursor | None) -> list[Condition]:
    """Keyset: later stamps, and at the same stamp later ids. Stamps alone lose or repeat rows that tie."""
    if place is None:
        return []
    if not place.key:
        return [soql.compare(STAMP, ">=", place.stamp)]
    same = soql.both(soql.equal(STAMP, place.stamp), soql.compare("Id", ">", place.key))
    return [soql.either(soql.compare(STAMP, ">", place.stamp), same)]


def _value(field: FieldInfo, row: Row, path: str) -> Value:
    """Down a dotted path; an empty parent makes everything below it empty. What the type cannot hold stays text: one
    odd value must not stop the stream, the field's rules will name it."""
    current: Any = row
    for part in path.split("."):
        current = current.get(part) if current else None
    try:
        return convert(field, current)
    except PermanentError:
        return str(current)


def _moment(stamp: Any) -> datetime | None:
    return moment(str(stamp)) if stamp else None
