"""A birth whose answer is still out, and whose record was met all the same: that it was met is the proof."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import Operation, Side
from tieline.store.nouns import AuditEntry, Call, Item, Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.status import answered


def prove_birth(tx: Transaction, context: Context, side: Side, link: Link) -> Link:
    """Close the open create of a record that is about to be another one's (merged): from then on nobody would find the
    record by its marker, and make it once more. Returns the link as it is then, not saved."""
    for call in tx.open_calls(context.back_office):
        mine = [item for item in call.items if item.link == link.id and item.operation == Operation.CREATE]
        if call.side is not side or not mine:
            continue
        _close(tx, call, mine)
        link = answered(link) if side is Side.ERP else link
        tx.append_audit(context.back_office, [_born(context, side, link, item) for item in mine])
    return link


def _close(tx: Transaction, call: Call, items: list[Item]) -> None:
    left = tuple(item for item in call.items if item not in items)
    if left:
        tx.save_call(replace(call, items=left))
    else:
        tx.close_call(call.id)


def _born(context: Context, side: Side, link: Link, item: Item) -> AuditEntry:
    return context.note(
        "created", link=link.id, mapping=link.mapping, side=side, crm_key=link.crm_key, erp_key=link.erp_key,
        call=item.idempotency_key, after=item.payload.get("fields", {}), status=str(link.status),
    )  # fmt: skip
