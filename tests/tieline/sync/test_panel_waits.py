"""A row of the panel that the org would not take for now: offered again ever more seldom, and without noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tieline.contract import Outcome, Refused, Value
from tieline.sync.panel_waits import waits_scope
from tieline_simulation.bench import Bench

LOCKED = Refused("unable to obtain exclusive access", "UNABLE_TO_LOCK_ROW", retryable=True)


class Lock:
    """While it is closed, rows of the panel are refused; counts the calls that offered some."""

    def __init__(self, bench: Bench, patch: pytest.MonkeyPatch) -> None:
        self.closed, self.calls, self._upsert = True, 0, bench.crm.upsert
        patch.setattr(bench.crm, "upsert", self.upsert)

    def upsert(self, obj: str, key: str, rows: Sequence[Mapping[str, Value]]) -> Sequence[Outcome]:
        if obj != "ERP_Link__c" or not self.closed:
            return self._upsert(obj, key, rows)
        self.calls += 1
        return [LOCKED] * len(rows)


@pytest.fixture
def lock(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Lock:
    """A tied record, and from now on nobody gets at its row."""
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    bench.settle()
    return Lock(bench, monkeypatch)


def lag(bench: Bench) -> None:
    """The row has something to say."""
    with bench.store.transaction() as tx:
        tx.save_links([replace(bench.link("c1"), panel="")])


def waits(bench: Bench) -> dict[str, object]:
    with bench.store.reading() as tx:
        return dict(tx.facts(waits_scope("books")))


def test_a_locked_row_is_offered_ever_more_seldom_and_adds_nothing_to_the_audit(bench: Bench, lock: Lock) -> None:
    lag(bench)
    before = bench.audit()
    for _ in range(60):  # five minutes
        bench.cycle()
    assert bench.audit() == before
    assert lock.calls == 4  # at once, and 30, 90 and 210 seconds later


def test_it_is_written_once_its_wait_is_over(bench: Bench, lock: Lock) -> None:
    lag(bench)
    bench.cycle()
    lock.closed = False
    assert bench.cycle().panels_alone == 0
    bench.world.tick(30)
    assert bench.cycle().panels_alone == 1
    assert bench.link("c1").panel
    assert waits(bench) == {}


def test_news_of_the_record_do_not_wait(bench: Bench, lock: Lock) -> None:
    lag(bench)
    bench.cycle()
    lock.closed = False
    lag(bench)
    assert bench.cycle().panels_alone == 1


def test_a_wait_is_forgotten_when_the_row_travelled_with_values(bench: Bench, lock: Lock) -> None:
    lag(bench)
    bench.cycle()
    assert waits(bench)
    bench.erp.edit("Customers", "c1", bench.entity, phone="2")
    report = bench.cycle()
    assert (report.writes.panels, lock.calls) == (1, 1)
    assert waits(bench) == {}
