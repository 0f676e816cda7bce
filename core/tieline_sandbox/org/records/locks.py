"""Row locks. The local org works one write at a time, so nobody ever waits; a lock is held when the plane says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from tieline_sandbox.effects import Clock
from tieline_sandbox.org.errors import OrgError

LONGEST = timedelta(days=1)


class Locks:
    """Rows that some long transaction holds, each until a moment of the sandbox's clock. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._until = clock, dict[str, datetime]()
        self._guard = Lock()

    def hold(self, ident: str, seconds: float) -> None:
        """Hold a row from now on; 0 seconds lets it go."""
        with self._guard:
            self._until[ident] = self._clock.now() + min(timedelta(seconds=seconds), LONGEST)

    def check(self, ident: str) -> None:
        """OrgError UNABLE_TO_LOCK_ROW while the row is held: the one refusal worth a retry."""
        with self._guard:
            until = self._until.get(ident)
            if until is None:
                return
            if until > self._clock.now():
                raise OrgError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", [])
            del self._until[ident]
