"""Dates on the wire: `/Date(ms)/` out [C], ISO in [V/C]. Milliseconds are UTC, whatever zone follows them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_NET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")


def moment(text: str) -> datetime | None:
    """A moment as the vendor writes it, in UTC; ISO is understood too. None for anything else."""
    net = _NET.fullmatch(text)
    try:
        return EPOCH + int(net[1]) * MILLISECOND if net else _utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def milliseconds(at: datetime) -> str:
    """Whole milliseconds since 1970, as the vendor counts."""
    return str((at - EPOCH) // MILLISECOND)


def body_form(value: date) -> str:
    """How a body says it: `2026-01-05T00:00:00` [C]. Moments are sent in UTC [P: the zone is not documented]."""
    if isinstance(value, datetime):
        return _utc(value).replace(tzinfo=None, microsecond=0).isoformat()
    return f"{value.isoformat()}T00:00:00"


def day_filter(at: datetime) -> str:
    """How a filter says it: the day, in UTC. Full times are seen in clients, but only days are documented [V]."""
    return _utc(at).date().isoformat()


def header_moment(text: str) -> datetime | None:
    """The `Date` header of an answer."""
    try:
        return _utc(parsedate_to_datetime(text))
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
