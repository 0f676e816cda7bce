"""A run: many histories, judged, with a sample played twice and the failing ones made small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tieline_simulation.every import killed_everywhere
from tieline_simulation.minimise import minimised
from tieline_simulation.play import play
from tieline_simulation.script import Script, script_of
from tieline_simulation.total import Failure, Total
from tieline_simulation.workers import Crew

BLOCK = 20
"""Histories dealt to a process at once."""
SAMPLE = 100
"""One history of so many is played twice and compared."""

Progress = Callable[[Total], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: `count` histories from `seed` on. `plan` is what they have in common."""

    plan: Script
    shapes: tuple[str, ...]
    seed: int
    count: int

    def scripts(self) -> list[Script]:
        return [script_of(seed, self.shapes, self.plan) for seed in range(self.seed, self.seed + self.count)]


def run(order: Order, crew: Crew, progress: Progress = lambda _total: None) -> Total:
    """Play an order's histories; the result depends on the order alone."""
    scripts = order.scripts()
    size = 1 if order.plan.crash == "every" else BLOCK
    blocks = [scripts[start : start + size] for start in range(0, len(scripts), size)]
    total = Total()
    for block in crew.run(_play_block, blocks):
        total.merge(block)
        progress(total)
    if order.plan.crash != "every":
        _play_again(scripts, crew, total)
    _shrink(crew, total)
    return total


def _play_block(scripts: Sequence[Script]) -> Total:
    total = Total()
    for script in scripts:
        plays = killed_everywhere(script) if script.crash == "every" else [play(script)]
        for number, played in enumerate(plays):
            total.add(played, first=number == 0)
    return total


def _play_again(scripts: Sequence[Script], crew: Crew, total: Total) -> None:
    """The last ones first, so that most meet another process than before."""
    places = list(range(0, len(scripts), SAMPLE))[::-1]
    for place, trace in zip(places, crew.run(_trace, [scripts[place] for place in places]), strict=True):
        total.replayed += 1
        if trace != total.traces[place]:
            total.differing.append(scripts[place].seed)


def _trace(script: Script) -> bytes:
    return play(script).trace


def _shrink(crew: Crew, total: Total) -> None:
    for failure, small in zip(total.failures, crew.run(_smallest, total.failures), strict=True):
        failure.steps, failure.changes = small


def _smallest(failure: Failure) -> tuple[tuple[tuple[int, str], ...], tuple[str, ...]]:
    small = minimised(failure.script, failure.invariant)
    return small.steps, small.changes
