"""What need not be done in every cycle: remembered by the process alone, so that a fresh one does everything once."""

from __future__ import annotations

from datetime import datetime, timedelta

from tieline.contract import TielineError

LISTS = "lists"
"""Reading the managed lists."""

GUARD = "guard"
"""Looking at what people did to the managed lists in the org."""

FIRST_LOOK = "first look"
"""Reading both sides for the counts of the first load."""

CHANGES = "changes"
"""Reading what changed in the back office."""


class Pace:
    """When each chore was last done, and which were asked for since."""

    def __init__(self) -> None:
        self._done: dict[str, datetime] = {}
        self._asked: set[str] = set()
        self._latest: dict[str, datetime] = {}
        self._held: dict[str, tuple[datetime, TielineError]] = {}
        self._skipped: set[str] = set()

    def ask(self, chore: str) -> None:
        """Let it be done in the next cycle, whatever its interval."""
        self._asked.add(chore)

    def by(self, chore: str, moment: datetime) -> None:
        """Let it be done at that moment at the latest, whatever its interval."""
        self._latest[chore] = min(moment, self._latest.get(chore, moment))

    def asked(self, chore: str) -> bool:
        """Whether somebody asked for it since the last time; tells so once."""
        told = chore in self._asked
        self._asked.discard(chore)
        return told

    def hold(self, chore: str, error: TielineError, until: datetime) -> None:
        """What came of it holds until then: trying at once would cost calls and come to the same."""
        self._held[chore] = (until, error)

    def held(self, chore: str, now: datetime) -> TielineError | None:
        until, error = self._held.get(chore, (now, None))
        return error if now < until else None

    def due(self, chore: str, now: datetime, every: timedelta) -> bool:
        """Whether to do it now."""
        last, latest = self._done.get(chore), self._latest.get(chore)
        hurries = latest is not None and latest <= now
        return hurries or last is None or not timedelta(0) <= now - last < every

    def skip(self, chore: str, now: datetime, fresh: timedelta) -> None:
        """It is left out this time; what came of it holds for so long."""
        last = self._done.get(chore)
        if last is not None and not timedelta(0) <= now - last < fresh:
            self._skipped.add(chore)

    def skipped(self, chore: str) -> bool:
        """Whether what is known of it may be out of date."""
        return chore in self._skipped

    def done(self, chore: str, now: datetime) -> None:
        self._done[chore] = now
        self._skipped.discard(chore)
        self._latest.pop(chore, None)
