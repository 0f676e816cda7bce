"""A record that is out of sight is told as such until a reading shows it again, whatever its link has to do besides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tieline.contract import Gone
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link, Status
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

DAY, HOUR = 25 * 3600, 3600


class Nameless(VersionedErp):
    """Its trail of deletions names records in a way that nobody understands any more."""

    def deleted(self, _entity: str, _obj: str, _since: datetime) -> Iterator[Gone]:
        yield Gone("4711")


def _bench() -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), Nameless(world), MemoryStore(), ("",))
    bench.confirm()
    for number in range(7):
        bench.erp.add("Customers", f"c{number}", name=f"Customer {number}")
    bench.settle()
    return bench


def _after(bench: Bench, seconds: float, key: str = "c2") -> Link:
    bench.world.tick(seconds)
    bench.cycle()
    return bench.link(key)


def test_it_is_not_in_sync_again_because_nothing_is_to_be_written() -> None:
    bench = _bench()
    bench.erp.remove("Customers", "c2")
    assert _after(bench, DAY).status is Status.OUT_OF_SYNC
    for _ in range(5):
        link = _after(bench, 2 * HOUR)
        assert link.problem is not None
        assert (link.status, link.problem.code) == (Status.OUT_OF_SYNC, "out_of_sight")
    assert bench.audit().count("hidden") == 1


def test_it_is_in_sync_once_a_reading_shows_it_as_it_was() -> None:
    bench = _bench()
    row = bench.erp.rows.pop(("", "Customers", "c2"))
    assert _after(bench, DAY).status is Status.OUT_OF_SYNC
    bench.erp.rows["", "Customers", "c2"] = row
    _after(bench, DAY)
    bench.settle()
    assert bench.link("c2").status is Status.IN_SYNC
