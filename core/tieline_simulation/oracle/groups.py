"""Fields that merge as one: what the engine leaves in them stood together somewhere before. Half of an address from one
side and half from the other is an address nobody typed."""

from __future__ import annotations

from tieline.contract import Mapping, Precondition
from tieline_simulation.oracle.truth import Truth
from tieline_simulation.violation import require
from tieline_simulation.world import Change


class Groups:
    """Remembers every combination that people made."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.typed: set[tuple[str, ...]] = set()

    def taken(self, change: Change, mapping: Mapping) -> None:
        for names in self._groups(change, mapping):
            values = tuple(self.truth.form(change.values.get(name)) for name in names)
            if not change.engine:
                self.typed.add(values)
            elif any(values) and self._guarded:
                require(values in self.typed, "I4", "{} of {} never stood together: {}", names, change.key, values)

    @property
    def _guarded(self) -> bool:
        """Where a system takes no condition, half of an edit may be lost in the window, and what is left travels on."""
        return self.truth.bench.erp.shape_of.precondition is not Precondition.NONE

    def _groups(self, change: Change, mapping: Mapping) -> list[list[str]]:
        found: dict[str, list[str]] = {}
        for field in mapping.fields:
            if field.group:
                name = field.crm if change.system == "crm" else field.erp
                found.setdefault(field.group, []).append(name)
        return list(found.values())
