"""Everything that is not a function of its arguments comes in through these."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall time, timezone-aware UTC; for records and messages."""

    def monotonic(self) -> float:
        """Seconds that never go back; for waits and deadlines."""

    def sleep(self, seconds: float) -> None:
        """Wait; virtual under simulation."""


class Randomness(Protocol):
    def uniform(self, low: float, high: float) -> float:
        """Jitter for back-off."""

    def token(self, size: int) -> bytes:
        """Unguessable bytes, for keys and nonces."""
