"""Time that went back: a vendor's clock was set, or its system came from a backup. Polls from our cursor would see
nothing of what was restored, so the part is read whole, once. The cursor itself never goes back."""

from __future__ import annotations

from datetime import timedelta

from tieline.contract import Record, Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.parts import order_round, part_of

CLOCK, STAMPS = "clock", "stamps"
_GRAIN = timedelta(seconds=2)


def _scope(back_office: str) -> str:
    """Facts of this scope: what went back and of which part -> since when."""
    return f"went back {back_office}"


def went_back(link: Link, side: Side, record: Record) -> bool:
    """A record stamped earlier than the version we know. Seconds are the coarsest grain in use, so a difference below
    two of them says nothing."""
    seen = link.seen(side)
    if link.tombstone or seen is None or seen.stamp is None or record.stamp is None:
        return False
    return seen.stamp - record.stamp > _GRAIN


def note_backward(
    tx: Transaction, context: Context, what: str, side: Side, entity: str, mapping: str, why: str
) -> None:  # fmt: skip
    """Ask for a full reading, once until it is over: it tells all of it."""
    part = part_of(side, entity, mapping)
    scope, name = _scope(context.back_office), f"{what} {part.name}"
    if tx.fact(scope, name):
        return
    tx.save_fact(scope, name, context.clock.now().isoformat())
    order_round(tx, context.back_office, part, context.clock.now())
    tx.append_audit(context.back_office, [context.note("went_back", mapping=mapping, side=side, note=why)])


def settle_backward(context: Context, what: str, side: Side, entity: str, mapping: str) -> None:
    """It is over: time goes on from where we knew it."""
    scope, name = _scope(context.back_office), f"{what} {part_of(side, entity, mapping).name}"
    with context.store.reading() as tx:
        known = tx.fact(scope, name)
    if known:
        with context.store.transaction(context.fence) as tx:
            tx.save_fact(scope, name, None)
