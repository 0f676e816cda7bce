"""Design faults seen in the wild, put into the engine on purpose: a storm that does not notice them proves nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tieline_simulation.mutants import deciding, keeping, reading, sending, showing
from tieline_simulation.mutants.patch import MUTANTS, Mutant, Patch

__all__ = ["MUTANTS", "Mutant", "Patch", "deciding", "keeping", "reading", "sending", "showing", "switched_on"]


@contextlib.contextmanager
def switched_on(name: str) -> Iterator[None]:
    """The engine with this design fault, for a while; the engine as it is when the name is empty."""
    patch = Patch()
    try:
        if name:
            MUTANTS[name].apply(patch)
        yield
    finally:
        patch.undo()
