"""Whether every wrong engine is noticed, and by which history. An engine that falls over does not count: it is its
judge that must notice. Nor does a history that the right engine breaks too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tieline_simulation.mutants import MUTANTS
from tieline_simulation.play import play
from tieline_simulation.script import Script
from tieline_simulation.workers import Crew

MOST = 600
"""Histories a wrong engine may survive."""


def hunt(seed: int, crew: Crew, note: Callable[[str], None] = lambda _line: None) -> list[dict[str, Any]]:
    """Play each mutant from `seed` on until a history breaks."""
    found = []
    for one in crew.run(_caught, [(name, seed) for name in MUTANTS]):
        note(_line(one))
        found.append(one)
    return found


def _caught(given: tuple[str, int]) -> dict[str, Any]:
    name, first = given
    told: dict[str, Any] = {"name": name, "caught": False, "seed": None, "invariant": None}
    for seed in range(first, first + MOST):
        played = play(Script(MUTANTS[name].shape, seed, mutant=name))
        if played.invariant and not played.collapsed and not play(Script(MUTANTS[name].shape, seed)).invariant:
            return told | {"caught": True, "seed": seed, "invariant": played.invariant}
    return told


def _line(one: dict[str, Any]) -> str:
    if not one["caught"]:
        return f"{one['name']}: NOT NOTICED in {MOST} histories"
    return f"{one['name']}: seed {one['seed']} ({MUTANTS[one['name']].shape}) broke {one['invariant']}"


def lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    width = max(len(one["name"]) for one in found)
    for one in found:
        told = f"seed {one['seed']:>4}  {one['invariant']:<4}" if one["caught"] else "NOT NOTICED    "
        yield f"{one['name']:<{width}}  {told} {MUTANTS[one['name']].words}"
