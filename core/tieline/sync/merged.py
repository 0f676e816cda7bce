"""Two ties become one: records merged by a person, whose survivor takes the tie over, and records that come back to a
partner who has another one. Nothing is ever merged in the other system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Gone, Side
from tieline.store.nouns import Conflict, Link, Problem
from tieline.store.protocol import Transaction
from tieline.sync.births import prove_birth
from tieline.sync.context import Context
from tieline.sync.family import wake_children
from tieline.sync.identity import derive
from tieline.sync.rules import Rules
from tieline.sync.standing import DUPLICATE, stand
from tieline.sync.status import settled


def follow_merges(
    tx: Transaction, context: Context, rules: Rules, side: Side, idents: dict[str, str], gone: Sequence[Gone]
) -> int:  # fmt: skip
    """`idents`: link by the key of a record that is gone. Returns the links that followed. Links are read anew for each
    merge: in a chain of them the survivor of one is lost in the next."""
    touched = 0
    for one in gone:
        link = tx.link(idents[one.key]) if one.merged_into and one.key in idents else None
        if link is None or link.tombstone:
            continue
        link = prove_birth(tx, context, side, link)
        survivor = _survivor(tx, context, side, link, one.merged_into)
        after = _merged(context, side, link, survivor, one.merged_into)
        if survivor is not None and _is_free(survivor, side):
            tx.add_conflicts(_overruled(context, rules, side, link, survivor))
        tx.save_links(after)
        wake_children(tx, link.mapping, [tx.link(each.id) or each for each in after])
        note = context.note("merged", link=link.id, mapping=link.mapping, side=side, note=f"into {one.merged_into}")
        tx.append_audit(context.back_office, [note])
        touched += 1
    return touched


def come_back(tx: Transaction, context: Context, side: Side, link: Link) -> list[Link]:
    """A record that was gone is there again. Its partner may have been tied anew meanwhile, by a merge or by hand: a
    half-link gives way; two ties are told like two customers merged into one."""
    partner = link.key(side.other)
    found = tx.links_by_key(context.back_office, link.entity, link.mapping, side.other, [partner]).get(partner)
    if found is None or found.id == link.id or found.tombstone:
        return [link]
    return _merged(context, side.other, link, found, partner)


def _survivor(tx: Transaction, context: Context, side: Side, link: Link, key: str) -> Link | None:
    """The surviving record's live link in the same entity, or the one it has while nobody chose an entity."""
    for home in dict.fromkeys((link.entity, context.home)):
        found = tx.links_by_key(context.back_office, home, link.mapping, side, [key]).get(key)
        if found is not None and not found.tombstone:
            return found
    return None


def _merged(context: Context, side: Side, link: Link, survivor: Link | None, key: str) -> list[Link]:
    if survivor is None:  # not read yet: the two meet for the first time then
        unread = replace(link, crm=None) if side is Side.CRM else replace(link, erp=None)
        return [settled(replace(_keyed(unread, side, key), base={}, dirty=True))]
    if _is_free(survivor, side) and link.key(side.other):
        buried = replace(_keyed(survivor, side, ""), tombstone=f"merged:{link.id}", dirty=False)
        seen = survivor.seen(side)
        heir = replace(link, crm=seen) if side is Side.CRM else replace(link, erp=seen)
        filled = {name for name, value in seen.fields.items() if value is not None} if seen else set()
        base = {
            name: pair for name, pair in link.base.items() if name in filled
        }  # a blank of the survivor says nothing
        return [settled(buried), settled(replace(_keyed(heir, side, key), base=base, dirty=True))]
    lost = settled(replace(link, tombstone=f"merged:{survivor.id}", dirty=False))
    if not link.key(side.other):
        return [lost]
    return [lost, settled(stand(survivor, _duplicate(context, side, link)))]


def _is_free(survivor: Link, side: Side) -> bool:
    """Whether it has no partner, and none is about to be born."""
    return not (survivor.key(side.other) or survivor.awaiting)


def _overruled(context: Context, rules: Rules, side: Side, lost: Link, survivor: Link) -> list[Conflict]:
    """The survivor's values stand where both had one: whoever merged chose them. What the other side has of the lost
    record, and what goes, stays readable."""
    kept, theirs = survivor.seen(side), lost.seen(side.other)
    place, now = (0 if side is Side.CRM else 1), context.clock.now()
    if kept is None or theirs is None:
        return []
    names = tuple(
        name
        for name, pair in sorted(lost.base.items())
        if name in rules.by_name and kept.fields.get(name) not in (None, pair[place])
    )
    if not names:
        return []
    winning = {name: kept.fields[name] for name in names}
    losing = {name: theirs.fields.get(name) for name in names}
    crm, erp = (winning, losing) if side is Side.CRM else (losing, winning)
    ident = derive("merged", lost.id, survivor.id)
    base = {name: list(lost.base[name]) for name in names}
    return [
        Conflict(ident, lost.back_office, lost.id, lost.mapping, names, base, crm, erp, str(side), "merged", now, now)
    ]


def _keyed(link: Link, side: Side, key: str) -> Link:
    return replace(link, crm_key=key) if side is Side.CRM else replace(link, erp_key=key)


def _duplicate(context: Context, side: Side, lost: Link) -> Problem:
    other = "back office" if side is Side.CRM else "CRM"
    return Problem(
        f"duplicate {lost.mapping.replace('_', ' ')}s: the record merged into this one was {lost.key(side.other)} in"
        f" the {other}, which has both still",
        f"Merge the two in the {other} as well, or keep both; then run `tieline retry`.",
        context.clock.now(),
        DUPLICATE,
    )
