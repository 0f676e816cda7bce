"""Queries built from values. Values become one literal each; names cannot be quoted, so they are checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from tieline.contract import PermanentError, Value
from tieline.org.payload import instant, number

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
LONGEST_LIST = 12_000  # encoded characters of one IN list: the whole address must stay below 16 KiB [K]
_ESCAPES = str.maketrans({
    "\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
})  # fmt: skip
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "LIKE"})


@dataclass(frozen=True, slots=True)
class Condition:
    """Made by the functions below only; `text` is finished SOQL."""

    text: str


def name(text: str) -> str:
    """An object, field or relationship name. Raises PermanentError for anything else."""
    if not NAME.fullmatch(text):
        raise PermanentError(f"{text!r} is not an API name", mend="Use letters, digits, underscores and dots.")
    return text


def literal(value: Value) -> str:
    """One constant. Booleans, numbers, dates and instants are bare, texts quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"'{_whole(value).translate(_ESCAPES)}'"


def _whole(text: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise PermanentError("a text holds half of a surrogate pair", mend="Correct the text.")
    return text


def compare(field: str, operator: str, value: Value) -> Condition:
    if operator not in _OPERATORS:
        raise PermanentError(f"{operator!r} is not an operator")
    return Condition(f"{name(field)} {operator} {literal(value)}")


def equal(field: str, value: Value) -> Condition:
    return compare(field, "=", value)


def one_of(field: str, values: Iterable[Value]) -> Condition:
    """`values` must not be empty: the org has no empty list."""
    return Condition(f"{name(field)} IN ({','.join(map(literal, values))})")


def both(*conditions: Condition) -> Condition:
    return _joined("AND", conditions)


def either(*conditions: Condition) -> Condition:
    return _joined("OR", conditions)


def _joined(word: str, conditions: Sequence[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    return Condition("(" + f" {word} ".join(one.text for one in conditions) + ")")


def select(
    obj: str,
    fields: Sequence[str],
    *,
    where: Sequence[Condition] = (),
    order: Sequence[str] = (),
    limit: int | None = None,
    children: Sequence[str] = (),
) -> str:
    """A query; all conditions of `where` must hold. `children` are finished queries over child relationships."""
    items = [*map(name, fields), *(f"({child})" for child in children)]
    parts = [f"SELECT {','.join(items)} FROM {name(obj)}"]  # noqa: S608 - names are checked, values quoted
    if where:
        parts.append("WHERE " + " AND ".join(one.text for one in where))
    if order:
        parts.append("ORDER BY " + ",".join(map(name, order)))
    if limit is not None:
        parts.append(f"LIMIT {limit:d}")
    return " ".join(parts)


def count(obj: str, where: Sequence[Condition] = ()) -> str:
    """A query with one row, whose `n` is the number of rows."""
    conditions = "".join(f" AND {one.text}" for one in where).replace(" AND ", " WHERE ", 1)
    return f"SELECT COUNT(Id) n FROM {name(obj)}{conditions}"  # noqa: S608 - names are checked, values quoted


def lists(values: Iterable[str], longest: int = LONGEST_LIST) -> Iterator[list[str]]:
    """Values cut into lists that fit an address each."""
    current: list[str] = []
    size = 0
    for value in values:
        cost = len(quote(literal(value), safe="")) + 3
        if current and size + cost > longest:
            yield current
            current, size = [], 0
        current.append(value)
        size += cost
    if current:
        yield current
