"""Promotion: a person (or a rule) says that this CRM record shall be in the back office."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import PermanentError, Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.identity import link_id
from tieline.sync.match import AMBIGUOUS
from tieline.sync.status import settled


def request_promotion(context: Context, mapping: str, crm_key: str, entity: str = "") -> str:
    """Mark the record's link; returns the link's id. Pressed again while the answer is out, it changes nothing."""
    with context.store.transaction(context.fence) as tx:
        link = mark(tx, context, mapping, crm_key, entity or _only_entity(context))
        return link.id


def mark(tx: Transaction, context: Context, mapping: str, crm_key: str, entity: str) -> Link:
    link = find_link(tx, context, mapping, crm_key, entity)
    if link is None:
        ident = link_id(context.back_office, context.home, mapping, Side.CRM, crm_key)
        link = Link(ident, context.back_office, entity, mapping, crm_key=crm_key)
    if link.problem is not None and link.problem.code == AMBIGUOUS:
        raise PermanentError(link.problem.reason, mend=link.problem.next_step, code=AMBIGUOUS)
    if link.awaiting:
        return link  # the same intent, under the same key, is on its way already
    wanted = replace(link, entity=entity, promote=True, dirty=True, not_before=None, attempts=0, problem=None)
    wanted = settled(replace(wanted, delete_refused=""))
    tx.save_links([wanted])
    return wanted


def find_link(tx: Transaction, context: Context, mapping: str, crm_key: str, entity: str) -> Link | None:
    """The record's link in this entity, or its half-link that has no entity yet."""
    for name in dict.fromkeys((entity, context.home)):
        found = tx.links_by_key(context.back_office, name, mapping, Side.CRM, [crm_key]).get(crm_key)
        if found is not None:
            return found
    return None


def _only_entity(context: Context) -> str:
    if len(context.entities) > 1:
        raise PermanentError(
            "more than one accounting entity could take this record",
            where=f"back office {context.back_office}",
            mend=f"Choose one of {', '.join(context.entities)}.",
        )
    return context.entities[0]
