"""Aggregate queries: groups, functions, HAVING, order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import NUMBER_KINDS, Field, Kind
from tieline_sandbox.org.soql.conditions import Conditions, date_part
from tieline_sandbox.org.soql.ordering import sort
from tieline_sandbox.org.soql.scope import Row, Rows, Scope
from tieline_sandbox.org.soql.shape import AGGREGATES
from tieline_sandbox.org.soql.tree import Call, Comparison, Condition, Expression, Negated, Path, Query, Selected

Read = Callable[[Row], Any]
_MAX_GROUPS = 50_000


def _fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _lowest(values: list[Any]) -> Any:
    return min(values, key=_fold, default=None)


def _highest(values: list[Any]) -> Any:
    return max(values, key=_fold, default=None)


_FUNCTIONS: Mapping[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len({_fold(value) for value in values}),
    "MIN": _lowest,
    "MAX": _highest,
    "SUM": lambda values: round(sum(values), 10) if values else None,
    "AVG": lambda values: sum(values) / len(values) if values else None,
}


def _key(expression: Expression) -> str:
    return str(expression).casefold()


@dataclass(slots=True)
class Groups:
    """One aggregate query over its matching rows."""

    scope: Scope
    rows: Rows
    query: Query
    reads: dict[str, tuple[Read, Field]] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for expression in self.query.group:
            self.reads[_key(expression)] = self._grouped(expression)
        asked = [item.expression for item in self.query.items if isinstance(item, Selected)]
        if len(asked) != len(self.query.items):
            raise OrgError("MALFORMED_QUERY", "Grouped query cannot use child relationships in the SELECT list")
        asked += [each.expression for each in self.query.order] + list(_operands(self.query.having))
        for expression in asked:
            if _key(expression) not in self.reads and _key(expression) not in self._aliases():
                self._add(expression)

    def _aliases(self) -> dict[str, Expression]:
        return {
            item.alias.casefold(): item.expression
            for item in self.query.items
            if isinstance(item, Selected) and item.alias
        }

    def _grouped(self, expression: Expression) -> tuple[Read, Field]:
        if isinstance(expression, Call):
            return date_part(self.scope, self.rows, expression)
        column = self.scope.filterable(self.scope.column(expression), "grouped")
        return column.reader(self.rows), column.field

    def _add(self, expression: Expression) -> None:
        if isinstance(expression, Path):
            self.scope.column(expression)
            raise OrgError("MALFORMED_QUERY", f"Field must be grouped or aggregated: {expression}")
        if expression.name not in AGGREGATES:
            raise OrgError("MALFORMED_QUERY", f"unexpected token: '{expression.name}'")
        self.calls[_key(expression)] = expression
        if expression.argument is not None:
            self.reads.setdefault(_key(expression.argument), self._argument(expression))

    def _argument(self, call: Call) -> tuple[Read, Field]:
        if not isinstance(call.argument, Path):
            raise OrgError("MALFORMED_QUERY", f"unexpected token: '{call.argument}'")
        column = self.scope.filterable(self.scope.column(call.argument), "grouped")
        if call.name in ("SUM", "AVG") and column.field.kind not in NUMBER_KINDS:
            raise OrgError(
                "MALFORMED_QUERY", f"field {column.field.name} does not support aggregate operator {call.name}"
            )
        return column.reader(self.rows), column.field

    def results(self, matching: Iterable[Row], conditions: Conditions) -> list[dict[str, Any]]:
        """The AggregateResult rows, ordered and cut."""
        groups = [self._summary(rows) for rows in self._collect(matching).values()]
        having = Conditions(conditions.scope, conditions.rows, conditions.now, conditions.values_of, self._operand)
        kept = [group for group in groups if having.test(self.query.having)(group)]
        keys = [(self._operand(each.expression)[0], each) for each in self.query.order]
        ordered = sort(kept, keys)
        end = None if self.query.limit is None else self.query.offset + self.query.limit
        return [self._json(group) for group in ordered[self.query.offset : end]]

    def _collect(self, matching: Iterable[Row]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        grouped: dict[tuple[Any, ...], list[dict[str, Any]]] = {} if self.query.group else {(): []}
        keys = [_key(each) for each in self.query.group]
        for row in matching:
            values = {name: read(row) for name, (read, _) in self.reads.items()}
            grouped.setdefault(tuple(_fold(values[name]) for name in keys), []).append(values)
            if len(grouped) > _MAX_GROUPS:
                raise OrgError("EXCEEDED_ID_LIMIT", "Aggregate query has too many rows for direct assignment")
        return grouped

    def _summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        summary = {name: (rows[0][name] if rows else None) for name in (_key(each) for each in self.query.group)}
        for name, call in self.calls.items():
            if call.argument is None:
                summary[name] = len(rows)
            else:
                values = [row[_key(call.argument)] for row in rows]
                summary[name] = _FUNCTIONS[call.name]([value for value in values if value is not None])
        return summary

    def _operand(self, expression: Expression) -> tuple[Read, Field]:
        """How HAVING and ORDER BY see a group."""
        chosen = self._aliases().get(_key(expression), expression)
        name = _key(chosen)
        if name in self.calls:
            call = self.calls[name]
            counted = call.name.startswith("COUNT")
            kind = Field(call.name, call.name, Kind.INT) if counted else self.reads[_key(call.argument or call)][1]
        else:
            kind = self.reads[name][1]
        return (lambda group: _fold(group.get(name))), kind

    def _json(self, group: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        unnamed = 0
        for item in self.query.items:
            assert isinstance(item, Selected)
            name = item.alias
            if name is None and isinstance(item.expression, Path):
                name = self.scope.column(item.expression).field.name
            elif name is None:
                name, unnamed = f"expr{unnamed}", unnamed + 1
            out[name] = group.get(_key(item.expression))
        return out


def _operands(condition: Condition | None) -> Iterable[Expression]:
    if isinstance(condition, Comparison):
        yield condition.left
    elif isinstance(condition, Negated):
        yield from _operands(condition.part)
    elif condition is not None:
        for part in condition.parts:
            yield from _operands(part)
