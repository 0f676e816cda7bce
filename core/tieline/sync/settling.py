"""Between what plugins say about a managed list (rows as the back office gives them) and what the store keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tieline.contract import ListRow, ManagedList, SettledList
from tieline.store.nouns import StoredRow
from tieline.sync.context import ListPlan, RowPlanner, keep_rows

Settle = Callable[[ManagedList, Sequence[ListRow], Sequence[ListRow]], SettledList | None]
"""The hook `settle_list`; None when no plugin answers."""


def row_planner(lists: Mapping[str, ManagedList], settle: Settle) -> RowPlanner:
    """A planner for `Context.plan_rows` out of the plugins' answers. `lists` are a system's lists by name."""

    def plan(
        back_office: str, entity: str, name: str, stored: Sequence[StoredRow], fresh: Sequence[ListRow]
    ) -> ListPlan:
        settled = settle(lists[name], [_as_list_row(row) for row in stored], fresh)
        if settled is None:
            return keep_rows(back_office, entity, name, stored, fresh)
        known = {row.key: row for row in stored}
        rows = (_as_stored(row, known.get(row.key) or _new(back_office, entity, name, row)) for row in settled.rows)
        return ListPlan(tuple(rows), settled.alarm)

    return plan


def _as_list_row(row: StoredRow) -> ListRow:
    return ListRow(row.key, row.label, row.active, row.parent, row.attributes)


def _as_stored(row: ListRow, known: StoredRow) -> StoredRow:
    attributes = dict(row.attributes)
    return replace(known, label=row.label, active=row.active, parent=row.parent, attributes=attributes)


def _new(back_office: str, entity: str, name: str, row: ListRow) -> StoredRow:
    return StoredRow(back_office, entity, name, row.key, row.label, row.active, row.parent, {})
