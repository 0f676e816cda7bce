"""Common ground of all systems: rows under (entity, object, key), what a person does there, the client protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tieline.contract import (
    AnswerLost,
    Capabilities,
    Cursor,
    Done,
    Gone,
    Identity,
    ListRow,
    NothingSent,
    Operation,
    Outcome,
    Page,
    Precondition,
    Record,
    Refused,
    Shape,
    Stale,
    Values,
    Write,
)
from tieline_simulation.world import Change, Faults, World


@dataclass
class Row:
    values: dict[str, Any]
    stamp: datetime
    number: int
    marker: str = ""
    deleted: bool = False
    merged_into: str = ""


@dataclass
class Toy:
    """A system. `inside` names the objects that live inside another one's records, and the field that says in which;
    `transforms` is what the system makes of a value typed or written; `hidden` fields and `withheld` objects are out of
    the integration user's sight; `skew` is how far the system's clock is off; `looked` is the length of the log at the
    last reading of a record by a client that looks before it writes, for systems with such a client."""

    world: World
    name: str = "toy"
    rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    lists: dict[str, list[ListRow]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    remembered: dict[str, str] = field(default_factory=dict)
    count: int = 0
    page_size: int = 3
    shape_of: Capabilities = field(default_factory=Capabilities)
    inside: dict[str, str] = field(default_factory=dict)
    transforms: dict[tuple[str, str], Callable[[Any], Any]] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    skew: timedelta = timedelta()
    looked: dict[tuple[str, str, str], int] | None = None

    # what a person does in this system ------------------------------------------------------------------------

    def add(self, obj: str, key: str, entity: str = "", **values: Any) -> str:
        self._put(entity, obj, key, values, engine=False)
        return key

    def edit(self, obj: str, key: str, entity: str = "", **values: Any) -> None:
        row = self.rows[entity, obj, key]
        self._put(entity, obj, key, {**row.values, **values}, engine=False)

    def remove(self, obj: str, key: str, entity: str = "") -> None:
        self._bury(entity, obj, key, engine=False)

    def restore(self, obj: str, key: str, entity: str = "") -> None:
        """Back from the bin, as it was."""
        row = self.rows[entity, obj, key]
        row.deleted = False
        self._touch(row)
        self._log("restore", entity, obj, key, row.values)

    @contextmanager
    def stamped_from(self, began: datetime, entity: str, obj: str, key: str) -> Iterator[None]:
        """An edit of this record inside is one of a transaction that began earlier, and is stamped so."""
        before = self.rows[entity, obj, key].stamp
        yield
        self.rows[entity, obj, key].stamp = max(before, began)

    def value(self, obj: str, key: str, name: str, entity: str = "") -> Any:
        return self.rows[entity, obj, key].values.get(name)

    def alive(self, obj: str, entity: str = "") -> dict[str, dict[str, Any]]:
        found = {k: r.values for (e, o, k), r in self.rows.items() if (e, o) == (entity, obj) and not r.deleted}
        return dict(sorted(found.items()))

    def binned(self, obj: str, entity: str = "") -> list[str]:
        """Records that may come back: deleted, and not merged into another one."""
        gone = (k for (e, o, k), r in self.rows.items() if (e, o) == (entity, obj) and r.deleted and not r.merged_into)
        return sorted(gone)

    # the client protocol --------------------------------------------------------------------------------------

    def capabilities(self, _obj: str) -> Capabilities:
        return self.shape_of

    def check(self) -> Identity:
        return Identity(self.name, self.name)

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        """Each page begins behind the last record of the one before, as things are when it is asked for: a record
        edited meanwhile moves to the end and is read again."""
        self.world.calls[f"{self.name}.pages"] += 1
        as_of = self.world.now() + self.skew
        place = (since.stamp, since.key) if since else None
        found = self._behind(entity, shape, place, inclusive=True)
        if not found:
            yield Page((), None, as_of)
        while found:
            part, found, seen = found[: self.page_size], found[self.page_size :], len(self.world.log)
            yield Page(tuple(self._record(entity, shape, key) for _, key in part), Cursor(*part[-1]), as_of)
            if len(self.world.log) != seen:
                found = self._behind(entity, shape, part[-1], inclusive=False)

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        self.world.calls[f"{self.name}.read"] += 1
        return {
            key: self._record(entity, shape, key) if self._shows(entity, shape.object, key) else None for key in keys
        }

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        self.world.calls[f"{self.name}.find"] += 1
        if shape.object in self.withheld:
            return {}
        keys = {r.marker: k for (e, o, k), r in self.rows.items() if (e, o) == (entity, shape.object) and not r.deleted}
        return {text: self._record(entity, shape, keys[text]) for text in markers if text in keys}

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        self.world.calls[f"{self.name}.deleted"] += 1
        for (e, o, key), row in sorted(self.rows.items()):
            if (e, o) == (entity, obj) and row.deleted and row.stamp >= since:
                yield Gone(key, row.stamp, row.merged_into)

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        """An entity's own list, or the one that all share."""
        self.world.calls[f"{self.name}.options"] += 1
        return list(self.lists.get(f"{entity}/{name}", self.lists.get(name, [])))

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

    def _behind(
        self, entity: str, shape: Shape, place: tuple[datetime, str] | None, *, inclusive: bool
    ) -> list[tuple[datetime, str]]:
        if shape.object in self.withheld:
            return []
        return sorted(
            at
            for (e, o, key), row in self.rows.items()
            if (e, o) == (entity, shape.object) and not row.deleted and self._selected(row, shape)
            for at in [(row.stamp, key)]
            if place is None or at > place or (inclusive and at == place)
        )

    def _selected(self, row: Row, shape: Shape) -> bool:
        return all(row.values.get(name) == value for name, value in shape.where.items())

    def _there(self, entity: str, obj: str, key: str) -> bool:
        row = self.rows.get((entity, obj, key))
        return row is not None and not row.deleted

    def _shows(self, entity: str, obj: str, key: str) -> bool:
        return obj not in self.withheld and self._there(entity, obj, key)

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        row = self.rows[entity, shape.object, key]
        shown = (name for name in shape.fields if (shape.object, name) not in self.hidden)
        fields = {name: row.values.get(name) for name in shown}
        children = {one.object: self._embedded(entity, one, key) for one in shape.embedded}
        return Record(
            key, fields, str(row.number), row.stamp, marker=row.marker, deleted=row.deleted, children=children
        )  # fmt: skip

    def _embedded(self, entity: str, shape: Shape, parent: str) -> tuple[Record, ...]:
        name = self.inside.get(shape.object, "")
        rows = ((k, r) for (e, o, k), r in self.rows.items() if (e, o) == (entity, shape.object) and not r.deleted)
        keys = sorted(key for key, row in rows if row.values.get(name) == parent)
        return tuple(self._record(entity, shape, key) for key in keys)

    def _touch(self, row: Row) -> None:
        self.world.tick(self.world.step)
        row.stamp, row.number = self.world.stamp() + self.skew, row.number + 1

    def _bury(self, entity: str, obj: str, key: str, *, engine: bool) -> None:
        row = self.rows[entity, obj, key]
        self._touch(row)
        row.deleted = True
        self._log("delete", entity, obj, key, {}, engine=engine)
        self._touch_parent(entity, obj, row.values)

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
            row = self.rows[entity, obj, key] = Row({}, self.world.stamp() + self.skew, 0, marker)
        values = {name: self._made_of(obj, name, value) for name, value in values.items()}
        if values == row.values and action == "update" and not row.deleted:
            return
        row.values = values
        row.deleted = False
        self._touch(row)
        self._log(action, entity, obj, key, values, origin, engine=engine)
        self._touch_parent(entity, obj, values)

    def _made_of(self, obj: str, name: str, value: Any) -> Any:
        transform = self.transforms.get((obj, name))
        return transform(value) if transform and value is not None else value

    def _touch_parent(self, entity: str, obj: str, values: Mapping[str, Any]) -> None:
        """What lives inside a record is changed by changing that record."""
        if obj not in self.inside:
            return
        for (e, o, key), row in self.rows.items():
            if e == entity and o != obj and key == values.get(self.inside[obj]):
                self._touch(row)

    def _log(
        self, action: str, entity: str, obj: str, key: str, values: Values, origin: str = "", *, engine: bool = False
    ) -> None:  # fmt: skip
        self.world.log.append(Change(self.name, action, obj, key, engine, dict(values), origin, entity))

    def _refusal(self, shape: Shape, write: Write) -> Refused | None:
        if shape.object in self.withheld:
            return Refused("no access to this object", "NO_ACCESS")
        if write.operation is Operation.DELETE and write.key in self.faults.keep:
            return Refused("it is in use", "IN_USE")
        texts = (value for value in write.fields.values() if isinstance(value, str))
        words = next((self.faults.refuse[text] for text in texts if text in self.faults.refuse), "")
        return Refused(words, "REFUSED") if words else None

    def _write_one(self, entity: str, shape: Shape, write: Write) -> Outcome:
        refused = self._refusal(shape, write)
        if refused:
            return refused
        if write.operation is Operation.CREATE:
            return self._create(entity, shape, write)
        if not self._there(entity, shape.object, write.key):
            return Refused("no such record", "GONE", gone=True)
        if write.operation is Operation.DELETE:
            self._bury(entity, shape.object, write.key, engine=True)
            return Done(write.key)
        return self._update(entity, shape, write)

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        known = self.remembered.get(write.idempotency_key)
        new = known is None
        if known is None:
            self.count += 1
            known = write.key or f"{self.name}-{self.count:04d}"
            self.remembered[write.idempotency_key] = known
            values = dict(write.fields)
            self._put(entity, shape.object, known, values, engine=True, marker=write.marker, origin=write.marker)
            self._put_children(entity, known, write)
        return Done(known, record=self._record(entity, shape, known), created=True, echoed=new)

    def _put_children(self, entity: str, parent: str, write: Write) -> None:
        for obj, rows in write.children.items():
            for number, values in enumerate(rows, 1):
                if obj in self.inside:
                    inner = {**values, self.inside[obj]: parent}
                    self._put(entity, obj, f"{parent}/{number}", inner, engine=True, origin=f"{write.marker}/{number}")

    def _update(self, entity: str, shape: Shape, write: Write) -> Outcome:
        row = self.rows[entity, shape.object, write.key]
        if self.shape_of.precondition is not Precondition.NONE and write.version not in {"", str(row.number)}:
            return Stale(self._record(entity, shape, write.key))
        self._put(entity, shape.object, write.key, {**row.values, **write.fields}, engine=True)
        return Done(write.key, str(row.number), self._record(entity, shape, write.key), echoed=True)
