"""Who is at the other end, while the engine runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tieline.contract import Entity, Identity, Misconfigured, Side
from tieline.store.memory import MemoryStore
from tieline.sync.cycle import Cycle
from tieline.sync.pins import entities_of
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
