"""What need not be done in every cycle: remembered by the process alone, so that a fresh one does everything once."""

from __future__ import annotations

from datetime import datetime, timedelta

LISTS = "lists"
"""Reading the managed lists."""


class Pace:
    """When each chore was last done, and which were asked for since."""

    def __init__(self) -> None:
        self._done: dict[str, datetime] = {}
        self._asked: set[str] = set()

    def ask(self, chore: str) -> None:
        """Let it be done in the next cycle, whatever its interval."""
        self._asked.add(chore)

    def asked(self, chore: str) -> bool:
        """Whether somebody asked for it since the last time; tells so once."""
        told = chore in self._asked
        self._asked.discard(chore)
        return told

    def due(self, chore: str, now: datetime, every: timedelta) -> bool:
        """Whether to do it now."""
        last = self._done.get(chore)
        return last is None or not timedelta(0) <= now - last < every

    def done(self, chore: str, now: datetime) -> None:
        self._done[chore] = now
