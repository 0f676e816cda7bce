"""What histories in bad weather found: each of these went wrong once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieline.contract import Field, ListRow, ManagedList, Option, PermanentError, Refused, Side, TransientError
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Item, Link, Status
from tieline.sync.context import Options
from tieline.sync.cycle import Cycle
from tieline.sync.outcome import TAKEN, apply
from tieline.sync.repair import Repair
from tieline.sync.rules import compile_rules
from tieline.sync.settling import row_planner
from tieline.sync.status import derive
from tieline_managed_lists.rows import settle
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, VersionedErp
from tieline_simulation.world import World

TERMS = ManagedList("toy", "terms", "Payment term", "Payment terms")
ROW = "Toy_Payment_Term__c:books/{}/T1"


def _bench(erp: type[Toy], *entities: str) -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), erp(world), MemoryStore(), entities or ("",))
    made.confirm()
    return made


def _down(*_given: object) -> None:
    raise TransientError("service unavailable")


def test_one_key_edited_in_the_lists_of_two_entities_is_put_right_in_both() -> None:
    bench = _bench(AsyncErp, "north", "south")
    bench.lists = (TERMS,)
    bench.erp.lists["terms"] = [ListRow("T1", "at once")]
    bench.settle()
    bench.world.tick(timedelta(hours=2).total_seconds())
    bench.cycle()
    for entity in ("north", "south"):
        bench.crm.edit("Toy_Payment_Term__c", ROW.format(entity), Name="meddled")
    bench.world.tick(timedelta(hours=2).total_seconds())
    bench.settle()
    names = [bench.crm.value("Toy_Payment_Term__c", ROW.format(entity), "Name") for entity in ("north", "south")]
    assert names == ["at once", "at once"]


def test_a_record_that_was_parted_and_promoted_again_is_kept_in_sync() -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One")
    bench.settle()
    key = bench.crm_key("c1")
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    repair.part(bench.link(key))
    bench.promote(key)
    bench.settle()
    bench.crm.edit("Account", key, Phone="later")
    bench.settle()
    made = next(k for k in bench.erp.alive("Customers") if k != "c1")
    assert bench.erp.value("Customers", made, "phone") == "later"


def test_what_is_left_of_a_half_that_was_linked_says_what_it_is() -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One")
    bench.settle()
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    repair.part(bench.link("c1"))
    crm, erp = (next(one for one in bench.links() if one.key(s) and not one.tombstone) for s in Side)
    repair.join(crm, erp)
    with bench.store.reading() as tx:
        left = tx.link(erp.id)
    assert left is not None
    assert left.status == derive(left)


def test_a_record_is_not_linked_to_two_records_of_one_entity() -> None:
    bench = _bench(AsyncErp, "north", "south")
    for entity in ("north", "south"):
        bench.erp.add("Customers", "c1", entity, name=f"One of {entity}")
    bench.settle()
    north, south = sorted(bench.links(), key=lambda link: link.entity)
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    bench.promote(north.crm_key, "south")
    repair.part(north)
    repair.part(south)
    halves = [link for link in bench.links() if not link.tombstone]
    crm = next(one for one in halves if one.entity == "north" and one.crm_key)
    erp = next(one for one in halves if one.entity == "south" and one.erp_key)
    with pytest.raises(PermanentError, match="linked there already"):
        repair.join(crm, erp)


def test_a_record_is_not_parted_while_its_birth_in_the_crm_is_unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One")
    bench.crm.faults.after = 1
    bench.cycle()
    assert bench.open_calls() == 1
    monkeypatch.setattr(bench.crm, "find", _down)  # nothing is proved by the next cycle either; the record is read
    bench.cycle()
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    link = bench.link("c1")
    assert link.crm_key
    with pytest.raises(PermanentError, match="on its way"):
        repair.part(link)


def test_a_create_that_finds_a_record_of_another_link_is_over() -> None:
    link = Link("a", "books", "", "customer", erp_key="c1")
    item = Item("a", "create", "", "key", {"fields": {"Name": "One"}})
    found = Refused("the record it would be is tied to another one already", TAKEN)
    rules = compile_rules((CUSTOMER,), "books", "")["customer"]
    now = datetime(2026, 1, 5, tzinfo=UTC)
    after = apply(link, item, Side.CRM, found, rules, now, Options(), ambiguous=True)
    assert after.item is None
    assert after.link.problem is not None


def test_a_tie_that_follows_a_merge_knows_the_surviving_record() -> None:
    """The survivor was tied in another entity only, and nobody edits it after the merge."""
    bench = _bench(AsyncErp, "north", "south")
    bench.erp.add("Customers", "c1", "north", name="Lost", phone="1")
    bench.erp.add("Customers", "c2", "south", name="Kept", phone="2")
    bench.settle()
    lost, kept = bench.crm_key("c1"), bench.crm_key("c2")
    bench.world.tick(3600)  # nothing is read again for the overlap's sake
    bench.settle()
    bench.crm.merge("Account", kept, lost)
    bench.settle()
    assert bench.erp.value("Customers", "c1", "name", "north") == bench.crm.value("Account", kept, "Name")


def test_a_child_that_waited_for_a_deleted_parent_goes_on_when_it_is_restored() -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="Parent")
    bench.settle()
    key = bench.crm_key("c1")
    bench.crm.remove("Account", key)
    bench.settle()
    bench.erp.add("People", "p1", last="Child", customer="c1")
    bench.settle()
    bench.crm.restore("Account", key)
    bench.settle()
    assert bench.crm_key("p1", "contact") in bench.crm.alive("Contact")


def test_a_clock_put_back_does_not_bring_back_what_our_write_replaced() -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One", phone="old")
    bench.settle()
    bench.erp.edit("Customers", "c1", phone="new")
    bench.crm.skew = timedelta(minutes=-5)
    bench.settle()
    assert bench.crm.value("Account", bench.crm_key("c1"), "Phone") == "new"
    assert [one.values for one in bench.world.log if one.engine and one.system == bench.erp.name] == []


def test_edits_made_while_the_partner_was_in_the_bin_count_when_it_is_restored() -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One", phone="old")
    bench.settle()
    key = bench.crm_key("c1")
    bench.crm.remove("Account", key)
    bench.settle()
    bench.erp.edit("Customers", "c1", phone="new")
    bench.settle()
    bench.world.tick(3600)  # nothing is read again for the overlap's sake
    bench.crm.restore("Account", key)
    bench.settle()
    assert bench.crm.value("Account", key, "Phone") == "new"


def test_what_was_read_since_a_conflict_was_told_is_readable_when_it_is_resolved() -> None:
    """The worker ended between reading and deciding; then somebody chose the other side."""
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One", rating="A")
    bench.settle()
    key = bench.crm_key("c1")
    bench.crm.edit("Account", key, Rating__c="B")
    bench.erp.edit("Customers", "c1", rating="C")
    bench.settle()
    bench.erp.edit("Customers", "c1", rating="D")
    Cycle(bench.context()).observe()
    Repair(bench.store, "books", bench.world.now(), "ann").resolve(bench.link(key), Side.CRM)
    bench.settle()
    assert bench.erp.value("Customers", "c1", "rating") == "B"
    with bench.store.reading() as tx:
        losers = [one.erp["Rating__c"] for one in tx.conflicts("books")]
    assert losers == ["C", "D"]


def test_a_record_whose_list_value_is_offered_again_goes_on_by_itself() -> None:
    bench = _bench(VersionedErp)
    bench.lists = (TERMS,)
    bench.mappings = (replace(CUSTOMER, fields=(*CUSTOMER.fields, Field("Terms__c", "terms", Option("terms")))),)
    bench.plan_rows = row_planner({"terms": TERMS}, settle)
    bench.erp.lists["terms"] = [ListRow("T1", "at once"), ListRow("T2", "later")]
    bench.erp.add("Customers", "c1", name="One")
    bench.settle()
    key, row = bench.crm_key("c1"), "Toy_Payment_Term__c:books//T1"
    for shown in ([ListRow("T2", "later")], [ListRow("T1", "at once"), ListRow("T2", "later")]):
        bench.erp.lists["terms"] = shown
        bench.crm.edit("Account", key, Terms__c=row)
        bench.world.tick(timedelta(hours=2).total_seconds())
        bench.settle()
        assert (bench.link(key).status == Status.OUT_OF_SYNC) == (len(shown) == 1)
    assert bench.erp.value("Customers", "c1", "terms") == "T1"
