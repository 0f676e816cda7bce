"""Which acts a history may draw, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieline_simulation.acts import bins, edits, engine, hints, lines, lists, outages, presses, repairs
from tieline_simulation.weather import Plot, Weather

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


@dataclass(frozen=True)
class Act:
    """`only` names the part of the plot, or the kind of weather, without which it never happens."""

    run: Callable[[Storm], object]
    weight: int
    only: str = ""

    @property
    def name(self) -> str:
        return self.run.__name__

    def belongs(self, plot: Plot, weather: Weather) -> bool:
        return not self.only or bool(getattr(plot, self.only, False) or getattr(weather, self.only, False))


ACTS: tuple[Act, ...] = (
    Act(engine.cycle, 12),
    Act(edits.edit, 18),
    Act(edits.born_in_erp, 6),
    Act(edits.born_in_crm, 6),
    Act(edits.bulk, 1),
    Act(edits.poison, 2),
    Act(presses.promote, 6),
    Act(presses.press, 4),
    Act(presses.press_twice, 1),
    Act(bins.delete_in_crm, 2),
    Act(outages.hush, 2),
    Act(outages.rest, 2),
    Act(bins.delete_in_erp, 3, "bins"),
    Act(bins.undelete, 3, "bins"),
    Act(bins.keep, 1, "bins"),
    Act(bins.merge, 2, "bins"),
    Act(lists.change_list, 4, "lists"),
    Act(lists.edit_row, 2, "lists"),
    Act(lists.choose_row, 4, "lists"),
    Act(lines.order_in_erp, 3, "lines"),
    Act(lines.change_line, 4, "lines"),
    Act(hints.hint, 5, "hints"),
    Act(repairs.retry, 2, "repairs"),
    Act(repairs.resolve, 3, "repairs"),
    Act(repairs.unlink, 2, "repairs"),
    Act(repairs.link, 3, "repairs"),
    Act(repairs.map_one_more, 2, "widened"),
    Act(outages.withhold, 2, "withholds"),
    Act(outages.hide, 2, "hides"),
    Act(outages.step_clock, 2, "skewed"),
)


def acts_of(plot: Plot, weather: Weather) -> list[Act]:
    return [act for act in ACTS if act.belongs(plot, weather)]
