"""Expressions of administrators and plugins: CEL, a closed language that ends and cannot reach anything."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieline.contract import Value, Values

_NO_NAMES = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|//[^\n]*""")
"""Texts and remarks: a field that they speak of may not be there to be read."""
_FIELD = re.compile(r"(?<![\w.])(record|line)((?:\.[A-Za-z]\w*)+)\s*(\()?")
_FAILURES = (ValueError, RuntimeError, TypeError, ArithmeticError)


def fields_of(expression: str, variable: str) -> tuple[str, ...]:
    """The fields of `record` or `line` that an expression looks at; dots reach parents. `record.Name.size()` looks at
    `Name`."""
    found = []
    for name, path, called in _FIELD.findall(_NO_NAMES.sub("''", expression)):
        parts = path.strip(".").split(".")[: -1 if called else None]
        if name == variable and parts:
            found.append(".".join(parts))
    return tuple(dict.fromkeys(found))


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """Raises ValueError with what went wrong."""
    import cel  # costs more than the rest of this module

    try:
        return cel.compile(expression).execute({name: _plain(value) for name, value in variables.items()})
    except LookupError as error:  # a field that the record does not have
        raise ValueError(f"there is no {error.args[0] if error.args else 'such field'}") from error
    except _FAILURES as error:
        raise ValueError(str(error)) from error


def value_of(expression: str, variables: Mapping[str, Any]) -> Value:
    """The result as a value of a field. A fraction is taken as it prints. Raises ValueError."""
    result = evaluate(expression, variables)
    if isinstance(result, float) and math.isfinite(result):
        return Decimal(repr(result))
    if result is None or isinstance(result, str | bool | int | datetime):
        return result
    what = str(result) if isinstance(result, float) else type(result).__name__
    raise ValueError(f"it gives {what}, which no field holds")


def holds(condition: str, variables: Mapping[str, Any]) -> bool:
    """Whether it is true; an empty field is not. Raises ValueError, also for what is no answer."""
    result = evaluate(condition, variables)
    if result is None or isinstance(result, bool):
        return bool(result)
    raise ValueError("it is neither true nor false")


def nested(values: Values) -> dict[str, Any]:
    """`Account.Name` inside `Account`. A parent that is not there is empty."""
    made: dict[str, Any] = {}
    for path, value in values.items():
        *parents, name = path.split(".")
        place = made
        for parent in parents:
            inside = place.get(parent)
            place[parent] = place = inside if isinstance(inside, dict) else {}
        place.setdefault(name, value)
    return made


def _plain(value: Any) -> Any:
    """CEL knows no Decimal and no day: amounts in an expression may be inexact, a field that is taken as it is never
    is."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
