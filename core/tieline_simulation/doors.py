"""A toy's client as a storm lets the engine reach it: calls fail, answers are lost, effects come late, users meddle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tieline.contract import (
    AnswerLost,
    Cursor,
    Done,
    Gone,
    ListRow,
    NothingSent,
    Operation,
    Outcome,
    Page,
    Precondition,
    RateLimited,
    Record,
    Refused,
    Shape,
    TransientError,
    Values,
    Write,
)
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


class Killed(BaseException):
    """The process ends here: nothing above may catch it."""


class Door:
    """What is not changed here goes straight to the toy."""

    def __init__(self, storm: Storm, toy: Toy) -> None:
        self.storm, self.toy = storm, toy
        self.lost: dict[str, datetime] = {}  # creates whose answer was lost: key -> when

    def __getattr__(self, name: str) -> Any:
        return getattr(self.toy, name)

    def _look(self, name: str) -> None:
        storm = self.storm
        storm.gate(name)
        if storm.raging and storm.rng.random() < storm.weather.read_fault:
            storm.tally.add("read faults")
            raise TransientError("service unavailable", where=self.toy.name)

    def _shown(self, record: Record) -> Record:
        hidden = self.storm.weather.versionless and self.toy.shape_of.precondition is Precondition.NONE
        return replace(record, version="") if hidden else record

    # reading ---------------------------------------------------------------------------------------------------

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        self._look("pages")
        for page in self.toy.pages(entity, shape, since):
            yield replace(page, records=tuple(self._shown(record) for record in page.records))
            self._look("pages")

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        self._look("read")
        found = self.toy.read(entity, shape, keys)
        return {key: record and self._shown(record) for key, record in found.items()}

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        self._look("find")
        return {text: self._shown(record) for text, record in self.toy.find(entity, shape, markers).items()}

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:
        """Some answers have arrived, in no order."""
        self._look("settle")
        storm = self.storm
        asked = [one for one in correlations if not storm.raging or storm.rng.random() < 0.6]
        answers = self.toy.settle(asked)
        storm.oracle.catch_up()
        storm.gate("settle")
        return {one: self._told(outcome) for one, outcome in answers.items()}

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        self._look("options")
        return [] if self.storm.unanswered_lists else self.toy.options(entity, name)

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        self._look("deleted")
        yield from self.toy.deleted(entity, obj, since)

    # writing ---------------------------------------------------------------------------------------------------

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        storm, rng = self.storm, self.storm.rng
        storm.gate("write")
        self._meddle(entity, shape, batch)
        storm.oracle.about_to_write(self.toy, entity, shape.object, batch)
        fault = rng.choice(["before", "after", "late", "never_sent", "limit"]) if self._fails() else ""
        if self._turned_away(batch):
            storm.tally.add("refused repeats")
            return [Refused("closed for maintenance", "CLOSED") for _ in batch]
        if fault:
            storm.tally.add("faults")
        if fault not in {"", "never_sent", "limit"}:
            self.lost |= {w.idempotency_key: self.storm.world.now() for w in batch if w.operation is Operation.CREATE}
        if fault == "never_sent":
            raise NothingSent("no route to host", where=self.toy.name)
        if fault == "limit":
            raise RateLimited("too many calls", where=self.toy.name, retry_after=5)
        if fault == "before":
            raise AnswerLost("connection reset", where=self.toy.name)
        if fault == "late" and shape.object != "ERP_Request__c" and self._may_be_late(batch):
            storm.delay(lambda: self._commit_late(entity, shape, batch))
            raise AnswerLost("gateway time-out", where=self.toy.name)
        outcomes = self.toy.write(entity, shape, batch)
        storm.oracle.catch_up()
        if rng.random() < 0.3:
            self._meddle(entity, shape, batch)
        storm.gate("written")
        if fault:
            raise AnswerLost("connection reset", where=self.toy.name)
        return [self._told(outcome) for outcome in outcomes]

    def upsert(self, obj: str, key_field: str, rows: Sequence[Values]) -> Sequence[Outcome]:
        assert isinstance(self.toy, ToyCrm)
        self._look("upsert")
        outcomes = self.toy.upsert(obj, key_field, rows)
        self.storm.gate("upserted")
        return outcomes

    def _turned_away(self, batch: Sequence[Write]) -> bool:
        """A definite no to a repeat, soon after an attempt of unknown outcome: it proves nothing about that one."""
        since = [self.storm.world.now() - self.lost[w.idempotency_key] for w in batch if w.idempotency_key in self.lost]
        soon = len(since) == len(batch) and max(since) < timedelta(minutes=5)
        return self.storm.raging and soon and self.storm.rng.random() < 0.5

    def _fails(self) -> bool:
        return self.storm.raging and self.storm.rng.random() < self.storm.weather.fault

    def _meddle(self, entity: str, shape: Shape, batch: Sequence[Write]) -> None:
        storm = self.storm
        for write in batch:
            if storm.raging and write.key and storm.rng.random() < storm.weather.meddle:
                storm.meddle(self.toy, entity, shape.object, write.key)

    def _may_be_late(self, batch: Sequence[Write]) -> bool:
        """A write that comes late and blind overwrites whatever stands there: only a precondition helps, and a create
        has one in its key. A queue is late by nature."""
        safe = self.toy.shape_of.precondition is not Precondition.NONE
        return not isinstance(self.toy, AsyncErp) and (safe or all(w.operation is Operation.CREATE for w in batch))

    def _commit_late(self, entity: str, shape: Shape, batch: Sequence[Write]) -> None:
        left = [w for w in batch if self.toy is self.storm.crm or not self._made_already([w])]
        self.storm.tally.add("late commits")
        self.toy.write(entity, shape, left)

    def _made_already(self, batch: Sequence[Write]) -> bool:
        """A create that comes after its own repeat. A back office that remembers no keys would make a twin, which no
        key of ours prevents; the org refuses it for its marker."""
        carried = {row.marker for row in self.toy.rows.values() if row.marker}
        return any(w.operation is Operation.CREATE and w.marker in carried for w in batch)

    def _told(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Done) and outcome.record is not None:
            if self.storm.weather.blind and self.toy is self.storm.erp:
                return replace(outcome, record=None, version="" if self.storm.weather.versionless else outcome.version)
            return replace(outcome, record=self._shown(outcome.record))
        return outcome
