"""Values of any type in a stored write-intent, and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tieline.contract import Value, Values


def pack(values: Values) -> dict[str, Any]:
    """JSON-safe; types that JSON lacks are tagged."""
    return {name: _pack(value) for name, value in values.items()}


def unpack(values: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _unpack(value) for name, value in values.items()}


def _pack(value: Value) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def _unpack(value: Any) -> Value:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    kind, text = next(iter(value.items()))
    if kind == "decimal":
        return Decimal(text)
    return datetime.fromisoformat(text) if kind == "instant" else date.fromisoformat(text)
