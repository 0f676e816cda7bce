from __future__ import annotations

import pytest

from tieline.store.memory import MemoryStore
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

SHAPES: dict[str, tuple[type[Toy], tuple[str, ...]]] = {
    "whole": (WholeErp, ("",)),
    "versioned": (VersionedErp, ("",)),
    "async": (AsyncErp, ("north", "south")),
}


@pytest.fixture(params=list(SHAPES))
def bench(request: pytest.FixtureRequest) -> Bench:
    world = World()
    erp, entities = SHAPES[request.param]
    made = Bench(world, ToyCrm(world), erp(world), MemoryStore(), entities)
    made.confirm()
    return made
