"""Values of the org in the contract's types, and ids in their long form."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tieline.contract import PermanentError, Value
from tieline.org.describe import FieldInfo

_NUMBERS = frozenset({"double", "currency", "percent"})
_ENCRYPTED = "encryptedstring"
_MASK = re.compile(r"(?:\*[*-]*|X[X-]{3,}).{0,4}")  # the last four may be shown
_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def convert(field: FieldInfo, raw: Any) -> Value:
    """A JSON value by the type the describe gives. Raises PermanentError for what the type cannot hold."""
    if raw is None or raw == "":
        return None
    try:
        return _typed(field.type, raw)
    except (ValueError, ArithmeticError, TypeError) as error:
        raise PermanentError(f"{raw!r} is not a {field.type}", where=field.name) from error


def masked(field: FieldInfo, value: Value) -> bool:
    """Whether the org hid this value: without the right to see it an encrypted text comes as its mask, which is no
    value and must never be written anywhere [K]."""
    return field.type == _ENCRYPTED and isinstance(value, str) and bool(_MASK.fullmatch(value))


def _typed(kind: str, raw: Any) -> Value:
    if kind in _NUMBERS:
        return Decimal(str(raw))
    if kind == "int":
        return int(raw)
    if kind == "boolean":
        return raw if isinstance(raw, bool) else str(raw).lower() == "true"
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "datetime":
        return moment(raw)
    return str(raw)


def moment(text: str) -> datetime:
    """`2026-01-01T00:00:00.000+0000` in UTC; Python 3.11 reads the offset without its colon."""
    return datetime.fromisoformat(text).astimezone(UTC)


def full_id(key: str) -> str:
    """The 18-character form of an id; empty when the text cannot be one."""
    if not _ID.fullmatch(key):
        return ""
    if len(key) == 18:
        return key
    parts = (key[start : start + 5] for start in (0, 5, 10))
    return key + "".join(_SUFFIX[_capitals(part)] for part in parts)


def _capitals(part: str) -> int:
    """Which of five characters are capitals, the first as the lowest bit."""
    return sum(1 << place for place, char in enumerate(part) if char.isupper())
