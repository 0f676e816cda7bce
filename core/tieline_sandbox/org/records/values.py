"""One value for one field: read what the caller sent, check it, give what the row holds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import Field, Kind

_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@.<>(),;:\"\[\]]+(\.[^\s@.<>(),;:\"\[\]]+)+")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?Z?)?", re.ASCII)
_JSON_WORDS = {
    bool: "VALUE_TRUE", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT", str: "VALUE_STRING",
    dict: "START_OBJECT", list: "START_ARRAY",
}  # fmt: skip


def coerce(field: Field, value: Any) -> Any:
    """The stored form of a value; None for null and blank. OrgError when the field cannot hold it."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return False if field.kind is Kind.BOOLEAN else None
    return _READERS[field.kind](field, value)


def mismatch(field: Field, value: Any) -> OrgError:
    word = _JSON_WORDS.get(type(value), "VALUE")
    shown = value if isinstance(value, str | int | float) else ""
    return OrgError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {field.kind.value} from {word} value {shown} or request may be missing"
        f" a required field at field {field.name}",
    )


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise mismatch(field, value)
    text = value.strip()
    if field.length and len(text) > field.length:
        message = f"{field.label}: data value too large: {text[:255]} (max length={field.length})"
        raise OrgError("STRING_TOO_LONG", message, [field.name])
    return text


def _email(field: Field, value: Any) -> str:
    text = _text(field, value)
    if not _EMAIL.fullmatch(text):
        raise OrgError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", [field.name])
    return text


def _picklist(field: Field, value: Any) -> str:
    text = _text(field, value)
    if field.restricted:
        _allowed(field, text)
    return text


def _many(field: Field, value: Any) -> str:
    chosen = dict.fromkeys(each.strip() for each in _text(field, value).split(";") if each.strip())
    for each in chosen if field.restricted else ():
        _allowed(field, each)
    order = {each.value: place for place, each in enumerate(field.values)}
    return ";".join(sorted(chosen, key=lambda each: order.get(each, len(order))))


def _allowed(field: Field, text: str) -> None:
    if not any(each.active and each.value == text for each in field.values):
        message = f"{field.label}: bad value for restricted picklist field: {text}"
        raise OrgError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().casefold() if isinstance(value, str) else ""
    if word not in ("true", "false", "1", "0"):
        raise mismatch(field, value)
    return word in ("true", "1")


def _number(field: Field, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise mismatch(field, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise _outside(field, value)
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        raise mismatch(field, value) from None
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** max((field.precision or 18) - field.scale, 1):
        raise _outside(field, value)
    rounded = exact.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    return int(rounded) if field.kind is Kind.INT else float(rounded)


def _outside(field: Field, value: Any) -> OrgError:
    message = f"{field.label}: value outside of valid range on numeric field: {value}"
    return OrgError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])


def _date(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise mismatch(field, value)
    day = moments.read_date(value.strip())
    if day is None:
        raise mismatch(field, value)
    if not 1700 <= day.year <= 4000:
        raise OrgError("NUMBER_OUTSIDE_VALID_RANGE", f"{field.label}: invalid date: {value}", [field.name])
    return day.isoformat()


def _datetime(field: Field, value: Any) -> str:
    moment = moments.read_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise mismatch(field, value)
    if not 1700 <= moment.year <= 4000:
        raise OrgError("NUMBER_OUTSIDE_VALID_RANGE", f"{field.label}: invalid date: {value}", [field.name])
    return moments.stamp(moment)


def _time(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value.strip()):
        raise mismatch(field, value)
    parts = value.strip().rstrip("Z").split(".")
    clock = parts[0] if parts[0].count(":") == 2 else parts[0] + ":00"
    return f"{clock}.{(parts[1] if len(parts) > 1 else '').ljust(3, '0')}Z"


def _reference(field: Field, value: Any) -> str:
    ident = ids.full(value.strip()) if isinstance(value, str) else None
    if ident is None:
        shown = value if isinstance(value, str) else ""
        raise OrgError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {shown}", [field.name])
    return ident


def _compound(field: Field, value: Any) -> str:
    raise mismatch(field, value)


_READERS: Mapping[Kind, Callable[[Field, Any], Any]] = {
    Kind.ID: _reference, Kind.REFERENCE: _reference, Kind.STRING: _text, Kind.TEXTAREA: _text, Kind.PHONE: _text,
    Kind.URL: _text, Kind.EMAIL: _email, Kind.PICKLIST: _picklist, Kind.MULTIPICKLIST: _many, Kind.BOOLEAN: _boolean,
    Kind.INT: _number, Kind.DOUBLE: _number, Kind.CURRENCY: _number, Kind.PERCENT: _number, Kind.DATE: _date,
    Kind.DATETIME: _datetime, Kind.TIME: _time, Kind.ADDRESS: _compound,
}  # fmt: skip
