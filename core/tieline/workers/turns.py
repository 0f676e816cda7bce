"""Several back offices in one process, one cycle of each after the other: what happens to one stops only itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tieline.contract import Clock, TielineError
from tieline.sync.cycle import Progress, Report
from tieline.workers.assemble import Engine
from tieline.workers.embedded import LEASE_LOST, Confirm, run_once

LONGEST_REST = 60.0
"""Seconds between two tries to begin."""


@dataclass
class Turn:
    """One back office's turns. `engine` is there once both its sides have answered."""

    name: str
    assembled: Callable[[], Engine]
    clock: Clock
    interval: float
    engine: Engine | None = None
    _due: float = field(default=float("-inf"))
    _rest: float = 0.0

    def take(self, confirm: Confirm, progress: Progress = lambda _stage: None) -> Report | TielineError | None:
        """Its cycle, or why there was none; None while it rests after a try that failed."""
        if self.engine is None and self.clock.monotonic() < self._due:
            return None
        try:
            self.engine = (self.engine or self._begun()).current()
            return run_once(self.engine, confirm, progress)
        except TielineError as error:
            if error.code == LEASE_LOST:
                self.engine = None  # its lease is never ours again; whoever has it now may end
            if self.engine is None:
                self._put_off(getattr(error, "retry_after", None) or 0.0)
            return error

    def _begun(self) -> Engine:
        engine = self.assembled()
        self._rest = 0.0
        return engine

    def _put_off(self, asked: float) -> None:
        self._rest = min(max(2 * self._rest, self.interval, asked), LONGEST_REST)
        self._due = self.clock.monotonic() + self._rest
