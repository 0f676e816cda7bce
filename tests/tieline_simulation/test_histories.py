"""Seeded histories in bad weather: nothing lost, nothing twice, nothing leaked (see `tieline_simulation.storm`).

A failure names the command that plays its history again.
"""

from __future__ import annotations

import pytest

from tieline.sync.points import Point
from tieline_simulation.report import document, failure_lines
from tieline_simulation.runs import Order, run
from tieline_simulation.script import plan_of
from tieline_simulation.storm import SHAPES
from tieline_simulation.total import Total
from tieline_simulation.workers import crew

QUICK = 40
DEEP = 600


def _play(shape: str, seed: int, count: int, jobs: int = 1, **more: object) -> Total:
    with crew(jobs) as workers:
        total = run(Order(plan_of((shape,), **more), (shape,), seed, count), workers)
    told = document(seed, total, 0.0)
    assert total.clean, "\n".join(line for failure in told["failures"] for line in failure_lines(failure))
    return total


@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_is_lost_in_bad_weather(shape: str) -> None:
    total = _play(shape, 0, QUICK)
    assert min(total.counts[name] for name in ("edits", "crashes", "faults", "calls")) > QUICK / 2


@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_is_lost_on_the_store_on_disk(shape: str) -> None:
    """And it is the same history: the twin in memory gives the same trace."""
    on_disk = _play(shape, 0, 2, store="sql")
    assert on_disk.traces == _play(shape, 0, 2).traces


def test_every_point_of_the_engine_is_passed() -> None:
    """A new point that no history passes is not covered by the kills."""
    passed = sum((_play(shape, 0, 12).passed for shape in SHAPES), start=Total().passed)
    assert {str(name) for name in passed} >= {str(point) for point in Point}


def test_a_history_killed_at_every_point_it_passes() -> None:
    total = _play("versioned", 1, 1, crash="every", skip=frozenset(range(8, 30)))
    assert total.histories == 1
    assert total.runs > 20, "this seed passes few points by now; take another one"
    assert total.counts["crashes"] >= total.runs - 1


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shape", list(SHAPES))
def test_nothing_is_lost_in_many_histories(shape: str) -> None:
    _play(shape, QUICK, DEEP, jobs=2)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shape", list(SHAPES))
def test_killed_everywhere(shape: str) -> None:
    _play(shape, 0, 2, jobs=2, crash="every")
