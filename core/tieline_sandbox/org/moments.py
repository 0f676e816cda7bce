"""Dates and times in the service's forms; UTC, whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

_ZONE = re.compile(r"([+-]\d{2})(\d{2})$")


def stamp(moment: datetime) -> str:
    """`2026-01-01T00:00:00.000+0000`: sorts as text, and is what rows hold."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def zulu(moment: datetime) -> str:
    """The SOAP and CSV form."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read_moment(text: str) -> datetime | None:
    """Any ISO form, with `Z`, `+0000` or `+00:00`; without a zone it is UTC. None when it is no time."""
    mended = _ZONE.sub(r"\1:\2", text.strip()) if "T" in text.upper() else text.strip()
    try:
        moment = datetime.fromisoformat(mended)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_date(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def read_http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def months_later(day: date, months: int) -> date:
    """The first of the month so many months on."""
    index = day.year * 12 + day.month - 1 + months
    return date(min(max(index // 12, 1), 9999), index % 12 + 1, 1)


def days_later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
