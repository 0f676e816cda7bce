"""What the functions of a formula do (facts [K]). Blank is null or an empty text; a comparison with null is false."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Now:
    """The record a formula looks at; `old` is what it was, None when it is new."""

    row: Row
    old: Row | None
    today: date


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula. `field` is the field it is, if it is nothing but one; `fields` all that it reads; `depth`
    how many parts stand in one another."""

    run: Callable[[Now], Any]
    fields: frozenset[str] = frozenset()
    field: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """`most` arguments; None for any number. `raw`: the first argument must be a field."""

    run: Callable[[Now, tuple[Node, ...]], Any]
    least: int
    most: int | None = None
    raw: bool = False


def blank(value: Any) -> bool:
    return value is None or value == ""


def written(value: Any) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def equal(one: Any, other: Any) -> bool:
    """Null and the empty text are equal; the case of a text counts."""
    alike = isinstance(one, bool) == isinstance(other, bool)
    return (blank(one) and blank(other)) or (alike and bool(one == other))


def _value(now: Now, arguments: tuple[Node, ...], place: int = 0) -> Any:
    return arguments[place].run(now)


def _text(now: Now, arguments: tuple[Node, ...], place: int = 0) -> str:
    return written(_value(now, arguments, place))


def _changed(now: Now, arguments: tuple[Node, ...]) -> bool:
    name = arguments[0].field
    return now.old is not None and now.old.get(name) != now.row.get(name)


def _prior(now: Now, arguments: tuple[Node, ...]) -> Any:
    name = arguments[0].field
    return (now.row if now.old is None else now.old).get(name)


def _if(now: Now, arguments: tuple[Node, ...]) -> Any:
    return _value(now, arguments, 1 if _value(now, arguments) is True else 2)


def _or_else(now: Now, arguments: tuple[Node, ...]) -> Any:
    found = _value(now, arguments)
    return _value(now, arguments, 1) if blank(found) else found


FUNCTIONS: Mapping[str, Function] = {
    "AND": Function(lambda now, given: all(each.run(now) is True for each in given), 1),
    "OR": Function(lambda now, given: any(each.run(now) is True for each in given), 1),
    "NOT": Function(lambda now, given: _value(now, given) is not True, 1, 1),
    "IF": Function(_if, 3, 3),
    "ISBLANK": Function(lambda now, given: blank(_value(now, given)), 1, 1),
    "ISNULL": Function(lambda now, given: _value(now, given) is None, 1, 1),
    "BLANKVALUE": Function(_or_else, 2, 2),
    "LEN": Function(lambda now, given: len(_text(now, given)), 1, 1),
    "TEXT": Function(_text, 1, 1),
    "TRIM": Function(lambda now, given: _text(now, given).strip(), 1, 1),
    "UPPER": Function(lambda now, given: _text(now, given).upper(), 1, 1),
    "LOWER": Function(lambda now, given: _text(now, given).lower(), 1, 1),
    "CONTAINS": Function(lambda now, given: _text(now, given, 1) in _text(now, given), 2, 2),
    "BEGINS": Function(lambda now, given: _text(now, given).startswith(_text(now, given, 1)), 2, 2),
    "ISPICKVAL": Function(lambda now, given: equal(_value(now, given), _value(now, given, 1)), 2, 2, raw=True),
    "ISNEW": Function(lambda now, _given: now.old is None, 0, 0),
    "ISCHANGED": Function(_changed, 1, 1, raw=True),
    "PRIORVALUE": Function(_prior, 1, 1, raw=True),
    "TODAY": Function(lambda now, _given: now.today.isoformat(), 0, 0),
}
