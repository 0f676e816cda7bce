"""Parts of the world stop, vanish or are off for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tieline_simulation.systems import AsyncErp

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


def hush(storm: Storm) -> None:
    """A queueing back office stops working for a while, or goes on."""
    if isinstance(storm.erp, AsyncErp):
        storm.erp.silent = not storm.erp.silent


def rest(storm: Storm) -> None:
    """The host is down for a while: longer than the overlap and longer than an unknown create may wait."""
    storm.world.tick(storm.rng.choice([60, 20 * 60]))
    storm.arrive()


def withhold(storm: Storm) -> None:
    """The integration user loses the right to read an object, which then reads as empty; or gets it back."""
    obj = storm.rng.choice(["Customers", "People"])
    storm.erp.withheld ^= {obj}
    storm.tally.add("objects out of sight")


def hide(storm: Storm) -> None:
    """A field is hidden from the integration user, or shown again."""
    toy, field = storm.rng.choice(
        [(storm.erp, ("Customers", "phone")), (storm.crm, ("Account", "Website")), (storm.crm, ("Account", "City"))]
    )
    toy.hidden ^= {field}
    storm.tally.add("fields out of sight")


def step_clock(storm: Storm) -> None:
    """A system's clock is put back or forward by less than the overlap."""
    toy = storm.rng.choice([storm.crm, storm.erp])
    toy.skew = timedelta(seconds=storm.rng.choice([0, -200, -30, 30, 200]))
    storm.tally.add("clock steps")
