"""The org as one side of a link: the contract's client over queries and collections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tieline.contract import (
    Capabilities,
    Cursor,
    DeleteSource,
    Done,
    Gone,
    Idempotency,
    Identity,
    ListRow,
    Misconfigured,
    Operation,
    Outcome,
    Page,
    PermanentError,
    Precondition,
    Record,
    Shape,
    Stale,
    TielineError,
    Unknown,
    Values,
    Write,
    WriteStyle,
)
from tieline.contract.naming import ERP_KEY
from tieline.org import soql
from tieline.org.batch import Batch
from tieline.org.conditional import Composite
from tieline.org.describe import Describer
from tieline.org.people import assign_permission_set, holders, may_edit, row_count, take_permission_set, users
from tieline.org.queries import PAGE_SIZE
from tieline.org.reading import Reader
from tieline.org.selection import STAMP
from tieline.org.session import Session
from tieline.org.values import full_id, moment
from tieline.org.writing import BATCH, Writer

_FORGOTTEN = "INVALID_REPLICATION_DATE"


class OrgClient:
    """Implements `contract.Client`. The org has no accounting entities; `entity` is ignored.

    `marker` is the unique external id that carries our birth markers.
    """

    def __init__(self, session: Session, describer: Describer, marker: str = ERP_KEY) -> None:
        self.session, self.describer, self.marker = session, describer, marker
        self._reader = Reader(session, describer, marker)
        self._queries = self._reader.queries
        self._composite = Composite(session)

    def capabilities(self, obj: str) -> Capabilities:  # noqa: ARG002 - the same for every object
        return Capabilities(
            precondition=Precondition.STAMP,
            idempotency=Idempotency.NATURAL,
            writes=WriteStyle.PARTIAL,
            deletes=DeleteSource.FEED,
            stamp_grain=timedelta(seconds=1),
            page_size=PAGE_SIZE,
            batch_size=BATCH,
            concurrency=4,
            deletable=True,
        )

    def check(self) -> Identity:
        """Log in and name the org; the tenant is its 18-character id."""
        for row in self._queries.rows(soql.select("Organization", ["Id", "Name", "LanguageLocaleKey"])):
            version, language = self.session.settings.api_version, str(row.get("LanguageLocaleKey") or "")
            return Identity(full_id(str(row["Id"])), str(row["Name"]), version=version, language=language)
        mend = "Give the integration user the permission to use the API."
        raise Misconfigured("the org does not say who it is", where=self.session.where, mend=mend)

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:  # noqa: ARG002
        return self._reader.pages(shape, since)

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:  # noqa: ARG002
        """By id, whatever the shape's `where` says; what cannot be an id is None without asking."""
        found = self.read_known(shape, [full for full in map(full_id, keys) if full])
        return {key: found.get(full_id(key)) for key in keys}

    def read_known(self, shape: Shape, keys: Iterable[str]) -> dict[str, Record]:
        """Those of the records with these 18-character ids that exist and are in sight."""
        return {record.key: record for record in self._reader.by(shape, "Id", keys)}

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:  # noqa: ARG002
        if markers:
            self._need_marker(shape.object)
        wanted = set(markers)  # the org compares text without case, we do not
        found = self._reader.by(shape, self.marker, markers)
        alive = {record.marker: record for record in found if record.marker in wanted}
        return self._in_the_bin(shape.object, sorted(wanted - alive.keys())) | alive

    def _in_the_bin(self, obj: str, markers: Sequence[str]) -> dict[str, Record]:
        """Deleted before anybody knew that they had been made; what they held does not matter any more."""
        if not markers or "IsDeleted" not in self.describer.visible(obj, ("IsDeleted",)):
            return {}

        def query(part: list[str]) -> str:
            where = [soql.equal("IsDeleted", True), soql.one_of(self.marker, part)]
            return soql.select(obj, ["Id", STAMP, self.marker], where=where, order=(STAMP, "Id"))

        rows = self._queries.rows_for(markers, query, deleted=True)
        return {
            row[self.marker]: Record(
                full_id(row["Id"]), {}, stamp=moment(row[STAMP]), marker=row[self.marker], deleted=True
            )
            for row in rows
            if row[self.marker] in markers
        }

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:  # noqa: ARG002
        """From the recycle bin, which keeps 15 days and may be emptied earlier."""
        try:
            yield from self._binned(obj, since)
        except PermanentError as error:
            if error.code != _FORGOTTEN:
                raise
            raise PermanentError(error.what, where=obj, code="deletes_forgotten") from error

    def _binned(self, obj: str, since: datetime) -> Iterator[Gone]:
        seen = self.describer.visible(obj, ("Id", STAMP, "MasterRecordId", "IsDeleted"))
        if "IsDeleted" not in seen or STAMP not in seen:
            return
        where = [soql.equal("IsDeleted", True), soql.compare(STAMP, ">=", since)]
        fields = [name for name in seen if name != "IsDeleted"]
        for row in self._queries.rows(soql.select(obj, fields, where=where, order=(STAMP, "Id")), deleted=True):
            merged = full_id(str(row.get("MasterRecordId") or ""))
            yield Gone(full_id(row["Id"]), moment(row[STAMP]), merged)

    def options(self, entity: str, name: str) -> Sequence[ListRow]:  # noqa: ARG002
        """The only list the org owns is `users`."""
        if name != "users":
            raise PermanentError(f"has no list called {name}", where=self.session.where, mend="Ask for users.")
        return users(self._queries, self.describer)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:  # noqa: ARG002
        """See the contract. The read-back gives each outcome the version its own write made."""
        if any(write.operation is Operation.CREATE for write in batch):
            self._need_marker(shape.object)
        writer = Writer(self.session, shape.object, self.marker, self._composite)
        outcomes = Batch(writer, self.read_known, shape).run(batch)
        return self._read_back(shape, batch, outcomes)

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:  # noqa: ARG002
        """The org answers at once; nothing is ever pending."""
        return {}

    def upsert(self, obj: str, key_field: str, rows: Sequence[Values]) -> list[Outcome]:
        """Rows by a unique external id, in calls of 200; safe to repeat, so lost answers are asked again.

        Raises what the first failing call raises; the calls before it took effect and may be repeated.
        """
        writer = Writer(self.session, obj, self.marker, self._composite)
        outcomes: list[Outcome] = []
        for start in range(0, len(rows), BATCH):
            outcomes += writer.upsert(key_field, rows[start : start + BATCH])
        return outcomes

    def query(self, text: str) -> Iterator[dict[str, Any]]:
        """Raw rows of a query built with `soql.select`."""
        return (dict(row) for row in self._queries.rows(text))

    def hidden(self, obj: str, fields: Iterable[str]) -> set[str]:
        """Fields that the integration user does not see: not installed, or no field-level security."""
        wanted = list(fields)
        return set(wanted) - set(self.describer.visible(obj, wanted))

    def may_edit(self, user_id: str, record_id: str) -> bool:
        return may_edit(self._queries, user_id, record_id)

    def assign_permission_set(self, name: str, user_id: str) -> bool:
        """True when it was not assigned before. Rights change what describes show, so those are forgotten."""
        changed = assign_permission_set(self.session, self._queries, name, user_id)
        self.describer.forget()
        return changed

    def permission_set_holders(self, name: str) -> list[str]:
        """Ids of the users who hold it."""
        return sorted(holders(self._queries, name))

    def take_permission_set(self, name: str) -> None:
        """From everybody who holds it."""
        take_permission_set(self.session, self._queries, name)
        self.describer.forget()

    def row_count(self, obj: str, field: str = "", kind: str = "") -> int | None:
        """How many rows there are, or hold something in a field of a metadata type; None when the org does not say."""
        return row_count(self._queries, obj, field, kind)

    def _read_back(self, shape: Shape, batch: Sequence[Write], outcomes: list[Outcome]) -> list[Outcome]:
        """What the records are now. A failed look takes nothing back: the writes were done."""
        keys = [_unseen(write, outcome) for write, outcome in zip(batch, outcomes, strict=True)]
        try:
            found = self.read_known(shape, filter(None, keys)) if any(keys) else {}
        except TielineError:
            return outcomes
        told = zip(keys, batch, outcomes, strict=True)
        prefix = self.describer.object(shape.object).prefix
        return [_completed(write, outcome, found.get(key), prefix) for key, write, outcome in told]

    def _need_marker(self, obj: str) -> None:
        if not self.describer.field(obj, self.marker):
            mend = "Apply the package and assign its permission set to the integration user."
            raise Misconfigured(f"has no visible field {self.marker}", where=obj, mend=mend, code="marker_missing")


def _unseen(write: Write, outcome: Outcome) -> str:
    """The id of a record that the outcome should show and does not; empty otherwise."""
    if isinstance(outcome, Done) and write.operation is not Operation.DELETE:
        return outcome.key
    return full_id(write.key) if isinstance(outcome, Stale) and not outcome.record else ""


def _completed(write: Write, outcome: Outcome, record: Record | None, prefix: str) -> Outcome:
    if isinstance(outcome, Done) and write.operation is Operation.CREATE:
        foreign = record is not None and record.marker not in ("", write.marker)
        if foreign or not outcome.key.startswith(prefix):
            return Unknown("the answer names a record that is not the one we made")
    if record and isinstance(outcome, Done):
        return replace(outcome, record=record, version=record.version)
    return Stale(record) if record and isinstance(outcome, Stale) else outcome
