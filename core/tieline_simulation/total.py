"""What the histories of a run add up to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tieline_simulation.losses import Loss
from tieline_simulation.play import Played
from tieline_simulation.script import Script
from tieline_simulation.violation import INVARIANTS

LISTED = 20
"""So many losses and failures are shown; all are counted."""
COUNTED = ("edits", "open_edits", "crashes", "faults", "calls")


@dataclass(slots=True)
class Failure:
    """A history that broke an invariant; `steps` and `changes` tell its smallest form."""

    script: Script
    invariant: str
    words: str
    steps: tuple[tuple[int, str], ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(slots=True)
class Total:
    """Adds up in the order of the seeds. `runs` counts plays: with a kill at every point one history has many."""

    histories: int = 0
    runs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    traces: list[bytes] = field(default_factory=list)
    lost: int = 0
    losses: list[tuple[int, Loss]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    replayed: int = 0
    differing: list[int] = field(default_factory=list)

    def add(self, played: Played, *, first: bool = True) -> None:
        """Take in one play; `first` is a history's first one."""
        self.histories += first
        self.runs += 1
        self.counts.update({name: getattr(played, name) for name in COUNTED})
        self.passed.update(played.passed or {})
        self.traces.append(played.trace)
        self.lost += len(played.losses)
        self.losses += [(played.script.seed, loss) for loss in played.losses][: LISTED - len(self.losses)]
        if played.invariant:
            self.violations[played.invariant] += 1
            self.failures += [Failure(played.script, played.invariant, played.words)][: LISTED - len(self.failures)]

    def merge(self, later: Total) -> None:
        """Take in the total of the histories that follow."""
        self.histories += later.histories
        self.runs += later.runs
        for name in ("counts", "violations", "passed"):
            getattr(self, name).update(getattr(later, name))
        self.traces += later.traces
        self.lost += later.lost
        self.losses += later.losses[: LISTED - len(self.losses)]
        self.failures += later.failures[: LISTED - len(self.failures)]

    @property
    def clean(self) -> bool:
        return not self.violations.total() and not self.differing

    def by_invariant(self) -> dict[str, int]:
        return {name: self.violations[name] for name in INVARIANTS}

    @property
    def loss_rate(self) -> float:
        """Losses a user's edit in a system without a precondition."""
        edits = self.counts["open_edits"]
        return round(self.lost / edits, 6) if edits else 0.0
