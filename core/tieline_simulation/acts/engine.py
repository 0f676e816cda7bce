"""The engine's turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


def cycle(storm: Storm) -> None:
    storm.cycle()
