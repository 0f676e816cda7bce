"""Deletions: believed only when the vendor says so, twice, and never many at once; merges are followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from tieline.contract import Gone, PermanentError, Record, Side
from tieline.store.nouns import CursorRow, Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.first_load import confirmed, is_confirmed
from tieline.sync.looking import Look, by_key, is_missing, tells_deletions
from tieline.sync.merged import follow_merges
from tieline.sync.observe import Observer
from tieline.sync.parts import order_round, part_of
from tieline.sync.points import Point
from tieline.sync.rules import Rules

FORGOTTEN = "deletes_forgotten"


def sweep_deletes(context: Context, side: Side) -> int:
    """Ask one side for deletions of every mapping; returns links touched."""
    return sum(_sweep(context, side, entity, rules) for entity, rules in _parts(context, side))


def keep_beginnings(context: Context, side: Side) -> None:
    """Before a first reading goes on that was broken off: what it had read may have been deleted since then."""
    if confirmed(context):
        return
    for entity, rules in _parts(context, side):
        with context.store.reading() as tx:
            begun = _first(tx, context, side, entity, rules)
        if begun is not None:
            _begin(context, side, entity, rules, begun)


def _parts(context: Context, side: Side) -> Iterator[tuple[str, Rules]]:
    for entity in context.open if side is Side.ERP else context.entities[:1]:
        for rules in context.rules[entity].values():
            if tells_deletions(context, side, rules):
                yield entity, rules


def _first(tx: Transaction, context: Context, side: Side, entity: str, rules: Rules) -> CursorRow | None:
    """How far the first load has read this part, if nobody asked for its deletions yet."""
    if is_confirmed(tx, context.back_office) or tx.cursor(context.back_office, entity, side, _place(rules)) is not None:
        return None
    return tx.cursor(context.back_office, entity, side, rules.name)


def _sweep(context: Context, side: Side, entity: str, rules: Rules) -> int:
    """What was told is looked at before the cursor moves: killed in between, it is told again."""
    with context.store.reading() as tx:
        row = tx.cursor(context.back_office, entity, side, _place(rules))
        begun = _first(tx, context, side, entity, rules)
    if begun is not None:
        return _begin(context, side, entity, rules, begun)
    since = _since(context, side, rules, row)
    gone, complete = _told(context, side, entity, rules, since, row)
    with context.store.reading() as tx:
        suspects = _links(tx, context, side, entity, rules, gone)
    merged = {one.key for one in gone if one.merged_into}
    told = {one.key for one in gone}
    wanted = by_key(side, [link for link in suspects if link.key(side) not in merged])
    found = context.client(side).read(_entity(side, entity), rules.shape(side), list(wanted)) if wanted else {}
    heirs = _heirs(context, side, entity, rules, [one for one in gone if one.key in {s.key(side) for s in suspects}])
    context.point(Point.DELETES_BEFORE_COMMIT)
    with context.store.transaction(context.fence) as tx:
        touched = sum(_follow(tx, context, side, home, rules, gone) for home in _homes(context, side, entity))
        Observer(context, {}).absorb_all(tx, side, entity, rules, heirs)
        touched += Look(tx, context, entity, rules, side, told=told).take(found, wanted)
        if not complete:
            order_round(tx, context.back_office, part_of(side, entity, rules.name), context.clock.now())
        reached = max([one.at for one in gone if one.at], default=row.stamp if row else since)
        tx.save_cursor(
            CursorRow(context.back_office, entity, side, _place(rules), reached, deletes_since=context.clock.now())
        )
    context.point(Point.DELETES_AFTER_COMMIT)
    return touched


def _begin(context: Context, side: Side, entity: str, rules: Rules, begun: CursorRow) -> int:
    """All that is known was read just now, so nothing before it can be missing: deletions count from its start on."""
    now = context.clock.now()
    with context.store.transaction(context.fence) as tx:
        tx.save_cursor(CursorRow(context.back_office, entity, side, _place(rules), begun.stamp, deletes_since=now))
    return 0


def _heirs(context: Context, side: Side, entity: str, rules: Rules, gone: Sequence[Gone]) -> list[Record]:
    """Survivors of merges, as they are now: what the links knew of their records was true of the lost ones."""
    keys = sorted({one.merged_into for one in gone if one.merged_into})
    found = context.client(side).read(_entity(side, entity), rules.shape(side), keys) if keys else {}
    return [record for record in found.values() if record is not None]


def _place(rules: Rules) -> str:
    return f"{rules.name}#deleted"


def _entity(side: Side, entity: str) -> str:
    return entity if side is Side.ERP else ""


def _since(context: Context, side: Side, rules: Rules, row: CursorRow | None) -> datetime:
    kept = context.client(side).capabilities(rules.object_on(side)).deletes_kept
    return row.stamp - context.options.overlap if row else context.clock.now() - kept


def _told(
    context: Context, side: Side, entity: str, rules: Rules, since: datetime, row: CursorRow | None
) -> tuple[list[Gone], bool]:
    """Deletions, and whether these are all since we asked last. A system forgets them after a while."""
    client, obj = context.client(side), rules.object_on(side)
    try:
        gone = list(client.deleted(_entity(side, entity), obj, since))
    except PermanentError as error:
        if error.code != FORGOTTEN:
            raise
        return [], False
    asked = row.deletes_since if row else None
    return gone, asked is None or context.clock.now() - asked <= client.capabilities(obj).deletes_kept


def _homes(context: Context, side: Side, entity: str) -> tuple[str, ...]:
    """Where links of a record may live: the CRM is asked once for all entities."""
    return tuple(dict.fromkeys((*context.entities, context.home))) if side is Side.CRM else (entity,)


def _links(
    tx: Transaction, context: Context, side: Side, entity: str, rules: Rules, gone: Sequence[Gone]
) -> list[Link]:  # fmt: skip
    """Links of records that are told gone and were not known to be."""
    keys = [one.key for one in gone]
    homes = _homes(context, side, entity)
    found = (tx.links_by_key(context.back_office, home, rules.name, side, keys) for home in homes)
    merged = {one.key for one in gone if one.merged_into}
    return [link for links in found for link in links.values() if _is_news(link, side, merged)]


def _is_news(link: Link, side: Side, merged: Collection[str]) -> bool:
    """That a record was merged is news even where it is known to be gone: a late answer may have shown it so."""
    return is_missing(link, side, None) or (link.key(side) in merged and not link.tombstone)


def _follow(
    tx: Transaction, context: Context, side: Side, home: str, rules: Rules, gone: Sequence[Gone]
) -> int:  # fmt: skip
    merged = [one for one in gone if one.merged_into]
    found = tx.links_by_key(context.back_office, home, rules.name, side, [one.key for one in merged])
    idents = {key: link.id for key, link in found.items() if not link.tombstone}
    return follow_merges(tx, context, rules, side, idents, merged)
