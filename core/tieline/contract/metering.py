"""Calls that a vendor bills, counted across restarts."""

from __future__ import annotations

from collections import Counter
from typing import Protocol


class Meter(Protocol):
    """Sums by period. A period is the client's own word and sorts by time: `2026-05`. Thread-safe."""

    def used(self, period: str) -> int: ...

    def add(self, period: str, count: int) -> int:
        """Returns the sum."""


class ForgetfulMeter:
    """Of this process alone: for tests, and for whoever makes a client without a host."""

    def __init__(self) -> None:
        self._sums: Counter[str] = Counter()

    def used(self, period: str) -> int:
        return self._sums[period]

    def add(self, period: str, count: int) -> int:
        self._sums[period] += count
        return self._sums[period]
