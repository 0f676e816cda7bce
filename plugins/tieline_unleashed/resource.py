"""A resource whose records have a guid of their own: Customers, Products, SalesOrders.

How all of them are read and written; what is special stands in the modules of each.
"""

# ruff: noqa: ARG002 - hooks that subclasses use

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tieline.contract import (
    Capabilities,
    Cursor,
    DeleteSource,
    Done,
    Gone,
    HttpResponse,
    Idempotency,
    Operation,
    Outcome,
    Page,
    Record,
    Refused,
    Shape,
    Stale,
    TielineError,
    Unknown,
    Value,
    Values,
    Write,
    WriteStyle,
    moved,
)
from tieline_unleashed import answers, exact, members
from tieline_unleashed.dates import day_filter, milliseconds
from tieline_unleashed.guids import guid
from tieline_unleashed.paging import Json, Listing, read_list, stamp_of
from tieline_unleashed.wire import Query, Wire

CONCURRENCY = 4
_GRAIN = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the organisation, and how many records to ask for at once."""

    wire: Wire
    page_size: int


class Resource:
    """Reads and writes one resource; subclasses say how it differs."""

    name: ClassVar[str]
    deletes: ClassVar[DeleteSource] = DeleteSource.NONE
    updatable: ClassVar[bool] = True
    records_leave: ClassVar[bool] = False

    def __init__(self, access: Access) -> None:
        self.access = access
        self.wire = access.wire

    def capabilities(self) -> Capabilities:
        return Capabilities(
            idempotency=Idempotency.CLIENT_ID,
            writes=WriteStyle.WHOLE,
            deletes=self.deletes,
            stamp_grain=_GRAIN,
            page_size=self.access.page_size,
            concurrency=CONCURRENCY,
            updatable=self.updatable,
            resumable=False,  # lists come in order of the code and are read whole
        )

    # What subclasses change.

    def list_query(self, shape: Shape) -> Query:
        """Filters for a list that leaves nothing out."""
        return ()

    def values(self, item: Json, names: Iterable[str]) -> dict[str, Value]:
        """Fields by flat name, those the item shows."""
        return members.values(item, names)

    def children(self, item: Json, shape: Shape) -> dict[str, tuple[Record, ...]]:
        """Embedded records, by object; objects whose rows the item does not show are left out."""
        return {}

    def listed(self, item: Json, shape: Shape) -> Json:
        """An item of a list with everything the shape embeds; may read more."""
        return item

    def whole(self, item: Json) -> Json:
        """An item read alone with every row it carries; may read more."""
        return item

    def written(self, item: Json, before: Json | None) -> Json:
        """The item as a write's answer shows it, with the rows it carried `before`, if it was there."""
        return item

    def create_body(self, key: str, write: Write) -> dict[str, Any]:
        """The body of a new record. Raises PermanentError when the fields cannot make one."""
        return self.put_fields({"Guid": key}, {name: told for name, told in write.fields.items() if told is not None})

    def update_body(self, item: Json, write: Write) -> dict[str, Any]:
        """All that was read and is accepted back, with the changed fields."""
        return self.put_fields(members.sendable(item), write.fields)

    def put_fields(self, body: dict[str, Any], fields: Values) -> dict[str, Any]:
        return members.plant(body, fields)

    # Reading.

    def record(self, item: Json, shape: Shape) -> Record:
        stamp = stamp_of(item)
        return Record(
            key=guid(item.get("Guid")),
            fields=self.values(item, shape.fields),
            version=milliseconds(stamp) if stamp else "",
            stamp=stamp,
            children=self.children(item, shape),
            deleted=self.is_deleted(item),
        )

    def is_deleted(self, item: Json) -> bool:
        return False

    def pages(self, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        listing = self.listing(shape, since)
        records = [self.record(self.listed(item, shape), shape) for item in listing.items.values()]
        return paged(self.selected(records, listing.items, shape), listing.as_of, since, self.access.page_size)

    def listing(self, shape: Shape, since: Cursor | None) -> Listing:
        query = list(self.list_query(shape))
        if since is not None:
            query.append(("modifiedSince", day_filter(since.stamp)))
        return read_list(
            self.wire, self.name, query, self.access.page_size, _identity, records_leave=self.records_leave
        )  # fmt: skip

    def selected(self, records: Iterable[Record], items: Mapping[str, Json], shape: Shape) -> list[Record]:
        """Those that the shape's equalities select."""
        if not shape.where:
            return list(records)
        return [r for r in records if not moved(shape.where, self.values(items[r.key], shape.where))]

    def read(self, shape: Shape, keys: Sequence[str]) -> dict[str, Record | None]:
        return {key: self.read_one(shape, key) for key in keys}

    def read_one(self, shape: Shape, key: str) -> Record | None:
        item = self.fetch(guid(key))
        if item is None:
            return None
        return self.record(self.whole(item) if shape.embedded else item, shape)

    def fetch(self, ident: str) -> Json | None:
        """The item as the vendor shows it; None when there is none, or the guid is empty."""
        if not ident:
            return None
        body, _ = answers.get(self.wire, f"{self.name}/{ident}")
        if body is not None and not _is_item(body, ident):
            raise answers.garbage(f"{self.name}/{ident}")
        return body  # type: ignore[no-any-return]

    def find(self, shape: Shape, markers: Sequence[str]) -> dict[str, Record]:
        """We choose the guid, so a marker is a guid."""
        found = self.read(shape, markers)
        return {marker: record for marker, record in found.items() if record is not None}

    def deleted(self, since: datetime) -> Iterator[Gone]:
        return iter(())

    # Writing.

    def write(self, shape: Shape, write: Write) -> Outcome:
        """Raises only for what certainly did not take effect."""
        if write.operation is Operation.CREATE:
            return self.create(shape, write)
        if write.operation is Operation.UPDATE and self.updatable:
            return self.update(shape, write)
        return Refused(f"Unleashed lets nobody {write.operation} {self.name} here", code="unsupported")

    def create(self, shape: Shape, write: Write) -> Outcome:
        """Looks first: a guid that is there already is our own earlier attempt, or this would be an update."""
        key = guid(write.key or write.idempotency_key)
        there = self.fetch(key)
        if there is not None:
            return done(self.record(self.whole(there) if shape.embedded else there, shape), created=False)
        outcome = self.post(shape, key, self.create_body(key, write), None)
        return self._unless_there(shape, key, outcome) if isinstance(outcome, Refused) else outcome

    def _unless_there(self, shape: Shape, key: str, refused: Refused) -> Outcome:
        """A refusal may answer the second delivery of a request that a proxy repeated. Nobody else knows the guid, so
        a record that has it now is the one we sent."""
        try:
            there = self.fetch(key)
        except TielineError as error:
            return Unknown(error.sentence())
        if there is None:
            return refused
        return done(self.record(self.whole(there) if shape.embedded else there, shape), created=True)

    def update(self, shape: Shape, write: Write) -> Outcome:
        """Read, compare, merge, post: an update blanks what it leaves out [C]. Nothing guards the moment between
        reading and posting; the vendor offers no condition."""
        key = guid(write.key)
        there = self.fetch(key)
        if there is None:
            return Refused(f"{self.name} holds no {write.key} any more", code="404", gone=True)
        there = self.whole(there)
        if moved(write.expected, self.values(there, write.expected)):
            return Stale(self.record(there, shape))
        return self.post(shape, key, self.update_body(there, write), there)

    def post(self, shape: Shape, key: str, body: Mapping[str, Any], before: Json | None) -> Outcome:
        answer = answers.send(self.wire, "POST", f"{self.name}/{key}", body)
        if not isinstance(answer, HttpResponse):
            return answer
        record, echoed = self.read_back(shape, key, answer, before)
        return done(record, key=key, created=before is None, echoed=echoed)

    def read_back(
        self, shape: Shape, key: str, answer: HttpResponse, before: Json | None
    ) -> tuple[Record | None, bool]:  # fmt: skip
        """From the answer where it shows the record (True), else by reading it; None when that fails."""
        try:
            item = exact.read(answer.body) if answer.body.strip() else None
            if not (isinstance(item, Mapping) and _is_item(item, key) and stamp_of(item)):
                return self.read_one(shape, key), False
            return self.record(self.written(item, before), shape), True
        except TielineError:
            return None, False


def done(record: Record | None, *, key: str = "", created: bool, echoed: bool = False) -> Done:
    return Done(record.key if record else key, record.version if record else "", record, created, echoed=echoed)


def paged(records: Iterable[Record], as_of: datetime, since: Cursor | None, size: int) -> Iterator[Page]:
    """Records from the cursor on in order of (stamp, key), cut into pages; at least one page. A record without a
    stamp counts as just changed."""
    placed = sorted(((Cursor(record.stamp or as_of, record.key), record) for record in records), key=_place)
    if since is not None:
        placed = [pair for pair in placed if pair[0] >= since]
    for start in range(0, len(placed), size) or range(1):
        part = placed[start : start + size]
        yield Page(tuple(record for _, record in part), part[-1][0] if part else None, as_of)


def _place(pair: tuple[Cursor, Record]) -> Cursor:
    return pair[0]


def _identity(item: Json) -> str:
    return guid(item.get("Guid"))


def _is_item(body: Any, ident: str) -> bool:
    return isinstance(body, Mapping) and guid(body.get("Guid")) == ident
