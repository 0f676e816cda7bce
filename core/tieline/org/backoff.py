"""Repeating reads: capped, jittered waits on the injected clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tieline.contract import AnswerLost, Clock, PermanentError, Randomness, RateLimited, TransientError
from tieline.org.errors import CONCURRENT_LIMIT
from tieline.org.http import TOO_LARGE

T = TypeVar("T")
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Backoff:
    clock: Clock
    randomness: Randomness
    attempts: int = 5
    _inside: threading.local = field(default_factory=threading.local)

    def read(self, call: Callable[[], T]) -> T:
        """Run a call that changes nothing, again while its failure may pass; a lost answer is only a delay. A read
        inside a read (a login on the way) is tried once: the outer one repeats both."""
        if getattr(self._inside, "busy", False):
            return call()
        self._inside.busy = True
        try:
            return self._repeated(call)
        finally:
            self._inside.busy = False

    def _repeated(self, call: Callable[[], T]) -> T:
        for attempt in range(1, self.attempts):
            try:
                return call()
            except (TransientError, AnswerLost) as error:
                if not _may_pass(error):
                    raise _plain(error) from error
                self.clock.sleep(self._wait(attempt, error))
        try:
            return call()
        except AnswerLost as error:
            raise _plain(error) from error

    def _wait(self, attempt: int, error: Exception) -> float:
        asked = error.retry_after if isinstance(error, RateLimited) else None
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
        return max(asked or 0.0, self.randomness.uniform(longest / 2, longest))


def _may_pass(error: TransientError | AnswerLost) -> bool:
    """A spent daily allowance does not come back while we wait; a longer wait than ours is the caller's to plan."""
    if isinstance(error, RateLimited):
        return error.code == CONCURRENT_LIMIT or (error.retry_after or _LONGEST_WAIT + 1) <= _LONGEST_WAIT
    return error.code != TOO_LARGE


def _plain(error: TransientError | AnswerLost) -> TransientError | PermanentError:
    """A read has no effect that could be in doubt."""
    if isinstance(error, TransientError):
        return error
    kind = PermanentError if error.code == TOO_LARGE else TransientError
    return kind(error.what, where=error.where, mend=error.mend, code=error.code)
