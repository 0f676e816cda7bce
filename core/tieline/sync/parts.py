"""Parts: what is read, and believed to be gone, together. Each has its next full reading kept as a fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieline.contract import Side
from tieline.store.protocol import Transaction


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of record of one entity on one side. The CRM has no entities."""

    side: Side
    entity: str
    mapping: str

    @property
    def name(self) -> str:
        return f"{self.side}|{self.mapping}|{self.entity}"

    @staticmethod
    def named(name: str) -> Part:
        side, mapping, entity = name.split("|", 2)
        return Part(Side(side), entity, mapping)

    @property
    def words(self) -> str:
        """For messages."""
        where = f" of entity {self.entity}" if self.entity else ""
        return f"{self.mapping.replace('_', ' ')} records{where} in the {self.side.upper()}"


def part_of(side: Side, entity: str, mapping: str) -> Part:
    return Part(side, entity if side is Side.ERP else "", mapping)


def rounds_scope(back_office: str) -> str:
    """Facts of this scope: part -> when its next full reading is due, whether at once, and where one under way is."""
    return f"rounds {back_office}"


def order_round(tx: Transaction, back_office: str, part: Part, due: datetime) -> None:
    """Ask for a full reading of a part in one go, from `due` on. One asked for earlier stays."""
    scope = rounds_scope(back_office)
    told: dict[str, Any] = dict(tx.fact(scope, part.name) or {})
    if told.get("whole") and datetime.fromisoformat(told["due"]) <= due:
        return
    tx.save_fact(scope, part.name, {"due": due.isoformat(), "whole": True, "slices": told.get("slices", 0)})


def whole_is_due(tx: Transaction, back_office: str, part: Part, by: datetime | None = None) -> bool:
    """Whether a full reading in one go was asked for, to begin at that moment at the latest, and not done yet."""
    told: dict[str, Any] = dict(tx.fact(rounds_scope(back_office), part.name) or {})
    return bool(told.get("whole")) and (by is None or datetime.fromisoformat(told["due"]) <= by)
