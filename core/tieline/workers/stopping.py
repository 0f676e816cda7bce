"""Ending in order: the first SIGTERM lets what is under way come to its end, the second one ends everything at once."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

_STDERR = 2
_TOLD = b"Stopping when what is under way has come to its end; another SIGTERM ends it at once.\n"


class Stopped(BaseException):
    """Raised where nothing is under way any more. Nobody but the command takes it for an error to handle."""


class Stopping:
    """Whether this process was asked to end. Its methods are called in the main thread, where signals arrive."""

    def __init__(self) -> None:
        self._wanted = False
        self._idle = False

    def check(self, _stage: str = "") -> None:
        """Between two stages of a cycle. Raises Stopped."""
        if self._wanted:
            raise Stopped

    def idle(self, wait: Callable[[float], object]) -> Callable[[float], object]:
        """The same wait, but one that may be broken off: between two cycles nothing is lost by it."""

        def waiting(seconds: float) -> object:
            self._idle = True
            try:
                self.check()
                return wait(seconds)
            finally:
                self._idle = False

        return waiting

    def heard(self, number: int, _frame: FrameType | None) -> None:
        """The signal's handler."""
        if self._wanted:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self._wanted = True
        if self._idle:
            raise Stopped
        with contextlib.suppress(OSError):
            os.write(_STDERR, _TOLD)  # past the buffer, which the signal may have interrupted


@contextlib.contextmanager
def in_order() -> Iterator[Stopping]:
    """While inside, SIGTERM asks. What handled it before comes back."""
    stopping = Stopping()
    before = signal.signal(signal.SIGTERM, stopping.heard)
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGTERM, before)
