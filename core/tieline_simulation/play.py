"""Playing one history: from a script to what came of it."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tieline.contract import Precondition
from tieline.store.memory import MemoryStore
from tieline.store.protocol import Store
from tieline_simulation.losses import Loss
from tieline_simulation.mutants import switched_on
from tieline_simulation.script import Script
from tieline_simulation.storm import Storm
from tieline_simulation.trace import fingerprint, line
from tieline_simulation.violation import Collapse, Violation

FAULTS = ("faults", "read faults", "refused repeats")


@dataclass(frozen=True, slots=True)
class Played:
    """`edits` are users' changes of records, `open_edits` those of them made in a system without a precondition;
    `passed` counts the points passed while it stormed, by name. `steps` are what users and the engine did."""

    script: Script
    edits: int
    open_edits: int
    crashes: int
    faults: int
    calls: int
    trace: bytes
    invariant: str = ""
    collapsed: bool = False
    words: str = ""
    losses: tuple[Loss, ...] = ()
    passed: Counter[str] | None = None
    steps: tuple[tuple[int, str], ...] = ()
    changes: tuple[str, ...] = ()


def play(script: Script, *, told: bool = False) -> Played:
    """One history, judged. `told` keeps what changed as lines for a person."""
    with switched_on(script.mutant), _store(script.store) as store:
        kills = frozenset[int]() if script.kills is None and script.crash != "random" else script.kills
        storm = script.storm(script.shape, script.seed, store, script.weather(), script.skip, kills)
        broken = _judged(storm)
        played = _summed(script, storm, broken)
        return replace(played, changes=tuple(_lines(storm))) if told else played


def _judged(storm: Storm) -> Violation | None:
    try:
        storm.run()
    except Violation as violation:
        return violation
    except Exception as error:  # noqa: BLE001 - an engine that falls over attempts nothing any more
        return Collapse(f"{type(error).__name__}: {error}")
    return None


def _summed(script: Script, storm: Storm, broken: Violation | None) -> Played:
    edits = [one for one in storm.world.log if not one.engine and one.action == "update"]
    unguarded = storm.erp.shape_of.precondition is Precondition.NONE
    counts = storm.tally.counts
    invariant = broken.invariant if broken else ""
    return Played(
        script, len(edits), sum(one.system == storm.erp.name for one in edits) if unguarded else 0,
        counts["kills"], sum(counts[name] for name in FAULTS), storm.world.calls.total(),
        fingerprint(storm, invariant), invariant, isinstance(broken, Collapse), broken.words if broken else "",
        tuple(storm.oracle.losses) if broken is None else (), storm.passed, tuple(storm.steps),
    )  # fmt: skip


def _lines(storm: Storm) -> Iterator[str]:
    state: dict[tuple[str, str, str, str], dict[str, object]] = {}
    for change in storm.world.log:
        place = (change.system, change.entity, change.obj, change.key)
        yield line(change, state.get(place, {}))
        state[place] = change.values


@contextlib.contextmanager
def _store(kind: str) -> Iterator[Store]:
    if kind == "memory":
        yield MemoryStore()
        return
    from tieline.store.opening import open_store

    with (
        tempfile.TemporaryDirectory(prefix="tieline-history-") as folder,
        contextlib.closing(open_store(Path(folder))) as store,
    ):
        yield store
