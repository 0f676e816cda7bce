"""The engine suite: what must hold for every shape of back office, on every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tieline.contract import Record, Shape, Unconfirmed
from tieline.store.nouns import Status
from tieline_simulation.bench import Bench


def load(bench: Bench, count: int = 5) -> None:
    for number in range(count):
        bench.erp.add("Customers", f"c{number}", bench.entity, name=f"Customer {number}", phone=f"030-{number}")
        bench.erp.add("People", f"p{number}", bench.entity, last=f"Person {number}", customer=f"c{number}")
    bench.settle()


def accounts(bench: Bench) -> dict[str, dict[str, object]]:
    return {str(values["Name"]): values for values in bench.crm.alive("Account").values()}


def test_first_load_makes_every_record_once_and_then_rests(bench: Bench) -> None:
    load(bench)
    assert sorted(accounts(bench)) == [f"Customer {n}" for n in range(5)]
    assert set(bench.world.creates("crm").values()) == {1}
    people = bench.crm.alive("Contact").values()
    parents = {key: values["Name"] for key, values in bench.crm.alive("Account").items()}
    assert {row["LastName"]: parents[str(row["AccountId"])] for row in people} == {
        f"Person {n}": f"Customer {n}" for n in range(5)
    }
    before = bench.world.writes()
    report = bench.cycle()
    assert bench.world.writes() == before
    assert report.total_writes == 0
    assert report.problems == []
    assert {link.status for link in bench.links()} == {Status.IN_SYNC}


def test_nothing_is_created_before_the_first_load_is_confirmed(bench: Bench) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    with bench.store.transaction() as tx:
        tx.save_fact("back_office:books", "first_load", None)
    with pytest.raises(Unconfirmed):
        bench.cycle()
    assert bench.crm.alive("Account") == {}


def test_changes_travel_both_ways_and_only_changed_fields_are_written(bench: Bench) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", bench.entity, phone="1")
    bench.crm.edit("Account", account, Street="Main Street 1")
    bench.settle()
    assert bench.crm.value("Account", account, "Phone") == "1"
    assert bench.erp.value("Customers", "c0", "street", bench.entity) == "Main Street 1"
    updates = [c for c in bench.world.log if c.engine and c.action == "update" and c.obj == "Customers"]
    assert len(updates) == 1


def test_a_conflict_follows_the_policy_and_keeps_the_loser(bench: Bench) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", bench.entity, phone="erp", site="erp", credit="7.5")
    bench.crm.edit("Account", account, Phone="crm", Website="crm", Credit__c="9")
    bench.settle()
    row = bench.crm.alive("Account")[account]
    assert (row["Phone"], row["Website"]) == ("erp", "crm")
    assert str(row["Credit__c"]) == "7.50"
    assert bench.erp.value("Customers", "c0", "site", bench.entity) == "crm"
    with bench.store.reading() as tx:
        logged = {c.fields: (c.crm, c.erp, c.policy) for c in tx.conflicts("books")}
    assert logged["Phone",] == ({"Phone": "crm"}, {"Phone": "erp"}, "erp_wins")
    assert logged["Website",][2] == "crm_wins"
    assert logged["Credit__c",][2] == "owner"


def test_equal_edits_on_both_sides_are_no_conflict(bench: Bench) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", bench.entity, phone="same")
    bench.crm.edit("Account", account, Phone="same ")
    bench.settle()
    with bench.store.reading() as tx:
        assert tx.conflicts("books") == []


def test_a_group_merges_as_one_value(bench: Bench) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", bench.entity, street="Erp Street", city="Erp City")
    bench.crm.edit("Account", account, City="Crm City")
    bench.settle()
    row = bench.crm.alive("Account")[account]
    assert (row["Street"], row["City"]) == ("Erp Street", "Erp City")


def test_a_manual_conflict_waits_for_a_person_and_blocks_only_its_field(bench: Bench) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", bench.entity, rating="A", phone="5")
    bench.crm.edit("Account", account, Rating__c="B")
    bench.settle()
    assert bench.crm.value("Account", account, "Rating__c") == "B"
    assert bench.erp.value("Customers", "c0", "rating", bench.entity) == "A"
    assert bench.crm.value("Account", account, "Phone") == "5"
    assert bench.link("c0").status is Status.OUT_OF_SYNC
    with bench.store.reading() as tx:
        assert [c.fields for c in tx.conflicts("books", open_only=True)] == [("Rating__c",)]


def test_fields_the_erp_owns_are_reverted_and_the_edit_stays_readable(bench: Bench) -> None:
    bench.erp.add("Customers", "c0", bench.entity, name="One", code="C-1")
    bench.settle()
    account = bench.crm_key("c0")
    bench.crm.edit("Account", account, Code__c="mine")
    bench.settle()
    assert bench.crm.value("Account", account, "Code__c") == "C-1"
    assert "reverted" in bench.audit()
    with bench.store.reading() as tx:
        assert tx.conflicts("books")[0].crm == {"Code__c": "mine"}


def test_a_frozen_field_is_never_written(bench: Bench) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", bench.entity, tier="gold")
    bench.crm.edit("Account", account, Tier__c="silver")
    bench.settle()
    assert bench.crm.value("Account", account, "Tier__c") == "silver"
    assert bench.erp.value("Customers", "c0", "tier", bench.entity) == "gold"


def test_a_record_of_the_crm_goes_out_when_a_person_promotes_it_and_its_children_follow(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="New one", Phone="7")
    bench.crm.add("Contact", "k1", LastName="Child", AccountId="a1")
    bench.settle()
    assert bench.erp.alive("Customers", bench.entity) == {}
    assert bench.link("a1").status is Status.NOT_PROMOTED
    bench.promote("a1")
    bench.settle()
    made = bench.erp.alive("Customers", bench.entity)
    assert [row["name"] for row in made.values()] == ["New one"]
    children = bench.erp.alive("People", bench.entity)
    assert [row["customer"] for row in children.values()] == list(made)
    assert bench.link("a1").status is Status.IN_SYNC
    assert set(bench.world.creates(bench.erp.name).values()) == {1}


def test_promoting_twice_makes_one_record(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="New one")
    bench.cycle()
    bench.promote("a1")
    bench.promote("a1")
    bench.cycle()
    bench.promote("a1")
    bench.settle()
    assert len(bench.erp.alive("Customers", bench.entity)) == 1


@pytest.mark.parametrize("fault", ["before", "after", "never_sent"])
def test_a_lost_answer_makes_no_twin_and_loses_nothing(bench: Bench, fault: str) -> None:
    bench.crm.add("Account", "a1", Name="New one", Phone="7")
    bench.cycle()
    bench.promote("a1")
    setattr(bench.erp.faults, fault, 1)
    bench.cycle()
    bench.world.tick(60)
    bench.settle()
    made = bench.erp.alive("Customers", bench.entity)
    assert [row["name"] for row in made.values()] == ["New one"]
    assert set(bench.world.creates(bench.erp.name).values()) == {1}
    assert len(bench.crm.alive("Account")) == 1


@pytest.mark.parametrize("fault", ["before", "after", "never_sent"])
def test_a_lost_answer_of_the_crm_makes_no_twin_either(bench: Bench, fault: str) -> None:
    setattr(bench.crm.faults, fault, 1)
    for number in range(3):
        bench.erp.add("Customers", f"c{number}", bench.entity, name=f"Customer {number}")
    bench.cycle()
    bench.world.tick(60)
    bench.settle()
    assert sorted(accounts(bench)) == ["Customer 0", "Customer 1", "Customer 2"]
    assert set(bench.world.creates("crm").values()) == {1}


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_lost_answer_to_an_update_is_resolved_by_looking(bench: Bench, fault: str) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    bench.crm.edit("Account", account, Phone="new")
    setattr(bench.erp.faults, fault, 1)
    bench.cycle()
    bench.world.tick(60)
    bench.settle()
    assert bench.erp.value("Customers", "c0", "phone", bench.entity) == "new"
    assert bench.crm.value("Account", account, "Phone") == "new"


def test_a_refusal_is_told_in_the_vendors_words_and_a_corrected_record_goes_out(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="bad")
    bench.crm.add("Account", "a2", Name="good")
    bench.cycle()
    bench.erp.faults.refuse["bad"] = "This name is not allowed"
    bench.promote("a1")
    bench.promote("a2")
    bench.settle()
    assert [row["name"] for row in bench.erp.alive("Customers", bench.entity).values()] == ["good"]
    problem = bench.link("a1").problem
    assert problem is not None
    assert "This name is not allowed" in problem.reason
    assert problem.next_step
    assert bench.link("a1").status is Status.OUT_OF_SYNC
    bench.crm.edit("Account", "a1", Name="better")
    bench.settle()
    assert sorted(str(row["name"]) for row in bench.erp.alive("Customers", bench.entity).values()) == ["better", "good"]


def test_a_missing_required_value_is_named(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="", Phone="1")
    bench.cycle()
    bench.promote("a1")
    bench.settle()
    problem = bench.link("a1").problem
    assert problem is not None
    assert "Name must be filled in" in problem.reason


def test_both_sides_already_have_the_record(bench: Bench) -> None:
    bench.crm.add("Account", "a1", Name="Acme Ltd", Code__c="C-1", Phone="crm only")
    bench.crm.add("Account", "a2", Name="Twin one", Code__c="C-2")
    bench.crm.add("Account", "a3", Name="Twin two", Code__c="C-2")
    bench.erp.add("Customers", "c1", bench.entity, name="Acme", code="C-1", site="erp only")
    bench.erp.add("Customers", "c2", bench.entity, name="Twin", code="C-2")
    bench.settle()
    assert len(bench.crm.alive("Account")) == 3
    row = bench.crm.alive("Account")["a1"]
    assert (row["Name"], row["Website"], row["Phone"]) == ("Acme", "erp only", "crm only")
    assert bench.erp.value("Customers", "c1", "phone", bench.entity) == "crm only"
    twin = bench.link("c2")
    assert twin.status is Status.OUT_OF_SYNC
    assert twin.problem is not None
    assert twin.problem.next_step


def test_a_record_deleted_in_the_crm_is_not_revived_and_not_deleted_in_the_erp(bench: Bench) -> None:
    load(bench, 2)
    account = bench.crm_key("c0")
    bench.crm.remove("Account", account)
    bench.settle()
    bench.erp.edit("Customers", "c0", bench.entity, phone="later")
    bench.settle()
    assert sorted(accounts(bench)) == ["Customer 1"]
    assert "c0" in bench.erp.alive("Customers", bench.entity)
    assert bench.link("c0").tombstone


class Hiding:
    """A CRM where field-level security hides one field from some moment on."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.record = bench.crm._record
        self.name = name

    def __call__(self, entity: str, shape: Shape, key: str) -> Record:
        whole = self.record(entity, shape, key)
        return replace(whole, fields={n: v for n, v in whole.fields.items() if n != self.name})


def test_a_hidden_field_is_unobserved_not_empty(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    load(bench, 1)
    account = bench.crm_key("c0")
    monkeypatch.setattr(bench.crm, "_record", Hiding(bench, "Phone"))
    bench.crm.edit("Account", account, Website="https://example.org")
    bench.settle()
    assert bench.erp.value("Customers", "c0", "site", bench.entity) == "https://example.org"
    assert bench.erp.value("Customers", "c0", "phone", bench.entity) == "030-0"


def test_the_audit_chain_holds_and_names_every_engine_write(bench: Bench) -> None:
    load(bench, 3)
    with bench.store.reading() as tx:
        assert tx.verify_audit("books") is None
        created = [entry for entry in tx.audit("books", limit=1000) if entry.event == "created"]
    births = sum(c.action == "create" and c.engine and c.obj != "ERP_Link__c" for c in bench.world.log)
    assert len(created) == births


def test_every_link_has_one_row_people_can_read(bench: Bench) -> None:
    load(bench, 2)
    rows = bench.crm.alive("ERP_Link__c")
    assert len(rows) == 4
    row = next(r for r in rows.values() if r["ERP_Id__c"] == "c0")
    assert row["Sync_Status__c"] == "In Sync"
    assert row["Account__c"] == row["Record_Id__c"] == bench.crm_key("c0")
    assert row["Back_Office__c"] == "books"
