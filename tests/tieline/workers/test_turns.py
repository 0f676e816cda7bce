"""Several back offices in one process: what happens to one stops only itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tieline.contract import Misconfigured, TransientError
from tieline.sync.cycle import Report
from tieline.workers import turns
from tieline.workers.embedded import LEASE_LOST
from tieline.workers.turns import LONGEST_REST, Turn


@dataclass
class Still:
    at: float = 0.0

    def monotonic(self) -> float:
        return self.at


@dataclass
class Office:
    """Stands where an engine stands; `answers` are what its beginnings and its cycles come to."""

    beginnings: list[Any] = field(default_factory=list)
    cycles: list[Any] = field(default_factory=list)
    begun: int = 0

    def begin(self) -> Any:
        self.begun += 1
        failed = self.beginnings.pop(0) if self.beginnings else None
        if failed:
            raise failed
        return self

    def current(self) -> Office:
        return self


@pytest.fixture(autouse=True)
def _cycles(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(office: Any, _confirm: Any, _progress: Any) -> Report:
        answer = office.cycles.pop(0) if office.cycles else Report()
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(turns, "run_once", run)


def _turn(office: Office, clock: Still) -> Turn:
    begin: Any = office.begin
    any_clock: Any = clock
    return Turn("books", begin, any_clock, 5.0)


def test_it_signs_in_once() -> None:
    office, clock = Office(), Still()
    turn = _turn(office, clock)
    assert [type(turn.take(lambda _counts: True)) for _ in range(3)] == [Report] * 3
    assert office.begun == 1


def test_a_cycle_that_fails_is_told_and_the_next_one_tried() -> None:
    office, clock = Office(cycles=[TransientError("away")]), Still()
    turn = _turn(office, clock)
    assert isinstance(turn.take(lambda _counts: True), TransientError)
    assert isinstance(turn.take(lambda _counts: True), Report)
    assert office.begun == 1


@pytest.mark.parametrize("error", [TransientError("away"), Misconfigured("wrong password")])
def test_one_that_cannot_begin_rests_ever_longer(error: Exception) -> None:
    office, clock = Office(beginnings=[error] * 8), Still()
    turn = _turn(office, clock)
    tried = []
    for second in range(200):
        clock.at = second
        if turn.take(lambda _counts: True) is error:
            tried.append(second)
    assert tried == [0, 5, 15, 35, 75, 135, 195]
    assert tried[-1] - tried[-2] == LONGEST_REST


def test_one_whose_lease_went_to_another_worker_begins_again_when_it_is_free() -> None:
    lost = TransientError("the lease was lost", code=LEASE_LOST)
    office, clock = Office(beginnings=[None, TransientError("another worker is syncing it")], cycles=[lost]), Still()
    turn = _turn(office, clock)
    assert turn.take(lambda _counts: True) is lost
    told = []
    for second in range(5, 30, 5):
        clock.at = second
        told.append(type(turn.take(lambda _counts: True)))
    assert told == [TransientError, type(None), Report, Report, Report]
    assert office.begun == 3
