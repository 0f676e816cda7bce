"""A list value the back office took away: nobody may choose it anew, and who did waits until it is offered again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.store.nouns import Status, StoredRow
from tieline.store.protocol import Transaction

WITHDRAWN = "withdrawn"
"""The code of a problem: the record's value is no longer offered."""


def offered_again(tx: Transaction, rows: Sequence[StoredRow]) -> set[str]:
    """Entities in whose lists one of these rows was inactive as stored and is active from now on."""
    places = {(row.back_office, row.entity, row.list) for row in rows if row.active}
    inactive = {(old.entity, old.list, old.key) for at in places for old in tx.list_rows(*at) if not old.active}
    return {row.entity for row in rows if row.active and (row.entity, row.list, row.key) in inactive}


def wake_withdrawn(tx: Transaction, back_office: str, entity: str) -> None:
    """Decide anew about the records of an entity whose value was not offered."""
    after = ""
    while links := tx.find_links(back_office, status=Status.OUT_OF_SYNC, after=after):
        held = (one for one in links if one.problem is not None and one.problem.code == WITHDRAWN)
        tx.save_links([replace(one, dirty=True) for one in held if one.entity in {entity, ""} and not one.tombstone])
        after = links[-1].id
