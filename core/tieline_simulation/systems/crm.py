"""The CRM: batches, partial writes against a stamp, births by marker, a feed of deletions, merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tieline.contract import (
    Capabilities,
    DeleteSource,
    Done,
    Idempotency,
    Outcome,
    Precondition,
    Record,
    Shape,
    Values,
    Write,
    WriteStyle,
)
from tieline_simulation.systems.base import Toy


@dataclass
class ToyCrm(Toy):
    """Batches, partial writes, a unique marker field, a feed of deletions."""

    name: str = "crm"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(
            Precondition.STAMP, Idempotency.NATURAL, WriteStyle.PARTIAL, DeleteSource.FEED, batch_size=4, deletable=True
        )
    )
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    related: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def _embedded(self, _entity: str, shape: Shape, parent: str) -> tuple[Record, ...]:
        rows = self.related.get((parent, shape.object), [])
        return tuple(Record(f"{parent}/{number}", row) for number, row in enumerate(rows))

    def merge(self, obj: str, winner: str, loser: str, children: Mapping[str, str] | None = None) -> None:
        """A person merges two records: the loser goes to the bin and says into which one; its children (object ->
        field that names the parent) are the winner's from now on."""
        self.rows["", obj, loser].merged_into = winner
        self.remove(obj, loser)
        for child, name in (children or {}).items():
            for key, values in self.alive(child).items():
                if values.get(name) == loser:
                    self.edit(child, key, **{name: winner})

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        mine = ((k, r) for (e, o, k), r in self.rows.items() if (e, o) == (entity, shape.object) and r.marker)
        known = next((key for key, row in mine if row.marker == write.marker and not row.deleted), None)
        if known is None:
            return super()._create(entity, shape, write)
        return Done(known, record=self._record(entity, shape, known))  # refused as a twin: nothing is overwritten

    def _write_one(self, entity: str, shape: Shape, write: Write) -> Outcome:
        """A panel that came along is a row of its own: when it fails it fails nothing else."""
        outcome = super()._write_one(entity, shape, write)
        if not isinstance(outcome, Done) or write.panel is None or self.faults.take("panel"):
            return outcome
        about = dict.fromkeys(write.panel.record, outcome.key)
        self._put_row("ERP_Link__c", "ERP_Key__c", {**write.panel.row, **about})
        return replace(outcome, panel=True)

    def upsert(self, obj: str, key_field: str, rows: Sequence[Values]) -> Sequence[Outcome]:
        self.world.calls["crm.upsert"] += 1
        return [Done(self._put_row(obj, key_field, values)) for values in rows]

    def _put_row(self, obj: str, key_field: str, values: Values) -> str:
        key = f"{obj}:{values[key_field]}"
        existing = self.rows.get(("", obj, key))
        self._put("", obj, key, {**(existing.values if existing else {}), **values}, engine=True, origin=key)
        return key

    def may_edit(self, user_id: str, record_id: str) -> bool:
        return (user_id, record_id) not in self.forbidden
