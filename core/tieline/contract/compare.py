"""Did a record move since it was last read? Vendors spell one value in several ways; a careful writer must not take
a different spelling for an edit."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from tieline.contract.values import Value, Values


def moved(expected: Values, now: Values) -> tuple[str, ...]:
    """Names of expected fields whose value is another one now; a field that is not shown now has not moved."""
    return tuple(name for name, value in expected.items() if name in now and not same(value, now[name]))


def same(expected: Value, now: Value) -> bool:
    """Equal values, where nothing, empty text and false are one; numbers are compared at the expected one's scale,
    instants at whole seconds, dates without their time, texts in NFC without outer blanks and kinds of line end."""
    if _empty(expected) or _empty(now):
        return _empty(expected) and _empty(now)
    if isinstance(expected, bool) or isinstance(now, bool):
        return bool(expected) == bool(now)
    if isinstance(expected, int | Decimal):
        return _same_number(Decimal(expected), now)
    if isinstance(expected, datetime):
        return isinstance(now, datetime) and _second(expected) == _second(now)
    if isinstance(expected, date):
        return (now.date() if isinstance(now, datetime) else now) == expected
    return _text(str(expected)) == _text(str(now))


def _empty(value: Value) -> bool:
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def _same_number(expected: Decimal, now: Value) -> bool:
    exponent = expected.as_tuple().exponent
    try:
        number = Decimal(str(now))
        if number == expected or not isinstance(exponent, int) or exponent > 0:
            return number == expected
        return number.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_UP) == expected
    except InvalidOperation:  # no number, or more digits than are counted with: not the one expected
        return False


def _second(moment: datetime) -> datetime:
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return known.astimezone(UTC).replace(microsecond=0)


def _text(value: str) -> str:
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
