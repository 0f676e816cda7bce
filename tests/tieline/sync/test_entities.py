"""An account in two accounting entities: its contacts are in both, each with a tie of its own."""

from __future__ import annotations

import pytest

from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm
from tieline_simulation.world import World


def _bench() -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    bench.confirm()
    bench.crm.add("Account", "a1", Name="One")
    bench.crm.add("Contact", "k1", LastName="Early", AccountId="a1")
    bench.cycle()
    return bench


def _people(bench: Bench, entity: str) -> list[str]:
    return sorted(str(row["last"]) for row in bench.erp.alive("People", entity).values())


def test_contacts_follow_their_account_into_the_second_entity() -> None:
    bench = _bench()
    bench.promote("a1", "north")
    bench.settle()
    assert (_people(bench, "north"), _people(bench, "south")) == (["Early"], [])
    bench.promote("a1", "south")
    bench.settle()
    assert (_people(bench, "north"), _people(bench, "south")) == (["Early"], ["Early"])


def test_a_contact_born_later_goes_to_both() -> None:
    bench = _bench()
    bench.promote("a1", "north")
    bench.promote("a1", "south")
    bench.settle()
    bench.crm.add("Contact", "k2", LastName="Late", AccountId="a1")
    bench.settle()
    for entity in ("north", "south"):
        assert _people(bench, entity) == ["Early", "Late"]
        customers = bench.erp.alive("Customers", entity)
        assert {row["customer"] for row in bench.erp.alive("People", entity).values()} == set(customers)


def test_a_contact_born_in_one_entity_follows_its_account_into_the_other() -> None:
    bench = _bench()
    bench.promote("a1", "north")
    bench.settle()
    (customer,) = bench.erp.alive("Customers", "north")
    bench.erp.add("People", "p1", "north", last="Northern", customer=customer)
    bench.settle()
    bench.promote("a1", "south")
    bench.settle()
    assert _people(bench, "south") == ["Early", "Northern"]
    assert sorted(str(row["LastName"]) for row in bench.crm.alive("Contact").values()) == ["Early", "Northern"]


def test_edits_reach_both_and_nothing_is_made_twice() -> None:
    bench = _bench()
    bench.promote("a1", "north")
    bench.promote("a1", "south")
    bench.settle()
    bench.crm.edit("Contact", "k1", LastName="Renamed")
    bench.settle()
    assert (_people(bench, "north"), _people(bench, "south")) == (["Renamed"], ["Renamed"])
    assert {link.status for link in bench.links("contact")} == {Status.IN_SYNC}
    writes = bench.world.writes()
    bench.cycle()
    assert bench.world.writes() == writes


@pytest.mark.parametrize("where", ["north", "south"])
def test_one_deleted_in_an_entity_is_not_made_there_again(where: str) -> None:
    bench = _bench()
    bench.promote("a1", "north")
    bench.promote("a1", "south")
    bench.settle()
    (person,) = bench.erp.alive("People", where)
    bench.erp.remove("People", person, where)
    bench.world.tick(25 * 3600)
    bench.settle()
    bench.crm.edit("Contact", "k1", Email="new@x")
    bench.settle()
    assert _people(bench, where) == []
