"""Records as people name them on the command line: by an id of either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieline.contract import Misconfigured, Side

if TYPE_CHECKING:
    from tieline.store.nouns import Link
    from tieline.store.protocol import Transaction


def links_of(tx: Transaction, back_office: str, record: str) -> list[Link]:
    """Every link of a record, buried ones too. Raises Misconfigured for an id nobody knows."""
    after, found = "", []
    while links := tx.find_links(back_office, after=after):
        found += [link for link in links if record in {link.key(Side.CRM), link.key(Side.ERP), link.id}]
        after = links[-1].id
    if not found:
        raise Misconfigured(
            f"no record {record!r} is known",
            where=back_office or "every back office",
            mend="Give its id in the CRM or in the back office; run `tieline sync --once` first if it is new.",
        )
    return found
