"""Joining half-links by strong keys, before anything is created."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tieline.contract import Values
from tieline.store.nouns import Link, Problem
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.family import wake_children
from tieline.sync.matching import Pairing, pair
from tieline.sync.repair import HELD
from tieline.sync.rules import Rules
from tieline.sync.status import settled

AMBIGUOUS = "ambiguous"


@dataclass(slots=True)
class Matched:
    linked: int = 0
    ambiguous: int = 0


def match_mapping(context: Context, entity: str, rules: Rules) -> Matched:
    """Join what is certain, mark what is ambiguous. Does nothing unless both sides have strangers."""
    if not any(field.key for field in rules.mapping.fields):
        return Matched()
    with context.store.transaction(context.fence) as tx:
        busy = {item.link for call in tx.open_calls(context.back_office) for item in call.items}
        erp = [
            link
            for link in strangers(tx, context, entity, rules)
            if link.erp and not link.erp.deleted and not link.crm_key and link.id not in busy
        ]
        homes = dict.fromkeys((entity, context.home))
        crm = [
            link
            for home in homes
            for link in strangers(tx, context, home, rules)
            if link.crm and not link.crm.deleted and not link.erp_key and link.id not in busy
        ]
        found = pair(rules, crm, erp)
        _ask_plugins(context, rules, crm, erp, found)
        by_id = {link.id: link for link in (*crm, *erp)}
        _join(tx, context, entity, rules, found, by_id)
        _mark(tx, context, rules, found, by_id)
        _release(tx, found, by_id)
    return Matched(len(found.pairs), len(found.ambiguous))


def strangers(tx: Transaction, context: Context, entity: str, rules: Rules) -> Iterator[Link]:
    """Live links that have a record on one side only."""
    after = ""
    while True:
        links = tx.find_links(context.back_office, rules.name, after=after, limit=context.options.page_of_links)
        for link in links:
            alone = not (link.crm_key and link.erp_key)
            if link.entity == entity and alone and not link.tombstone and not link.extra.get(HELD):
                yield link
        if len(links) < context.options.page_of_links:
            return
        after = links[-1].id


def _ask_plugins(context: Context, rules: Rules, crm: list[Link], erp: list[Link], found: Pairing) -> None:
    """A plugin may choose among the candidates of an ambiguous CRM record."""
    by_id = {link.id: link for link in erp}
    for link in crm:
        choices = [by_id[ident] for ident in found.ambiguous.get(link.id, ()) if ident in by_id]
        if not choices or link.crm is None:
            continue
        offered: list[tuple[str, Values]] = [(c.erp_key, c.erp.fields if c.erp else {}) for c in choices]
        chosen = context.behaviours.match(rules.mapping, link.crm.fields, offered)
        partner = next((c for c in choices if c.erp_key == chosen), None)
        if partner is not None and not any(partner.id in two for two in found.pairs):
            found.pairs.append((link.id, partner.id))
            for ident in (link.id, partner.id):
                found.ambiguous.pop(ident, None)


def _join(tx: Transaction, context: Context, entity: str, rules: Rules, found: Pairing, by_id: dict[str, Link]) -> None:
    """The CRM's half-link lives on; the ERP's is kept as a tombstone that answers to no key."""
    buried, joined, notes = [], [], []
    for crm_id, erp_id in found.pairs:
        crm, erp = by_id[crm_id], by_id[erp_id]
        buried.append(settled(replace(erp, erp_key="", tombstone=f"merged:{crm_id}", dirty=False, problem=None)))
        whole = replace(crm, entity=entity, erp_key=erp.erp_key, erp=erp.erp, promoted=True, dirty=True, problem=None)
        joined.append(settled(replace(whole, parent=crm.parent or erp.parent)))
        notes.append(
            context.note("matched", link=crm_id, mapping=crm.mapping, crm_key=crm.crm_key, erp_key=erp.erp_key)
        )
    tx.save_links(buried)
    tx.save_links(joined)
    wake_children(tx, rules.name, joined)
    if notes:
        tx.append_audit(context.back_office, notes)


def _release(tx: Transaction, found: Pairing, by_id: dict[str, Link]) -> None:
    """Whoever was ambiguous and no longer is goes on like any other record."""
    settled_now = {*found.ambiguous, *(ident for two in found.pairs for ident in two)}
    free = [
        settled(replace(link, problem=None, dirty=True))
        for link in by_id.values()
        if link.id not in settled_now and link.problem is not None and link.problem.code == AMBIGUOUS
    ]
    tx.save_links(free)


def _mark(tx: Transaction, context: Context, rules: Rules, found: Pairing, by_id: dict[str, Link]) -> None:
    label = rules.mapping.label
    problem = Problem(
        f"more than one {label.lower()} of the other system could be this one",
        "Choose the right one with `tieline link`, or correct the key fields.",
        context.clock.now(),
        AMBIGUOUS,
    )
    marked = [
        settled(replace(by_id[ident], problem=problem, dirty=False))
        for ident in found.ambiguous
        if by_id[ident].problem is None or by_id[ident].dirty
    ]
    tx.save_links(marked)
