"""Parents and children: a child that waited is looked at again when its parent is tied, and goes where it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.identity import reference
from tieline.sync.rules import Rules


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
    """The entity of each link nobody has chosen one for: where its parent is, else the first."""
    told = {link.id: _parent_key(link, rules) for link in links}
    found = {link.id: link.entity if link.entity in context.entities else context.entities[0] for link in links}
    for entity in reversed(context.entities):
        for side in Side:
            keys = sorted({key for at, key in told.values() if at is side})
            parents = tx.links_by_key(context.back_office, entity, rules.mapping.parent, side, keys)
            tied = {key for key, parent in parents.items() if parent.promoted and not parent.tombstone}
            found |= {ident: entity for ident, (at, key) in told.items() if at is side and key in tied}
    return found


def follows(link: Link, rules: Rules) -> bool:
    """Not out yet and nobody's wish but its parent's: it goes where that one is now."""
    return bool(rules.mapping.parent) and not (link.erp_key or link.promote or link.tombstone)


def tied_earlier(
    tx: Transaction, context: Context, rules: Rules, entity: str, crm_keys: Sequence[str]
) -> frozenset[str]:
    """CRM records that are tied in an entity before this one too: that tie owns their one-way fields."""
    found: set[str] = set()
    for earlier in context.entities[: context.entities.index(entity)]:
        links = tx.links_by_key(context.back_office, earlier, rules.name, Side.CRM, crm_keys)
        found |= {key for key, link in links.items() if link.erp_key and not link.tombstone}
    return frozenset(found)


def _parent_key(link: Link, rules: Rules) -> tuple[Side | None, str]:
    mapping, _, rest = link.parent.partition("|")
    side, _, key = rest.partition("|")
    return (Side(side), key) if key and mapping == rules.mapping.parent else (None, "")
