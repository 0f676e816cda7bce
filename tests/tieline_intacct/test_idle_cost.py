"""What Intacct bills for a company in which nothing happens, counted over a simulated day of the real engine. Objects
that wait for an administrator are not in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tieline.admin.effective import effective
from tieline.admin.model import BackOfficeSettings
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle
from tieline.workers.assemble import paced
from tieline_intacct.lists import LISTS
from tieline_intacct.mappings import MAPPINGS
from tieline_intacct.system import INTACCT
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm
from tieline_simulation.world import World

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "intacct.md"
DAY, STEP = timedelta(days=1), INTACCT.polling.changes
DAYS_A_MONTH = 30
LIMIT = 100_000


class Watching:
    """A watch over an idle company. Cycles between two looks at the back office ask it nothing, and are left out."""

    def __init__(self, live: Any) -> None:
        self.live, self.world = live, World(at=live.effects.now())
        self.bench = Bench(self.world, ToyCrm(self.world), live.client, MemoryStore(), ("",))
        self.bench.mappings, self.bench.lists = effective(MAPPINGS, BackOfficeSettings()), LISTS
        self.bench.confirm()
        made = self.bench.context()
        self.context: Context = replace(made, system=INTACCT, options=paced(INTACCT, {}), clock=live.effects)

    def cycle(self, waited: timedelta) -> None:
        self.live.later(waited.total_seconds())
        self.live.effects.seconds += waited.total_seconds()
        self.world.tick(waited.total_seconds())
        assert Cycle(self.context).run().problems == []

    def watch(self, time: timedelta) -> int:
        """Returns the calls that were billed."""
        before = len(self.live.transport.asked)
        for _ in range(time // STEP):
            self.cycle(STEP)
        return sum(b"getAPISession" not in one.body for one in self.live.transport.asked[before:])


@pytest.fixture
def watching(live: Any) -> Watching:
    return Watching(live)


@pytest.mark.deep
def test_a_month_in_which_nothing_happens_costs_what_the_page_says(watching: Watching) -> None:
    watching.cycle(STEP)
    watching.cycle(DAY)  # everything was read for the first time, and the daily reading is done
    month = watching.watch(DAY) * DAYS_A_MONTH
    told = re.search(r"A month in which nothing happens costs about ([\d,]+)", PAGE.read_text("utf-8"))
    assert told is not None, month
    assert int(told[1].replace(",", "")) == pytest.approx(month, rel=0.02)
    assert month < LIMIT / 2
