"""How each kind of value is written, read, compared and stored [D].

Values are kept as the text a reader sees; None is null. Dates are MM/DD/YYYY, date-times MM/DD/YYYY HH:MM:SS in 24
hours, numbers carry a plain point and no more decimals than they need.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tieline_intacct.sandbox.catalogue import Field, Kind

_CENT = Decimal("0.01")
_ISO = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S")
_MOST_DIGITS = 30
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_USUAL = re.compile(r"\s*(\d\d?)/(\d\d?)/(\d{4})(?: (\d\d?):(\d\d)(?::(\d\d))?)?\s*", re.ASCII)


class BadValue(Exception):
    """A text that is no value of its kind; says why."""


def accept(field: Field, text: str) -> str:
    """The text as it is kept. Raises BadValue."""
    match field.kind:
        case Kind.INTEGER:
            return plain(_integer(text))
        case Kind.DECIMAL:
            return plain(number(text))
        case Kind.DATE:
            return day(moment(text))
        case Kind.DATETIME:
            return _second(moment(text))
        case Kind.BOOLEAN:
            return _boolean(text)
        case Kind.ENUM if text not in field.codes:
            raise BadValue(f"must be one of {', '.join(field.codes)}; it is {text!r}")
    if field.length is not None and len(text) > field.length:
        raise BadValue(f"must not be longer than {field.length} characters; it has {len(text)}")
    return text


def comparable(field: Field, text: str) -> Any:
    """What two values of a field are compared by. Raises BadValue."""
    if field.kind in (Kind.INTEGER, Kind.DECIMAL):
        return number(text)
    if field.kind in (Kind.DATE, Kind.DATETIME):
        return moment(text)
    return text


def stored(field: Field, text: str) -> str:
    """The letter that is kept for a display value: what readByQuery compares [D]."""
    return field.codes.get(text, text)


def number(text: str) -> Decimal:
    """Raises BadValue."""
    if _NUMBER.fullmatch(text.strip()) is None:
        raise BadValue(f"must be a number; it is {text!r}")
    value = Decimal(text.strip())
    if abs(value.adjusted()) > _MOST_DIGITS:
        raise BadValue(f"must be a number of at most {_MOST_DIGITS} digits; it is {text!r}")
    return value


def plain(value: Decimal) -> str:
    """A number without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def moment(text: str) -> datetime:
    """A date or date-time in the gateway's form, or in ISO 8601, which samples of the reference print too [D]."""
    if match := _USUAL.fullmatch(text):
        month, date_, year, hour, minute, second = (int(part or 0) for part in match.groups())
        with suppress(ValueError):
            return datetime(year, month, date_, hour, minute, second)  # noqa: DTZ001 - the gateway's own times carry no zone
    for form in _ISO:
        try:
            found = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the gateway's own times carry no zone
        except ValueError:
            continue
        with suppress(OverflowError):  # the first and the last day of all, in another zone
            return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    raise BadValue(f"must be a date such as 12/31/2026 or 12/31/2026 23:59:59; it is {text!r}")


def stamp(at: datetime, zone: str = "UTC") -> str:
    """To the second, in the company's zone: which one WHENMODIFIED is in is not documented [I]."""
    return _second(at.astimezone(zone_of(zone)))


def zone_of(name: str) -> tzinfo:
    """UTC needs no table of zones. Raises ValueError for what is no zone."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise ValueError(f"zone must be a time zone such as America/New_York; it is {name!r}") from None


def day(at: date) -> str:
    return f"{at:%m/%d}/{at.year:04}"  # %Y would drop the zeros of a year before 1000


def _second(at: datetime) -> str:
    return f"{day(at)} {at:%H:%M:%S}"


def _integer(text: str) -> Decimal:
    value = number(text)
    if value != value.to_integral_value():
        raise BadValue(f"must be a whole number; it is {text!r}")
    return value.to_integral_value()


def _boolean(text: str) -> str:
    word = {"t": "true", "f": "false"}.get(text.strip().lower(), text.strip().lower())
    if word not in ("true", "false"):
        raise BadValue(f"must be true or false; it is {text!r}")
    return word
