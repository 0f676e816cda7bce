"""What histories in bad weather found: each of these went wrong once."""

from __future__ import annotations

from datetime import timedelta

from tieline.contract import ListRow, ManagedList
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm
from tieline_simulation.world import World

TERMS = ManagedList("toy", "terms", "Payment term", "Payment terms")
ROW = "Toy_Payment_Term__c:books/{}/T1"


def _bench(erp: type[Toy], *entities: str) -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), erp(world), MemoryStore(), entities or ("",))
    made.confirm()
    return made


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
