from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tieline.contract import NothingSent, PermanentError
from tieline.org.backoff import Backoff


class Waits:
    """A clock that only notes how long it was asked to wait."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 5, tzinfo=UTC)

    def monotonic(self) -> float:
        return sum(self.waited)

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def token(self, size: int) -> bytes:
        return bytes(size)


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def __call__(self) -> None:
        self.calls += 1
        raise self.error


def test_a_failing_login_inside_a_read_is_not_tried_five_times_five() -> None:
    waits = Waits()
    backoff = Backoff(waits, waits)
    login = Failing(NothingSent("no route"))
    with pytest.raises(NothingSent):
        backoff.read(lambda: backoff.read(login))
    assert login.calls == 5
    assert len(waits.waited) == 4


def test_waits_grow_and_stop_growing() -> None:
    waits = Waits()
    with pytest.raises(NothingSent):
        Backoff(waits, waits, attempts=10).read(Failing(NothingSent("no route")))
    assert waits.waited == sorted(waits.waited)
    assert max(waits.waited) <= 30


def test_what_will_not_pass_is_not_repeated() -> None:
    waits = Waits()
    call = Failing(PermanentError("no"))
    with pytest.raises(PermanentError):
        Backoff(waits, waits).read(call)
    assert (call.calls, waits.waited) == (1, [])
