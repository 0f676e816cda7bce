"""A run's result depends on what was asked for alone: not on the processes, not on the order of sets."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tieline_simulation.every import GAP, pairs
from tieline_simulation.minimise import minimised
from tieline_simulation.play import play
from tieline_simulation.report import document
from tieline_simulation.runs import Order, run
from tieline_simulation.script import KINDS, Script, plan_of
from tieline_simulation.storm import SHAPES
from tieline_simulation.total import Total
from tieline_simulation.trace import combined
from tieline_simulation.workers import crew

ALL = tuple(SHAPES)


def _run(count: int, jobs: int = 1, seed: int = 0, **more: object) -> Total:
    with crew(jobs) as workers:
        return run(Order(plan_of(ALL, **more), ALL, seed, count), workers)


def test_the_number_of_processes_changes_nothing() -> None:
    one, two = document(0, _run(44), 0.0), document(0, _run(44, jobs=2), 0.0)
    assert one == two


def test_another_order_of_sets_changes_nothing() -> None:
    code = (
        "from tieline_simulation.play import play; from tieline_simulation.script import Script\n"
        f"print([play(Script(shape, 5)).trace.hex() for shape in {ALL!r}])"
    )

    def told(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    assert told("1") == told("2")


def test_a_run_may_be_cut_anywhere() -> None:
    """A seed has one history, whichever run it is in."""
    whole = _run(12).traces
    assert whole == _run(5).traces + _run(7, seed=5).traces


def test_other_seeds_give_another_trace() -> None:
    assert combined(_run(4).traces) != combined(_run(4, seed=4).traces)


def test_a_sample_is_played_twice_and_a_difference_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieline_simulation.runs._trace", lambda _script: b"something else")
    total = _run(3)
    assert (total.replayed, total.differing, total.clean) == (1, [0], False)


@pytest.mark.parametrize("shape", ALL)
def test_without_faults_and_kills_nothing_of_the_kind_happens(shape: str) -> None:
    played = [play(Script(shape, seed, faults=(), crash="none")) for seed in range(8)]
    assert sum(one.faults + one.crashes for one in played) == 0
    assert sum(one.edits for one in played) > 0


def test_one_kind_of_fault_is_left() -> None:
    played = [play(Script("versioned", seed, faults=("read-fault",), crash="none")) for seed in range(12)]
    assert sum(one.faults for one in played) > 0
    assert set(KINDS) > {"read-fault"}


def test_kills_happen_where_they_are_asked_for() -> None:
    script = Script("whole", 1, crash="none", kills=frozenset({10, 15}))
    assert play(script).crashes == 2


def test_pairs_of_kills_lie_close_together() -> None:
    sampled = pairs(Script("whole", 1), 200)
    assert len(sampled) == 40
    assert all(1 <= first < second <= first + GAP for first, second in sampled)


def test_a_failing_history_is_made_small_and_told() -> None:
    total = _run(2, mutant="lock_write", seed=1)
    assert not total.clean
    failure = total.failures[0]
    whole = play(failure.script)
    assert len(failure.steps) < len(whole.steps) / 2
    assert failure.changes
    told = document(1, total, 0.0)["failures"][0]
    assert told["command"].endswith(f"--shape {failure.script.shape} --mutant lock_write")
    assert len([line for line in told["trace"] if line.startswith("step ")]) == len(failure.steps)
    assert any(line.startswith("engine update") for line in told["trace"])


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script("whole", 3), ""),
        (Script("whole", 3, faults=()), "--faults none"),
        (Script("whole", 3, faults=("late", "blind"), store="sql"), "--faults late,blind --store sql"),
        (Script("whole", 3, crash="every"), "--crash none"),
        (Script("whole", 3, crash="every", kills=frozenset({12, 7})), "--crash none --kill 7,12"),
        (Script("whole", 3, mutant="no_cas"), "--mutant no_cas"),
    ],
)
def test_a_script_names_its_command(script: Script, words: str) -> None:
    plain = "tieline simulate --histories 1 --seed 3 --shape whole"
    assert script.command() == f"{plain} {words}".strip()


def test_the_smallest_history_breaks_the_same_invariant() -> None:
    seed = next(seed for seed in range(40) if play(Script("versioned", seed, mutant="lock_write")).invariant == "I5")
    small = minimised(Script("versioned", seed, mutant="lock_write"), "I5")
    assert small.invariant == "I5"
    assert small.changes
