"""Seeded histories in bad weather: nothing lost, nothing twice, nothing leaked (see `tieline_simulation.storm`).

A failure names its seed; `Storm(shape, seed).run()` plays the same history again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieline.store.opening import open_store
from tieline.store.protocol import Store
from tieline_simulation.mutants import MUTANTS, Patch
from tieline_simulation.storm import SHAPES, Storm

QUICK = 50
DEEP = 2000


def _play(shape: str, seed: int, store: Store | None = None) -> Counter[str]:
    storm = Storm(shape, seed, store)
    try:
        storm.run()
    except BaseException as error:
        error.add_note(f"Storm({shape!r}, {seed}).run() plays this history again")
        raise
    return storm.tally.counts


def _play_many(shape: str, seeds: range) -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in seeds:
        total += _play(shape, seed)
    return total


@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_is_lost_in_bad_weather(shape: str) -> None:
    total = _play_many(shape, range(QUICK))
    assert min(total[name] for name in ("kills", "faults", "edits", "deletes", "late rows", "edits in the window")) > 20


@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_is_lost_on_the_store_on_disk(shape: str, tmp_path: Path) -> None:
    for seed in range(2):
        store = open_store(tmp_path / str(seed))
        try:
            _play(shape, seed, store)
        finally:
            store.close()


@pytest.mark.parametrize("shape", list(SHAPES))
def test_a_seed_plays_the_same_history_again(shape: str) -> None:
    first, second = Storm(shape, 7), Storm(shape, 7)
    first.run()
    second.run()
    assert first.world.log == second.world.log


WHERE = {
    "no_intent": "whole", "no_overlap": "async", "strict_cursor": "versioned", "no_marker": "async",
    "no_base": "versioned", "ambiguity_forgotten": "async", "no_precondition": "versioned", "loser_dropped": "async",
    "fresh_keys": "async", "frozen_written": "versioned",
}  # fmt: skip
"""Each design fault, and the shape of back office that shows it soonest."""


@pytest.fixture
def patch() -> Iterator[Patch]:
    made = Patch()
    yield made
    made.undo()


@pytest.mark.parametrize("name", list(MUTANTS))
def test_an_engine_with_a_design_fault_is_caught(name: str, patch: Patch) -> None:
    MUTANTS[name](patch)
    for seed in range(60):
        try:
            Storm(WHERE[name], seed).run()
        except (AssertionError, ValueError):  # ValueError: the store refuses a second link for one record
            return
    pytest.fail(f"60 histories did not notice {name}")


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_is_lost_in_many_histories(shape: str) -> None:
    _play_many(shape, range(QUICK, QUICK + DEEP))
