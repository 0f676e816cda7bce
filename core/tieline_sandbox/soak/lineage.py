"""Which values knew which: the history of one field on both sides, as a parent map over the systems' own logs.

A person types over what stands there and so knows it. The product writes what it took from the other side, and knows
what that value knew; it does not know what it writes over. A value that nothing at the end knows was lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieline_sandbox.soak.said import Site


@dataclass(frozen=True, slots=True)
class Step:
    """One field took a new value. `by_person`: typed, or sent along by somebody's program."""

    site: Site
    at: datetime
    seq: int
    value: str
    by_person: bool


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A value that stood on one side until `by` took its place, and that nothing at the end knows."""

    value: str
    typed: Step
    by: Step


class Lineage:
    """One field of one record. The steps of each side come oldest first."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._order = sorted(steps, key=lambda one: (one.at, one.site, one.seq))
        self._knows: dict[tuple[Site, int], frozenset[str]] = {}
        self._before: dict[Site, list[Step]] = {Site.CRM: [], Site.ERP: []}
        for step in self._order:
            self._knows[_place(step)] = self._known(step) | {step.value}
            self._before[step.site].append(step)

    def on(self, site: Site) -> Sequence[Step]:
        return self._before[site]

    def last(self, site: Site) -> str:
        steps = self._before[site]
        return steps[-1].value if steps else ""

    def lost(self, typed: Iterable[str], logged: Callable[[str], bool] = lambda _value: False) -> list[Overwritten]:
        """Those of the typed values that were saved and that neither side's last value knows, nor any value that is
        `logged` as the loser of a conflict."""
        wanted, known = set(typed), self._known_at_the_end(logged)
        found: list[Overwritten] = []
        for steps in self._before.values():
            for step, following in itertools.pairwise(steps):
                if step.value in wanted - known and step.by_person:
                    found.append(Overwritten(step.value, step, following))
        return found

    def _known_at_the_end(self, logged: Callable[[str], bool]) -> frozenset[str]:
        ends = [steps[-1] for steps in self._before.values() if steps]
        ends += [step for step in self._order if step.by_person and logged(step.value)]
        return frozenset().union(*(self._knows[_place(step)] for step in ends))

    def _known(self, step: Step) -> frozenset[str]:
        source = self._previous(step) if step.by_person else self._origin(step)
        return self._knows[_place(source)] if source else frozenset()

    def _previous(self, step: Step) -> Step | None:
        steps = self._before[step.site]
        return steps[-1] if steps else None

    def _origin(self, step: Step) -> Step | None:
        """Where the product took it from: the newest step of the other side with that value."""
        same = (one for one in reversed(self._before[step.site.other]) if one.value == step.value)
        return next(same, None)


def _place(step: Step) -> tuple[Site, int]:
    return step.site, step.seq
