"""Leaving a system alone for as long as it asked: nothing is sent to it meanwhile, the other side goes on."""

from __future__ import annotations

from tieline.contract import Clock, RateLimited

LONGEST = 3600.0  # then it is asked once more, whatever it said: what was spent may have been raised
_UNTOLD = 1.0  # it did not say how long; this much keeps the rest of a cycle from trying in vain


class Pause:
    """One connection's. Counted on the monotonic clock, so that a clock that is set neither ends nor prolongs it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._over = 0.0
        self._told: RateLimited | None = None

    def begin(self, error: RateLimited) -> None:
        """From an answer that asks us to wait."""
        asked = _UNTOLD if error.retry_after is None else error.retry_after
        self._over, self._told = self._clock.monotonic() + min(max(asked, 0.0), LONGEST), error

    def check(self) -> None:
        """Raises RateLimited, with the time that is left, while we are to wait: nothing was sent."""
        told, left = self._told, self._over - self._clock.monotonic()
        if told is not None and left > 0:
            raise RateLimited(told.what, where=told.where, mend=told.mend, code=told.code, retry_after=left)
