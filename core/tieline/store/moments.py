"""Moments as text: UTC, always with microseconds, so that texts sort like the moments they name."""

from __future__ import annotations

from datetime import UTC, datetime


def text(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def known(value: str) -> datetime:
    return datetime.fromisoformat(value)
