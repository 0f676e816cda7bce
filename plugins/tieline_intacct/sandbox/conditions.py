"""Conditions on records, whichever dialect they were written in.

A condition that meets null is not true, whatever it asks, as in SQL [I].
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from tieline_intacct.sandbox import values
from tieline_intacct.sandbox.catalogue import Catalogue, Field, Kind, ObjectType
from tieline_intacct.sandbox.problems import query_failed
from tieline_intacct.sandbox.rows import Row, resolve
from tieline_intacct.sandbox.values import BadValue

Test = Callable[[Row], bool]


class Dialect(Enum):
    """Which form of a value conditions speak of [D]."""

    DISPLAY = "display"  # `query`: active
    STORED = "stored"  # `readByQuery`: T


@dataclass(frozen=True, slots=True)
class Leaf:
    """`operator` is one of the names of `query`: equalto, between, isnull, ..."""

    operator: str
    path: str
    values: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class All:
    parts: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Either:
    parts: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Leaf | All | Either | Not

COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("equalto", "notequalto", "lessthan", "lessthanorequalto"), (1, 1)),
    **dict.fromkeys(("greaterthan", "greaterthanorequalto", "like", "notlike"), (1, 1)),
    "between": (2, 2),
    **dict.fromkeys(("in", "notin"), (1, 1000)),
    **dict.fromkeys(("isnull", "isnotnull"), (0, 0)),
}
"""How few and how many values an operator takes [D]."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "equalto": operator.eq,
    "notequalto": operator.ne,
    "lessthan": operator.lt,
    "lessthanorequalto": operator.le,
    "greaterthan": operator.gt,
    "greaterthanorequalto": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What conditions are read against."""

    catalogue: Catalogue
    kind: ObjectType
    dialect: Dialect
    fold: bool = False  # compare without minding the case

    def test(self, condition: Condition) -> Test:
        """Raises Refused for unknown fields and values of the wrong kind."""
        if isinstance(condition, Leaf):
            return self._leaf(condition)
        if isinstance(condition, Not):
            inner = self.test(condition.part)
            return lambda row: not inner(row)
        tests = [self.test(part) for part in condition.parts]
        if isinstance(condition, All):
            return lambda row: all(test(row) for test in tests)
        return lambda row: any(test(row) for test in tests)

    def _leaf(self, leaf: Leaf) -> Test:
        leaf = replace(leaf, path=self._path(leaf.path))
        field = resolve(self.catalogue, self.kind, leaf.path)
        least, most = COUNTS[leaf.operator]
        if not least <= len(leaf.values) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise query_failed(f"{leaf.operator} takes {wanted} values, not {len(leaf.values)}")
        if leaf.operator in ("isnull", "isnotnull"):
            wants_null = leaf.operator == "isnull"
            return lambda row: (row.get(leaf.path) in (None, "")) is wants_null
        holds = self._holds(field, leaf)

        def test(row: Row) -> bool:
            value = row.get(leaf.path)
            return value not in (None, "") and holds(self._form(field, value or ""))

        return test

    def _path(self, path: str) -> str:
        """Columns do not mind the case: a sample has `usertype` [D]."""
        if self.dialect is Dialect.DISPLAY:
            return path
        return next((name for name in self.kind.fields if name.lower() == path.lower()), path)

    def _holds(self, field: Field, leaf: Leaf) -> Callable[[Any], bool]:
        """What the value must be, once it is not null."""
        if leaf.operator in ("like", "notlike"):
            pattern, wanted = _pattern(leaf.values[0], fold=self.fold), leaf.operator == "like"
            return lambda value: (pattern.fullmatch(str(value)) is not None) is wanted
        operands = [self._operand(field, value) for value in leaf.values]
        if leaf.operator == "between":
            return lambda value: bool(operands[0] <= value <= operands[1])
        if leaf.operator in ("in", "notin"):
            return lambda value: (value in operands) is (leaf.operator == "in")
        compare = _COMPARE[leaf.operator]
        return lambda value: compare(value, operands[0])

    def _operand(self, field: Field, text: str) -> Any:
        try:
            return self._folded(values.comparable(field, text))
        except BadValue as bad:
            raise query_failed(f"{field.name} {bad}") from None

    def _form(self, field: Field, text: str) -> Any:
        if self.dialect is Dialect.STORED and field.kind in (Kind.ENUM, Kind.BOOLEAN):
            return self._folded(values.stored(field, text))
        return self._folded(values.comparable(field, text))

    def _folded(self, value: Any) -> Any:
        return value.casefold() if self.fold and isinstance(value, str) else value


def _pattern(text: str, *, fold: bool) -> re.Pattern[str]:
    """`%` is any run, `_` one character [D]."""
    parts = [{"%": ".*", "_": "."}.get(character, re.escape(character)) for character in text]
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if fold else 0))
