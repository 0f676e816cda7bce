"""Real time, real randomness and real threads: the only door through which they enter the host."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")


class SystemClock:
    """`contract.Clock` on this machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place where real time enters

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))  # noqa: TID251 - the one place that really waits


class SystemRandomness:
    """`contract.Randomness` from the operating system, so that tokens cannot be guessed."""

    def __init__(self) -> None:
        self._source = secrets.SystemRandom()

    def uniform(self, low: float, high: float) -> float:
        return self._source.uniform(low, high)

    def token(self, size: int) -> bytes:
        return secrets.token_bytes(size)


class SerialExecutor:
    """`contract.Executor` that runs one call after the other, each when its result is asked for."""

    def run(self, calls: Sequence[Callable[[], T]], concurrency: int) -> Iterator[T]:  # noqa: ARG002 - one at a time
        for call in calls:
            yield call()


class ThreadExecutor:
    """`contract.Executor` with at most `limit` calls in flight, whatever a vendor would allow.

    A call that raises does so at its place in the order; calls not started by then are dropped, those in flight end.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def run(self, calls: Sequence[Callable[[], T]], concurrency: int) -> Iterator[T]:
        width = max(1, min(self._limit, concurrency, len(calls)))
        if width == 1:
            yield from SerialExecutor().run(calls, 1)
            return
        with ThreadPoolExecutor(width, thread_name_prefix="tieline-call") as pool:
            yield from _in_order(pool, calls, width)


def _in_order(pool: ThreadPoolExecutor, calls: Sequence[Callable[[], T]], width: int) -> Iterator[T]:
    """A window over the calls, so that a slow reader does not let finished results pile up."""
    with contextlib.ExitStack() as leaving:
        leaving.callback(pool.shutdown, wait=True, cancel_futures=True)
        waiting: deque[Future[T]] = deque()
        for call in calls:
            waiting.append(pool.submit(call))
            if len(waiting) >= width:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
