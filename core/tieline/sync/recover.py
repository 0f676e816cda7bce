"""Closing what was left open: after a crash, a lost answer, or a queued write that is answered later.

Every open call may have been sent. A create is looked for by its id or marker; found, it is adopted; nowhere, it is
sent again under the same key where the vendor makes repeats harmless, else it waits until absence proves it. An
update is compared with what the record holds now. The same code runs after a crash in here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from tieline.contract import Done, Idempotency, Operation, Outcome, Record, Side, TielineError
from tieline.store.nouns import Call, Item, Link, Problem, Status
from tieline.store.protocol import Transaction
from tieline.sync.absorb import FORMER
from tieline.sync.act import Actor, Tally
from tieline.sync.context import Context
from tieline.sync.looking import look_again
from tieline.sync.observe import Births
from tieline.sync.outcome import Settled, adopt, indeterminate, never_happened
from tieline.sync.points import Point
from tieline.sync.sight import in_sight
from tieline.sync.status import OVERDUE, settled


def recover(context: Context) -> Tally:
    """Resolve every open call as far as the other side can tell now."""
    with context.store.reading() as tx:
        calls = tx.open_calls(context.back_office)
    total, failure = Tally(), None
    for call in calls:
        if call.entity in context.closed:
            continue
        context.point(Point.RECOVER_CALL)
        try:
            total.add(_Recovery(context, replace(call, maybe_sent=True)).run())
        except TielineError as error:  # one side that is down does not hold up the other
            failure = failure or error
    if failure is not None:
        raise failure
    return total


def births(context: Context) -> Births:
    """ERP records that are ours already though no answer said so yet."""
    with context.store.reading() as tx:
        calls = tx.open_calls(context.back_office)
    return {
        (call.mapping, item.key): item.link
        for call in calls
        for item in call.items
        if call.side is Side.ERP and item.operation == Operation.CREATE and item.key
    }


class _Recovery:
    """One call."""

    def __init__(self, context: Context, call: Call) -> None:
        self.context, self.call = context, call
        self.rules = context.rules_for(call.entity, call.mapping)
        self.actor = Actor(context, call.entity, self.rules, call.side)
        self.client = self.actor.client

    def run(self) -> Tally:
        pending = [item for item in self.call.items if item.correlation]
        sent = [item for item in self.call.items if not item.correlation]
        total = self._settle(pending) if pending else Tally()
        if sent:
            total.add(self._resolve(sent))
        return total

    # queued writes ---------------------------------------------------------------------------------------------

    def _settle(self, items: Sequence[Item]) -> Tally:
        answers = self.client.settle([item.correlation for item in items])
        answered = [(item, answers[item.correlation]) for item in items if item.correlation in answers]
        silent = [item for item in items if item.correlation not in answers]
        total = self._adopt(answered, ambiguous=False)
        deadline = self.call.deadline
        if silent and deadline is not None and self.context.clock.now() >= deadline:
            total.add(self._overdue(silent))
        return total

    def _overdue(self, items: Sequence[Item]) -> Tally:
        """A person is told; the call stays open, so a late answer is still taken. Pressing Promote then sends the same
        write once more, under the same key."""
        problem = Problem(
            "the back office has not acknowledged this record",
            "Ask for it in the back office; press Promote to send it again under the same key.",
            self.context.clock.now(),
            "no_acknowledgment",
        )
        with self.context.store.transaction(self.context.fence) as tx:
            links = tx.links([item.link for item in items])
            told = [link for link in links.values() if link.problem is None]
            asked = [link for link in told if link.extra.get(OVERDUE) and link.promote] if self._repeatable else []
            late = [link for link in told if link not in asked]
            tx.save_links([self._late(link, problem) for link in late])
            again = [link.id for link in asked]
            tx.save_links([settled(_in_time(link)) for link in asked])
            self._tell(tx, late)
        if not again:
            return Tally()
        self.call = replace(self.call, deadline=self.context.clock.now() + self.context.options.acknowledge_within)
        return self.actor.attempt(self.call, [item for item in items if item.link in again])

    def _late(self, link: Link, problem: Problem) -> Link:
        return settled(replace(link, problem=problem, extra={**link.extra, OVERDUE: True}))

    def _tell(self, tx: Transaction, late: Sequence[Link]) -> None:
        notes = [
            self.context.note(
                "overdue", link=one.id, mapping=one.mapping, side=self.call.side, crm_key=one.crm_key,
                erp_key=one.erp_key, status=str(Status.OUT_OF_SYNC),
            )
            for one in late
        ]  # fmt: skip
        if notes:
            tx.append_audit(self.context.back_office, notes)

    @property
    def _repeatable(self) -> bool:
        return self.actor.capabilities.idempotency is not Idempotency.NONE

    # writes of unknown outcome ---------------------------------------------------------------------------------

    def _resolve(self, items: Sequence[Item]) -> Tally:
        creates = [item for item in items if item.operation == Operation.CREATE]
        others = [item for item in items if item.operation != Operation.CREATE]
        total = self._creates(creates) if creates else Tally()
        if others:
            total.add(self._changes(others))
        return total

    def _creates(self, items: Sequence[Item]) -> Tally:
        found = self._look_for(items)
        total = self._adopt([(item, adopt(found[item.link])) for item in items if item.link in found])
        absent = [item for item in items if item.link not in found]
        met = self._met(absent)
        total.add(self._adopt([(item, Done(met[item.link])) for item in absent if item.link in met]))
        absent = [item for item in absent if item.link not in met]
        if not absent:
            return total
        if self._repeatable:
            total.add(self._repeat(absent))
        elif self._long_gone() and self._in_sight():
            self._close_absent(absent)
        return total

    def _met(self, items: Sequence[Item]) -> dict[str, str]:
        """Births that a reading has met since, by link: made, whatever became of the record afterwards."""
        with self.context.store.reading() as tx:
            links = tx.links([item.link for item in items])
        return {link.id: link.key(self.call.side) for link in links.values() if link.key(self.call.side)}

    def _look_for(self, items: Sequence[Item]) -> dict[str, Record]:
        """By the id we chose, else by the marker; keyed by link."""
        shape = self.rules.shape(self.call.side)
        entity = self.context.entity_for(self.call.side, self.call.entity)
        by_key = {item.key: item.link for item in items if item.key}
        by_marker = {str(item.payload.get("marker", "")): item.link for item in items if not item.key}
        found: dict[str, Record] = {}
        if by_key:
            read = self.client.read(entity, shape, list(by_key))
            found |= {by_key[key]: record for key, record in read.items() if record is not None}
        if by_marker:
            marked = self.client.find(entity, shape, list(by_marker))
            found |= {by_marker[text]: record for text, record in marked.items()}
        return self._ours(found)

    def _ours(self, found: dict[str, Record]) -> dict[str, Record]:
        """Without deleted records from an earlier life: a marker names the partner, so a record that was made for it,
        known and deleted carries the same one."""
        deleted = {link: record for link, record in found.items() if record.deleted}
        if not deleted:
            return found
        with self.context.store.reading() as tx:
            links = tx.links(list(deleted))
            known = tx.links_by_key(
                self.context.back_office, self.call.entity, self.call.mapping, self.call.side,
                [record.key for record in deleted.values()],
            )  # fmt: skip
        former = {key for link in links.values() for key in link.extra.get(FORMER, ())}
        return {
            link: record for link, record in found.items() if not (link in deleted and record.key in {*known, *former})
        }

    def _long_gone(self) -> bool:
        """Absence proves that a write never happened, after a while; never where writes may wait in a queue."""
        if self.actor.capabilities.answers_later:
            return False
        return self.context.clock.now() - self.call.made_at >= self.context.options.absent_after

    def _in_sight(self) -> bool:
        return in_sight(self.context, self.call.entity, self.rules, self.call.side)

    def _repeat(self, items: Sequence[Item]) -> Tally:
        """The same key again: the vendor recognises it, so there is still one record whatever happened before. A
        refusal is believed once nothing of an earlier attempt can be under way, and what it left would show."""
        certain = self._long_gone() and self._in_sight()
        self.context.point(Point.RECOVER_BEFORE_REPEAT)
        with self.context.store.transaction(self.context.fence) as tx:  # killed from here on, it was sent just now
            tx.save_call(replace(self.call, made_at=self.context.clock.now()))
        return self.actor.attempt(self.call, items, ambiguous=not certain)

    def _close_absent(self, items: Sequence[Item]) -> None:
        now = self.context.clock.now()
        self._close(items, lambda link, item: never_happened(link, item, self.call.side, now))

    def _changes(self, items: Sequence[Item]) -> Tally:
        entity = self.context.entity_for(self.call.side, self.call.entity)
        found = self.client.read(entity, self.rules.shape(self.call.side), [item.key for item in items])
        done: list[tuple[Item, Outcome]] = []
        unclear: list[Item] = []
        for item in items:
            record = found.get(item.key)
            if record is not None and self._holds(record, item):
                done.append((item, adopt(record)))
            elif record is None and item.operation == Operation.DELETE:
                done.append((item, adopt(Record(item.key, {}))))
            else:
                unclear.append(item)
        total = self._adopt(done)
        if unclear and self.actor.capabilities.answers_later:
            total.add(self._queued(unclear))
        elif unclear:
            self._look_anew(unclear)
        return total

    def _queued(self, items: Sequence[Item]) -> Tally:
        """It may stand in a queue and take effect at any time: asked once more under its key it is answered; else it
        stays open as long as an answer may take."""
        if self._repeatable:
            return self.actor.attempt(self.call, items, ambiguous=True)
        if self.call.deadline is None or self.context.clock.now() >= self.call.deadline:
            self._look_anew(items)
        return Tally()

    def _look_anew(self, items: Sequence[Item]) -> None:
        now = self.context.clock.now()
        links = self._close(items, lambda link, item: indeterminate(link, item, self.call.side, now))
        look_again(self.context, self.call.entity, self.rules, self.call.side, links)

    def _holds(self, record: Record, item: Item) -> bool:
        """Whether the record shows what we meant to write. Equal values need no proof of who wrote them."""
        if item.operation == Operation.DELETE:
            return record.deleted
        now = self.rules.canonical(self.call.side, record.fields)
        wanted: Mapping[str, object] = item.payload.get("fields", {})
        return all(now.get(name) == value for name, value in wanted.items())

    # bookkeeping -----------------------------------------------------------------------------------------------

    def _adopt(self, answers: Sequence[tuple[Item, Outcome]], *, ambiguous: bool = True) -> Tally:
        """An answer to a correlation is about this very write; anything else may be about an earlier attempt."""
        if not answers:
            return Tally()
        tally = self.actor.adopt(self.call, answers, ambiguous)
        done = {item.link for item, _ in answers}
        self.call = replace(self.call, items=tuple(item for item in self.call.items if item.link not in done))
        return tally

    def _close(self, items: Sequence[Item], judge: Settle) -> list[Link]:
        closed = {item.link for item in items}
        left = tuple(item for item in self.call.items if item.link not in closed)
        self.context.point(Point.RECOVER_BEFORE_CLOSE)
        with self.context.store.transaction(self.context.fence) as tx:
            links = tx.links(list(closed))
            settlements = [judge(links[item.link], item) for item in items if item.link in links]
            tx.save_links([one.link for one in settlements])
            tx.append_audit(self.context.back_office, [note for one in settlements for note in one.notes])
            if left:
                tx.save_call(replace(self.call, items=left))
            else:
                tx.close_call(self.call.id)
        self.call = replace(self.call, items=left)
        return [one.link for one in settlements]


def _in_time(link: Link) -> Link:
    """Asked once more: a new deadline runs."""
    return replace(link, extra={name: value for name, value in link.extra.items() if name != OVERDUE})


class Settle(Protocol):
    def __call__(self, link: Link, item: Item) -> Settled: ...
