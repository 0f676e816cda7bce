"""Whether a value read now is the one remembered, when the memory may hold it in a tidied form."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from decimal import Decimal, InvalidOperation

from tieline.contract import Value


def same(remembered: Value, now: Value) -> bool:
    """Empty text, no value and an unticked box are one; numbers agree to the digits remembered; instants to the
    second. Values of different types cannot be told apart and count as the same."""
    if _empty(remembered) or _empty(now):
        return _empty(remembered) and _empty(now)
    if _number(remembered) and _number(now):
        return _agree(Decimal(str(remembered)), Decimal(str(now)))
    if isinstance(remembered, datetime) and isinstance(now, datetime):
        return remembered.replace(microsecond=0) == now.replace(microsecond=0)
    if isinstance(remembered, str) and isinstance(now, str):
        return _tidy(remembered) == _tidy(now)
    return type(remembered) is not type(now) or remembered == now


def _empty(value: Value) -> bool:
    return value is None or value is False or (isinstance(value, str) and not value.strip())


def _number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _agree(remembered: Decimal, now: Decimal) -> bool:
    try:
        return remembered == now or now.quantize(remembered) == remembered
    except InvalidOperation:
        return False


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
