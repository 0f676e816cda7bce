"""Back offices, each of another shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tieline.contract import (
    AnswerLost,
    Capabilities,
    DeleteSource,
    Done,
    Idempotency,
    NothingSent,
    Outcome,
    Pending,
    Precondition,
    Record,
    Shape,
    Stale,
    Write,
    WriteStyle,
    moved,
)
from tieline_simulation.systems.base import Toy


@dataclass
class WholeErp(Toy):
    """Synchronous; an update blanks what it leaves out; the caller chooses ids; no precondition, no marker."""

    name: str = "whole"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(
            Precondition.NONE, Idempotency.CLIENT_ID, WriteStyle.WHOLE, DeleteSource.NONE, batch_size=1
        )
    )
    between: Callable[[str, str, str], None] = field(default=lambda *_where: None)
    looked: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        return replace(super()._record(entity, shape, key), marker="")

    def find(self, _entity: str, _shape: Shape, _markers: Sequence[str]) -> Mapping[str, Record]:
        raise AssertionError("this system carries no markers; births are found by the id we chose")

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        assert write.key, "the id is the caller's to choose"
        if self._there(entity, shape.object, write.key):
            return Done(write.key, record=self._record(entity, shape, write.key))
        self._put(entity, shape.object, write.key, dict(write.fields), engine=True, origin=write.marker)
        self._put_children(entity, write.key, write)
        return Done(write.key, record=self._record(entity, shape, write.key), created=True, echoed=True)

    def _update(self, entity: str, shape: Shape, write: Write) -> Outcome:
        """Read, compare, merge, put: nothing guards the moment between the first and the last."""
        now, read = self._record(entity, shape, write.key), dict(self.rows[entity, shape.object, write.key].values)
        self.looked[entity, shape.object, write.key] = len(self.world.log)
        if moved(write.expected, now.fields):
            return Stale(now)
        self.between(entity, shape.object, write.key)
        whole = {**read, **write.fields}
        self._put(entity, shape.object, write.key, whole, engine=True)
        return Done(write.key, record=self._record(entity, shape, write.key), echoed=True)


@dataclass
class VersionedErp(Toy):
    """Synchronous; partial updates against a version; remembers idempotency keys; carries our marker."""

    name: str = "versioned"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(
            Precondition.VERSION, Idempotency.KEY, WriteStyle.PARTIAL, DeleteSource.FEED, batch_size=2, deletable=True
        )
    )


@dataclass
class ForgetfulErp(Toy):
    """Synchronous; carries our marker, but makes a twin of every create that is repeated."""

    name: str = "forgetful"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(Precondition.STAMP, Idempotency.NONE, WriteStyle.PARTIAL, batch_size=1)
    )

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        self.remembered.pop(write.idempotency_key, None)
        return super()._create(entity, shape, write)


@dataclass
class AsyncErp(Toy):
    """Queues every write and answers later, the last one first; two entities; growing sequence numbers."""

    name: str = "async"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(
            Precondition.NONE, Idempotency.KEY, WriteStyle.PARTIAL, DeleteSource.NONE, batch_size=3, answers_later=True
        )
    )
    queue: list[tuple[str, str, Shape, Write]] = field(default_factory=list)
    answers: dict[str, Outcome] = field(default_factory=dict)
    silent: bool = False

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        plain = super()._record(entity, shape, key)
        return replace(plain, sequence=self.rows[entity, shape.object, key].number)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        self.world.calls[f"{self.name}.write"] += 1
        if self.faults.take("never_sent"):
            raise NothingSent("no route to host", where=self.name)
        if self.faults.take("before"):
            raise AnswerLost("connection reset", where=self.name)
        for write in batch:
            self.queue.append((write.idempotency_key, entity, shape, write))
        if self.faults.take("after"):
            raise AnswerLost("connection reset", where=self.name)
        return [Pending(write.idempotency_key) for write in batch]

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:
        self.work()
        return {one: self.answers[one] for one in correlations if one in self.answers}

    def work(self) -> None:
        """The back office gets round to its queue, youngest first."""
        while self.queue and not self.silent:
            correlation, entity, shape, write = self.queue.pop()
            if correlation not in self.answers:
                self.answers[correlation] = self._write_one(entity, shape, write)
