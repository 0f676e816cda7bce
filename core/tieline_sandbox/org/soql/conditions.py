"""Conditions as functions of a row."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import ID_KINDS, TEXT_KINDS, Field, Kind
from tieline_sandbox.org.soql.literals import constant, unquote
from tieline_sandbox.org.soql.scope import Column, Row, Rows, Scope
from tieline_sandbox.org.soql.tree import Both, Call, Comparison, Condition, Either, Expression, Literal, Negated, Query

Test = Callable[[Row], bool]
SubQuery = Callable[[Query], frozenset[Any]]
_ORDERED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Conditions:
    """Compiles the conditions of one query; `values_of` runs a semi-join."""

    scope: Scope
    rows: Rows
    now: datetime
    values_of: SubQuery
    computed: Callable[[Expression], tuple[Callable[[Row], Any], Field]] | None = None

    def test(self, condition: Condition | None) -> Test:
        match condition:
            case None:
                return lambda _row: True
            case Both(parts):
                tests = [self.test(part) for part in parts]
                return lambda row: all(test(row) for test in tests)
            case Either(parts):
                tests = [self.test(part) for part in parts]
                return lambda row: any(test(row) for test in tests)
            case Negated(part):
                test = self.test(part)
                return lambda row: not test(row)
            case Comparison():
                return self._comparison(condition)

    def _comparison(self, condition: Comparison) -> Test:
        read, field = self._operand(condition.left)
        right = condition.right
        if condition.operator == "like":
            assert isinstance(right, Literal)
            return _like(read, field, right)
        if condition.operator in ("includes", "excludes"):
            assert isinstance(right, tuple)
            return _including(read, field, right, condition.operator == "includes")
        if isinstance(right, Literal):
            return self._compare(read, field, condition.operator, right)
        return self._member(read, field, right, condition.operator == "in")

    def _operand(self, expression: Expression) -> tuple[Callable[[Row], Any], Field]:
        if self.computed is not None:
            return self.computed(expression)
        if isinstance(expression, Call):
            return date_part(self.scope, self.rows, expression)
        column = self.scope.filterable(self.scope.column(expression), "filtered")
        return normal(column, self.rows), column.field

    def _compare(self, read: Callable[[Row], Any], field: Field, sign: str, literal: Literal) -> Test:
        wanted = constant(field, literal, self.now)
        if isinstance(wanted, tuple):
            return _within(read, sign, *wanted)
        if sign in _ORDERED:
            return _ordered(read, _ORDERED[sign], wanted)
        if isinstance(wanted, str) and not wanted:
            wanted = None  # an empty text is null in the service
        if sign == "=":
            return lambda row: bool(read(row) == wanted)
        return lambda row: bool(read(row) != wanted)

    def _member(
        self, read: Callable[[Row], Any], field: Field, right: tuple[Literal, ...] | Query, inside: bool
    ) -> Test:
        if isinstance(right, Query):
            if field.kind not in ID_KINDS:
                text = f"The left operand field '{field.name}' must be an id or a reference for a semi join"
                raise OrgError("INVALID_QUERY_FILTER_OPERATOR", text)
            wanted = self.values_of(right)
        else:
            wanted = frozenset(_single(constant(field, each, self.now)) for each in right)
        if inside:
            return lambda row: read(row) in wanted
        return lambda row: read(row) not in wanted


def _single(value: Any) -> Any:
    if isinstance(value, tuple):
        raise OrgError("MALFORMED_QUERY", "a relative date can't stand in a list")
    return value


def normal(column: Column, rows: Rows) -> Callable[[Row], Any]:
    """A column's value as comparisons see it: text without case."""
    read = column.reader(rows)
    if column.field.kind not in TEXT_KINDS or column.field.exact:
        return read

    def folded(row: Row) -> Any:
        value = read(row)
        return value.casefold() if isinstance(value, str) else value

    return folded


def _ordered(read: Callable[[Row], Any], compare: Callable[[Any, Any], bool], wanted: Any) -> Test:
    if wanted is None:
        return lambda _row: False

    def test(row: Row) -> bool:
        value = read(row)
        return value is not None and compare(value, wanted)

    return test


_SPANS: Mapping[str, Callable[[Any, Any, Any], bool]] = {
    "=": lambda value, first, after: first <= value < after,
    "!=": lambda value, first, after: not first <= value < after,
    "<": lambda value, first, _after: value < first,
    "<=": lambda value, _first, after: value < after,
    ">": lambda value, _first, after: value >= after,
    ">=": lambda value, first, _after: value >= first,
}


def _within(read: Callable[[Row], Any], sign: str, first: str, after: str) -> Test:
    compare = _SPANS[sign]

    def test(row: Row) -> bool:
        value = read(row)
        return sign == "!=" if value is None else compare(value, first, after)

    return test


def _like(read: Callable[[Row], Any], field: Field, literal: Literal) -> Test:
    if field.kind not in TEXT_KINDS:
        raise OrgError("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.kind.value} field")
    pattern = like_pattern(unquote(literal.text, keep="%_"))

    def test(row: Row) -> bool:
        value = read(row)
        return value is not None and pattern.fullmatch(value.casefold()) is not None

    return test


def like_pattern(text: str) -> re.Pattern[str]:
    r"""`%` any text, `_` one character, `\%` and `\_` themselves.

    Between two `%` the first place that fits is the one, for good: trying others would take for ever and find nothing.
    """
    parts = re.findall(r"\\[%_]|%+|_|[^%_\\]+|\\", text.casefold(), re.DOTALL)
    marks = {"_": ".", "\\%": "%", "\\_": "_"}
    pieces = [""]
    for part in parts:
        if part[0] == "%":
            pieces.append("")
        else:
            pieces[-1] += marks.get(part) or re.escape(part)
    first, *middle = pieces
    if not middle:
        return re.compile(first, re.DOTALL)
    found = "".join(f"(?>.*?{piece})" for piece in middle[:-1])
    return re.compile(f"{first}{found}.*{middle[-1]}", re.DOTALL)


def _including(read: Callable[[Row], Any], field: Field, right: tuple[Literal, ...], wanted: bool) -> Test:
    if field.kind is not Kind.MULTIPICKLIST:
        raise OrgError("INVALID_QUERY_FILTER_OPERATOR", "includes and excludes need a multi-select picklist field")
    groups = [frozenset(unquote(each.text).casefold().split(";")) for each in right]

    def test(row: Row) -> bool:
        chosen = frozenset((read(row) or "").split(";"))
        return any(group <= chosen for group in groups) is wanted

    return test


_PARTS: Mapping[str, Callable[[datetime], int | str]] = {
    "CALENDAR_YEAR": lambda moment: moment.year,
    "CALENDAR_QUARTER": lambda moment: (moment.month - 1) // 3 + 1,
    "CALENDAR_MONTH": lambda moment: moment.month,
    "DAY_IN_MONTH": lambda moment: moment.day,
    "DAY_IN_WEEK": lambda moment: moment.isoweekday() % 7 + 1,
    "DAY_IN_YEAR": lambda moment: moment.timetuple().tm_yday,
    "HOUR_IN_DAY": lambda moment: moment.hour,
    "DAY_ONLY": lambda moment: moment.date().isoformat(),
}


def date_part(scope: Scope, rows: Rows, call: Call) -> tuple[Callable[[Row], Any], Field]:
    """`CALENDAR_YEAR(CloseDate)` and its kin."""
    part = _PARTS.get(call.name)
    if part is None or call.argument is None or isinstance(call.argument, Call):
        raise OrgError("MALFORMED_QUERY", f"unexpected token: '{call.name}'")
    column = scope.filterable(scope.column(call.argument), "filtered")
    if column.field.kind not in (Kind.DATE, Kind.DATETIME):
        raise OrgError("INVALID_FIELD", f"field {column.field.name} does not support the function {call.name}")
    read = column.reader(rows)

    def value(row: Row) -> Any:
        found = read(row)
        return None if found is None else part(datetime.fromisoformat(found[:19]))

    kind = Kind.DATE if call.name == "DAY_ONLY" else Kind.INT
    return value, Field(call.name, call.name, kind)
