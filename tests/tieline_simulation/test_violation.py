"""A violation names its invariant, travels between processes, and costs nothing while the condition holds."""

from __future__ import annotations

import pickle

import pytest

from tieline_simulation.violation import INVARIANTS, Violation, require


class _Long:
    def __str__(self) -> str:
        raise AssertionError("nobody asked for the words")


def test_words_are_made_only_when_they_are_needed() -> None:
    require(True, "I1", "{}", _Long())


def test_a_broken_condition_names_its_invariant() -> None:
    with pytest.raises(Violation, match="I7: cursor of 'a' went back") as raised:
        require([], "I7", "cursor of {!r} went back", "a")
    assert raised.value.invariant == "I7"


def test_a_violation_survives_the_way_from_a_worker_process() -> None:
    found = pickle.loads(pickle.dumps(Violation("I3", "made twice")))
    assert (found.invariant, found.words, str(found)) == ("I3", "made twice", "I3: made twice")


def test_there_are_twelve() -> None:
    assert list(INVARIANTS) == [f"I{number}" for number in range(1, 13)]
