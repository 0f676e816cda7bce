from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tieline.store.memory import MemoryStore
from tieline.store.opening import open_store
from tieline.store.protocol import Store
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

SHAPES: dict[str, tuple[type[Toy], tuple[str, ...]]] = {
    "whole": (WholeErp, ("",)),
    "versioned": (VersionedErp, ("",)),
    "async": (AsyncErp, ("north", "south")),
}


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else open_store(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=list(SHAPES))
def bench(request: pytest.FixtureRequest, store: Store) -> Bench:
    """A back office of each shape on each store, its first load confirmed."""
    world = World()
    erp, entities = SHAPES[request.param]
    made = Bench(world, ToyCrm(world), erp(world), store, entities)
    made.confirm()
    return made
