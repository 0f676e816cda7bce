from __future__ import annotations

import pytest
from toys.engine import Bench
from toys.systems import AsyncErp, Toy, ToyCrm, VersionedErp, WholeErp
from toys.world import World

from tieline.store.memory import MemoryStore

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
