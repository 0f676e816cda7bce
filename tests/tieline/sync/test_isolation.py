"""What is refused for good, or cannot be read for now, stops only itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Field, Page, PermanentError, Person, TransientError
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp
from tieline_simulation.world import World


class Refusing(AsyncErp):
    """Refuses one entity, or one object."""

    refused = ""

    def pages(self, entity: str, shape: Any, since: Any) -> Iterator[Page]:
        if self.refused in (entity, shape.object):
            raise PermanentError("the user may not see it", where=self.refused)
        yield from super().pages(entity, shape, since)


class Anonymous(ToyCrm):
    """Does not say who its users are."""

    def options(self, entity: str, name: str) -> Any:
        raise TransientError("busy", where="org")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def refusing(world: World) -> Refusing:
    return Refusing(world)


@pytest.fixture
def bench(world: World, refusing: Refusing) -> Bench:
    made = Bench(world, ToyCrm(world), refusing, MemoryStore(), ("north", "south"))
    made.confirm()
    return made


def test_an_entity_that_is_out_of_sight_stops_only_itself(bench: Bench, refusing: Refusing) -> None:
    refusing.add("Customers", "c1", entity="north", name="North")
    refusing.add("Customers", "c2", entity="south", name="South")
    refusing.refused = "north"
    report = bench.cycle()
    assert [one for one in report.problems if "north: the user may not see it" in one]
    bench.settle()
    assert [one["Name"] for one in bench.crm.alive("Account").values()] == ["South"]
    refusing.refused = ""
    bench.settle()
    assert sorted(one["Name"] for one in bench.crm.alive("Account").values()) == ["North", "South"]


def test_an_object_that_is_out_of_sight_stops_only_itself(world: World) -> None:
    erp = VersionedErp(world)

    class Blind(ToyCrm):
        def pages(self, entity: str, shape: Any, since: Any) -> Iterator[Page]:
            if shape.object == "Account":
                raise PermanentError("there is no such object", where="Account")
            yield from super().pages(entity, shape, since)

    bench = Bench(world, Blind(world), erp, MemoryStore(), ("",))
    bench.confirm()
    bench.crm.add("Contact", "k1", LastName="Seen")
    report = bench.cycle()
    assert report.problems == ["read crm customer: Account: there is no such object."]
    assert report.seen.records == 1


def test_users_that_cannot_be_read_stop_only_the_mappings_that_join_people(world: World) -> None:
    owner = Field("OwnerId", "owner", kind=Person("salespersons"))
    told = (CUSTOMER, replace(CONTACT, fields=(*CONTACT.fields, owner)))
    bench = Bench(world, Anonymous(world), VersionedErp(world), MemoryStore(), ("",), mappings=told)
    bench.confirm()
    bench.erp.add("Customers", "c1", name="One")
    report = bench.cycle()
    assert [one["Name"] for one in bench.crm.alive("Account").values()] == ["One"]
    assert report.problems == ["contact: org: busy."]
