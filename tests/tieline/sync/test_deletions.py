"""Deletions, merges and undeletes: nothing made twice, nothing merged in the ERP, no edit lost with a deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tieline.contract import Mapping as RecordMapping
from tieline.contract import Record, Shape
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline.sync.context import Context
from tieline.sync.repair import Repair
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World


class Repeating(Bench):
    """A deletion in the ERP is repeated in the CRM."""

    customer: RecordMapping = replace(CUSTOMER, delete_in_crm=True)

    def context(self) -> Context:
        return replace(super().context(), mappings=(self.customer, CONTACT))


def _bench(kind: type[Bench] = Bench, erp: type[Toy] = VersionedErp, count: int = 3) -> Bench:
    world = World()
    bench = kind(world, ToyCrm(world), erp(world), MemoryStore(), ("",))
    bench.confirm()
    for number in range(count):
        bench.erp.add("Customers", f"c{number}", name=f"Customer {number}", phone="0")
    bench.erp.add("People", "p1", last="Person 1", customer="c1")
    bench.settle()
    return bench


def _births(bench: Bench, obj: str) -> int:
    return sum(c.engine and c.action == "create" and c.obj == obj for c in bench.world.log)


# merges --------------------------------------------------------------------------------------------------------------


def _merge(bench: Bench, winner: str, loser: str) -> tuple[str, str]:
    kept, lost = bench.crm_key(winner), bench.crm_key(loser)
    crm = bench.crm
    assert isinstance(crm, ToyCrm)
    crm.merge("Account", kept, lost, {"Contact": "AccountId"})
    return kept, lost


def test_two_customers_of_one_account_are_a_problem_and_never_merged_in_the_erp() -> None:
    bench = _bench()
    kept, _ = _merge(bench, "c0", "c1")
    bench.settle()
    assert len(bench.erp.alive("Customers")) == 3
    assert _births(bench, "Account") == 3
    link = bench.link(kept)
    assert (link.erp_key, link.status) == ("c0", Status.OUT_OF_SYNC)
    assert link.problem is not None
    assert "duplicate customers" in link.problem.reason
    assert "c1" in link.problem.reason


def test_the_problem_of_duplicates_outlives_edits_until_a_person_says_so() -> None:
    bench = _bench()
    kept, _ = _merge(bench, "c0", "c1")
    bench.settle()
    bench.crm.edit("Account", kept, Phone="5")
    bench.erp.edit("Customers", "c0", street="Elsewhere")
    bench.settle()
    assert bench.erp.value("Customers", "c0", "phone") == "5"
    assert bench.link(kept).status is Status.OUT_OF_SYNC
    repair = Repair(bench.store, "books", bench.world.now(), "ada")
    assert repair.retry(repair.stuck()) == 1
    bench.settle()
    assert bench.link(kept).status is Status.IN_SYNC


def test_children_of_the_lost_account_follow_to_the_survivor() -> None:
    bench = _bench()
    kept, _ = _merge(bench, "c0", "c1")
    bench.settle()
    assert {row["AccountId"] for row in bench.crm.alive("Contact").values()} == {kept}
    assert bench.erp.value("People", "p1", "customer") == "c0"
    assert _births(bench, "Contact") == 1


def test_a_survivor_nobody_promoted_takes_the_tie_over() -> None:
    bench = _bench()
    bench.crm.add("Account", "new", Name="Newcomer")
    bench.cycle()
    lost = bench.crm_key("c2")
    crm = bench.crm
    assert isinstance(crm, ToyCrm)
    crm.merge("Account", "new", lost)
    bench.settle()
    link = bench.link("c2")
    assert (link.crm_key, link.tombstone, link.status) == ("new", "", Status.IN_SYNC)
    assert bench.crm.value("Account", "new", "Name") == bench.erp.value("Customers", "c2", "name") == "Newcomer"
    assert _births(bench, "Account") == 3
    assert _policies(bench)["Name",] == ({"Name": "Newcomer"}, "merged")  # what it was called stays readable
    assert bench.crm.value("Account", "new", "Phone") == "0"  # a blank of the survivor's clears nothing


def test_a_chain_of_merges_ends_at_the_last_survivor() -> None:
    bench = _bench()
    bench.crm.add("Account", "x", Name="X")
    bench.crm.add("Account", "y", Name="Y")
    bench.cycle()
    crm, lost = bench.crm, bench.crm_key("c2")
    assert isinstance(crm, ToyCrm)
    crm.merge("Account", "x", lost)
    crm.merge("Account", "y", "x")
    bench.settle()
    live = [link for link in bench.links() if link.erp_key == "c2" and not link.tombstone]
    assert [link.crm_key for link in live] == ["y"]


# undelete ------------------------------------------------------------------------------------------------------------


def test_an_undeleted_account_is_tied_again_and_not_made_twice() -> None:
    bench = _bench()
    account = bench.crm_key("c0")
    bench.crm.remove("Account", account)
    bench.settle()
    assert bench.link(account).tombstone
    bench.crm.edit("Account", account, Phone="back")
    bench.settle()
    link = bench.link(account)
    assert (link.tombstone, link.erp_key) == ("", "c0")
    assert bench.erp.value("Customers", "c0", "phone") == "back"
    assert _births(bench, "Account") == 3


def test_a_record_restored_in_the_erp_gets_a_new_partner_for_the_one_we_deleted() -> None:
    bench = _bench(Repeating)
    first = bench.crm_key("c0")
    bench.erp.remove("Customers", "c0")
    bench.settle()
    assert first not in bench.crm.alive("Account")
    bench.erp.edit("Customers", "c0", phone="back")
    bench.settle()
    link = bench.link("c0")
    assert (link.tombstone, link.status) == ("", Status.IN_SYNC)
    assert link.crm_key != first
    assert bench.crm.value("Account", link.crm_key, "Phone") == "back"


# a deletion meets an edit --------------------------------------------------------------------------------------------


def _policies(bench: Bench) -> dict[tuple[str, ...], tuple[object, str]]:
    with bench.store.reading() as tx:
        return {one.fields: (dict(one.crm), one.policy) for one in tx.conflicts("books")}


def test_an_edit_that_a_deletion_takes_along_stays_readable() -> None:
    bench = _bench(Repeating)
    account = bench.crm_key("c0")
    bench.crm.edit("Account", account, Street="typed")
    bench.erp.remove("Customers", "c0")
    bench.settle()
    assert account not in bench.crm.alive("Account")
    assert _policies(bench)["Street",] == ({"Street": "typed"}, "delete")


def test_a_record_that_others_hang_on_is_parked_for_a_person() -> None:
    bench = _bench(Repeating)
    account = bench.crm_key("c1")
    bench.crm.edit("Account", account, Street="typed")
    bench.erp.remove("Customers", "c1")
    bench.settle()
    assert account in bench.crm.alive("Account")
    link = bench.link(account)
    assert link.status is Status.OUT_OF_SYNC
    assert link.problem is not None
    assert link.problem.code == "delete_conflict"
    assert "Street" in link.problem.reason
    assert _policies(bench)["Street",][1] == "delete"


class Meddled(ToyCrm):
    """Somebody edits the record at the last moment: after everything was read, before the deletion goes out."""

    armed = ""

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        if self.armed in keys:
            armed, self.armed = self.armed, ""
            self.edit("Account", armed, Street="at the last moment")
        return super().read(entity, shape, keys)


def test_the_last_look_before_a_deletion_sees_what_was_just_typed() -> None:
    world = World()
    crm = Meddled(world)
    bench = Repeating(world, crm, VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.erp.add("Customers", "c0", name="One")
    bench.settle()
    crm.armed = bench.crm_key("c0")
    bench.erp.remove("Customers", "c0")
    bench.settle()
    assert bench.crm.alive("Account") == {}
    assert _policies(bench)["Street",] == ({"Street": "at the last moment"}, "delete")


@pytest.mark.parametrize("erp", [VersionedErp, WholeErp])
def test_without_the_option_a_deletion_is_not_repeated(erp: type[Toy]) -> None:
    bench = _bench(Bench, erp)
    bench.crm.remove("Account", bench.crm_key("c0"))
    bench.settle()
    assert len(bench.erp.alive("Customers")) == 3
