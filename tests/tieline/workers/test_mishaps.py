"""What no part of the error tree foresees ends one stage, unless it concerns all of them."""

from __future__ import annotations

import logging

import pytest

from tieline.store.memory import MemoryStore
from tieline.store.protocol import Fenced
from tieline.sync.cycle import Cycle
from tieline.workers import mishaps
from tieline_simulation.bench import Bench
from tieline_simulation.declared import TERMS
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


def test_a_plugin_that_raises_in_a_hook_ends_its_stage_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    world = World()

    def wrong(*_: object) -> object:
        raise KeyError("canary")

    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",), lists=(TERMS,))
    bench.plan_rows = wrong  # type: ignore[assignment]
    bench.confirm()
    bench.erp.add("Customers", "c1", name="One")
    context = bench.context()
    object.__setattr__(context, "mishap", mishaps.told)
    with caplog.at_level(logging.ERROR):
        report = Cycle(context).run()
    assert report.problems == ["lists: something unexpected went wrong (KeyError). The details are in the log."]
    assert "canary" in caplog.text
    assert [row["Name"] for row in bench.crm.alive("Account").values()] == ["One"]


@pytest.mark.parametrize("error", [Fenced(), OSError(28, "no space"), MemoryError()])
def test_what_concerns_every_stage_ends_the_cycle(error: Exception) -> None:
    with pytest.raises(type(error)):
        mishaps.told("lists", error)
