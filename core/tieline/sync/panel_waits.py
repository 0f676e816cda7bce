"""Rows of the panel that the org would not take for now: offered again ever more seldom, or when they have news.

Each is a fact: the link's id -> [refusals in a row, not before, revision of the link that was refused].
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.outcome import backoff

Waits = Mapping[str, Sequence[Any]]


def waits_scope(back_office: str) -> str:
    return f"panel waits {back_office}"


def is_waiting(link: Link, waits: Waits, now: datetime) -> bool:
    """Whether the same row was refused too short a while ago."""
    if link.id not in waits:
        return False
    _, until, revision = waits[link.id]
    return bool(revision == link.revision and now < datetime.fromisoformat(until))


def keep_waits(tx: Transaction, context: Context, refused: Sequence[Link], done: Collection[str]) -> None:
    """After an attempt: those refused wait, twice as long each time; those done are forgotten."""
    scope = waits_scope(context.back_office)
    waits: Waits = tx.facts(scope)
    for link in refused:
        attempts = waits[link.id][0] + 1 if link.id in waits else 1
        until = context.clock.now() + backoff(attempts, context.options)
        tx.save_fact(scope, link.id, [attempts, until.isoformat(), link.revision])
    for ident in waits.keys() & done:
        tx.save_fact(scope, ident, None)


def drop_waits(context: Context, idents: Collection[str]) -> None:
    """Their rows were written along with values since, or are not shown any more."""
    if not idents:
        return
    with context.store.transaction(context.fence, durable=False) as tx:
        for ident in idents:
            tx.save_fact(waits_scope(context.back_office), ident, None)
