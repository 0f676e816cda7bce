"""Rounds: a slow full reading of every part, beside the polls. It finds what polling missed and what is not there any
more, and mends it by taking the fresh record like any other.

A round of a part is due a day after the last one. It goes on a slice a cycle, so its cost stays bounded; a part whose
history is in doubt (a clock that went back, a system that forgot its deletions, records that seem to be gone) is read
in one go. While a round is under way only its place and short hashes of the keys it met are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieline.contract import Cursor, PermanentError, Record, Side, TielineError
from tieline.store.nouns import CursorRow, Link
from tieline.store.protocol import Transaction
from tieline.sync.absent import Absence, carried_by, known_children, settle_children, short
from tieline.sync.backward import STAMPS, settle_backward
from tieline.sync.context import Context
from tieline.sync.observe import Births, Lost, Observer
from tieline.sync.parts import Part, part_of, rounds_scope, whole_is_due
from tieline.sync.points import Point
from tieline.sync.rules import Rules


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
        state = _due(context, part, now=everything or _child_is_due(context, part))
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


def _child_is_due(context: Context, part: Part) -> bool:
    """Records inside others are not read alone: a full reading of them is one of their carriers."""
    if part.side is Side.CRM:
        return False
    names = [child.name for child in carried_by(context.rules[part.entity][part.mapping])]
    with context.store.reading() as tx:
        now, parts = context.clock.now(), [part_of(part.side, part.entity, name) for name in names]
        return any(whole_is_due(tx, context.back_office, one, now) for one in parts)


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
        self.resumable = self.client.capabilities(self.rules.object_on(part.side)).resumable
        self.keys: set[str] = set()
        self.lost: Lost = {}
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
        for rules in (self.rules, *(self._children() if self._whole else ())):
            settle_backward(self.context, STAMPS, self.side, self.part.entity, rules.name)
        self.done.rounds = 1
        return self.done

    @property
    def _in_one_go(self) -> bool:
        return bool(self.state.get("whole")) or not self.resumable or len(self.entities) > 1

    @property
    def _whole(self) -> bool:
        """All of it was read in this cycle, so that what it did not show can be judged together."""
        return self._in_one_go or "stamp" not in self.state

    def _place(self) -> Cursor | None:
        """Where the last slice ended."""
        stamp = self.state.get("stamp")
        return Cursor(datetime.fromisoformat(stamp), self.state["key"]) if stamp and not self._in_one_go else None

    def _take(self, entity: str, rules: Rules, records: Sequence[Record]) -> None:
        context, observer = self.context, self.observer
        self.keys |= {short(record.key) for record in records if not record.deleted}
        self.done.compared += len(records)
        with context.store.transaction(context.fence, durable=False) as tx:
            polled = tx.cursor(context.back_office, entity, self.side, rules.name)
            known = observer.links_of(tx, self.side, entity, rules, records)
            finds = [one.key for one in records if self._overlooked(tx, entity, rules, one, polled, known)]
            observer.absorb_all(tx, self.side, entity, rules, records, known=known, lost=self.lost)
            words = {"mapping": rules.name, "side": self.side}
            notes = [context.note("drift", note=f"polling missed {key}", **words) for key in finds]
            if notes:
                tx.append_audit(context.back_office, notes)
        self.done.missed += len(finds)

    def _overlooked(
        self, tx: Transaction, entity: str, rules: Rules, record: Record, polled: CursorRow | None,
        known: Mapping[str, Sequence[Link]],
    ) -> bool:  # fmt: skip
        """Polling has been past this record's stamp and what it says is not known."""
        if polled is None or record.stamp is None or record.stamp > polled.stamp - self.context.options.overlap:
            return False
        links = known.get(record.key)
        if links is None:
            return bool(self.observer.newborn(tx, self.side, entity, rules, record))
        try:
            now = rules.canonical(self.side, record.fields)
        except PermanentError:
            return False
        told = [seen.fields for link in links if not link.tombstone and (seen := link.seen(self.side))]
        return any(fields != now for fields in told)

    def _pause(self, place: Cursor) -> None:
        context, scope = self.context, self._keys_scope
        slices = int(self.state.get("slices", 0)) + 1
        state = {"due": self.state["due"], "stamp": place.stamp.isoformat(), "key": place.key, "slices": slices}
        context.point(Point.ROUND_BEFORE_COMMIT)
        with context.store.transaction(context.fence, durable=False) as tx:
            tx.save_fact(scope, f"{slices:06d}", sorted(self.keys))
            tx.save_fact(rounds_scope(context.back_office), self.part.name, state)
            for child in self._children():
                settle_children(tx, context, self.part.entity, child, self._lost(child), None)

    @property
    def _keys_scope(self) -> str:
        return f"round {self.context.back_office} {self.part.name}"

    def _end(self) -> None:
        """Links whose record was not met are looked for by key; what is not there is gone, within reason."""
        context, ending = self.context, Absence(self.context, self.part, self.rules)
        with context.store.reading() as tx:
            earlier = tx.facts(self._keys_scope)
        if not self._in_one_go:
            self.keys = self.keys.union(*map(set, earlier.values()))
        absent = ending.compare(self.keys)
        self.done.looked_for = len(absent.wanted)
        found = ending.look_up(absent) if absent.wanted else {}
        told = ending.told() if any(record is None for record in found.values()) else frozenset()
        children = [(child, self._known(child)) for child in self._children()]
        context.point(Point.ROUND_BEFORE_COMMIT)
        with context.store.transaction(context.fence) as tx:
            due = context.clock.now() + context.options.audit_every
            tx.save_fact(rounds_scope(context.back_office), self.part.name, {"due": due.isoformat()})
            for name in earlier:
                tx.save_fact(self._keys_scope, name, None)
            ending.settle(tx, found, absent.wanted, told, absent.known)
            for child, known in children:
                self._end_child(tx, child, known)

    def _children(self) -> list[Rules]:
        """What these records carry."""
        return list(carried_by(self.rules)) if self.side is Side.ERP else []

    def _lost(self, child: Rules) -> list[str]:
        return list(self.lost.get(child.name, {}).values())

    def _known(self, child: Rules) -> int | None:
        """How many there should be; counted only where it is asked for, for this goes through all links."""
        if not self._whole:
            return None
        return known_children(self.context, self.part.entity, child) if self._lost(child) else 0

    def _end_child(self, tx: Transaction, child: Rules, known: int | None) -> None:
        context, entity = self.context, self.part.entity
        if self._whole:
            tx.save_fact(rounds_scope(context.back_office), part_of(self.side, entity, child.name).name, None)
        settle_children(tx, context, entity, child, self._lost(child), known)
