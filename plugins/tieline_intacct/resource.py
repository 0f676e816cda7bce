"""An object with generic functions: CUSTOMER, CONTACT, ITEM, PROJECT, TASK.

How all of them are read and written; what is special stands in the modules of each. Each record travels in a function
of its own, all of a batch in one request: so every record has its own answer, and its own control id.
"""

# ruff: noqa: ARG002 - hooks that subclasses use

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from tieline.contract import (
    Capabilities,
    Cursor,
    DeleteSource,
    Done,
    Idempotency,
    NothingSent,
    Operation,
    Outcome,
    Page,
    PermanentError,
    RateLimited,
    Record,
    Refused,
    Shape,
    Stale,
    TielineError,
    TransientError,
    Value,
    Values,
    Write,
    moved,
)
from tieline_intacct import functions, marks, values
from tieline_intacct.functions import MOST_VALUES, both, condition, one_of
from tieline_intacct.gateway import CONCURRENCY, Call, Gateway
from tieline_intacct.paging import NUMBER, STAMP, Scope, everything, place, stream
from tieline_intacct.replies import Row
from tieline_intacct.schema import Schema
from tieline_intacct.settings import Company
from tieline_intacct.shelves import Shelves
from tieline_intacct.writing import judge, run_writes
from tieline_intacct.xml import Element

ENTITY = "MEGAENTITYID"
URL = "RECORD_URL"
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Trail:
    """What the audit trail told of an entity's deletions, since when, and when by our own clock it was asked."""

    since: datetime
    asked: float
    rows: Sequence[Row]


@dataclass
class Access:
    """What the objects of one company share. `numbers` are record numbers met, by kind: the audit trail names some
    deleted records by those alone. `trails` are what it told lately, by entity; `shelves` hold documents of all kinds.
    `markers` are those of our records that were sent or looked for, by mark, until an answer names the record: whoever
    meets one knows it for ours."""

    company: Company
    gateway: Gateway
    schema: Schema
    numbers: dict[str, dict[str, str]] = field(default_factory=dict)
    trails: dict[str, Trail] = field(default_factory=dict)
    markers: dict[str, str] = field(default_factory=dict)
    shelves: Shelves = field(init=False)

    def __post_init__(self) -> None:
        self.shelves = Shelves(self.company, self.gateway, self.schema)


@contextmanager
def _nothing_sent_yet() -> Iterator[None]:
    """What fails in passing while a batch is made ready: certain to have changed nothing, so it is tried again."""
    try:
        yield
    except (NothingSent, RateLimited):
        raise
    except TransientError as error:
        raise NothingSent(error.what, where=error.where, mend=error.mend, code=error.code) from error


class Resource:
    """`name` is the contract's object, `kind` the vendor's."""

    name: str
    kind: ClassVar[str]
    key: ClassVar[str]
    creatable: ClassVar[bool] = True
    updatable: ClassVar[bool] = True
    deletable: ClassVar[bool] = True
    frozen: ClassVar[frozenset[str]] = frozenset()
    page_cap: ClassVar[int] = 2000

    def __init__(self, access: Access) -> None:
        self.access = access
        self.company, self.gateway, self.schema = access.company, access.gateway, access.schema
        self.size = min(self.company.page_size, self.page_cap)

    def capabilities(self) -> Capabilities:
        return Capabilities(
            idempotency=Idempotency.KEY,
            deletes=DeleteSource.AUDIT,
            stamp_grain=timedelta(seconds=1),
            page_size=self.size,
            batch_size=_BATCH,
            concurrency=CONCURRENCY,
            creatable=self.creatable,
            updatable=self.updatable,
            deletable=self.deletable,
        )

    # What subclasses change.

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        """The vendor's fields behind the contract's names."""
        return tuple(names)

    def values(self, row: Row, names: Iterable[str]) -> dict[str, Value]:
        return values.shown(row, names, self.company.zone)

    def sent(self, fields: Values) -> dict[str, str]:
        """The vendor's fields and texts for what is written."""
        return {name: values.printed(value, self.company.zone) for name, value in fields.items()}

    def birth(self, write: Write) -> dict[str, str]:
        """Fields of a new record. Empty ones are left out."""
        return {name: text for name, text in self.sent(write.fields).items() if text}

    def where(self) -> Element | None:
        """What selects the records of this object."""
        return None

    def listed(self) -> Element | None:
        """What selects the records that are met by listing them all; one that is known is read by its key anyway."""
        return None

    def children(
        self, entity: str, rows: Sequence[Row], shape: Shape
    ) -> Mapping[str, Mapping[str, tuple[Record, ...]]]:
        """Embedded records by parent key and object."""
        return {}

    def marked(self, markers: Sequence[str]) -> tuple[Element, str] | None:
        """The condition that finds records with our marks, and the field that holds the mark."""
        return None

    @cached_property
    def mark_field(self) -> str:
        """Empty where no record carries a mark."""
        how = self.marked(["0"])
        return how[1] if how else ""

    # Reading.

    def scope(self, entity: str, shape: Shape, where: Element | None = None) -> Scope:
        mark = (self.mark_field,) if self.mark_field else ()
        asked = (self.key, STAMP, *self.asked(shape.fields), URL, *mark)
        equal = [condition("equalto", name, text) for name, text in shape.where.items()]
        return Scope(entity, self.kind, asked, both(self.where(), self.inside(entity), *equal, where), self.size)

    def inside(self, entity: str) -> Element | None:
        """An entity also sees what belongs to the top level; that is the top level's to sync."""
        return condition("equalto", ENTITY, entity) if entity and self.schema.has(self.kind, ENTITY) else None

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        scope = self.scope(entity, shape, self.listed())
        began = None
        for rows in stream(self.schema, scope, since, self.company.zone):
            began = began or self.gateway.now or self.gateway.clock.now()
            records = self.records(entity, shape, rows)
            yield Page(tuple(records), place(rows[-1], self.company.zone) if rows else None, began)

    def records(self, entity: str, shape: Shape, rows: Sequence[Row]) -> list[Record]:
        inside = self.children(entity, rows, shape) if shape.embedded else {}
        met = self.access.numbers.setdefault(self.kind, {})
        met.update((row[NUMBER], row[self.key]) for row in rows if row.get(NUMBER) and row.get(self.key))
        return [self.record(row, shape, inside.get(row[self.key], {})) for row in rows if row.get(self.key)]

    def record(self, row: Row, shape: Shape, inside: Mapping[str, tuple[Record, ...]]) -> Record:
        return Record(
            key=row[self.key],
            fields=self.values(row, shape.fields),
            version=row.get(STAMP, ""),
            stamp=values.moment(row.get(STAMP, ""), self.company.zone),
            marker=self.access.markers.get(self.mark_of(row), ""),
            children=inside,
            address=row.get(URL, ""),
        )

    def mark_of(self, row: Row) -> str:
        return marks.found(row.get(self.mark_field.upper(), ""))

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> dict[str, Record | None]:
        found: dict[str, Record | None] = dict.fromkeys(keys)
        wanted = [key for key in dict.fromkeys(keys) if key]
        for start in range(0, len(wanted), MOST_VALUES):
            part = wanted[start : start + MOST_VALUES]
            rows = everything(self.schema, self.scope(entity, shape, one_of(self.key, part)))
            found.update((record.key, record) for record in self.records(entity, shape, rows) if record.key in found)
        return found

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> dict[str, Record]:
        wanted = {marks.mark(marker): marker for marker in markers if marker}
        how = self.marked(list(wanted)) if wanted else None
        if how is None:
            return {}
        self.access.markers |= wanted
        rows = everything(self.schema, self.scope(entity, shape, how[0]))
        return {one.marker: one for one in self.records(entity, shape, rows) if one.marker in wanted.values()}

    # Writing.

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        """Read what is to be changed, write, read back: three calls for a batch."""
        outcomes: dict[int, Outcome] = {}
        born = {marks.mark(one.marker): one.marker for one in batch if one.operation is Operation.CREATE and one.marker}
        self.access.markers |= born
        calls: dict[int, Call] = {}
        with _nothing_sent_yet():
            before = self._before(entity, shape, batch)
            for place_, write in enumerate(batch):
                ready = self._prepared(entity, write, before.get(write.key))
                if isinstance(ready, Call):
                    calls[place_] = ready
                else:
                    outcomes[place_] = ready
        if calls:
            results = run_writes(self.gateway, entity, list(calls.values()))
            outcomes |= dict(zip(calls, (judge(result) for result in results), strict=True))
        told = self._read_back(entity, shape, batch, [outcomes[number] for number in range(len(batch))])
        for one, write in zip(told, batch, strict=True):
            if isinstance(one, Done):
                self.access.markers.pop(marks.mark(write.marker), None)
        return told

    def _before(self, entity: str, shape: Shape, batch: Sequence[Write]) -> dict[str, Record | None]:
        """The records to be changed or deleted, as they are: the vendor takes no condition with an update [D]."""
        keys = [write.key for write in batch if write.operation is not Operation.CREATE]
        wider = Shape(shape.object, tuple(dict.fromkeys((*shape.fields, NUMBER))))
        return self.read(entity, wider, keys) if keys else {}

    def _prepared(self, entity: str, write: Write, before: Record | None) -> Call | Outcome:
        if not {
            Operation.CREATE: self.creatable, Operation.UPDATE: self.updatable, Operation.DELETE: self.deletable,
        }[write.operation]:  # fmt: skip
            return Refused(f"Intacct lets nobody {write.operation} {self.kind} here", code="unsupported")
        try:
            if write.operation is Operation.CREATE:
                return Call(write.idempotency_key, self.create_body(entity, write))
            if before is None:
                return Refused(f"Intacct holds no {self.kind} {write.key} any more", code="gone", gone=True)
            if write.operation is Operation.DELETE:
                return Call(write.idempotency_key, self.delete_body(write, before))
            if moved(write.expected, values.typed_like(write.expected, before.fields)):
                return Stale(before)
            return Call(write.idempotency_key, self.update_body(write, before))
        except PermanentError as error:  # a look that failed in passing refuses nothing
            return Refused(error.what, code=error.code, mend=error.mend)

    def create_body(self, entity: str, write: Write) -> Element:
        return functions.create(functions.record(self.kind, self.birth(write)))

    def update_body(self, write: Write, before: Record) -> Element:
        number = {NUMBER: str(before.fields.get(NUMBER) or "")}
        return functions.update(functions.record(self.kind, number | self.sent(write.fields)))

    def delete_body(self, write: Write, before: Record) -> Element:
        return functions.delete(self.kind, str(before.fields.get(NUMBER) or ""))

    def _read_back(
        self, entity: str, shape: Shape, batch: Sequence[Write], outcomes: Sequence[Outcome]
    ) -> list[Outcome]:  # fmt: skip
        """What stands there now. A repeat that was answered before is looked for; without the look nobody knows."""
        sure = {n: one for n, one in enumerate(outcomes) if isinstance(one, Done) and batch[n].operation != "delete"}
        keys = [self.written_key(one, batch[n]) for n, one in sure.items()]
        lost = [batch[n].marker for n, one in sure.items() if not self.written_key(one, batch[n])]
        found: Mapping[str, Record] | None = None
        records: Mapping[str, Record | None] = {}
        with suppress(TielineError):
            records = self.read(entity, shape, [key for key in keys if key]) if any(keys) else {}
            found = self.find(entity, shape, lost) if lost else {}
        return [
            self._after(one, batch[n], records, found) if n in sure else one for n, one in enumerate(outcomes)
        ]  # fmt: skip

    def written_key(self, done: Outcome, write: Write) -> str:
        """The record's key, as far as the answer tells."""
        told = done.key if isinstance(done, Done) else ""
        return told or write.key or values.printed(write.fields.get(self.key))

    def _after(
        self, done: Outcome, write: Write, records: Mapping[str, Record | None], found: Mapping[str, Record] | None
    ) -> Outcome:  # fmt: skip
        """`found` None: nothing could be looked for."""
        key = self.written_key(done, write)
        record = records.get(key) if key else (found or {}).get(write.marker)
        return marks.after(write, key, record, looked=found is not None)
