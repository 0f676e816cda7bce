"""Parents and children: a child that waited is looked at again when its parent is tied, and goes where it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Promotion, Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.identity import link_id, reference
from tieline.sync.pins import TOP
from tieline.sync.rules import Rules
from tieline.sync.status import settled


def wake_children(tx: Transaction, mapping: str, parents: Sequence[Link]) -> None:
    """Make the waiting children of these links dirty, by either name they may know their parent by."""
    woken: dict[str, Link] = {}
    for parent in parents:
        if not (parent.crm_key and parent.erp_key):
            continue
        for side in Side:
            for child in tx.children(reference(mapping, side, parent.key(side))):
                if child.back_office == parent.back_office and _waits(child):
                    woken[child.id] = replace(child, dirty=True, not_before=None)
    tx.save_links(list(woken.values()))


def _waits(child: Link) -> bool:
    return not (child.crm_key and child.erp_key) and not child.dirty and not child.tombstone


def residences(tx: Transaction, context: Context, rules: Rules, links: Sequence[Link]) -> dict[str, str]:
    """The entity of each link nobody has chosen one for: where its parent is, its own first, else the first."""
    told = {link.id: _parent_key(link, rules) for link in links}
    first = TOP if TOP in context.open else next(iter(context.open), TOP)
    found = {link.id: link.entity or first for link in links}
    own = {link.id: link.entity for link in links}
    settled_there: set[str] = set()
    for entity in reversed(context.entities):
        for side in Side:
            keys = sorted({key for at, key in told.values() if at is side})
            parents = tx.links_by_key(context.back_office, entity, rules.mapping.parent, side, keys)
            tied = {key for key, parent in parents.items() if parent.promoted and not parent.tombstone}
            here = {ident for ident, (at, key) in told.items() if at is side and key in tied}
            found |= {ident: entity for ident in here if ident not in settled_there}
            settled_there |= {ident for ident in here if own[ident] == entity}
    moving = [link for link in links if link.entity in context.entities and found[link.id] != link.entity]
    return found | {link.id: link.entity for link in moving if _is_taken(tx, link, found[link.id])}


def _is_taken(tx: Transaction, link: Link, entity: str) -> bool:
    """The record has a tie in that entity already: this one stays where it is, and waits for its parent there."""
    there = tx.links_by_key(link.back_office, entity, link.mapping, Side.CRM, [link.crm_key])
    return any(one.id != link.id and not one.tombstone for one in there.values())


def follow_parents(tx: Transaction, context: Context, mapping: str, links: Sequence[Link]) -> None:
    """Records that go where their parent goes, go everywhere it went: each gets a half-link in every entity in which
    its parent is and it is not. `links` were just tied: as children, as parents, or as both."""
    if len(context.entities) < 2:
        return
    tied = [link for link in links if link.crm_key and link.erp_key and not link.tombstone]
    families: dict[str, list[Link]] = {mapping: tied}
    for rules in context.rules_of(context.entities[0]):
        if rules.mapping.parent == mapping:
            families.setdefault(rules.name, []).extend(_children(tx, context, rules, tied))
    made: dict[str, Link] = {}
    for name, members in families.items():
        rules = context.rules_for(context.entities[0], name)
        if rules.mapping.create_in_erp:
            for child in (one for one in members if _goes_along(one, rules)):
                made |= {link.id: link for link in _missing_ties(tx, context, rules, child)}
    tx.save_links(list(made.values()))


def _goes_along(child: Link, rules: Rules) -> bool:
    return child.crm is not None and rules.promotion(child.crm.fields) is Promotion.WITH_PARENT


def _children(tx: Transaction, context: Context, rules: Rules, parents: Sequence[Link]) -> list[Link]:
    """Children by every name their parent has in any entity."""
    found: list[Link] = []
    for parent in parents:
        names = {reference(parent.mapping, Side.CRM, parent.crm_key)}
        for entity in context.entities:
            there = tx.links_by_key(context.back_office, entity, parent.mapping, Side.CRM, [parent.crm_key])
            names |= {reference(parent.mapping, Side.ERP, one.erp_key) for one in there.values() if one.erp_key}
        found += [child for name in sorted(names) for child in tx.children(name) if child.mapping == rules.name]
    return found


def _missing_ties(tx: Transaction, context: Context, rules: Rules, child: Link) -> list[Link]:
    """Half-links for the entities a child that is out somewhere has yet to go to."""
    field, crm = rules.parent_field, child.crm
    key = str(crm.fields.get(field.crm) or "") if crm and field and not crm.deleted else ""
    if not key or not child.erp_key or child.tombstone:
        return []
    made = []
    for entity in context.entities:
        parent = tx.links_by_key(context.back_office, entity, rules.mapping.parent, Side.CRM, [key]).get(key)
        there = tx.links_by_key(context.back_office, entity, rules.name, Side.CRM, [child.crm_key])
        ident = link_id(context.back_office, entity, rules.name, Side.CRM, child.crm_key)
        if parent is None or not parent.promoted or parent.tombstone or there or tx.link(ident) is not None:
            continue
        half = Link(ident, context.back_office, entity, rules.name, crm_key=child.crm_key, crm=crm, dirty=True)
        made.append(settled(replace(half, parent=reference(rules.mapping.parent, Side.CRM, key))))
    return made


def follows(link: Link, rules: Rules) -> bool:
    """Not out yet and nobody's wish but its parent's: it goes where that one is now."""
    return bool(rules.mapping.parent) and not (link.erp_key or link.promote or link.tombstone)


def _parent_key(link: Link, rules: Rules) -> tuple[Side | None, str]:
    mapping, _, rest = link.parent.partition("|")
    side, _, key = rest.partition("|")
    return (Side(side), key) if key and mapping == rules.mapping.parent else (None, "")
