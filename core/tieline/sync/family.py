"""Parents and children: a child that waited is looked at again when its parent is tied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.identity import reference


def wake_children(tx: Transaction, mapping: str, parents: Sequence[Link]) -> None:
    """Make the waiting children of these links dirty, by either name they may know their parent by."""
    woken: dict[str, Link] = {}
    for parent in parents:
        if not (parent.crm_key and parent.erp_key):
            continue
        for side in Side:
            for child in tx.children(reference(mapping, side, parent.key(side))):
                if not (child.crm_key and child.erp_key) and not child.dirty and not child.tombstone:
                    woken[child.id] = replace(child, dirty=True, not_before=None)
    tx.save_links(list(woken.values()))
