"""Deletions: believed only when the vendor says so, twice; merges are followed to the survivor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tieline.contract import DeleteSource, Gone, Side
from tieline.store.nouns import CursorRow, Link, Problem
from tieline.store.protocol import Transaction
from tieline.sync.act import look_again
from tieline.sync.context import Context
from tieline.sync.points import Point
from tieline.sync.rules import Rules
from tieline.sync.status import settled

_START = timedelta(days=14)  # Salesforce tells deletions of the last 15 days


def sweep_deletes(context: Context, side: Side) -> int:
    """Ask one side for deletions of every mapping; returns links touched."""
    client, touched = context.client(side), 0
    entities = context.entities if side is Side.ERP else context.entities[:1]
    for entity in entities:
        for rules in context.rules[entity].values():
            obj = rules.object_on(side)
            if client.capabilities(obj).deletes in {DeleteSource.FEED, DeleteSource.AUDIT}:
                touched += _sweep(context, side, entity, rules)
    return touched


def _sweep(context: Context, side: Side, entity: str, rules: Rules) -> int:
    name, now = f"{rules.name}#deleted", context.clock.now()
    with context.store.reading() as tx:
        row = tx.cursor(context.back_office, entity, side, name)
    since = row.stamp - context.options.overlap if row else now - _START
    gone = list(context.client(side).deleted(context.entity_for(side, entity), rules.object_on(side), since))
    suspects: list[Link] = []
    touched = 0
    context.point(Point.DELETES_BEFORE_COMMIT)
    with context.store.transaction(context.fence) as tx:
        for home in _homes(context, side, entity):
            doubtful = _links(tx, context, side, home, rules, gone)
            touched += _follow_merges(tx, context, side, doubtful, gone)
            suspects += [link for key, link in doubtful.items() if key not in {o.key for o in gone if o.merged_into}]
        reached = max([one.at for one in gone if one.at], default=row.stamp if row else since)
        tx.save_cursor(CursorRow(context.back_office, entity, side, name, reached))
    context.point(Point.DELETES_AFTER_COMMIT)
    look_again(context, entity, rules, side, suspects)  # a delete is confirmed by a direct look
    return touched + len(suspects)


def _homes(context: Context, side: Side, entity: str) -> tuple[str, ...]:
    """Where links of a record may live: the CRM is asked once for all entities."""
    return tuple(dict.fromkeys((*context.entities, context.home))) if side is Side.CRM else (entity,)


def _links(
    tx: Transaction, context: Context, side: Side, home: str, rules: Rules, gone: Sequence[Gone]
) -> dict[str, Link]:
    found = tx.links_by_key(context.back_office, home, rules.name, side, [one.key for one in gone])
    return {key: link for key, link in found.items() if not link.tombstone and not _known_gone(link, side)}


def _known_gone(link: Link, side: Side) -> bool:
    seen = link.seen(side)
    return seen is not None and seen.deleted


def _follow_merges(
    tx: Transaction, context: Context, side: Side, links: dict[str, Link], gone: Sequence[Gone]
) -> int:  # fmt: skip
    """The survivor of a merge takes the link over; two linked records merged into one need a person."""
    touched = 0
    for one in gone:
        link = links.get(one.key)
        if link is None or not one.merged_into:
            continue
        tx.save_links(_merged(context, link, _survivor(tx, context, side, link, one.merged_into), one.merged_into))
        tx.append_audit(
            context.back_office,
            [context.note("merged", link=link.id, mapping=link.mapping, side=side, note=f"into {one.merged_into}")],
        )
        touched += 1
    return touched


def _survivor(tx: Transaction, context: Context, side: Side, link: Link, key: str) -> Link | None:
    """The surviving record's link in the same entity, or the one it has while nobody chose an entity."""
    for home in dict.fromkeys((link.entity, context.home)):
        found = tx.links_by_key(context.back_office, home, link.mapping, side, [key]).get(key)
        if found is not None:
            return found
    return None


def _merged(context: Context, link: Link, survivor: Link | None, key: str) -> list[Link]:
    if survivor is None:
        return [settled(replace(link, crm_key=key, dirty=True))]
    if not survivor.erp_key and link.erp_key:
        buried = settled(replace(survivor, crm_key="", tombstone=f"merged:{link.id}", dirty=False))
        return [buried, settled(replace(link, crm_key=key, crm=survivor.crm, dirty=True))]
    if not link.erp_key:
        return [settled(replace(link, tombstone=f"merged:{survivor.id}", dirty=False))]
    problem = Problem(
        "two records that are both in the back office were merged into one",
        "Merge them in the back office too, then unlink the one that is left over.",
        context.clock.now(),
        "duplicate",
    )
    lost = settled(replace(link, tombstone=f"merged:{survivor.id}", dirty=False))
    return [lost, settled(replace(survivor, problem=problem))]
