"""What a fresh reading of a list means for the rows known so far. Nothing is ever deleted: records point at rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import ListRow, ManagedList, SettledList


def settle(managed: ManagedList, stored: Sequence[ListRow], fresh: Sequence[ListRow]) -> SettledList:
    """New rows come in, renamed rows follow their key, withdrawn rows become inactive, re-added ones active again.

    An empty list is not believed while rows are known: everything stays as it is, with an alarm. Rows without a key
    are left out, of rows with the same key the first counts; both raise an alarm too.
    """
    if not fresh and stored:
        kept = f"{managed.plural}: the back office answered with an empty list; the {len(stored)} known rows were kept"
        return SettledList(tuple(stored), kept if any(row.active for row in stored) else "")
    current: dict[str, ListRow] = {}
    for row in fresh:
        if row.key:
            current.setdefault(row.key, row)
    withdrawn = [replace(row, active=False) for row in stored if row.key not in current]
    return SettledList((*current.values(), *withdrawn), _alarm(managed, fresh, len(current)))


def _alarm(managed: ManagedList, fresh: Sequence[ListRow], kept: int) -> str:
    nameless = sum(not row.key for row in fresh)
    repeated = len(fresh) - nameless - kept
    parts = [f"{nameless} without a key"] if nameless else []
    parts += [f"{repeated} with a key that came before"] if repeated else []
    return f"{managed.plural}: rows left out: {', '.join(parts)}" if parts else ""
