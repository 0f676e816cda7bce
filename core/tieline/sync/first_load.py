"""The first load waits for a person's yes: nothing is written before."""

from __future__ import annotations

from tieline.store.protocol import Transaction
from tieline.sync.context import Context

FIRST_LOAD = "first_load"


def is_confirmed(tx: Transaction, back_office: str) -> bool:
    return bool(tx.fact(f"back_office:{back_office}", FIRST_LOAD))


def confirmed(context: Context) -> bool:
    with context.store.reading() as tx:
        return is_confirmed(tx, context.back_office)


def confirm_first_load(context: Context, count: int) -> None:
    """A person has seen the counts and said yes."""
    with context.store.transaction(context.fence) as tx:
        tx.save_fact(f"back_office:{context.back_office}", FIRST_LOAD, {"count": count})
