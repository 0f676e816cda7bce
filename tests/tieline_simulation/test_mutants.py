"""An engine with a design fault is noticed, the engine as it is is not: the judge can fail."""

from __future__ import annotations

import pytest

from tieline_simulation.hunt import hunt
from tieline_simulation.mutants import MUTANTS, Patch, switched_on
from tieline_simulation.play import play
from tieline_simulation.script import Script
from tieline_simulation.workers import crew

NAMED = {
    "no_key", "blind_retry", "no_intent", "no_cas", "echo_time", "two_way", "lock_write", "resurrect", "no_overlap",
    "strict", "no_marker", "ckpt_first", "drop_amb", "full_write",
}  # fmt: skip
"""Faults that products in the field have, or had."""
SOON = ("no_cas", "lock_write", "two_way", "loser_dropped", "audit_dropped", "status_stored")


def test_the_faults_of_the_field_are_all_there() -> None:
    assert set(MUTANTS) >= NAMED


@pytest.mark.parametrize("name", SOON)
def test_an_engine_with_a_design_fault_is_noticed(name: str) -> None:
    shape = MUTANTS[name].shape
    noticed = next((seed for seed in range(60) if play(Script(shape, seed, mutant=name)).invariant), None)
    assert noticed is not None
    assert not play(Script(shape, noticed)).invariant


@pytest.mark.parametrize("name", list(MUTANTS))
def test_a_fault_is_taken_out_again(name: str) -> None:
    patch = Patch()
    MUTANTS[name].apply(patch)
    changed = [(owner, attribute) for owner, attribute, _ in patch._before]
    wrong = [getattr(owner, attribute) for owner, attribute in changed]
    patch.undo()
    right = [getattr(owner, attribute) for owner, attribute in changed]
    assert all(one is not other for one, other in zip(wrong, right, strict=True))
    with switched_on(""):
        assert [getattr(owner, attribute) for owner, attribute in changed] == right


@pytest.mark.deep
@pytest.mark.timeout(1200)
def test_every_fault_is_noticed() -> None:
    with crew(2) as workers:
        found = hunt(0, workers)
    assert [one["name"] for one in found if not one["caught"]] == []
