"""What a sandbox may not make up by itself: time and randomness."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock


def _system_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place where real time enters a sandbox


@dataclass(slots=True)
class Clock:
    """The sandbox's clock: real time plus an offset the plane may move, or a frozen instant. A fault may shift it for
    one request; other threads do not notice."""

    source: Callable[[], datetime] = _system_now
    offset: timedelta = timedelta()
    frozen: datetime | None = None
    _shift: ContextVar[timedelta] = field(default_factory=lambda: ContextVar("shift", default=timedelta()))

    def now(self) -> datetime:
        """Timezone-aware, UTC."""
        return (self.frozen or self.source()) + self.offset + self._shift.get()

    @contextmanager
    def unshifted(self) -> Iterator[None]:
        """One request: what shifts the clock inside ends with it."""
        token = self._shift.set(timedelta())
        try:
            yield
        finally:
            self._shift.reset(token)

    def shift(self, seconds: float) -> None:
        """For the rest of this request."""
        self._shift.set(timedelta(seconds=seconds))

    def advance(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)

    def freeze(self, at: datetime) -> None:
        self.frozen, self.offset = at, timedelta()

    def thaw(self) -> None:
        self.frozen, self.offset = None, timedelta()


@dataclass(slots=True)
class Randomness:
    """Seeded randomness, safe between threads. `SystemRandom` by default: tokens must not be guessable."""

    source: random.Random = field(default_factory=random.SystemRandom)
    _lock: Lock = field(default_factory=Lock)

    def text(self, length: int, alphabet: str) -> str:
        with self._lock:
            return "".join(self.source.choice(alphabet) for _ in range(length))

    def bits(self, count: int) -> int:
        with self._lock:
            return self.source.getrandbits(count)
