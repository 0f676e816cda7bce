"""Rounds: a slow full reading of every part, beside the polls. It finds what polling missed and what is not there any
more, and mends it by taking the fresh record like any other.

A round of a part is due a day after the last one. It goes on a slice a cycle, so its cost stays bounded; a part whose
history is in doubt (a clock that went back, a system that forgot its deletions, records that seem to be gone) is read
in one go. While a round is under way only its place and short hashes of the keys it met are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieline.contract import Cursor, PermanentError, Record, Side, TielineError
from tieline.store.nouns import CursorRow, Link
from tieline.store.protocol import Transaction
from tieline.sync.backward import STAMPS, settle_backward
from tieline.sync.context import Context
from tieline.sync.looking import Look, by_key, is_missing, tells_deletions
from tieline.sync.observe import Births, Observer
from tieline.sync.parts import Part, part_of, rounds_scope
from tieline.sync.points import Point
from tieline.sync.rules import Rules

_KEY_HASH = 12  # hex digits: one pair in a million records collides once in 500 rounds, and only hides it from one


@dataclass(slots=True)
class Audited:
    """What rounds compared: records read, records that polling had missed, links whose record was looked for."""

    compared: int = 0
    missed: int = 0
    looked_for: int = 0
    rounds: int = 0

    def add(self, other: Audited) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def totals_scope(back_office: str) -> str:
    """The fact `audit` of this scope adds up what all rounds compared and found."""
    return f"audited {back_office}"


def run_rounds(context: Context, births: Births, *, everything: bool = False) -> Audited:
    """Go on with what is due; `everything` reads every part in one go now. A part that cannot be read does not keep
    the others from it; the first failure is raised at the end."""
    observer, total, failure = Observer(context, births), Audited(), None
    for part, entities in _parts(context, observer):
        state = _due(context, part, now=everything)
        if state is not None and (state.get("whole") or total.compared < context.options.audit_records):
            try:
                total.add(_Round(context, observer, part, entities, state).go_on(total.compared))
            except TielineError as error:
                failure = failure or error
    if total.compared or total.rounds:
        _add_up(context, total)
    if failure is not None:
        raise failure
    return total


def _parts(context: Context, observer: Observer) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Every part, with the entities it is read in: the CRM's may have to be asked for each."""
    for side in Side:
        places = observer.entities(side)
        for entities in [(one,) for one in places] if side is Side.ERP else [places]:
            for rules in context.rules[entities[0]].values():
                if observer.reads_alone(rules, side):
                    yield part_of(side, entities[0], rules.name), entities


def _due(context: Context, part: Part, *, now: bool) -> dict[str, Any] | None:
    """The state of a part's round if there is something to do. The first round is due a while after the first load."""
    scope, name = rounds_scope(context.back_office), part.name
    with context.store.reading() as tx:
        told: dict[str, Any] | None = tx.fact(scope, name)
    if now:
        return {"due": context.clock.now().isoformat(), "whole": True, "slices": (told or {}).get("slices", 0)}
    if told is None:
        with context.store.transaction(context.fence, durable=False) as tx:
            tx.save_fact(scope, name, {"due": (context.clock.now() + context.options.audit_every).isoformat()})
        return None
    under_way = "stamp" in told
    return told if under_way or datetime.fromisoformat(told["due"]) <= context.clock.now() else None


def _add_up(context: Context, total: Audited) -> None:
    scope = totals_scope(context.back_office)
    with context.store.transaction(context.fence, durable=False) as tx:
        told = tx.fact(scope, "audit") or {}
        sums = {name: told.get(name, 0) + getattr(total, name) for name in ("compared", "missed", "rounds")}
        tx.save_fact(scope, "audit", sums)
    if total.missed:
        context.tell("drift.found", missed=total.missed, compared=total.compared)


class _Round:
    """A round of one part, as far as this cycle takes it."""

    def __init__(
        self, context: Context, observer: Observer, part: Part, entities: tuple[str, ...], state: dict[str, Any]
    ) -> None:  # fmt: skip
        self.context, self.observer, self.part = context, observer, part
        self.side, self.entities, self.state = part.side, entities, state
        self.rules = context.rules[entities[0]][part.mapping]
        self.client = context.client(part.side)
        self.capabilities = self.client.capabilities(self.rules.object_on(part.side))
        self.keys: set[str] = set()
        self.done = Audited()

    def go_on(self, spent: int) -> Audited:
        """Until the list ends or, where the system can be left and come back to, the cycle's share is spent."""
        share = self.context.options.audit_records - spent
        for entity in self.entities:
            rules = self.context.rules[entity][self.part.mapping]
            asked = self.context.entity_for(self.side, entity)
            for page in self.client.pages(asked, rules.shape(self.side), self._place()):
                self._take(entity, rules, page.records)
                if not self._in_one_go and page.cursor and self.done.compared >= share:
                    self._pause(page.cursor)
                    return self.done
        self._end()
        settle_backward(self.context, STAMPS, self.side, self.part.entity, self.part.mapping)
        self.done.rounds = 1
        return self.done

    @property
    def _in_one_go(self) -> bool:
        return bool(self.state.get("whole")) or not self.capabilities.resumable or len(self.entities) > 1

    def _place(self) -> Cursor | None:
        """Where the last slice ended."""
        stamp = self.state.get("stamp")
        return Cursor(datetime.fromisoformat(stamp), self.state["key"]) if stamp and not self._in_one_go else None

    def _take(self, entity: str, rules: Rules, records: Sequence[Record]) -> None:
        context, observer = self.context, self.observer
        self.keys |= {_short(record.key) for record in records if not record.deleted}
        self.done.compared += len(records)
        with context.store.transaction(context.fence, durable=False) as tx:
            polled = tx.cursor(context.back_office, entity, self.side, rules.name)
            finds = [one.key for one in records if self._overlooked(tx, entity, rules, one, polled)]
            observer.absorb_all(tx, self.side, entity, rules, records, thorough=True)
            words = {"mapping": rules.name, "side": self.side}
            notes = [context.note("drift", note=f"polling missed {key}", **words) for key in finds]
            if notes:
                tx.append_audit(context.back_office, notes)
        self.done.missed += len(finds)

    def _overlooked(
        self, tx: Transaction, entity: str, rules: Rules, record: Record, polled: CursorRow | None
    ) -> bool:  # fmt: skip
        """Polling has been past this record's stamp and what it says is not known."""
        if polled is None or record.stamp is None or record.stamp > polled.stamp - self.context.options.overlap:
            return False
        links = self.observer.links_of(tx, self.side, entity, rules, [record]).get(record.key)
        if links is None:
            return bool(self.observer.newborn(tx, self.side, entity, rules, record))
        try:
            now = rules.canonical(self.side, record.fields)
        except PermanentError:
            return False
        known = [seen.fields for link in links if not link.tombstone and (seen := link.seen(self.side))]
        return any(fields != now for fields in known)

    def _pause(self, place: Cursor) -> None:
        context, scope = self.context, self._keys_scope
        slices = int(self.state.get("slices", 0)) + 1
        state = {"due": self.state["due"], "stamp": place.stamp.isoformat(), "key": place.key, "slices": slices}
        context.point(Point.ROUND_BEFORE_COMMIT)
        with context.store.transaction(context.fence, durable=False) as tx:
            tx.save_fact(scope, f"{slices:06d}", sorted(self.keys))
            tx.save_fact(rounds_scope(context.back_office), self.part.name, state)

    @property
    def _keys_scope(self) -> str:
        return f"round {self.context.back_office} {self.part.name}"

    def _end(self) -> None:
        """Links whose record was not met are looked for by key; what is not there is gone, within reason."""
        context = self.context
        with context.store.reading() as tx:
            earlier = tx.facts(self._keys_scope)
        if not self._in_one_go:
            self.keys = self.keys.union(*map(set, earlier.values()))
        live = list(self._live())
        absent = [link for link in live if _short(link.key(self.side)) not in self.keys]
        self.done.looked_for = len(absent)
        known = len({link.key(self.side) for link in live})
        wanted = by_key(self.side, absent)
        found = self._read(list(wanted)) if wanted else {}
        told = self._told() if any(record is None for record in found.values()) else frozenset()
        context.point(Point.ROUND_BEFORE_COMMIT)
        with context.store.transaction(context.fence) as tx:
            due = context.clock.now() + context.options.audit_every
            tx.save_fact(rounds_scope(context.back_office), self.part.name, {"due": due.isoformat()})
            for name in earlier:
                tx.save_fact(self._keys_scope, name, None)
            Look(tx, context, self.part.entity, self.rules, self.side, told, known).take(found, wanted)

    def _told(self) -> frozenset[str]:
        """What the system says was deleted, as far back as it remembers."""
        if not tells_deletions(self.context, self.side, self.rules):
            return frozenset()
        since = self.context.clock.now() - self.capabilities.deletes_kept
        gone = self.client.deleted(self.part.entity, self.rules.object_on(self.side), since)
        return frozenset(one.key for one in gone)

    def _live(self) -> Iterator[Link]:
        """Links of this part whose record should be there. One with a write on its way is left for the next round."""
        context, after = self.context, ""
        homes = {*context.entities, context.home} if self.side is Side.CRM else {self.part.entity}
        limit = context.options.page_of_links
        while True:
            with context.store.reading() as tx:
                links = tx.find_links(context.back_office, self.rules.name, after=after, limit=limit)
            for link in links:
                there = link.entity in homes and link.key(self.side) and link.seen(self.side) is not None
                if there and not link.awaiting and is_missing(link, self.side, None):
                    yield link
            if len(links) < limit:
                return
            after = links[-1].id

    def _read(self, keys: Sequence[str]) -> dict[str, Record | None]:
        shape, size = self.rules.shape(self.side), max(1, self.capabilities.page_size)
        found: dict[str, Record | None] = {}
        for start in range(0, len(keys), size):
            found |= self.client.read(self.part.entity, shape, keys[start : start + size])
        return found


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_KEY_HASH]
