"""Histories with Intacct's real client: nothing lost, nothing twice, and a judge that would notice.

A failure names the command that plays its history again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tieline.contract import Done, Refused
from tieline_intacct import functions, gateway, paging, resource, writing
from tieline_intacct.system import INTACCT
from tieline_sandbox.rehearsal.erp import vendor_of
from tieline_sandbox.rehearsal.line import KINDS
from tieline_sandbox.rehearsal.storm import Rehearsal
from tieline_simulation.play import play
from tieline_simulation.report import document, failure_lines
from tieline_simulation.runs import Order, run
from tieline_simulation.script import Script, plan_of
from tieline_simulation.weather import Weather
from tieline_simulation.workers import crew

STORM = partial(Rehearsal, vendor=vendor_of(INTACCT))
PLAYED_BY = "tieline rehearse --system intacct"


def _clean(seed: int, count: int, jobs: int = 1, **more: Any) -> Any:
    plan = plan_of(("intacct",), storm=STORM, played_by=PLAYED_BY, **more)
    with crew(jobs) as workers:
        total = run(Order(plan, ("intacct",), seed, count), workers)
    told = document(seed, total, 0.0)
    assert total.clean, "\n".join(line for failure in told["failures"] for line in failure_lines(failure))
    return total


def test_nothing_is_lost_between_the_client_and_the_gateway() -> None:
    total = _clean(0, 4)
    assert min(total.counts[name] for name in ("edits", "crashes", "faults", "calls")) > 1


@pytest.mark.deep
def test_nothing_is_lost_in_many_histories() -> None:
    assert _clean(8, 30, jobs=2).counts["faults"] > 30


def _broken(seeds: int) -> bool:
    """Whether an invariant broke; an engine that falls over does not count."""
    plays = (play(Script("intacct", seed, storm=STORM)) for seed in range(seeds))
    return any(one.invariant and not one.collapsed for one in plays)


def _unkeyed(patch: pytest.MonkeyPatch) -> None:
    """A repeat is done again."""
    right = gateway._request
    patch.setattr(gateway, "_request", lambda company, sign, functions, _once: right(company, sign, functions, False))


def _repeats_refused(patch: pytest.MonkeyPatch) -> None:
    """`already executed` is taken for a no."""
    right = writing.judge

    def judge(result: Any) -> Any:
        told = right(result)
        return Refused("executed already") if isinstance(told, Done) and not result.ok else told

    patch.setattr(resource, "judge", judge)


def _births_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Our own records are not known when they are met."""
    patch.setattr(resource.Resource, "record", _without_marker(resource.Resource.record))


def _without_marker(right: Any) -> Any:
    return lambda *given: replace(right(*given), marker="")


def _first_page_only(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(paging, "_more", lambda *_given: False)


def _ties_skipped(patch: pytest.MonkeyPatch) -> None:
    """Pages go on behind the stamp, not behind the record."""
    patch.setattr(paging, "_after", lambda row: functions.condition("greaterthan", paging.STAMP, row[paging.STAMP]))


def _one_session(patch: pytest.MonkeyPatch) -> None:
    """Every entity is asked in the session of the first one."""
    right = gateway.Gateway.sign_in
    patch.setattr(gateway.Gateway, "sign_in", lambda self, _entity: right(self, self.company.entities[0]))


@pytest.mark.deep
@pytest.mark.parametrize(
    "wrong", [_unkeyed, _repeats_refused, _births_forgotten, _first_page_only, _ties_skipped, _one_session]
)
def test_a_wrong_client_is_noticed(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    wrong(monkeypatch)
    assert _broken(40)


@pytest.mark.deep
def test_everything_strikes() -> None:
    struck: set[str] = set()
    for seed in range(60):
        storm = STORM("intacct", seed, weather=Weather(fault=0.4, read_fault=0.1))
        storm.run()
        struck.update(storm.erp.line.struck)
        if struck == set(KINDS):
            break
    assert struck == set(KINDS)
