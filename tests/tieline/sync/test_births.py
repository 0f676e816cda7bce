"""A record that was made and deleted before anybody knew of it is not made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tieline.contract import Outcome, Record, Shape, Write
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ForgetfulErp, Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World


class Org(ToyCrm):
    """Like the real one: an upsert by marker knows no deleted record, a look by marker shows the bin."""

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        bin_ = {
            row.marker: Record(key, {}, stamp=row.stamp, marker=row.marker, deleted=True)
            for (e, o, key), row in self.rows.items()
            if (e, o) == (entity, shape.object) and row.deleted and row.marker in markers
        }
        return bin_ | dict(super().find(entity, shape, markers))

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        self.remembered.clear()
        return super()._create(entity, shape, write)


class Binless(Org):
    """Its bin is emptied at once."""

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        return ToyCrm.find(self, entity, shape, markers)


class Repeating(Bench):
    def context(self) -> Context:
        return replace(super().context(), mappings=(replace(CUSTOMER, delete_in_crm=True), CONTACT))


def _bench(org: type[ToyCrm] = Org) -> Bench:
    world = World()
    bench = Bench(world, org(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    return bench


def _births(bench: Bench) -> int:
    return sum(c.engine and c.action == "create" and c.obj == "Account" for c in bench.world.log)


def test_deleted_before_its_birth_was_known() -> None:
    bench = _bench()
    bench.erp.add("Customers", "c0", name="One")
    bench.crm.faults.after = 1  # made, and the answer lost
    bench.cycle()
    (account,) = bench.crm.alive("Account")
    bench.crm.remove("Account", account)
    bench.settle()
    assert _births(bench) == 1
    link = bench.link("c0")
    assert (link.crm_key, link.tombstone) == (account, "gone:crm")


def test_one_from_an_earlier_life_does_not_count() -> None:
    world = World()
    bench = Repeating(world, Org(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.erp.add("Customers", "c0", name="One")
    bench.settle()
    bench.erp.remove("Customers", "c0")
    bench.settle()
    assert bench.crm.alive("Account") == {}
    bench.erp.edit("Customers", "c0", phone="back")
    bench.crm.faults.before = 1  # the new birth never arrived
    bench.cycle()
    bench.settle()
    assert len(bench.crm.alive("Account")) == 1
    assert _births(bench) == 2


@pytest.mark.parametrize("erp", [ForgetfulErp, WholeErp])
def test_what_is_out_of_sight_is_not_taken_for_unborn(erp: type[Toy]) -> None:
    """Made, and the answer lost; then the right to read the object is lost too, for longer than absence takes to
    prove anything elsewhere."""
    world = World()
    bench = Bench(world, Org(world), erp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.erp.add("Customers", "c0", name="Known")
    bench.settle()
    bench.crm.add("Account", "a1", Name="New")
    bench.cycle()
    bench.promote("a1")
    bench.erp.faults.after = 1
    bench.cycle()
    bench.erp.withheld = {"Customers"}
    for _ in range(3):
        bench.world.tick(3600)
        bench.cycle()
    bench.erp.withheld = set()
    bench.settle()
    assert "not_executed" not in bench.audit()
    assert sorted(row["name"] for row in bench.erp.alive("Customers").values()) == ["Known", "New"]
    assert sorted(row["Name"] for row in bench.crm.alive("Account").values()) == ["Known", "New"]
    assert bench.link("a1").erp_key


@pytest.mark.parametrize("org", [Org, Binless])
def test_one_that_was_merged_away_before_its_birth_was_known_is_not_made_again(org: type[ToyCrm]) -> None:
    bench = _bench(org)
    bench.crm.add("Account", "kept", Name="Kept")
    bench.settle()
    bench.erp.add("Customers", "c0", name="New")
    bench.crm.faults.after = 1
    bench.cycle()
    Cycle(bench.context()).observe()  # met, and the answer still out
    (lost,) = set(bench.crm.alive("Account")) - {"kept"}
    bench.crm.merge("Account", "kept", lost)
    Cycle(bench.context()).observe()
    bench.settle()
    assert _births(bench) == 1
    assert bench.link("c0").crm_key == "kept"
    assert bench.open_calls() == 0
