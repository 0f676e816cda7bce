"""What decides how a history goes: how bad the weather is, what is in the play, and what came of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass
class Weather:
    """How bad it is: chances per call (kill, fault, edit) or per history. `window` is the
    chance of an edit in the one moment a system without preconditions leaves open. `blind` systems give no read-back,
    `versionless` ones no version. `pause` freezes the worker between two calls until another one has taken over;
    `withholds`: objects vanish from the integration user's sight for a while; `hides`: fields do; `skewed`: the
    systems' clocks are off, and are put right."""

    kill: float = 0.0
    fault: float = 0.0
    read_fault: float = 0.0
    meddle: float = 0.0
    late: float = 0.0
    window: float = 0.0
    blind: bool = False
    versionless: bool = False
    pause: float = 0.0
    withholds: bool = False
    hides: bool = False
    skewed: bool = False

    @classmethod
    def drawn(cls, rng: random.Random) -> Weather:
        pick = rng.choice
        return cls(
            pick([0, 0.01, 0.03]), pick([0, 0.15, 0.4]), pick([0, 0, 0.05]), pick([0, 0.2, 0.5]), pick([0, 0.3]),
            pick([0, 0, 0.1]), pick([False, False, True]), pick([False, True]), pick([0, 0, 0.01, 0.03]),
            pick([False, False, True]), pick([False, False, True]), pick([False, False, True]),
        )  # fmt: skip


@dataclass
class Plot:
    """What is in the play. Each history has a part of it, so that none is slow and every pair meets."""

    lists: bool = False  # a list the back office owns, and a field that refers to it
    bins: bool = False  # deletes on both sides, refused ones, undeletes, merges
    lines: bool = False  # documents with lines
    hints: bool = False  # the back office calls when something changed: late, twice, for nothing
    repairs: bool = False  # people retry, resolve, link and unlink
    held: bool = False  # changes go out only when somebody promotes them
    remade: bool = False  # systems make something else of what they are given
    widened: bool = False  # an administrator maps one more field in the middle

    @classmethod
    def drawn(cls, rng: random.Random) -> Plot:
        return cls(**{one.name: rng.random() < 0.3 for one in fields(cls)})


@dataclass
class Tally:
    """What the histories of a run were made of."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] += number
