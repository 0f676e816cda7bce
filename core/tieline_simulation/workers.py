"""Histories on several processes. How they are dealt out decides nothing: each is played from its script alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

Spread = Callable[[Callable[[A], B], Sequence[A]], Iterator[B]]
AHEAD = 4
"""Jobs handed out ahead for each process, so that results of long runs do not pile up."""


class Crew:
    """Runs jobs and gives their results in the jobs' order; in this process when there is one worker."""

    def __init__(self, pool: ProcessPoolExecutor | None, jobs: int) -> None:
        self._pool, self._ahead = pool, jobs * AHEAD

    def run(self, work: Callable[[A], B], given: Sequence[A]) -> Iterator[B]:
        if self._pool is None:
            yield from map(work, given)
            return
        waiting: list[Future[B]] = []
        for one in given:
            waiting.append(self._pool.submit(work, one))
            if len(waiting) >= self._ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


@contextmanager
def crew(jobs: int) -> Iterator[Crew]:
    """Processes are started afresh, not forked: each has its own order of sets, which must not matter."""
    if jobs == 1:
        yield Crew(None, 1)
        return
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield Crew(pool, jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
