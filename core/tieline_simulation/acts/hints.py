"""The back office calls when a record changed: late, twice, in no order, for records nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieline.sync.hints import hints_scope

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


def hint(storm: Storm) -> None:
    obj = storm.rng.choice(["Customers", "Customers", "People", "Orders", "Nonsense"])
    known = sorted({key for (_, o, key) in storm.erp.rows if o == obj})
    key = storm.rng.choice([*known, "nobody"])
    for _ in range(storm.rng.choice([1, 1, 2])):
        if storm.rng.random() < 0.3:
            storm.delay(lambda: _told(storm, f"{obj} {key}"))
        else:
            _told(storm, f"{obj} {key}")
    storm.tally.add("hints")


def _told(storm: Storm, name: str) -> None:
    with storm.store.transaction() as tx:
        tx.save_fact(hints_scope("books"), name, storm.world.now().isoformat())
