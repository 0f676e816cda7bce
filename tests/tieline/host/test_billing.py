"""Billed calls: counted across processes and restarts, and told before they are used up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline.host.billing import Bill, bill_of
from tieline.host.doctor import Verdict, examine
from tieline.host.metering import FileMeter
from tieline.host.runtime import BackOffice, Runtime
from tieline.store.nouns import Connection

MONTH = "2026-01"


def test_a_count_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    path = tmp_path / "billed" / "books.json"
    assert FileMeter(path).used(MONTH) == 0
    assert FileMeter(path).add(MONTH, 3) == 3
    assert FileMeter(path).add(MONTH, 2) == 5
    assert (FileMeter(path).used(MONTH), FileMeter(path).used("2026-02")) == (5, 0)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_year_of_months_is_kept(tmp_path: Path) -> None:
    meter = FileMeter(tmp_path / "books.json")
    for year in (2025, 2026):
        for month in range(1, 13):
            meter.add(f"{year}-{month:02}", 1)
    assert next(iter(meter.sums())) == "2025-12"
    assert len(meter.sums()) == 13


def test_nobody_who_counts_at_the_same_time_loses_a_count(tmp_path: Path) -> None:
    """Each opens the file anew, as a process of its own would: the lock belongs to the open file."""
    path, at_once = tmp_path / "books.json", Barrier(4)

    def count(_number: int) -> None:
        at_once.wait(30)
        for _ in range(2500):
            FileMeter(path).add(MONTH, 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    assert FileMeter(path).used(MONTH) == 10_000


def test_a_spoiled_count_is_told_and_not_taken_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "books.json"
    path.write_text("{spoiled")
    with pytest.raises(Misconfigured, match="cannot be read"):
        FileMeter(path).add(MONTH, 1)


@pytest.mark.parametrize(("used", "limit", "high"), [(79, 100, False), (80, 100, True), (10**6, 0, False)])
def test_four_fifths_are_much(used: int, limit: int, high: bool) -> None:
    assert Bill(MONTH, used, limit).is_high is high


def _office(runtime: Runtime, limit: str, **system: Any) -> BackOffice:
    toy = runtime.system("toy")
    settings = {"user": "me", "limit": limit} if limit else {"user": "me"}
    return BackOffice(Connection("main", "toy", settings, {}), replace(toy, **system))


def test_the_bill_is_of_this_month_and_of_systems_that_bill(runtime: Runtime) -> None:
    runtime.clients.meter("main").add(f"{runtime.clock.now():%Y-%m}", 7)
    assert bill_of(runtime, _office(runtime, "10")) is None
    assert bill_of(runtime, _office(runtime, "10", monthly_limit="limit")) == Bill(MONTH, 7, 10)
    assert bill_of(runtime, _office(runtime, "", monthly_limit="limit")) == Bill(MONTH, 7, 0)


@pytest.mark.parametrize(("used", "verdict"), [(7, Verdict.OK), (8, Verdict.NOTE)])
def test_the_doctor_tells_before_it_is_used_up(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, used: int, verdict: Verdict
) -> None:
    office = _office(runtime, "10", monthly_limit="limit")
    runtime.clients.meter("main").add(MONTH, used)
    monkeypatch.setattr(runtime, "back_offices", lambda: [office])
    found = {check.name: check for check in examine(runtime, {}, (), offline=True)}
    told = found["billed calls main"]
    assert (told.verdict, told.text) == (verdict, f"{used} of 10 billed calls are used in {MONTH}")
    assert ("changes_every" in told.mend) is (verdict is Verdict.NOTE)
