"""What histories in bad weather found about ties that end and begin anew: each of these went wrong once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tieline.contract import Done, Record, Shape, Side
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Item, Link, Status
from tieline.sync.context import Options
from tieline.sync.cycle import Cycle
from tieline.sync.outcome import apply
from tieline.sync.repair import Repair
from tieline.sync.rules import compile_rules
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, VersionedErp
from tieline_simulation.world import World


def _bench(erp: type[Toy], *entities: str) -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), erp(world), MemoryStore(), entities or ("",))
    made.confirm()
    return made


@pytest.mark.parametrize("number", range(8))
def test_a_record_that_was_untied_and_tied_again_comes_back_from_the_bin_to_its_last_tie(number: int) -> None:
    """Ids of links are in no order: which of several buried ones was met was a matter of luck."""
    bench = _bench(VersionedErp)
    erp_key = f"c{number}"
    bench.erp.add("Customers", erp_key, name="One")
    bench.settle()
    crm_key = bench.crm_key(erp_key)
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    repair.part(bench.link(crm_key))
    repair.join(repair.find("customer", Side.CRM, crm_key), repair.find("customer", Side.ERP, erp_key))
    bench.erp.remove("Customers", erp_key)
    bench.settle()
    bench.erp.restore("Customers", erp_key)
    bench.erp.edit("Customers", erp_key, name="Two")
    bench.settle()
    assert bench.crm.value("Account", crm_key, "Name") == "Two"


def _tied_twice() -> tuple[Bench, str]:
    """A customer of the north, whose account was promoted to the south later."""
    bench = _bench(AsyncErp, "north", "south")
    bench.erp.add("Customers", "c1", "north", name="One", code="N-1")
    bench.settle()
    key = bench.crm_key("c1")
    bench.promote(key, "south")
    bench.settle()
    (there,) = bench.erp.alive("Customers", "south")
    bench.erp.edit("Customers", there, "south", code="S-1")
    bench.settle()
    assert bench.crm.value("Account", key, "Code__c") == "N-1"
    return bench, key


def test_the_tie_that_is_left_owns_the_one_way_fields_when_the_first_record_was_deleted() -> None:
    bench, key = _tied_twice()
    bench.erp.remove("Customers", "c1", "north")
    for _ in range(2):
        bench.world.tick(25 * 3600)
        bench.settle()
    assert bench.crm.value("Account", key, "Code__c") == "S-1"


def test_the_tie_that_is_left_owns_the_one_way_fields_when_the_first_was_undone() -> None:
    bench, key = _tied_twice()
    first = next(link for link in bench.links() if link.erp_key == "c1")
    Repair(bench.store, "books", bench.world.now(), "ann").part(first)
    bench.settle()
    assert bench.crm.value("Account", key, "Code__c") == "S-1"


@pytest.mark.parametrize("told", [True, False], ids=["before the answer", "with the answer"])
def test_a_record_merged_away_before_its_birth_was_answered_leaves_its_tie_to_the_survivor(told: bool) -> None:
    bench = _bench(VersionedErp)
    bench.crm.add("Account", "kept", Name="Kept")
    bench.settle()
    bench.erp.add("Customers", "c0", name="New")
    bench.crm.faults.after = 1  # made, and the answer lost
    bench.cycle()
    Cycle(bench.context()).observe()
    (lost,) = set(bench.crm.alive("Account")) - {"kept"}
    bench.crm.merge("Account", "kept", lost)
    if told:
        Cycle(bench.context()).observe()
    bench.settle()
    link = bench.link("c0")
    assert (link.crm_key, link.tombstone, link.status) == ("kept", "", Status.IN_SYNC)
    assert bench.crm.value("Account", "kept", "Name") == bench.erp.value("Customers", "c0", "name")
    assert sum(one.engine and one.action == "create" and one.obj == "Account" for one in bench.world.log) == 1
    assert bench.open_calls() == 0


def test_an_answer_about_a_record_that_was_merged_away_since_does_not_take_the_tie_back() -> None:
    rules = compile_rules((CUSTOMER,), "books", "")["customer"]
    link = Link("l", "books", "", "customer", crm_key="kept", erp_key="c0", promoted=True)
    item = Item("l", "update", "lost", "key", {"fields": {"Name": "x"}}, {"Name": ["x", "x"]})
    after = apply(link, item, Side.CRM, Done("lost"), rules, World().now(), Options())
    assert (after.link.crm_key, after.link.dirty, after.item) == ("kept", True, None)
    assert [(note.event, note.crm_key) for note in after.notes] == [("updated", "lost")]


def test_a_merge_into_a_record_whose_partner_is_being_born_is_told_as_two_customers() -> None:
    bench = _bench(AsyncErp, "north")
    bench.erp.add("Customers", "c0", "north", name="Lost")
    bench.crm.add("Account", "kept", Name="Kept")
    bench.settle()
    lost = bench.crm_key("c0")
    assert isinstance(bench.erp, AsyncErp)
    bench.erp.silent = True
    bench.promote("kept")
    bench.cycle()
    bench.crm.merge("Account", "kept", lost)
    bench.cycle()
    bench.erp.silent = False
    bench.settle()
    link = bench.link("kept")
    assert link.problem is not None
    assert (link.erp_key, link.tombstone, link.problem.code) == ("async-0001", "", "duplicate")
    assert bench.erp.value("Customers", "c0", "name", "north") == "Lost"


class Versionless(AsyncErp):
    """Nothing but the key tells two equal writes apart."""

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        return replace(super()._record(entity, shape, key), version="")


def test_a_write_refused_while_the_record_was_in_the_bin_is_made_once_it_is_back() -> None:
    bench = _bench(Versionless, "north")
    bench.erp.add("Customers", "c0", "north", name="One")
    bench.settle()
    key = bench.crm_key("c0")
    assert isinstance(bench.erp, AsyncErp)
    bench.crm.edit("Account", key, Name="Two")
    bench.cycle()  # queued
    bench.erp.remove("Customers", "c0", "north")
    bench.erp.work()  # refused: there is no such record
    bench.erp.restore("Customers", "c0", "north")
    bench.settle()
    assert bench.erp.value("Customers", "c0", "name", "north") == "Two"
