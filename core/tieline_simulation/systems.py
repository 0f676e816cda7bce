"""One CRM and three back offices, each of another shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tieline.contract import (
    AnswerLost,
    Capabilities,
    Cursor,
    DeleteSource,
    Done,
    Gone,
    Idempotency,
    Identity,
    ListRow,
    NothingSent,
    Operation,
    Outcome,
    Page,
    Pending,
    Precondition,
    Record,
    Refused,
    Shape,
    Stale,
    Values,
    Write,
    WriteStyle,
    moved,
)
from tieline_simulation.world import Change, Faults, World


@dataclass
class Row:
    values: dict[str, Any]
    stamp: datetime
    number: int
    marker: str = ""
    deleted: bool = False


@dataclass
class Toy:
    """Common ground of all toys. Rows live under (entity, object, key)."""

    world: World
    name: str = "toy"
    rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    lists: dict[str, list[ListRow]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    remembered: dict[str, str] = field(default_factory=dict)
    count: int = 0
    page_size: int = 3
    shape_of: Capabilities = field(default_factory=Capabilities)

    # what a person does in this system ------------------------------------------------------------------------

    def add(self, obj: str, key: str, entity: str = "", **values: Any) -> str:
        self._put(entity, obj, key, values, engine=False)
        return key

    def edit(self, obj: str, key: str, entity: str = "", **values: Any) -> None:
        row = self.rows[entity, obj, key]
        self._put(entity, obj, key, {**row.values, **values}, engine=False)

    def remove(self, obj: str, key: str, entity: str = "") -> None:
        row = self.rows[entity, obj, key]
        self._touch(row)
        row.deleted = True
        self.world.log.append(Change(self.name, "delete", obj, key, False, {}, entity=entity))

    def value(self, obj: str, key: str, name: str, entity: str = "") -> Any:
        return self.rows[entity, obj, key].values.get(name)

    def alive(self, obj: str, entity: str = "") -> dict[str, dict[str, Any]]:
        found = {k: r.values for (e, o, k), r in self.rows.items() if (e, o) == (entity, obj) and not r.deleted}
        return dict(sorted(found.items()))

    # the client protocol --------------------------------------------------------------------------------------

    def capabilities(self, _obj: str) -> Capabilities:
        return self.shape_of

    def check(self) -> Identity:
        return Identity(self.name, self.name)

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        self.world.calls[f"{self.name}.pages"] += 1
        as_of = self.world.now()
        found = sorted(
            (row.stamp, key)
            for (e, o, key), row in self.rows.items()
            if (e, o) == (entity, shape.object) and not row.deleted and self._selected(row, shape)
            if since is None or (row.stamp, key) >= (since.stamp, since.key)
        )
        if not found:
            yield Page((), None, as_of)
        for start in range(0, len(found), self.page_size):
            part = found[start : start + self.page_size]
            records = tuple(self._record(entity, shape, key) for _, key in part)
            yield Page(records, Cursor(*part[-1]), as_of)

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        self.world.calls[f"{self.name}.read"] += 1
        return {
            key: self._record(entity, shape, key) if self._there(entity, shape.object, key) else None for key in keys
        }

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        self.world.calls[f"{self.name}.find"] += 1
        keys = {r.marker: k for (e, o, k), r in self.rows.items() if (e, o) == (entity, shape.object) and not r.deleted}
        return {text: self._record(entity, shape, keys[text]) for text in markers if text in keys}

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        for (e, o, key), row in sorted(self.rows.items()):
            if (e, o) == (entity, obj) and row.deleted and row.stamp >= since:
                yield Gone(key, row.stamp)

    def options(self, _entity: str, name: str) -> Sequence[ListRow]:
        return list(self.lists.get(name, []))

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        self.world.calls[f"{self.name}.write"] += 1
        if self.faults.take("never_sent"):
            raise NothingSent("no route to host", where=self.name)
        if self.faults.take("before"):
            raise AnswerLost("connection reset", where=self.name)
        outcomes = [self._write_one(entity, shape, write) for write in batch]
        if self.faults.take("after"):
            raise AnswerLost("connection reset", where=self.name)
        return outcomes

    def settle(self, _correlations: Sequence[str]) -> Mapping[str, Outcome]:
        return {}

    # inside ---------------------------------------------------------------------------------------------------

    def _selected(self, row: Row, shape: Shape) -> bool:
        return all(row.values.get(name) == value for name, value in shape.where.items())

    def _there(self, entity: str, obj: str, key: str) -> bool:
        row = self.rows.get((entity, obj, key))
        return row is not None and not row.deleted

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        row = self.rows[entity, shape.object, key]
        fields = {name: row.values.get(name) for name in shape.fields}
        return Record(key, fields, str(row.number), row.stamp, marker=row.marker, deleted=row.deleted)

    def _touch(self, row: Row) -> None:
        self.world.tick(self.world.step)
        row.stamp, row.number = max(row.stamp, self.world.stamp()), row.number + 1

    def _put(
        self,
        entity: str,
        obj: str,
        key: str,
        values: dict[str, Any],
        *,
        engine: bool,
        marker: str = "",
        origin: str = "",
    ) -> None:
        row = self.rows.get((entity, obj, key))
        action = "update" if row else "create"
        if row is None:
            row = self.rows[entity, obj, key] = Row({}, self.world.stamp(), 0, marker)
        if values == row.values and action == "update":
            return
        row.values = dict(values)
        row.deleted = False
        self._touch(row)
        self.world.log.append(Change(self.name, action, obj, key, engine, dict(values), origin, entity))

    def _refusal(self, values: Values) -> Refused | None:
        words = next(
            (self.faults.refuse[v] for v in values.values() if isinstance(v, str) and v in self.faults.refuse), ""
        )
        return Refused(words, "REFUSED") if words else None

    def _write_one(self, entity: str, shape: Shape, write: Write) -> Outcome:
        refused = self._refusal(write.fields)
        if refused:
            return refused
        if write.operation is Operation.CREATE:
            return self._create(entity, shape, write)
        if not self._there(entity, shape.object, write.key):
            return Refused("no such record", "GONE", gone=True)
        if write.operation is Operation.DELETE:
            self.rows[entity, shape.object, write.key].deleted = True
            self.world.log.append(Change(self.name, "delete", shape.object, write.key, True, {}, entity=entity))
            return Done(write.key)
        return self._update(entity, shape, write)

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        known = self.remembered.get(write.idempotency_key)
        if known is None:
            self.count += 1
            known = write.key or f"{self.name}-{self.count:04d}"
            self.remembered[write.idempotency_key] = known
            values = dict(write.fields)
            self._put(entity, shape.object, known, values, engine=True, marker=write.marker, origin=write.marker)
        return Done(known, record=self._record(entity, shape, known), created=True)

    def _update(self, entity: str, shape: Shape, write: Write) -> Outcome:
        row = self.rows[entity, shape.object, write.key]
        if self.shape_of.precondition is not Precondition.NONE and write.version not in {"", str(row.number)}:
            return Stale(self._record(entity, shape, write.key))
        self._put(entity, shape.object, write.key, {**row.values, **write.fields}, engine=True)
        return Done(write.key, str(row.number), self._record(entity, shape, write.key))


@dataclass
class ToyCrm(Toy):
    """Batches, partial writes, a unique marker field, a feed of deletions."""

    name: str = "crm"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(
            Precondition.STAMP, Idempotency.NATURAL, WriteStyle.PARTIAL, DeleteSource.FEED, batch_size=4, deletable=True
        )
    )
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    related: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        plain = super()._record(entity, shape, key)
        children = {
            one.object: tuple(
                Record(f"{key}/{n}", row) for n, row in enumerate(self.related.get((key, one.object), []))
            )
            for one in shape.embedded
        }
        return replace(plain, children=children)

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        mine = ((k, r) for (e, o, k), r in self.rows.items() if (e, o) == (entity, shape.object) and r.marker)
        known = next((key for key, row in mine if row.marker == write.marker and not row.deleted), None)
        if known is None:
            return super()._create(entity, shape, write)
        self._put(
            entity, shape.object, known, {**self.rows[entity, shape.object, known].values, **write.fields}, engine=True
        )
        return Done(known, record=self._record(entity, shape, known))

    def upsert(self, obj: str, key_field: str, rows: Sequence[Values]) -> Sequence[Outcome]:
        self.world.calls["crm.upsert"] += 1
        outcomes: list[Outcome] = []
        for values in rows:
            key = f"{obj}:{values[key_field]}"
            existing = self.rows.get(("", obj, key))
            self._put("", obj, key, {**(existing.values if existing else {}), **values}, engine=True, origin=key)
            outcomes.append(Done(key))
        return outcomes

    def may_edit(self, user_id: str, record_id: str) -> bool:
        return (user_id, record_id) not in self.forbidden


@dataclass
class WholeErp(Toy):
    """Synchronous; an update blanks what it leaves out; the caller chooses ids; no precondition, no marker."""

    name: str = "whole"
    shape_of: Capabilities = field(
        default_factory=lambda: Capabilities(
            Precondition.NONE, Idempotency.CLIENT_ID, WriteStyle.WHOLE, DeleteSource.NONE, batch_size=1
        )
    )

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        return replace(super()._record(entity, shape, key), marker="")

    def find(self, _entity: str, _shape: Shape, _markers: Sequence[str]) -> Mapping[str, Record]:
        raise AssertionError("this system carries no markers; births are found by the id we chose")

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        assert write.key, "the id is the caller's to choose"
        if self._there(entity, shape.object, write.key):
            return Done(write.key, record=self._record(entity, shape, write.key))
        self._put(entity, shape.object, write.key, dict(write.fields), engine=True, origin=write.marker)
        return Done(write.key, record=self._record(entity, shape, write.key), created=True)

    def _update(self, entity: str, shape: Shape, write: Write) -> Outcome:
        now = self._record(entity, shape, write.key)
        if moved(write.expected, now.fields):
            return Stale(now)
        whole = {**self.rows[entity, shape.object, write.key].values, **write.fields}
        self._put(entity, shape.object, write.key, whole, engine=True)
        return Done(write.key, record=self._record(entity, shape, write.key))


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
