"""Carrying out intents. The intent is stored before anything is sent; an answer is adopted in one transaction; what
ended unknown stays open until `recover` proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn

from tieline.contract import (
    AnswerLost,
    Done,
    Misconfigured,
    NothingSent,
    Operation,
    Outcome,
    Precondition,
    RateLimited,
    Record,
    Refused,
    Side,
    Stale,
    TransientError,
    Unknown,
)
from tieline.store.nouns import AuditEntry, Call, Item, Link
from tieline.store.protocol import Transaction
from tieline.sync.backward import STAMPS, note_backward, went_back
from tieline.sync.carried import Panels, foreseen, note_shown, stands
from tieline.sync.context import Context
from tieline.sync.family import follow_parents, wake_children
from tieline.sync.identity import derive
from tieline.sync.intents import Intended, as_write
from tieline.sync.looking import Look, by_key, look_again
from tieline.sync.outcome import TAKEN, Settled, apply, backoff
from tieline.sync.points import Point
from tieline.sync.retied import compare_children
from tieline.sync.rules import Rules
from tieline.sync.status import settled


@dataclass(slots=True)
class Tally:
    """Writes that took effect, by side, and records left open or refused. `panels` travelled with writes."""

    crm: int = 0
    erp: int = 0
    refused: int = 0
    unknown: int = 0
    replanned: int = 0
    panels: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Actor:
    """Sends intents of one entity and mapping to one side."""

    def __init__(self, context: Context, entity: str, rules: Rules, side: Side) -> None:
        self.context, self.entity, self.rules, self.side = context, entity, rules, side
        self.client = context.client(side)
        self.capabilities = self.client.capabilities(rules.object_on(side))

    def send(self, intended: Sequence[Intended]) -> Tally:
        """All intents, in batches, a few calls in flight."""
        calls = [partial(self._call, batch) for batch in self._batches(intended)]
        total = Tally()
        for tally in self.context.executor.run(calls, self.capabilities.concurrency):
            total.add(tally)
        return total

    def _batches(self, intended: Sequence[Intended]) -> Iterator[Sequence[Intended]]:
        """One operation a call: vendors' batch calls know no mixture."""
        for operation in (Operation.CREATE, Operation.UPDATE, Operation.DELETE):
            same = [one for one in intended if one.item.operation == operation]
            size = self.capabilities.batch_size
            for start in range(0, len(same), size):
                yield same[start : start + size]

    def _call(self, batch: Sequence[Intended]) -> Tally:
        unsure = self._unconditional(batch)
        moved = self._moved(unsure) if unsure else frozenset()
        still = [one for one in batch if one.link.id not in moved]
        tally = self.attempt(self._intend(still)) if still else Tally()
        tally.replanned += len(moved)
        return tally

    def _unconditional(self, batch: Sequence[Intended]) -> Sequence[Intended]:
        """Deletions, with which no system takes a condition; and updates that have none, though the system takes one,
        because the answer that made the record did not tell its version and nobody has read it since."""
        if batch[0].item.operation == Operation.DELETE:
            return batch
        if batch[0].item.operation != Operation.UPDATE or self.capabilities.precondition is Precondition.NONE:
            return ()
        return [one for one in batch if not one.item.payload.get("version")]

    def _moved(self, batch: Sequence[Intended]) -> frozenset[str]:
        """Links whose record is not what we last read, or has a version now: looked at anew and decided again."""
        context, rules, side = self.context, self.rules, self.side
        wanted = by_key(side, [one.link for one in batch])
        found = self.client.read(context.entity_for(side, self.entity), rules.shape(side), list(wanted))
        items = {one.item.key: one.item for one in batch}
        other = {key: record for key, record in found.items() if not self._as_before(record, items[key])}
        with context.store.transaction(context.fence) as tx:
            Look(tx, context, self.entity, rules, side).take(other, wanted)
        return frozenset(ident for key in other for ident in wanted[key])

    def _as_before(self, record: Record | None, item: Item) -> bool:
        learnt = item.operation == Operation.UPDATE and record is not None and record.version
        return not learnt and self._is_as_read(record, item.payload.get("before", {}))

    def _is_as_read(self, record: Record | None, before: Mapping[str, object]) -> bool:
        if record is None or record.deleted:
            return False
        now = self.rules.canonical(self.side, record.fields)
        return all(now[name] == value for name, value in before.items() if name in now)

    def _intend(self, batch: Sequence[Intended]) -> Call:
        """Store the intent. From here on the call may have been sent, whatever happens to us."""
        context, now = self.context, self.context.clock.now()
        items = tuple(one.item for one in batch)
        ident = derive("call", self.side, *(item.idempotency_key for item in items))
        deadline = now + context.options.acknowledge_within
        call = Call(ident, context.back_office, self.entity, self.side, self.rules.name, items, now, False, 0, deadline)
        context.point(Point.ACT_BEFORE_INTENT)
        with context.store.transaction(context.fence) as tx:
            tx.save_call(call)
            links = tx.links([item.link for item in items])
            awaiting = ident if self.side is Side.ERP else ""
            tx.save_links([settled(self._intended(k, awaiting)) for k in links.values()])
        context.point(Point.ACT_AFTER_INTENT)
        return call

    def _intended(self, link: Link, awaiting: str) -> Link:
        """A panel that travels along may be written and its answer lost: until then it counts as not shown."""
        panel = "" if self.side is Side.CRM else link.panel
        return replace(link, dirty=False, awaiting=awaiting or link.awaiting, panel=panel)

    def attempt(self, call: Call, part: Sequence[Item] | None = None, ambiguous: bool | None = None) -> Tally:
        """Send a stored call, or a part of it, (again) and adopt its answers."""
        asked = call.items if part is None else part
        # A worker that lost its lease ends here: what another one has read since must not pass for what we planned on.
        with self.context.store.transaction(self.context.fence, durable=False) as tx:
            links = tx.links([item.link for item in asked])
            items = [item for item in asked if item.link in links]
            crm = self.side is Side.CRM
            panels = foreseen(tx, self.context, self.rules, links, items) if crm else {}
        plain = [as_write(self.rules, links[item.link], item, self.side) for item in items]
        writes = [replace(one, panel=panels.get(item.link)) for one, item in zip(plain, items, strict=True)]
        try:
            outcomes: Sequence[Outcome] = self.client.write(
                self.context.entity_for(self.side, self.entity), self.rules.shape(self.side), writes
            )
        except (NothingSent, RateLimited, Misconfigured) as error:
            self._not_sent(call, error)
        except (AnswerLost, TransientError) as error:
            outcomes = [Unknown(error.sentence())] * len(items)
        self.context.point(Point.ACT_BEFORE_ACK)
        tally = self.adopt(call, list(zip(items, outcomes, strict=True)), ambiguous, panels)
        self.context.point(Point.ACT_AFTER_ACK)
        return tally

    def _not_sent(self, call: Call, error: NothingSent | RateLimited | Misconfigured) -> NoReturn:
        """Certain that nothing of this attempt left. Only a call that was never tried before may be closed by that."""
        context, now = self.context, self.context.clock.now()
        if not call.maybe_sent:
            with context.store.transaction(context.fence) as tx:
                links = tx.links([item.link for item in call.items])
                tx.save_links([self._later(link, error) for link in links.values()])
                tx.close_call(call.id)
                tx.append_audit(
                    context.back_office,
                    [AuditEntry(now, "not_sent", mapping=call.mapping, side=call.side, note=error.sentence())],
                )
        raise error

    def _later(self, link: Link, error: NothingSent | RateLimited | Misconfigured) -> Link:
        attempts = link.attempts + 1
        wait = backoff(attempts, self.context.options)
        free = replace(link, awaiting="") if self.side is Side.ERP else link
        due = None if isinstance(error, Misconfigured) else self.context.clock.now() + wait
        return settled(replace(free, dirty=True, attempts=attempts, not_before=due))

    def adopt(
        self,
        call: Call,
        answers: Sequence[tuple[Item, Outcome]],
        ambiguous: bool | None = None,
        panels: Panels | None = None,
    ) -> Tally:
        """Take answers into links, audit and the call, in one transaction; then look again where that is needed.
        `panels` are those that travelled with the writes."""
        carried = panels or {}
        context, now = self.context, self.context.clock.now()
        doubtful = call.maybe_sent if ambiguous is None else ambiguous
        with context.store.transaction(context.fence) as tx:
            links = tx.links([item.link for item, _ in answers])
            answers = self._not_taken(tx, answers)
            self._notice_backward(tx, links, answers)
            settlements = [
                apply(links[item.link], item, self.side, outcome, self.rules, now, context.options, doubtful)
                for item, outcome in answers
            ]
            after = [
                stands(context, one.link, outcome, carried)
                for one, (_, outcome) in zip(settlements, answers, strict=True)
            ]
            tx.save_links(after)
            tx.append_audit(context.back_office, [note for one in settlements for note in one.notes])
            shown = note_shown(tx, context, after, carried)
            tx.add_conflicts([conflict for one in settlements for conflict in one.conflicts])
            wake_children(tx, self.rules.name, [one.link for one in settlements])
            made = [one.link for one, (item, _) in zip(settlements, answers, strict=True) if item.operation == "create"]
            compare_children(tx, self.rules.name, made)
            follow_parents(tx, context, self.rules.name, [one.link for one in settlements])
            self._keep_open(tx, call, answers, settlements)
        self._look_again([one for one in settlements if one.reread])
        for one, (item, outcome) in zip(settlements, answers, strict=True):
            self._tell(one, item, outcome)
        return replace(self._tally(answers), panels=shown)

    def _notice_backward(
        self, tx: Transaction, links: Mapping[str, Link], answers: Sequence[tuple[Item, Outcome]]
    ) -> None:  # fmt: skip
        """A careful writer may be the first to meet what a backup brought back."""
        for item, outcome in answers:
            met = outcome.record if isinstance(outcome, Stale) else None
            if met is not None and went_back(links[item.link], self.side, met):
                why = f"{met.key} has an earlier stamp than before"
                note_backward(tx, self.context, STAMPS, self.side, self.entity, self.rules.name, why)

    def _not_taken(
        self, tx: Transaction, answers: Sequence[tuple[Item, Outcome]]
    ) -> Sequence[tuple[Item, Outcome]]:  # fmt: skip
        """A client that found the record it was to make may have found one that is tied already: never tie it twice."""
        made: dict[str, str] = {}
        for item, outcome in answers:
            if isinstance(outcome, Done) and item.operation == Operation.CREATE:
                made.setdefault(outcome.key, item.link)
        found = tx.links_by_key(self.context.back_office, self.entity, self.rules.name, self.side, list(made))
        taken = {key for key, link in found.items() if link.id != made[key] and not link.tombstone}
        told = Refused("the record it would be is tied to another one already", TAKEN)

        def is_taken(item: Item, outcome: Outcome) -> bool:
            key = outcome.key if isinstance(outcome, Done) and item.operation == Operation.CREATE else ""
            return bool(key) and (key in taken or made[key] != item.link)

        return [(item, told if is_taken(item, outcome) else outcome) for item, outcome in answers]

    def _keep_open(
        self, tx: Transaction, call: Call, answers: Sequence[tuple[Item, Outcome]], settlements: Sequence[Settled]
    ) -> None:
        answered = {item.link for item, _ in answers}
        left = [one.item for one in settlements if one.item is not None]
        left += [item for item in call.items if item.link not in answered]
        unknown = any(isinstance(outcome, Unknown) for _, outcome in answers)
        if left:
            maybe = call.maybe_sent or unknown
            sent = self.context.clock.now() if unknown else call.made_at
            tx.save_call(replace(call, items=tuple(left), attempts=call.attempts + 1, maybe_sent=maybe, made_at=sent))
        else:
            tx.close_call(call.id)

    def _look_again(self, settlements: Sequence[Settled]) -> None:
        look_again(self.context, self.entity, self.rules, self.side, [one.link for one in settlements])

    def _tell(self, one: Settled, item: Item, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            self.context.tell(
                f"record.{item.operation}d", side=self.side, mapping=self.rules.mapping.id, key=one.link.key(self.side)
            )

    def _tally(self, answers: Sequence[tuple[Item, Outcome]]) -> Tally:
        done = sum(isinstance(outcome, Done) for _, outcome in answers)
        return Tally(
            crm=done if self.side is Side.CRM else 0,
            erp=done if self.side is Side.ERP else 0,
            refused=sum(isinstance(outcome, Refused) for _, outcome in answers),
            unknown=sum(isinstance(outcome, Unknown) for _, outcome in answers),
            replanned=sum(isinstance(outcome, Stale) for _, outcome in answers),
        )
