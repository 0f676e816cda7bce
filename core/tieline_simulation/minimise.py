"""The smallest history that still breaks the same invariant: steps are left out as long as it does."""

from __future__ import annotations

from dataclasses import replace

from tieline_simulation.play import Played, play
from tieline_simulation.script import Script

MOST = 80
"""Plays at most: a smaller history is worth a second or two, not a minute."""


def minimised(script: Script, invariant: str) -> Played:
    """The history with as few steps as a bounded search finds, told line by line. Halves, quarters, ... are left out
    first, single steps last, as in delta debugging."""
    search = _Search(script, invariant)
    return play(replace(script, skip=search.run()), told=True)


class _Search:
    def __init__(self, script: Script, invariant: str) -> None:
        self.script, self.invariant = script, invariant
        self.skip = script.skip
        self.left = MOST

    def run(self) -> frozenset[int]:
        steps = [number for number, _ in play(self.script).steps]
        size = max(1, len(steps) // 2)
        while self.left > 0:
            shrunk = self._pass(steps, size)
            if size == 1 and not shrunk:
                break
            size = size if shrunk else max(1, size // 2)
            steps = [number for number in steps if number not in self.skip]
        return self.skip

    def _pass(self, steps: list[int], size: int) -> bool:
        before = self.skip
        for start in range(len(steps) - size, -size, -size):
            part = frozenset(steps[max(start, 0) : start + size])
            if part and self.left > 0 and self._still_breaks(self.skip | part):
                self.skip |= part
        return self.skip != before

    def _still_breaks(self, skip: frozenset[int]) -> bool:
        self.left -= 1
        return play(replace(self.script, skip=skip)).invariant == self.invariant
