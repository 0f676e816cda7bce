"""The page on the simulation names everything there is."""

from __future__ import annotations

import re
from pathlib import Path

from tieline_simulation.mutants import MUTANTS
from tieline_simulation.script import KINDS
from tieline_simulation.storm import SHAPES
from tieline_simulation.violation import INVARIANTS

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "simulation.md"


def _table(title: str) -> dict[str, str]:
    """First and second cell of the table below a heading."""
    part = PAGE.read_text("utf-8").split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+?) \|$", part, re.MULTILINE))


def test_shapes_and_faults_are_described() -> None:
    assert set(_table("Shapes of back offices")) == set(SHAPES)
    assert set(_table("Faults")) == set(KINDS)


def test_invariants_and_wrong_engines_are_described_in_their_own_words() -> None:
    assert _table("Invariants") == INVARIANTS
    assert _table("Wrong engines") == {name: one.words for name, one in MUTANTS.items()}
