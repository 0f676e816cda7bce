"""Managed lists belong to the back office: what people do to the copy in the org is undone and noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tieline.contract import Gone, ListRow, ManagedList, PermanentError, TransientError
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context, Options
from tieline.sync.cycle import Cycle
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, WholeErp
from tieline_simulation.world import World

TERMS = ManagedList("toy", "terms", "Payment term", "Payment terms")
ROWS = "Toy_Payment_Term__c"


@pytest.fixture
def terms() -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), WholeErp(world), MemoryStore(), ("",), lists=(TERMS,))
    bench.confirm()
    bench.erp.lists["terms"] = [ListRow("T1", "30 days"), ListRow("T2", "60 days")]
    bench.cycle()
    return bench


def _row(bench: Bench, key: str) -> str:
    return next(k for k, v in bench.crm.alive(ROWS).items() if v["ERP_Id__c"] == key)


def _notes(bench: Bench, event: str) -> list[tuple[object, object]]:
    with bench.store.reading() as tx:
        found = [one for one in tx.audit("books", limit=1000) if one.event == event]
    return [(dict(one.before), dict(one.after)) for one in found]


def test_an_edit_of_a_row_is_undone_and_noted_with_both_values(terms: Bench) -> None:
    terms.crm.edit(ROWS, _row(terms, "T1"), Name="whenever")
    terms.settle()
    assert terms.crm.value(ROWS, _row(terms, "T1"), "Name") == "30 days"
    assert _notes(terms, "list_row_reverted") == [({"Name": "whenever"}, {"Name": "30 days"})]


def test_a_row_switched_off_by_a_person_is_active_again(terms: Bench) -> None:
    terms.crm.edit(ROWS, _row(terms, "T2"), Active__c=False)
    terms.settle()
    assert terms.crm.value(ROWS, _row(terms, "T2"), "Active__c") is True


def test_a_deleted_row_is_made_again_once(terms: Bench) -> None:
    terms.crm.remove(ROWS, _row(terms, "T2"))
    terms.settle()
    assert [v["Name"] for v in terms.crm.alive(ROWS).values()] == ["30 days", "60 days"]
    assert len(_notes(terms, "list_row_deleted")) == 1


def test_a_changed_key_does_not_make_a_second_row(terms: Bench) -> None:
    terms.crm.edit(ROWS, _row(terms, "T1"), Key__c="mine")
    terms.settle()
    assert sorted(v["Key__c"] for v in terms.crm.alive(ROWS).values()) == ["books//T1", "books//T2"]
    assert not [v for v in terms.crm.alive(ROWS).values() if not v["Active__c"]]


def test_a_row_somebody_made_is_switched_off_and_those_of_others_are_left_alone(terms: Bench) -> None:
    terms.crm.add(ROWS, "x", Key__c="invented", Name="Never", Active__c=True)
    terms.crm.add(ROWS, "y", Key__c="other//T1", Name="Theirs", Active__c=True, Back_Office__c="other")
    terms.settle()
    assert terms.crm.value(ROWS, "x", "Active__c") is False
    assert terms.crm.value(ROWS, "y", "Active__c") is True
    assert len(_notes(terms, "list_row_foreign")) == 1


def test_nothing_is_noted_or_written_when_nobody_touched_the_rows(terms: Bench) -> None:
    before = terms.world.writes()
    terms.settle()
    terms.settle()
    assert terms.world.writes() == before
    assert not _notes(terms, "list_row_reverted")


def _paced(bench: Bench) -> Context:
    return replace(bench.context(), options=Options(lists_every=timedelta(minutes=5)))


def test_lists_are_read_at_their_own_pace_and_at_once_when_a_record_needs_a_row(terms: Bench) -> None:
    context = _paced(terms)
    Cycle(context).run()
    terms.erp.lists["terms"].append(ListRow("T3", "90 days"))
    terms.world.tick(5)
    Cycle(context).run()
    assert len(terms.crm.alive(ROWS)) == 2
    context.pace.ask("lists")
    Cycle(context).run()
    assert len(terms.crm.alive(ROWS)) == 3
    terms.erp.lists["terms"].append(ListRow("T4", "120 days"))
    terms.world.tick(600)
    Cycle(context).run()
    assert len(terms.crm.alive(ROWS)) == 4


def test_a_row_that_vanished_unseen_is_found_by_the_daily_look_at_all_rows(terms: Bench) -> None:
    del terms.crm.rows["", ROWS, _row(terms, "T1")]
    terms.settle()
    assert len(terms.crm.alive(ROWS)) == 1
    terms.world.tick(25 * 3600)
    terms.settle()
    assert [v["Name"] for v in terms.crm.alive(ROWS).values()] == ["30 days", "60 days"]


def test_deletions_the_org_has_forgotten_are_found_by_looking_at_all_rows(
    terms: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    del terms.crm.rows["", ROWS, _row(terms, "T1")]
    deleted = terms.crm.deleted

    def forgotten(entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        if obj == ROWS:
            raise PermanentError("too long ago", code="deletes_forgotten")
        return deleted(entity, obj, since)

    monkeypatch.setattr(terms.crm, "deleted", forgotten)
    terms.erp.lists["terms"].append(ListRow("T3", "90 days"))
    terms.settle()
    assert [v["Name"] for v in terms.crm.alive(ROWS).values()] == ["30 days", "60 days", "90 days"]


@pytest.mark.parametrize(("error", "times"), [(PermanentError("no right to read it"), 1), (TransientError("off"), 2)])
def test_a_list_that_fails_is_not_asked_for_in_every_cycle(
    terms: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception, times: int
) -> None:
    """What fails for good waits for its own pace; else it is tried again after a minute."""
    asked: list[str] = []

    def refused(_entity: str, name: str) -> Sequence[ListRow]:
        asked.append(name)
        raise error

    monkeypatch.setattr(terms.erp, "options", refused)
    context = _paced(terms)
    for _ in range(20):
        terms.world.tick(5)
        Cycle(context).run()
    assert len(asked) == times
