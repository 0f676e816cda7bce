"""Joining half-links by strong keys, before anything is created."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tieline.contract import Values
from tieline.store.nouns import Link, Problem
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.entity_rows import CHOSEN
from tieline.sync.family import follow_parents, wake_children
from tieline.sync.identities import identities
from tieline.sync.matching import Pairing, matches, pair
from tieline.sync.points import Point
from tieline.sync.repair import HELD
from tieline.sync.rules import Rules
from tieline.sync.status import settled
from tieline.sync.ties import tied_elsewhere

AMBIGUOUS = "ambiguous"
CANDIDATES = "candidates"
"""In `Link.extra`: by entity, links of the other side that it could be."""
ALIKE = "alike"
"""In `Link.extra`: of the entities in which it is ambiguous, those in which no strong key says so."""


@dataclass(slots=True)
class Matched:
    linked: int = 0
    ambiguous: int = 0


def match_mapping(context: Context, entity: str, rules: Rules) -> Matched:
    """Join what is certain, mark what is ambiguous. Costs nothing while no record without a partner has changed."""
    if not matches(rules):
        return Matched()
    with context.store.transaction(context.fence) as tx:
        if not _anything_new(tx, context, rules):
            return Matched()
        crm, erp = _candidates(tx, context, entity, rules)
        numbered = tied_elsewhere(tx, context, rules.name, entity, [link.crm_key for link in crm])
        found = pair(rules, crm, erp, numbered, identities(tx, context, entity, rules, crm, erp))
        _ask_plugins(context, rules, crm, erp, found)
        by_id = {link.id: link for link in (*crm, *erp)}
        _join(tx, context, entity, rules, found, by_id)
        _mark(tx, context, entity, rules, found, by_id)
        _release(tx, entity, found, by_id)
        context.point(Point.MATCH_BEFORE_COMMIT)
    return Matched(len(found.pairs), len(found.ambiguous))


def _anything_new(tx: Transaction, context: Context, rules: Rules) -> bool:
    """Whether a link with one side only waits to be planned: only that can change who matches whom. One whose birth
    awaits an answer had no partner when it was sent, and stays dirty until it is answered."""
    after, limit = "", context.options.page_of_links
    while links := tx.dirty_links(context.back_office, rules.name, context.clock.now(), limit, after):
        if any(not link.awaiting and not (link.crm_key and link.erp_key) for link in links):
            return True
        after = links[-1].id
    return False


def _candidates(tx: Transaction, context: Context, entity: str, rules: Rules) -> tuple[list[Link], list[Link]]:
    """Half-links that may be joined in this entity: of the CRM (also those without an entity yet), and of the ERP."""
    busy = {item.link for call in tx.open_calls(context.back_office) for item in call.items}
    places = dict.fromkeys((entity, context.home))
    met = [link for place in places for link in strangers(tx, context, place, rules) if link.id not in busy]
    free = [link for link in met if link.entity == entity or not link.extra.get(CHOSEN)]
    erp = [one for one in free if one.erp and not one.erp.deleted and not one.crm_key and one.entity == entity]
    return [one for one in free if one.crm and not one.crm.deleted and not one.erp_key], erp


def strangers(tx: Transaction, context: Context, entity: str, rules: Rules) -> Iterator[Link]:
    """Live links that have a record on one side only."""
    after = ""
    while True:
        links = tx.half_links(context.back_office, entity, rules.name, context.options.page_of_links, after)
        yield from (link for link in links if not link.extra.get(HELD))
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
            context.note(
                "matched",
                link=crm_id,
                mapping=crm.mapping,
                crm_key=crm.crm_key,
                erp_key=erp.erp_key,
                status=str(joined[-1].status),
            )
        )
    tx.save_links(buried)
    tx.save_links(joined)
    wake_children(tx, rules.name, joined)
    follow_parents(tx, context, rules.name, joined)
    if notes:
        tx.append_audit(context.back_office, notes)


def _release(tx: Transaction, entity: str, found: Pairing, by_id: dict[str, Link]) -> None:
    """What was ambiguous here and is so no longer goes on, unless it still is in another entity."""
    settled_now = {*found.ambiguous, *(ident for two in found.pairs for ident in two)}
    saved = []
    for link in by_id.values():
        places = set(link.extra.get(AMBIGUOUS, ()))
        if link.id in settled_now or not _is_ambiguous(link) or (places and entity not in places):
            continue
        left = sorted(places - {entity})
        extra = unmarked(link)
        if left:
            alike = sorted({*link.extra.get(ALIKE, ())} & {*left})
            saved.append(replace(link, extra={**extra, AMBIGUOUS: left, ALIKE: alike}))
        else:
            saved.append(settled(replace(link, problem=None, dirty=True, extra=extra)))
    tx.save_links(saved)


def _mark(
    tx: Transaction, context: Context, entity: str, rules: Rules, found: Pairing, by_id: dict[str, Link]
) -> None:  # fmt: skip
    """A link without an entity may be ambiguous in several; it remembers in which, and who it could be."""
    marked = []
    for link in (by_id[ident] for ident in found.ambiguous):
        places = set(link.extra.get(AMBIGUOUS, ()))
        candidates = {**link.extra.get(CANDIDATES, {}), entity: list(found.ambiguous[link.id])}
        alike = {*link.extra.get(ALIKE, ())} - {entity} | ({entity} if link.id in found.alike else set())
        told = {AMBIGUOUS: sorted({*places, entity}), CANDIDATES: candidates, ALIKE: sorted(alike)}
        after = replace(link, dirty=False, extra={**link.extra, **told})
        why = _unclear(rules, context.clock.now(), alike=only_alike(after))
        if link.problem is None or link.problem.reason != why.reason:
            after = replace(after, problem=why)
        if after != link:
            marked.append(settled(after))
    tx.save_links(marked)


def only_alike(link: Link) -> bool:
    """Whether an ambiguous link merely looks like others: no strong key ties it to one of them in any entity."""
    return {*link.extra.get(AMBIGUOUS, ())} <= {*link.extra.get(ALIKE, ())}


def unmarked(link: Link) -> dict[str, Any]:
    """What else the link remembers."""
    return {name: value for name, value in link.extra.items() if name not in {AMBIGUOUS, CANDIDATES, ALIKE}}


def _unclear(rules: Rules, now: datetime, *, alike: bool) -> Problem:
    label = rules.mapping.label.lower()
    if alike:
        return Problem(
            f"this may be a {label} that the other system has already",
            "See `tieline review`: tie the two, or say that they differ.",
            now,
            AMBIGUOUS,
        )
    return Problem(
        f"more than one {label} of the other system could be this one",
        "Choose the right one with `tieline link`, or correct the key fields.",
        now,
        AMBIGUOUS,
    )


def _is_ambiguous(link: Link) -> bool:
    return link.problem is not None and link.problem.code == AMBIGUOUS
