"""Whether a kind of record is shown to us at all. An object that was taken from our sight reads as empty, so that what
is not found there proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.rules import Rules

_WITNESSES = 5
"""Records looked for: people may just have deleted one or another."""


def in_sight(context: Context, entity: str, rules: Rules, side: Side) -> bool:
    """One of some records that are known to be there must show. Where none is known nothing speaks against it."""
    with context.store.reading() as tx:
        keys = list(islice(_known(tx, context.back_office, entity, rules.name, side), _WITNESSES))
    if not keys:
        return True
    found = context.client(side).read(context.entity_for(side, entity), rules.shape(side), keys)
    return any(record is not None and not record.deleted for record in found.values())


def _known(tx: Transaction, back_office: str, entity: str, mapping: str, side: Side) -> Iterator[str]:
    """Keys of records that the side showed when it was last looked at."""
    after = ""
    while links := tx.find_links(back_office, mapping, after=after):
        yield from _shown(links, entity, side)
        after = links[-1].id


def _shown(links: Sequence[Link], entity: str, side: Side) -> Iterator[str]:
    for link in links:
        seen = link.seen(side)
        if link.entity == entity and link.key(side) and seen is not None and not (seen.deleted or link.tombstone):
            yield link.key(side)
