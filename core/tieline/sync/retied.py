"""Records that name one with a new partner: the two sides may name different ones now, though nobody edited them."""

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


def compare_references(tx: Transaction, tied: Link) -> None:
    """Have whatever else names one of these two records compared again. No index knows references other than to a
    parent, so all links are looked through: a person tied the two by hand, which happens now and then."""
    after = ""
    while links := tx.find_links(tied.back_office, after=after):
        after = links[-1].id
        tx.save_links(
            [replace(one, dirty=True, not_before=None) for one in links if _at_rest(one) and _names(one, tied)]
        )


def _names(link: Link, tied: Link) -> bool:
    crm, erp = (seen.fields.values() if seen else () for seen in (link.crm, link.erp))
    return link.id != tied.id and (tied.crm_key in crm or tied.erp_key in erp)


def _at_rest(child: Link) -> bool:
    return bool(child.crm_key and child.erp_key) and not child.dirty and not child.tombstone
