"""Documents that earlier presses set in motion and the CRM does not show yet. Whoever decides whether there may be a
next one has to know them: two people may press in the same second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline.actions.inputs import Press
from tieline.contract import UnderWay
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.payload import unpack


def remember(tx: Transaction, context: Context, press: Press, link: Link) -> None:
    tx.save_fact(_scope(context), link.id, press.record_id)


def under_way(context: Context, press: Press, entity: str) -> tuple[UnderWay, ...]:
    """Of this record, in this entity. What the CRM shows by now, or came to nothing, is forgotten."""
    with context.store.reading() as tx:
        records: Mapping[str, Any] = tx.facts(_scope(context))
        links = tx.links(list(records))
    over = [ident for ident in records if ident not in links or _is_over(links[ident])]
    if over:
        with context.store.transaction(context.fence) as tx:
            for ident in over:
                tx.save_fact(_scope(context), ident, None)
    ours = (link for ident, link in links.items() if ident not in over and records[ident] == press.record_id)
    return tuple(
        UnderWay(link.mapping, unpack(link.extra["document"]["fields"])) for link in ours if link.entity == entity
    )


def _is_over(link: Link) -> bool:
    """A create of unknown outcome is not: it may have taken effect."""
    failed = link.problem is not None and link.problem.final and not link.awaiting and not link.erp_key
    return bool(link.crm_key or link.tombstone or failed or "document" not in link.extra)


def _scope(context: Context) -> str:
    return f"under_way:{context.back_office}"
