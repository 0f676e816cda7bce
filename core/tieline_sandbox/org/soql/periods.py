"""Relative dates: `LAST_N_DAYS:2`, `THIS_MONTH`... as spans of days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from tieline_sandbox.org.moments import days_later, months_later

Span = tuple[date, date]  # from the first day to the day after the last


def span(text: str, today: date) -> Span:
    """The days a word means; weeks begin on Sunday, quarters in January (an org in the US locale [K])."""
    name, _, count = text.upper().partition(":")
    number = min(int(count), 100_000) if count else 0
    if name in _DAYS:
        start, days = _DAYS[name]
        return days_later(today, start), days_later(today, start + days)
    if name in _COUNTED:
        return _COUNTED[name](today, number)
    when, _, unit = name.partition("_")
    return _UNITS[unit](today, {"LAST": -1, "THIS": 0, "NEXT": 1}[when], 1)


_DAYS = {"YESTERDAY": (-1, 1), "TODAY": (0, 1), "TOMORROW": (1, 1), "LAST_90_DAYS": (-90, 91), "NEXT_90_DAYS": (1, 90)}


def _week(today: date, shift: int, count: int) -> Span:
    sunday = days_later(today, -((today.weekday() + 1) % 7) + 7 * shift)
    return sunday, days_later(sunday, 7 * count)


def _months(size: int) -> Callable[[date, int, int], Span]:
    def span_of(today: date, shift: int, count: int) -> Span:
        first = date(today.year, (today.month - 1) // size * size + 1, 1)
        return months_later(first, size * shift), months_later(first, size * (shift + count))

    return span_of


_UNITS: Mapping[str, Callable[[date, int, int], Span]] = {
    "WEEK": _week, "MONTH": _months(1), "QUARTER": _months(3), "YEAR": _months(12),
}  # fmt: skip


def _back(unit: str) -> Callable[[date, int], Span]:
    return lambda today, number: _UNITS[unit](today, -number, number)


def _ahead(unit: str) -> Callable[[date, int], Span]:
    return lambda today, number: _UNITS[unit](today, 1, number)


_COUNTED: Mapping[str, Callable[[date, int], Span]] = {
    # The last n days include today, the next n begin tomorrow. [K]
    "LAST_N_DAYS": lambda today, number: (days_later(today, -number), days_later(today, 1)),
    "NEXT_N_DAYS": lambda today, number: (days_later(today, 1), days_later(today, number + 1)),
    "N_DAYS_AGO": lambda today, number: (days_later(today, -number), days_later(today, 1 - number)),
    **{f"LAST_N_{unit}S": _back(unit) for unit in ("WEEK", "MONTH", "YEAR")},
    **{f"NEXT_N_{unit}S": _ahead(unit) for unit in ("WEEK", "MONTH", "YEAR")},
}
