"""Values as the gateway prints and takes them: `MM/DD/YYYY`, `MM/DD/YYYY HH:MM:SS`, `true`, plain decimals [D].

The zone of date-times is not documented; it is a setting (see docs). One second is their grain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tieline.contract import Value, Values

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_MOMENT = re.compile(r"(\d{2})/(\d{2})/(\d{4}) (\d{2}):(\d{2}):(\d{2})")
UTC_ZONE = ZoneInfo("UTC")
_MOMENTS = {"WHENMODIFIED", "AUWHENCREATED", "ACCESSTIME"}
_DAYS = {"WHENDUE", "WHENPOSTED", "WHENPAID", "DATEFROM", "DATETO"}


def read(name: str, told: str, zone: ZoneInfo) -> Value:
    """One field as a contract value. Numbers and flags stay texts: the mapping's kind tells what they are.
    `WHENCREATED` is a document's date or a record's moment, by what it looks like [D]."""
    last = name.rpartition(".")[2]
    if last in _MOMENTS or last == "WHENCREATED":
        return moment(told, zone) or day(told) or told or None
    if last in _DAYS or last.endswith("DATE"):
        return day(told) or told or None
    return told or None


def shown(fields: Mapping[str, str], names: Iterable[str], zone: ZoneInfo) -> dict[str, Value]:
    """The named fields that a record shows."""
    return {name: read(name, fields[name.upper()], zone) for name in names if name.upper() in fields}


def typed_like(expected: Values, now: Values) -> dict[str, Value]:
    """Flags as flags: `false` as it is printed is no empty text, and must not be taken for an edit."""
    return {
        name: value.lower() in ("true", "t")
        if isinstance(expected.get(name), bool) and isinstance(value, str)
        else value
        for name, value in now.items()
    }


def day(told: str) -> date | None:
    found = _DAY.match(told.strip())
    if found is None:
        return None
    month, number, year = (int(part) for part in found.groups())
    try:
        return date(year, month, number)
    except ValueError:
        return None


def moment(told: str, zone: ZoneInfo) -> datetime | None:
    """UTC. An hour that a clock shows twice is taken for the first: an overlap reads too much, never too little."""
    found = _MOMENT.fullmatch(told.strip())
    if found is None:
        return None
    month, number, year, hour, minute, second = (int(part) for part in found.groups())
    try:
        return datetime(year, month, number, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def printed(value: Value, zone: ZoneInfo = UTC_ZONE) -> str:
    """A value as generic functions and filters take it; empty clears."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%m/%d/%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%m/%d/%Y}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
