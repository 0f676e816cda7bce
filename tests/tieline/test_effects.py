"""Real effects keep the promises of the protocols."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC

import pytest

from tieline.contract import Clock, Executor, Randomness
from tieline.effects import SerialExecutor, SystemClock, SystemRandomness, ThreadExecutor


def test_the_clock_is_utc_and_never_goes_back() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    before = clock.monotonic()
    clock.sleep(-1)
    assert clock.monotonic() >= before


def test_tokens_differ() -> None:
    randomness: Randomness = SystemRandomness()
    assert randomness.token(16) != randomness.token(16)
    assert len(randomness.token(16)) == 16
    assert 1 <= randomness.uniform(1, 2) <= 2


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(1), ThreadExecutor(4)])
def test_results_come_in_the_order_of_the_calls(executor: Executor) -> None:
    calls: list[Callable[[], int]] = [lambda number=number: number for number in range(50)]  # type: ignore[misc]
    assert list(executor.run(calls, 3)) == list(range(50))
    assert list(executor.run([], 3)) == []


def test_no_more_run_at_once_than_allowed_and_that_many_do() -> None:
    together = threading.Barrier(3, timeout=10)
    lock, running, most = threading.Lock(), 0, 0

    def call() -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()
        with lock:
            running -= 1
        return 1

    assert sum(ThreadExecutor(8).run([call] * 9, 3)) == 9
    assert most == 3


def test_a_failure_comes_at_its_place_and_drops_what_has_not_begun() -> None:
    begun: list[int] = []

    def call(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError(number)
        return number

    results = ThreadExecutor(2).run([lambda number=number: call(number) for number in range(50)], 2)  # type: ignore[misc]
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="2"):
        next(results)
    assert len(begun) < 10


def test_serial_calls_run_when_asked_for() -> None:
    begun: list[int] = []
    results = SerialExecutor().run([lambda: begun.append(1), lambda: begun.append(2)], 1)
    next(results)
    assert begun == [1]
