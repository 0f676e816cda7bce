"""A history killed at each point it passes, one play a point, and at sampled pairs of points."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from tieline_simulation.play import Played, play
from tieline_simulation.script import Script

PAIRS = 5
"""One pair for so many points; the second kill follows soon, while the first is recovered from."""
GAP = 12


def killed_everywhere(script: Script) -> Iterator[Played]:
    """The calm play first, then one for each passing of a point, then the pairs."""
    whole = play(script)
    yield whole
    if whole.invariant:
        return
    count = whole.passed.total() if whole.passed else 0
    for kill in range(1, count + 1):
        yield play(replace(script, kills=frozenset({kill})))
    for first, second in pairs(script, count):
        yield play(replace(script, kills=frozenset({first, second})))


def pairs(script: Script, count: int) -> list[tuple[int, int]]:
    """Sampled from the script's own seed."""
    rng = random.Random(f"pairs/{script.shape}/{script.seed}")
    firsts = [rng.randint(1, count) for _ in range(count // PAIRS)] if count else []
    return [(first, first + rng.randint(1, GAP)) for first in firsts]
