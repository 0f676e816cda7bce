"""Children of a record that has a new partner: both sides may name different parents now, though nobody edited them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.identity import reference


def compare_children(tx: Transaction, mapping: str, parents: Sequence[Link]) -> None:
    """Have the tied children of these links compared again, by either name they may know their parent by."""
    woken: dict[str, Link] = {}
    for parent in parents:
        for side in Side if parent.crm_key and parent.erp_key else ():
            for child in tx.children(reference(mapping, side, parent.key(side))):
                if child.back_office == parent.back_office and _at_rest(child):
                    woken[child.id] = replace(child, dirty=True, not_before=None)
    tx.save_links(list(woken.values()))


def _at_rest(child: Link) -> bool:
    return bool(child.crm_key and child.erp_key) and not child.dirty and not child.tombstone
