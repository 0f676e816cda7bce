"""JSON for the org: numbers exactly as they are, dates and instants in the org's spelling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tieline.contract import PermanentError

_quoted = json.JSONEncoder(ensure_ascii=False).encode
_name = lru_cache(maxsize=4096)(_quoted)


def encode(document: Any) -> bytes:
    """UTF-8 JSON. Raises PermanentError for a value the org could not read back as it was."""
    try:
        return _text(document).encode()
    except UnicodeEncodeError as error:
        raise PermanentError("a text holds half of a surrogate pair", mend="Correct the text.") from error


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ",".join([f"{_name(name)}:{_text(inner)}" for name, inner in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([_text(inner) for inner in value]) + "]"
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return f'"{instant(value)}"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, float):
        raise PermanentError(f"{value!r} is a binary fraction", mend="Use a decimal.")
    return json.dumps(value)


def number(value: Decimal) -> str:
    """Digits without an exponent; a float in between would change money."""
    if not value.is_finite():
        raise PermanentError(f"{value} is not a number the org can hold", mend="Correct the value.")
    return format(value, "f")


def instant(value: datetime) -> str:
    """UTC with milliseconds: `2026-01-01T00:00:00.000Z`. Raises PermanentError without a time zone."""
    if value.tzinfo is None:
        raise PermanentError(f"{value.isoformat()} has no time zone", mend="Give the instant in UTC.")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
