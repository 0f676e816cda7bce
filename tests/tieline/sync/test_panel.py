"""What people see of each record: together with its values where that can be, and always in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tieline.actions.promote import Wish, mark
from tieline.contract import Outcome, Refused, Write
from tieline.host.translations import Translator
from tieline.host.words import host_words
from tieline.store.nouns import Link
from tieline.sync import panel
from tieline.sync.cycle import Cycle
from tieline.sync.history import READ
from tieline.sync.status import settled
from tieline_simulation.bench import CUSTOMER, Bench


def shown(bench: Bench, link: Link) -> dict[str, Any]:
    return bench.crm.alive("ERP_Link__c")[f"ERP_Link__c:{link.id}"]


def updates(bench: Bench, obj: str) -> int:
    return sum(c.engine and c.action == "update" and c.obj == obj for c in bench.world.log)


@pytest.fixture
def tied(bench: Bench) -> Bench:
    bench.erp.add("Customers", "c1", bench.entity, name="One", phone="1")
    bench.settle()
    return bench


def test_a_panel_travels_with_the_values_it_speaks_of(bench: Bench) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One", phone="1")
    calls = bench.world.calls["crm.upsert"]
    report = bench.cycle()
    assert (report.writes.crm, report.panels, report.panels_alone) == (1, 1, 0)
    link = bench.link("c1")
    row = shown(bench, link)
    assert (row["Sync_Status__c"], row["Record_Id__c"], row["Account__c"]) == ("In Sync", link.crm_key, link.crm_key)
    bench.erp.edit("Customers", "c1", bench.entity, phone="2")
    report = bench.cycle()
    assert (report.writes.crm, report.panels, report.panels_alone) == (1, 1, 0)
    assert bench.world.calls["crm.upsert"] == calls
    report = bench.cycle()
    assert (report.panels, report.total_writes) == (0, 0)


def test_a_panel_that_fails_neither_fails_nor_repeats_the_values(tied: Bench) -> None:
    before = updates(tied, "Account")
    tied.erp.edit("Customers", "c1", tied.entity, phone="2")
    tied.crm.faults.panel = 1
    report = tied.cycle()
    assert (report.writes.crm, report.panels, report.panels_alone) == (1, 1, 1)
    tied.settle()
    assert updates(tied, "Account") == before + 1
    assert shown(tied, tied.link("c1"))["History__c"].splitlines()[0].endswith("In Sync: updated in the CRM (Phone)")


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_panel_whose_answer_is_lost_says_the_truth_in_the_end(tied: Bench, fault: str) -> None:
    tied.erp.edit("Customers", "c1", tied.entity, phone="2")
    setattr(tied.crm.faults, fault, 1)
    tied.settle()
    link = tied.link("c1")
    with tied.store.reading() as tx:
        trail = tx.trails("books", [link.id], READ)[link.id]
    wanted = panel.row(tied.context(), link, trail)
    row = shown(tied, link)
    late = {"Since__c", "Last_Sync__c"}  # of the moment of writing; the answer comes a moment later
    assert {name: row[name] for name in wanted if name not in late} == {
        n: v for n, v in wanted.items() if n not in late
    }


def test_a_refused_value_is_never_shown_as_in_sync(tied: Bench) -> None:
    tied.crm.faults.refuse["bad"] = "We do not call this number"
    tied.erp.edit("Customers", "c1", tied.entity, phone="bad")
    tied.cycle()
    row = shown(tied, tied.link("c1"))
    assert (row["Sync_Status__c"], row["Reason__c"]) == ("Out of Sync", "We do not call this number")
    assert row["Next_Step__c"]
    assert row["Since__c"] == tied.link("c1").problem.at  # type: ignore[union-attr]
    states = [c.values["Sync_Status__c"] for c in tied.world.log if c.obj == "ERP_Link__c"]
    assert states[-1] == "Out of Sync"
    assert states.count("In Sync") == 1


def follow(bench: Bench, monkeypatch: pytest.MonkeyPatch, also: Callable[[Write, Outcome], Outcome]) -> None:
    """Something else happens along with each write of the CRM."""
    write_one = bench.crm._write_one
    monkeypatch.setattr(
        bench.crm, "_write_one", lambda entity, shape, write: also(write, write_one(entity, shape, write))
    )


def test_a_panel_without_its_values_is_put_right(tied: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is locked for a moment; the panel that came along was written all the same."""
    tied.erp.edit("Customers", "c1", tied.entity, code="C-1")
    tied.settle()
    tied.crm.edit("Account", tied.crm_key("c1"), Code__c="mine")  # will be taken back
    follow(tied, monkeypatch, lambda _write, _outcome: Refused("locked", "LOCKED", retryable=True))
    tied.cycle()
    link = tied.link("c1")
    assert link.problem is None
    assert shown(tied, link)["Last_Sync__c"] == link.synced_at


def test_a_panel_overtaken_by_events_is_put_right(tied: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the write is on its way the link comes to stand otherwise than foreseen."""

    def disputed(write: Write, outcome: Outcome) -> Outcome:
        with tied.store.transaction() as tx:
            tx.save_links([settled(replace(tied.link("c1"), blocked=("Rating__c",)))])
        return outcome

    tied.erp.edit("Customers", "c1", tied.entity, phone="2")
    follow(tied, monkeypatch, disputed)
    with tied.store.reading() as tx:
        link = tx.link(tied.link("c1").id)
    assert link is not None
    tied.world.tick(5)
    cycle = Cycle(tied.context())
    monkeypatch.setattr(cycle, "_round", lambda run=cycle._round: run() and False)
    cycle.run()
    assert shown(tied, link)["Sync_Status__c"] == "Out of Sync"


def test_what_only_changes_the_status_is_written_on_its_own(tied: Bench) -> None:
    tied.crm.edit("Account", tied.crm_key("c1"), Phone="3")
    report = tied.cycle()
    assert report.panels == report.panels_alone == 1


def test_a_manual_conflict_shows_since_when_and_what_to_do(tied: Bench) -> None:
    tied.erp.edit("Customers", "c1", tied.entity, rating="A")
    tied.crm.edit("Account", tied.crm_key("c1"), Rating__c="B")
    tied.settle()
    row = shown(tied, tied.link("c1"))
    assert row["Reason__c"] == "Both sides changed: Rating__c"
    assert row["Next_Step__c"] == "Choose the value to keep."
    with tied.store.reading() as tx:
        assert row["Since__c"] == tx.conflicts("books")[0].at


@contextmanager
def french(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    plain = type(bench).context

    def context(self: Bench) -> Any:
        return replace(plain(self), say=Translator(host_words()).text)

    monkeypatch.setattr(type(bench), "context", context)
    yield
    monkeypatch.undo()


def test_what_a_record_waits_for_is_named_as_people_name_it(tied: Bench) -> None:
    """Values that name a record, a list row or a user that the other side does not know."""
    labelled = replace(CUSTOMER.fields[1], label="Telephone")
    tied.mappings = (replace(CUSTOMER, fields=(CUSTOMER.fields[0], labelled, *CUSTOMER.fields[2:])),)

    def reason(waiting: str) -> object:
        link = replace(tied.link("c1"), extra={"waiting": waiting})
        return panel.row(tied.context(), link)["Reason__c"]

    assert reason("Phone, Website") == "Not known on the other side yet: Telephone, Website"
    assert reason("its customer is not there") == "its customer is not there"
    assert reason("") is None


def test_it_speaks_the_language_of_who_pressed_last(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with french(bench, monkeypatch):
        bench.crm.add("Account", "a1", Phone="7")
        bench.settle()
        with bench.store.transaction() as tx:
            mark(tx, bench.context(), "customer", "a1", bench.entity, who=Wish("u", "fr"))
        bench.settle()
        row = shown(bench, bench.link("a1"))
    assert (row["Sync_Status__c"], row["Next_Step__c"]) == ("Out of Sync", "Remplissez ce champ et enregistrez.")
    assert "Désynchronisé: non envoyé" in row["History__c"]


def test_a_refused_delete_shows_reason_time_and_next_step(bench: Bench) -> None:
    bench.mappings = (replace(CUSTOMER, delete_in_erp=True), *bench.mappings[1:])
    bench.erp.shape_of = replace(bench.erp.shape_of, deletable=True)
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    bench.settle()
    bench.erp.faults.keep.add("c1")
    account = bench.crm_key("c1")
    bench.crm.remove("Account", account)
    bench.settle()
    row = shown(bench, bench.link("c1"))
    assert row["Sync_Status__c"] == "Delete Request Rejected"
    assert row["Reason__c"]
    assert "Restore the deleted record" in row["Next_Step__c"]
    assert row["Since__c"] is not None
    assert row["Account__c"] is None  # a look-up cannot point to what is deleted
    assert row["Record_Id__c"] == account
