"""Dates: `/Date(ms)/` out [C]; ISO in, to the day or the second [V/C]; kept inside as UTC text to the millisecond.

The inner text has a fixed width, so that it sorts as time does.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_NET = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:?\d{2})?)?")


def to_text(moment: datetime) -> str:
    """The inner form, e.g. `2026-01-05T10:00:00.000Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def from_text(text: str) -> datetime:
    return datetime.fromisoformat(text)


def to_net(moment: datetime) -> str:
    """`/Date(1459218946890)/`: milliseconds since 1970, UTC."""
    return f"/Date({(moment - EPOCH) // _MILLISECOND})/"


def parse(value: str) -> datetime:
    """Read any form that comes in; no zone means UTC. Raises ValueError."""
    net = _NET.fullmatch(value)
    try:
        if net:
            return EPOCH + int(net[1]) * _MILLISECOND
        if _ISO.fullmatch(value):
            return _utc(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        pass
    raise ValueError("is not a date; write it as 2026-01-31 or 2026-01-31T12:00:00")


def is_day(value: str) -> bool:
    """Whether the text names a day without a time."""
    return "T" not in value and _NET.fullmatch(value) is None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
