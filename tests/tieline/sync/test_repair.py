"""What a person does by hand, and what the next cycle makes of it."""

from __future__ import annotations

import pytest

from tieline.contract import PermanentError, Side
from tieline.store.nouns import Status
from tieline.sync.repair import Repair
from tieline_simulation.bench import Bench


def repair(bench: Bench) -> Repair:
    return Repair(bench.store, "books", bench.world.now(), "an operator")


def test_retry_sends_what_was_refused_once_the_cause_is_gone(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="bad")
    bench.cycle()
    bench.erp.faults.refuse["bad"] = "Not today"
    bench.promote("a1")
    bench.settle()
    assert [link.crm_key for link in repair(bench).stuck()] == ["a1"]
    bench.erp.faults.refuse.clear()
    assert repair(bench).retry(repair(bench).stuck()) == 1
    bench.settle()
    assert [row["name"] for row in bench.erp.alive("Customers", bench.entity).values()] == ["bad"]
    assert bench.link("a1").status is Status.IN_SYNC
    assert "retried" in bench.audit()


@pytest.mark.parametrize(("winner", "expected"), [(Side.CRM, "B"), (Side.ERP, "A")])
def test_resolve_gives_both_sides_the_winners_value(bench: Bench, winner: Side, expected: str) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One", rating="old")
    bench.settle()
    account = bench.crm_key("c1")
    bench.erp.edit("Customers", "c1", bench.entity, rating="A")
    bench.crm.edit("Account", account, Rating__c="B")
    bench.settle()
    assert repair(bench).resolve(bench.link("c1"), winner) == ("Rating__c",)
    bench.settle()
    assert bench.crm.value("Account", account, "Rating__c") == expected
    assert bench.erp.value("Customers", "c1", "rating", bench.entity) == expected
    assert bench.link("c1").status is Status.IN_SYNC
    with bench.store.reading() as tx:
        assert tx.conflicts("books", open_only=True) == []


def test_link_settles_what_was_ambiguous(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="Twin one", Code__c="C-1")
    bench.crm.add("Account", "a2", Name="Twin two", Code__c="C-1")
    bench.erp.add("Customers", "c1", bench.entity, name="Twin", code="C-1")
    bench.settle()
    hand = repair(bench)
    hand.join(hand.find("customer", Side.CRM, "a2"), hand.find("customer", Side.ERP, "c1"))
    bench.settle()
    assert bench.link("c1").crm_key == "a2"
    assert bench.crm.value("Account", "a2", "Name") == "Twin"
    assert bench.link("a1").status is Status.NOT_PROMOTED  # nothing is left that it could be
    with pytest.raises(PermanentError, match="linked already"):
        hand.join(hand.find("customer", Side.CRM, "a1"), hand.find("customer", Side.ERP, "c1"))


def test_unlinked_records_stay_apart_and_are_left_alone(bench: Bench) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One", code="C-1")
    bench.settle()
    account = bench.crm_key("c1")
    repair(bench).part(bench.link("c1"))
    bench.erp.edit("Customers", "c1", bench.entity, phone="erp")
    bench.crm.edit("Account", account, Phone="crm")
    bench.settle()
    assert len(bench.crm.alive("Account")) == 1
    assert bench.crm.value("Account", account, "Phone") == "crm"
    assert bench.erp.value("Customers", "c1", "phone", bench.entity) == "erp"
    hand = repair(bench)
    hand.join(hand.find("customer", Side.CRM, account), hand.find("customer", Side.ERP, "c1"))
    bench.settle()
    assert bench.crm.value("Account", account, "Phone") == "erp"


def test_an_unknown_record_is_named(bench: Bench) -> None:
    with pytest.raises(PermanentError, match=r"no customer 'nowhere' is known on the CRM's side"):
        repair(bench).find("customer", Side.CRM, "nowhere")


def test_what_is_ambiguous_in_one_entity_stays_so_and_rests(bench: Bench) -> None:
    """Seen in a history: each entity took back what the other had marked, and every cycle wrote."""
    bench.crm.add("Account", "a1", Name="Either", Code__c="C-1")
    bench.erp.add("Customers", "c1", bench.entity, name="One", code="C-1")
    bench.erp.add("Customers", "c2", bench.entity, name="Two", code="C-1")
    bench.settle()
    before = bench.world.writes()
    bench.cycle()
    assert bench.world.writes() == before
    assert bench.link("a1").status is Status.OUT_OF_SYNC
    bench.erp.edit("Customers", "c2", bench.entity, code="C-2")
    bench.settle()
    assert bench.link("c1").crm_key == "a1"
    assert bench.link("c1").status is Status.IN_SYNC
