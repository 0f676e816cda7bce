"""How single values come in and are kept: text, numbers as exact text, flags, dates as UTC text, guids."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from tieline_unleashed.sandbox import dates, xmlform
from tieline_unleashed.sandbox.jsonform import exact

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What counts as an address is not documented [P]; a host name without a scheme passes, as in the vendor's screens [K].
_ADDRESS = re.compile(r"(https?://)?[^\W_]([\w-]*\.)+[^\W\d_]{2,}(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)
_MAX_NUMBER = Decimal(10) ** 15
_MAX_DECIMALS = 12


class Form(StrEnum):
    TEXT = "text"
    ADDRESS = "web address"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "true or false"
    DATE = "date"
    GUID = "guid"


def read_guid(value: Any) -> str:
    """The guid in small letters. Raises ValueError."""
    if isinstance(value, str) and _GUID.fullmatch(value.lower()):
        return value.lower()
    raise ValueError("is not a guid")


def read(form: Form, value: Any) -> Any:
    """The inner form of a value that is not blank. Raises ValueError with what is wrong, to go behind the name."""
    return _READERS[form](value)


def show(form: Form, stored: Any) -> Any:
    """The value as it goes out: Decimal, datetime, text, bool or int."""
    if stored is None:
        return None
    if form is Form.NUMBER:
        return Decimal(stored)
    return dates.from_text(stored) if form is Form.DATE else stored


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else _number_as_text(value)
    if not xmlform.legal(text):
        raise ValueError("holds a character that cannot be stored")
    return text


def _address(value: Any) -> str:
    text = _text(value)
    if not _ADDRESS.fullmatch(text):
        raise ValueError("is not a web address")
    return text


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError("must be a number")
    try:
        number = Decimal(str(value))  # a float, from an edit, means the shortest number that reads back as it
    except InvalidOperation:
        raise ValueError("must be a number") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(number) >= _MAX_NUMBER or exponent < -_MAX_DECIMALS:
        raise ValueError("is a number out of range")
    return number


def _number_as_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("must be text")
    return _number(value)


def _number(value: Any) -> str:
    return exact(_decimal(value))


def _whole(value: Any) -> int:
    number = _decimal(value)
    if number != number.to_integral_value():
        raise ValueError("must be a whole number")
    return int(number)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError("must be true or false")


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        return dates.to_text(value)
    if not isinstance(value, str):
        raise ValueError("must be a date")
    return dates.to_text(dates.parse(value))


_READERS: dict[Form, Callable[[Any], Any]] = {
    Form.TEXT: _text,
    Form.ADDRESS: _address,
    Form.NUMBER: _number,
    Form.WHOLE: _whole,
    Form.FLAG: _flag,
    Form.DATE: _date,
    Form.GUID: read_guid,
}
