"""Which rows to look at: by id, by an indexed field, by a span of stamps, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tieline_sandbox.org.schema.types import Field, Kind
from tieline_sandbox.org.soql.literals import constant
from tieline_sandbox.org.soql.scope import Row, Scope
from tieline_sandbox.org.soql.tree import Both, Comparison, Condition, Either, Literal, Path, Query
from tieline_sandbox.state import Reader

Bounds = tuple[str | None, str | None]


def candidates(reader: Reader, scope: Scope, query: Query, now: datetime) -> tuple[Iterator[Row], bool]:
    """Rows that may match, and whether they already come in the order asked for."""
    parts = _conjuncts(query.where)
    keys = _by_keys(scope, parts, now)
    if keys is not None:
        return _found(reader, scope, *keys), False
    field = _stamp_order(query) or "SystemModstamp"
    low, high = _bounds(scope, query.where, field, now)
    in_order = _stamp_order(query) is not None
    indexed = scope.kind.field(field)
    if indexed is not None and indexed.indexed and (in_order or low or high):
        return (row for _, row in reader.between(scope.kind.name, field, low, high)), in_order
    by_id = all(_is_id(scope, each.expression) and not each.descending for each in query.order)
    return (row for _, row in reader.all(scope.kind.name)), by_id


def _is_id(scope: Scope, expression: Any) -> bool:
    return isinstance(expression, Path) and scope.column(expression).label == "Id"


def _stamp_order(query: Query) -> str | None:
    """`ORDER BY SystemModstamp[, Id]`, ascending: the index has that order."""
    if not query.order or any(each.descending for each in query.order) or len(query.order) > 2 or query.group:
        return None
    names = [str(each.expression).casefold() for each in query.order]
    stamp = {"systemmodstamp": "SystemModstamp", "lastmodifieddate": "LastModifiedDate"}.get(names[0])
    return stamp if len(names) == 1 or names[1] == "id" else None


def _conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    if condition is None:
        return ()
    return condition.parts if isinstance(condition, Both) else (condition,)


def _by_keys(scope: Scope, parts: tuple[Condition, ...], now: datetime) -> tuple[Field, list[Any]] | None:
    """The most selective condition on a key: the id, else an indexed field with fewest values."""
    best: tuple[int, Field, list[Any]] | None = None
    for part in parts:
        found = _keyed(scope, part, now)
        if found is not None:
            weight = (0 if found[0].kind is Kind.ID else 1) + len(found[1])
            if best is None or weight < best[0]:
                best = (weight, *found)
    return best[1:] if best else None


def _keyed(scope: Scope, part: Condition, now: datetime) -> tuple[Field, list[Any]] | None:
    if not isinstance(part, Comparison) or part.operator not in ("=", "in") or not isinstance(part.left, Path):
        return None
    column = scope.column(part.left)
    right = (part.right,) if isinstance(part.right, Literal) else part.right
    if column.steps or not isinstance(right, tuple) or not (column.field.looked_up or column.field.kind is Kind.ID):
        return None
    values = [constant(column.field, each, now) for each in right]
    if any(value is None or value == "" or isinstance(value, tuple) for value in values):
        return None
    return column.field, list(dict.fromkeys(values))


def _found(reader: Reader, scope: Scope, field: Field, values: list[Any]) -> Iterator[Row]:
    """Rows under the keys, in order of the id."""
    name = scope.kind.name
    if field.kind is Kind.ID:
        rows = (reader.get(name, value) for value in sorted(values))
        return (row for row in rows if row is not None)
    found = {ident: row for value in values for ident, row in reader.find(name, field.name, value)}
    return (found[ident] for ident in sorted(found))


def _bounds(scope: Scope, condition: Condition | None, field: str, now: datetime) -> Bounds:
    """The span of the field outside of which the condition cannot hold."""
    match condition:
        case Both(parts):
            spans = [_bounds(scope, part, field, now) for part in parts]
            lows, highs = [low for low, _ in spans if low], [high for _, high in spans if high]
            return max(lows, default=None), min(highs, default=None)
        case Either(parts):
            spans = [_bounds(scope, part, field, now) for part in parts]
            lows, highs = [low for low, _ in spans if low], [high for _, high in spans if high]
            return (
                min(lows) if len(lows) == len(spans) else None,
                max(highs) if len(highs) == len(spans) else None,
            )
        case Comparison(Path() as left, sign, Literal() as right) if sign in ("=", "<", "<=", ">", ">="):
            return _bound(scope, left, sign, right, field, now)
    return None, None


def _bound(scope: Scope, left: Path, sign: str, right: Literal, field: str, now: datetime) -> Bounds:
    column = scope.column(left)
    if column.steps or column.field.name != field or right.kind == "null":
        return None, None
    value = constant(column.field, right, now)
    low, high = value if isinstance(value, tuple) else (value, value)
    return (low if sign in ("=", ">", ">=") else None), (high if sign in ("=", "<", "<=") else None)
