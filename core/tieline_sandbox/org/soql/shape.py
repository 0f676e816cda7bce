"""How a row of a result looks: fields, nested parents, children."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType
from tieline_sandbox.org.soql.scope import Column, Row, Rows, Scope
from tieline_sandbox.org.soql.tree import Call, Children, FieldsMacro, Path, Query, Selected

JsonRow: TypeAlias = dict[str, Any]
ADDRESS_PARTS = ("City", "Country", "PostalCode", "State", "Street")


def value_of(kind: Field, row: Row) -> Any:
    """A field's value as JSON shows it; compound addresses are put together."""
    if kind.kind is Kind.ADDRESS:
        prefix = kind.name.removesuffix("Address")
        parts = {part[0].lower() + part[1:]: row.get(prefix + part) for part in ADDRESS_PARTS}
        if not any(parts.values()):
            return None
        return {**parts, "geocodeAccuracy": None, "latitude": None, "longitude": None}
    value = row.get(kind.name)
    return False if value is None and kind.kind is Kind.BOOLEAN else value


@dataclass(slots=True)
class Shape:
    """The output of one object: in order of selection, a field, a label function, a parent or children."""

    kind: ObjectType
    parts: dict[str, Field | Shape | Query | Callable[[Row], Any]] = field(default_factory=dict)
    links: dict[str, Field] = field(default_factory=dict)

    def add(self, column: Column) -> None:
        shape = self
        for step, target in column.steps:
            name = step.relationship or ""
            nested = shape.parts.setdefault(name, Shape(target))
            assert isinstance(nested, Shape)
            shape.links[name] = step
            shape = nested
        shape.parts[column.field.name] = column.field

    def json(self, row: Row, rows: Rows, data: str, children: Callable[[Query, Row], Any]) -> JsonRow:
        out: JsonRow = {"attributes": attributes(self.kind, row, data)}
        for name, part in self.parts.items():
            if isinstance(part, Field):
                out[name] = value_of(part, row)
            elif isinstance(part, Shape):
                above = rows.parent(part.kind.name, row.get(self.links[name].name))
                out[name] = None if above is None else part.json(above, rows, data, children)
            elif isinstance(part, Query):
                out[name] = children(part, row)
            else:
                out[name] = part(row)
        return out

    def long_texts(self) -> int:
        return sum(isinstance(part, Field) and part.long_text for part in self.parts.values())


def attributes(kind: ObjectType, row: Row, data: str) -> JsonRow:
    return {"type": kind.name, "url": f"{data}/sobjects/{kind.name}/{row.get('Id')}"}


def shape_of(scope: Scope, query: Query) -> Shape:
    """The shape of a plain query; OrgError for what can't be selected."""
    shape = Shape(scope.kind)
    for item in query.items:
        if isinstance(item, FieldsMacro):
            for each in _group(scope, query, item.group):
                shape.parts[each.name] = each
        elif isinstance(item, Children):
            child, _ = scope.children(item.query.object)
            shape.parts[child.name or ""] = item.query
        else:
            _select(scope, shape, item)
    return shape


def _select(scope: Scope, shape: Shape, item: Selected) -> None:
    if isinstance(item.expression, Path):
        if item.alias is not None:
            raise OrgError("MALFORMED_QUERY", "only aggregate expressions use field aliasing")
        shape.add(scope.column(item.expression))
        return
    call = item.expression
    if call.name not in ("TOLABEL", "FORMAT") or not isinstance(call.argument, Path) or len(call.argument.parts) > 1:
        raise OrgError("MALFORMED_QUERY", f"unexpected token: '{call.name}'")
    column = scope.column(call.argument)
    shape.parts[item.alias or column.field.name] = _labelled(column.field)


def _labelled(kind: Field) -> Callable[[Row], Any]:
    labels = {each.value: each.label for each in kind.values}

    def label(row: Row) -> Any:
        value = row.get(kind.name)
        return labels.get(value, value) if isinstance(value, str) else value

    return label


def _group(scope: Scope, query: Query, group: str) -> list[Field]:
    if group not in ("ALL", "STANDARD", "CUSTOM"):
        raise OrgError("MALFORMED_QUERY", f"unexpected token: '{group}'")
    if group != "STANDARD" and (query.limit is None or query.limit > 200):
        raise OrgError("MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200")
    seen = [each for each in scope.kind.fields.values() if scope.access.sees(scope.kind, each)]
    return [each for each in seen if group == "ALL" or each.custom == (group == "CUSTOM")]


def is_aggregate(query: Query) -> bool:
    """Whether the rows are groups."""
    calls = [
        item.expression for item in query.items if isinstance(item, Selected) and isinstance(item.expression, Call)
    ]
    return bool(query.group) or any(call.name in AGGREGATES and call.argument is not None for call in calls)


def is_count(query: Query) -> bool:
    """`SELECT COUNT() FROM X`."""
    return len(query.items) == 1 and query.items[0] == Selected(Call("COUNT", None), None)


AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
