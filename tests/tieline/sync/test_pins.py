"""Who is at the other end, while the engine runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tieline.actions.promote import request_promotion
from tieline.contract import Entity, Identity, Misconfigured, PermanentError, Side
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle
from tieline.sync.pins import closed_to, entities_of
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm
from tieline_simulation.world import World


@dataclass
class Org(ToyCrm):
    tenant: str = "00D1"

    def check(self) -> Identity:
        self.world.calls["crm.check"] += 1
        return Identity(self.tenant, "Org")


@dataclass
class Books(AsyncErp):
    tenant: str = "company"
    allowed: list[str] = field(default_factory=lambda: ["north", "south"])

    def check(self) -> Identity:
        return Identity(self.tenant, "Books", tuple(Entity(one, one) for one in self.allowed))


def _bench() -> tuple[Bench, Org, Books]:
    world = World()
    crm, erp = Org(world), Books(world)
    bench = Bench(world, crm, erp, MemoryStore(), ("north", "south"))
    bench.confirm()
    for entity in ("north", "south"):
        erp.add("Customers", f"c-{entity}", entity, name=f"In {entity}", phone="0")
    bench.settle()
    return bench, crm, erp


@pytest.mark.parametrize("side", list(Side))
def test_another_tenant_is_not_written_to(side: Side) -> None:
    bench, crm, erp = _bench()
    erp.edit("Customers", "c-north", "north", phone="1")
    crm.edit("Account", bench.crm_key("c-south"), Street="x")
    if side is Side.CRM:
        crm.tenant = "00D2"  # the sandbox was refreshed: same ids, another org
    else:
        erp.tenant = "another company"
    bench.world.tick(3700)
    before = bench.world.writes()
    with pytest.raises(Misconfigured, match=r"00D1|company") as raised:
        Cycle(bench.context()).run()
    assert raised.value.code == "other_tenant"
    assert bench.world.writes() == before


def test_both_sides_are_asked_once_an_hour() -> None:
    bench, crm, _ = _bench()
    asked = crm.world.calls["crm.check"]
    for _ in range(3):
        bench.cycle()
    assert crm.world.calls["crm.check"] == asked
    bench.world.tick(3700)
    bench.cycle()
    assert crm.world.calls["crm.check"] == asked + 1


def test_an_entity_that_was_lost_stops_and_the_others_go_on() -> None:
    bench, crm, erp = _bench()
    erp.allowed = ["north"]
    bench.world.tick(3700)
    erp.edit("Customers", "c-north", "north", phone="1")
    crm.edit("Account", bench.crm_key("c-south"), Street="x")
    before = len(bench.world.log)
    problems = bench.cycle().problems
    assert any("south" in one for one in problems)
    assert crm.value("Account", bench.crm_key("c-north"), "Phone") == "1"
    assert not any(c.engine and c.entity for c in bench.world.log[before:])
    erp.allowed = ["north", "south"]
    bench.world.tick(3700)
    bench.settle()
    assert erp.value("Customers", "c-south", "street", "south") == "x"


def test_records_of_an_entity_that_is_not_shown_any_more_stay_its_own() -> None:
    bench, crm, erp = _bench()
    erp.allowed = ["north"]
    identity = erp.check()
    assert entities_of(bench.store, "books", identity) == ("north", "south")
    crm.edit("Account", bench.crm_key("c-south"), Street="x")
    bench.entities = ("north",)  # started anew by somebody who did not know of the other one
    bench.world.tick(60)
    before = len(bench.world.log)
    bench.cycle()
    assert not any(c.engine and c.entity for c in bench.world.log[before:])


def _divided(*entities: str) -> tuple[Bench, Org, Books]:
    """A company that was undivided at first; then its settings name these entities, and the engine starts anew."""
    world = World()
    crm, erp = Org(world), Books(world, allowed=[])
    bench = Bench(world, crm, erp, MemoryStore(), ("",))
    bench.confirm()
    crm.add("Account", "a1", Name="One")
    crm.add("Account", "a2", Name="Two")
    bench.settle()
    bench.promote("a1")
    bench.settle()
    erp.allowed = list(entities)
    bench.entities = entities_of(bench.store, "books", erp.check())
    return bench, crm, erp


def _start(bench: Bench) -> Context:
    books, org = bench.erp.check(), bench.crm.check()
    return replace(bench.context(), known={Side.ERP: books, Side.CRM: org}, closed=closed_to(books, bench.entities))


def test_what_stood_in_an_undivided_company_is_not_taken_for_an_entitys() -> None:
    bench, crm, erp = _divided("north", "south")
    assert bench.entities == ("", "north", "south")
    crm.edit("Account", "a1", Phone="1")
    before = len(bench.world.log)
    for _ in range(3):
        bench.world.tick(30)
        report = Cycle(_start(bench)).run()
        assert any("top level" in one for one in report.problems)
    bench.world.tick(25 * 3600)
    Cycle(_start(bench)).run()
    (tied,) = [one for one in bench.links() if one.crm_key == "a1"]
    assert (tied.entity, bool(tied.erp_key), tied.tombstone) == ("", True, "")
    assert not any(change.engine and change.entity for change in bench.world.log[before:])
    with pytest.raises(PermanentError, match="more than one accounting entity"):
        request_promotion(_start(bench), "customer", "a2")
    request_promotion(_start(bench), "customer", "a1", "north")
    Cycle(_start(bench)).run()
    bench.settle()
    assert [len(erp.alive("Customers", one)) for one in ("", "north", "south")] == [1, 1, 0]


def test_a_company_that_is_divided_with_its_top_level_goes_on() -> None:
    bench, crm, erp = _divided("", "north")
    crm.edit("Account", "a1", Phone="1")
    assert Cycle(_start(bench)).run().problems == []
    bench.settle()
    (customer,) = erp.alive("Customers", "").values()
    assert customer["phone"] == "1"


def test_a_company_without_ties_may_be_divided_at_will() -> None:
    world = World()
    erp = Books(world, allowed=[])
    bench = Bench(world, Org(world), erp, MemoryStore(), ("",))
    bench.confirm()
    bench.crm.add("Account", "a1", Name="One")
    bench.settle()
    erp.allowed = ["north", "south"]
    assert entities_of(bench.store, "books", erp.check()) == ("north", "south")
