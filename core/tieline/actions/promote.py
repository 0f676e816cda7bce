"""Promotion: a person (or a rule) says that this CRM record shall be in the back office."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tieline.contract import PermanentError, Promotion, Record, Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.absorb import absorb
from tieline.sync.context import Context
from tieline.sync.entity_rows import CHOSEN, REFUSED_CHOICE
from tieline.sync.identity import link_id
from tieline.sync.match import AMBIGUOUS
from tieline.sync.observe import Observer
from tieline.sync.panel import LANGUAGE
from tieline.sync.places import offered, without_choice
from tieline.sync.repair import HELD
from tieline.sync.standing import pressed
from tieline.sync.status import overdue, settled


def request_promotion(context: Context, mapping: str, crm_key: str, entity: str = "") -> str:
    """Mark the record's link; returns the link's id. Without an entity it goes where it is or shall go; the empty one
    is never meant where it is in several. Pressed again while the answer is out, it changes nothing. Raises
    PermanentError when the record cannot go there, TransientError when the CRM cannot be asked."""
    chosen = decided(context, entity or home_of(context, mapping, crm_key))
    record = unmet(context, mapping, crm_key, chosen)
    with context.store.transaction(context.fence) as tx:
        link = mark(tx, context, mapping, crm_key, chosen, record)
        told = context.note(
            "promoted", link=link.id, mapping=mapping, side=Side.CRM, crm_key=crm_key, erp_key=link.erp_key,
            status=str(link.status),
        )  # fmt: skip
        tx.append_audit(context.back_office, [told])
        return link.id


def unmet(context: Context, mapping: str, crm_key: str, entity: str) -> Record | None:
    """The record as the CRM shows it now, when no link knows it yet; None when one does."""
    with context.store.reading() as tx:
        if find_link(tx, context, mapping, crm_key, entity) is not None:
            return None
    shape = context.rules_for(entity, mapping).shape(Side.CRM)
    record = context.crm.read("", shape, [crm_key]).get(crm_key)
    if record is None:
        raise PermanentError("the record is not there any more, or out of sight", mend="Open it and press again.")
    return record


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks for it, and in which language they are told how it goes."""

    user: str = ""
    language: str = ""


NOBODY = Wish()


def mark(
    tx: Transaction, context: Context, mapping: str, crm_key: str, entity: str, record: Record | None = None,
    who: Wish = NOBODY,
) -> Link:  # fmt: skip
    """The record's link, asked to go out. `record` is what `unmet` read before this transaction began."""
    link = find_link(tx, context, mapping, crm_key, entity)
    if link is None and record is not None:
        link = _meet(tx, context, mapping, entity, record)
    if link is None:
        raise PermanentError("the record has just been untied", mend="Press again.")
    if link.problem is not None and link.problem.code == AMBIGUOUS:
        raise PermanentError(link.problem.reason, mend=link.problem.next_step, code=AMBIGUOUS)
    if link.tombstone:
        raise PermanentError(
            "this record was in the back office and one side's was deleted",
            mend="Restore the deleted record, or make a new one and promote that.",
        )
    seen = link.crm.fields if link.crm else {}
    if not link.erp_key and context.rules_for(entity, mapping).promotion(seen) is Promotion.NEVER:
        raise PermanentError("this kind of record is switched off", mend="Tell your administrator.")
    if link.awaiting and not overdue(link):
        return link  # the same intent, under the same key, is on its way already
    wanted = replace(link, entity=entity, promote=True, dirty=True, not_before=None, attempts=0, problem=None)
    again = {
        name: value for name, value in pressed(link.extra).items() if name not in {"refused", HELD, REFUSED_CHOICE}
    }
    if who.language:
        again[LANGUAGE] = who.language
    wanted = settled(replace(wanted, delete_refused="", extra=again))
    tx.save_links([wanted])
    return wanted


def _meet(tx: Transaction, context: Context, mapping: str, entity: str, record: Record) -> Link:
    """The link of a record no sweep has brought yet. It may be one of our own births: the observer knows those."""
    rules = context.rules_for(entity, mapping)
    Observer(context, {}).absorb_all(tx, Side.CRM, entity, rules, [record])
    met = find_link(tx, context, mapping, record.key, entity)
    if met is not None:
        return met
    ident = link_id(context.back_office, entity, mapping, Side.CRM, record.key)
    fresh = Link(ident, context.back_office, entity, mapping)
    return absorb(fresh, rules, Side.CRM, record, context.clock.now()).link or fresh


def find_link(tx: Transaction, context: Context, mapping: str, crm_key: str, entity: str) -> Link | None:
    """The record's link in this entity, or its half-link that has no entity yet, or one that somebody chose: whoever
    presses Promote and names another one chooses anew."""
    for name in dict.fromkeys((entity, context.home, *context.entities)):
        found = tx.links_by_key(context.back_office, name, mapping, Side.CRM, [crm_key]).get(crm_key)
        if found is not None and (name == entity or _is_nowhere(context, found) or _is_mere_choice(found)):
            return found
    return None


def _is_nowhere(context: Context, link: Link) -> bool:
    """It has no entity yet. At the top level, which is one itself, it may be out or on its way."""
    if link.entity != context.home:
        return False
    return link.entity not in context.entities or not _is_out(link)


def is_undecided(context: Context, link: Link) -> bool:
    """It stands at the top level only for want of a choice."""
    return _is_nowhere(context, link) and not link.extra.get(CHOSEN)


def _is_mere_choice(link: Link) -> bool:
    """Nobody asked yet for it to go there."""
    return bool(link.extra.get(CHOSEN)) and not _is_out(link)


def _is_out(link: Link) -> bool:
    return bool(link.erp_key or link.awaiting or link.promote or link.tombstone)


def home_of(context: Context, mapping: str, crm_key: str) -> str | None:
    """The one accounting entity in which the record is, or for which somebody chose it; None when there are none or
    several."""
    found = []
    with context.store.reading() as tx:
        for entity in context.entities:
            link = tx.links_by_key(context.back_office, entity, mapping, Side.CRM, [crm_key]).get(crm_key)
            if link is not None and not link.tombstone and not is_undecided(context, link):
                found.append(entity)
    return found[0] if len(found) == 1 else None


def decided(context: Context, entity: str | None) -> str:
    """The entity, or the one for records without a choice. Raises PermanentError when somebody has to choose."""
    chosen = without_choice(context) if entity is None else entity
    if chosen is None:
        names = offered(context)
        raise PermanentError(
            "more than one accounting entity could take this record",
            where=context.back_office,
            mend=f"Choose one of {names}.",
            code="no_entity_chosen",
        )
    return chosen
