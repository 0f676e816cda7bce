"""What the engine asks of a store. The SQL store and its in-memory twin pass the same suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from tieline.contract.mapping import Side
from tieline.store.nouns import AuditEntry, Call, Conflict, Connection, CursorRow, Link, StoredRow


class Fenced(Exception):
    """Another worker holds the lease now; nothing of this transaction was kept."""


class Transaction(Protocol):
    """Everything between entering and leaving is kept together or not at all."""

    # links
    def link(self, ident: str) -> Link | None: ...

    def links(self, idents: Sequence[str]) -> dict[str, Link]:
        """Links by id; unknown ids are left out."""

    def links_by_key(
        self, back_office: str, entity: str, mapping: str, side: Side, keys: Sequence[str]
    ) -> dict[str, Link]:
        """Links by the record's key on one side; keys compare byte by byte. A live link comes before buried ones, and
        of those one that no other link took over from."""

    def children(self, parent: str) -> list[Link]:
        """Links whose `parent` is this link, in order of the id."""

    def dirty_links(self, back_office: str, mapping: str, now: datetime, limit: int, after: str = "") -> list[Link]:
        """Links to plan, in order of the id after `after`: dirty, and `not_before` absent or reached."""

    def find_links(
        self, back_office: str = "", mapping: str = "", status: str = "", after: str = "", limit: int = 1000
    ) -> list[Link]:
        """Links in order of the id; empty criteria select all."""

    def half_links(self, back_office: str, entity: str, mapping: str, limit: int, after: str = "") -> list[Link]:
        """Live links that have a record on one side only, in order of the id."""

    def stale_panels(self, back_office: str, limit: int, after: str = "") -> list[Link]:
        """Links whose org panel may lag behind (saved with `panel` empty), in order of the id."""

    def count_links(self, back_office: str = "") -> dict[tuple[str, str, str], int]:
        """Counts by (back office, mapping, status)."""

    def next_due(self, back_office: str) -> datetime | None:
        """The earliest `not_before` of a dirty link, if any lies ahead."""

    def save_links(self, links: Sequence[Link]) -> None:
        """Insert (revision 0) or replace (revision as loaded); stored with revision + 1. A link changed by somebody
        else since raises Fenced. A second live link for the same record and back office raises ValueError."""

    # calls
    def open_calls(self, back_office: str) -> list[Call]:
        """Calls not closed yet, oldest first."""

    def call(self, ident: str) -> Call | None: ...

    def save_call(self, call: Call) -> None:
        """Insert or replace an open call."""

    def close_call(self, ident: str) -> None: ...

    # cursors
    def cursor(self, back_office: str, entity: str, side: Side, obj: str) -> CursorRow | None: ...

    def save_cursor(self, row: CursorRow) -> None:
        """A cursor never goes back: an earlier stamp than the stored one is ignored."""

    # audit, conflicts
    def append_audit(self, back_office: str, entries: Sequence[AuditEntry]) -> None: ...

    def audit(
        self, back_office: str, after: int = 0, limit: int = 1000, link: str = "", newest: bool = False
    ) -> list[AuditEntry]:
        """Entries in order of `seq` (`newest`: the last ones, newest first)."""

    def trails(self, back_office: str, links: Sequence[str], most: int) -> dict[str, list[AuditEntry]]:
        """The last `most` entries (50 at the most) of each of these links, oldest first; a link without any is left
        out."""

    def verify_audit(self, back_office: str) -> int | None:
        """The seq of the first entry whose hash does not follow from the one before; None when the chain holds."""

    def add_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """A conflict already stored under its id stays as it was."""

    def conflicts(self, back_office: str = "", link: str = "", open_only: bool = False) -> list[Conflict]: ...

    def resolve_conflicts(self, idents: Sequence[str], at: datetime) -> None: ...

    # managed lists
    def list_rows(self, back_office: str, entity: str, name: str) -> list[StoredRow]: ...

    def all_list_rows(self, back_office: str) -> list[StoredRow]:
        """Of every list and entity, by entity, list and key."""

    def save_list_rows(self, rows: Sequence[StoredRow]) -> None: ...

    # connections and small facts
    def connections(self) -> list[Connection]: ...

    def connection(self, name: str) -> Connection | None: ...

    def save_connection(self, connection: Connection) -> None: ...

    def delete_connection(self, name: str) -> None: ...

    def fact(self, scope: str, name: str) -> Any:
        """A small JSON value; None when absent."""

    def facts(self, scope: str) -> Mapping[str, Any]: ...

    def save_fact(self, scope: str, name: str, value: Any) -> None:
        """None removes it."""


class Store(Protocol):
    def reading(self) -> AbstractContextManager[Transaction]:
        """A consistent view; writes through it are refused."""

    def transaction(self, fence: Fence | None = None, durable: bool = True) -> AbstractContextManager[Transaction]:
        """A write transaction. With a fence it fails with Fenced when the lease was lost. `durable=False` allows a
        commit that a power cut may lose (polling); a process crash never loses a commit."""

    def lease(self, name: str, owner: str, now: datetime, seconds: float) -> Fence | None:
        """Take or renew a lease; None while another owner holds it. Each change of owner raises the token. `now` is
        ours; a database server judges by its own clock, so that two machines need not agree."""

    def release(self, fence: Fence) -> None: ...

    def check(self) -> None:
        """Read all that is kept once. Raises Misconfigured when it is damaged."""

    def close(self) -> None: ...


class Fence(Protocol):
    """Proof of a lease."""

    @property
    def name(self) -> str: ...

    @property
    def owner(self) -> str: ...

    @property
    def token(self) -> int: ...
