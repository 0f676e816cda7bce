"""What a history is made from: everything that decides how it goes, as a value that can be sent to another process."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from tieline_simulation.storm import SHAPES, Storm, Weather

KINDS: tuple[str, ...] = tuple(one.name.replace("_", "-") for one in fields(Weather) if one.name != "kill")
"""The kinds of faults that can be chosen; kills are chosen apart."""
CRASHES = ("random", "every", "none")
STORES = ("memory", "sql")


@dataclass(frozen=True, slots=True)
class Script:
    """One history. `faults` None leaves the weather as it is drawn; a tuple keeps these kinds of it. `kills` are the
    passings of a point at which the process ends, instead of those drawn; `skip` the steps left out. `storm` plays it
    and `played_by` is the command that does, where they are not this package's own; both can be sent to another
    process."""

    shape: str
    seed: int
    faults: tuple[str, ...] | None = None
    crash: str = "random"
    store: str = "memory"
    mutant: str = ""
    skip: frozenset[int] = frozenset()
    kills: frozenset[int] | None = None
    storm: Callable[..., Storm] = Storm
    played_by: str = ""

    def weather(self) -> Weather | None:
        """The weather, or None when the history draws its own."""
        if self.faults is None and self.crash == "random":
            return None
        drawn = Weather.drawn(random.Random(f"{self.shape}/{self.seed}"))
        calm = {name: type(getattr(drawn, name))(0) for name in self._left_out()}
        return replace(drawn, **calm)

    def _left_out(self) -> Iterable[str]:
        if self.crash != "random":
            yield "kill"
        if self.faults is not None:
            yield from (kind.replace("-", "_") for kind in KINDS if kind not in self.faults)

    def command(self) -> str:
        """The command that plays it again."""
        shape = "" if self.played_by else f" --shape {self.shape}"
        parts = [f"{self.played_by or 'tieline simulate'} --histories 1 --seed {self.seed}{shape}"]
        if self.faults is not None:
            parts.append(f"--faults {','.join(self.faults) or 'none'}")
        if self.kills:
            parts.append(f"--crash none --kill {','.join(map(str, sorted(self.kills)))}")
        elif self.crash != "random":
            parts.append("--crash none")  # of a history killed everywhere, the play without a kill
        if self.store != "memory":
            parts.append(f"--store {self.store}")
        if self.mutant:
            parts.append(f"--mutant {self.mutant}")
        return " ".join(parts)


def script_of(seed: int, shapes: tuple[str, ...], plan: Script) -> Script:
    """The history of a seed: the shape follows from the seed, so a run may be cut anywhere."""
    return replace(plan, seed=seed, shape=shapes[seed % len(shapes)])


def plan_of(shapes: tuple[str, ...] = tuple(SHAPES), **more: object) -> Script:
    """What all histories of a run have in common."""
    return Script(shapes[0], 0, **more)  # type: ignore[arg-type]
