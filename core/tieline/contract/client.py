"""The client protocol: how the host reaches one side of a link.

Salesforce implements it, every ERP implements it, the simulation implements it; the engine knows no other door.
Every call names the accounting entity (the empty string where a system has none).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from tieline.contract.values import Values

T = TypeVar("T")


class Precondition(StrEnum):
    """The strongest condition the vendor lets us put on an update."""

    NONE = "none"
    STAMP = "stamp"
    VERSION = "version"


class Idempotency(StrEnum):
    """How a repeated create is kept from making a twin.

    KEY: the vendor remembers our key. CLIENT_ID: we choose the record's id. NATURAL: a unique marker field makes
    the second create fail or update. NONE: only a look-up by marker can tell.
    """

    KEY = "key"
    CLIENT_ID = "client_id"
    NATURAL = "natural"
    NONE = "none"


class WriteStyle(StrEnum):
    """WHOLE: an update blanks what it leaves out, so the client reads, compares with `expected`, merges, writes."""

    PARTIAL = "partial"
    WHOLE = "whole"


class DeleteSource(StrEnum):
    FEED = "feed"
    AUDIT = "audit"
    SWEEP = "sweep"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one object of one system can do. Sizes are records per call, `concurrency` calls in flight. `deletes_kept`
    is how long the system remembers its deletions. `resumable`: `pages` may be left after any page and go on from its
    cursor later at no more cost; a system that has to be read whole anyway says no."""

    precondition: Precondition = Precondition.NONE
    idempotency: Idempotency = Idempotency.NONE
    writes: WriteStyle = WriteStyle.PARTIAL
    deletes: DeleteSource = DeleteSource.NONE
    stamp_grain: timedelta = timedelta(seconds=1)
    page_size: int = 200
    batch_size: int = 1
    concurrency: int = 1
    answers_later: bool = False
    creatable: bool = True
    updatable: bool = True
    deletable: bool = False
    deletes_kept: timedelta = timedelta(days=14)
    resumable: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """What to read: an object, its fields by the client's names, and children carried inside it."""

    object: str
    fields: tuple[str, ...]
    embedded: tuple[Shape, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)  # equality, to select ours in a shared object


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read. `fields` holds only what the other side showed: absent is not empty.

    `version` is what a precondition quotes; `sequence` a vendor's growing version number where it has one (Infor's
    variation id); `stamp` the time it last changed by the vendor's clock; `marker` our birth marker if it carries
    one; `children` the full set of embedded records, by object. `address` is where a person can open it.
    """

    key: str
    fields: Values
    version: str = ""
    stamp: datetime | None = None
    sequence: int | None = None
    marker: str = ""
    deleted: bool = False
    parent: str = ""
    children: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in a change stream: (stamp, key), both compared."""

    stamp: datetime
    key: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a change stream. `cursor` is the place after its last record, `as_of` the server's own time."""

    records: tuple[Record, ...]
    cursor: Cursor | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """A record the vendor says is deleted, and into which record it was merged, if it was."""

    key: str
    at: datetime | None = None
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a list the ERP owns. `key` is the ERP's and never changes; the label is data."""

    key: str
    label: str
    active: bool = True
    parent: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


class Operation(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Panel:
    """A row of `ERP_Link__c` as it stands once the write has taken effect. `record` are those of its fields that hold
    the id of the record written."""

    row: Values
    record: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """One change to make. An update holds changed fields only.

    `key` is the record's id; for a create it is the id we choose where the system lets us, else empty.
    `idempotency_key` is a derived UUID, the same on every repeat; `marker` is stored on the record where it can be.
    `version` is the precondition. `expected` holds the values last read of the record: a WHOLE writer compares
    them with what it reads just before the write and answers `Stale` where a mapped field moved.
    `children` are rows created with the record (order lines). `panel` may be written in the same request by a client
    of the CRM; it never decides about the write itself.
    """

    operation: Operation
    key: str
    fields: Values
    idempotency_key: str
    marker: str = ""
    version: str = ""
    parent: str = ""
    expected: Values = field(default_factory=dict)
    children: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It took effect. `record` is the read-back, where the vendor gave one or the client fetched it. `panel`: the row
    that came along stands too; one that does not is written on its own. `echoed`: `record` came with the system's own
    answer to this very write, so what differs in it is the system's form of what was sent, and nobody's edit."""

    key: str
    version: str = ""
    record: Record | None = None
    created: bool = False
    panel: bool = False
    echoed: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """Queued; the answer comes later under this correlation."""

    correlation: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no, in the vendor's words. `gone` when the record no longer exists. `mend`: what a person can do now,
    where the client knows better than to correct the record."""

    reason: str
    code: str = ""
    fields: tuple[str, ...] = ()
    retryable: bool = False
    retry_after: float | None = None
    gone: bool = False
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """Not written: the record is not what we last read. `record` is what it is now, when known."""

    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have taken effect; stays unknown until a look at the other side proves it."""

    reason: str


Outcome = Done | Pending | Refused | Stale | Unknown


@dataclass(frozen=True, slots=True)
class Entity:
    """An accounting entity of a back office: company, ledger, location."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is at the other end. `tenant` never changes for one connection: it pins org id or company. `language` is
    the one its people mostly speak, where the system tells (`fr`, `en_US`)."""

    tenant: str
    label: str
    entities: tuple[Entity, ...] = ()
    version: str = ""
    language: str = ""


class Client(Protocol):
    """One side of a link. Calls raise the errors of `errors`; `write` reports per item and raises only when it is
    certain that nothing of the batch was sent (`NothingSent`, `RateLimited`, `Misconfigured`)."""

    def capabilities(self, obj: str) -> Capabilities:
        """What this object can do; no IO."""

    def check(self) -> Identity:
        """Log in and say who is there. Raises Misconfigured with the mend."""

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        """Records changed at or after `since` in order of (stamp, key), all of them when None; at least one page,
        so that the caller learns `as_of`."""

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        """Records by key; None means the vendor says there is none (deleted or out of sight)."""

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        """Records that carry our birth markers; markers nobody carries are left out. Where the system can still show
        deleted records, one of those (`deleted`) stands for a marker that no live record carries."""

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        """Deletions since a moment, for systems that tell (`deletes` FEED or AUDIT); else nothing. Raises
        PermanentError with the code `deletes_forgotten` when the system no longer knows them all: everything is read
        then."""

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        """Every row of a list that the back office owns, retired ones with active=False."""

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        """One outcome per item, in order. `shape` says what to read back."""

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:
        """Answers that have arrived for pending correlations; the others are left out."""


class CrmClient(Client, Protocol):
    """What the host asks of the CRM besides: rows of its own objects, and whether a user may do what a button does."""

    def upsert(self, obj: str, key_field: str, rows: Sequence[Values]) -> Sequence[Outcome]:
        """Create or update rows of one of our own objects by a unique external id; safe to repeat."""

    def may_edit(self, user_id: str, record_id: str) -> bool:
        """Whether this user may edit this record, by the CRM's own rules."""


class Executor(Protocol):
    """Runs calls: one after the other under simulation, a few in flight in production."""

    def run(self, calls: Sequence[Callable[[], T]], concurrency: int) -> Iterator[T]:
        """Results in the order of the calls; at most `concurrency` run at once."""
