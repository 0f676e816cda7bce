"""The store's twin in memory, for tests and simulations: same answers, same refusals, nothing on disk."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from tieline.contract.mapping import Side
from tieline.store import chain
from tieline.store.guard import Guard, Turns
from tieline.store.lease import Lease, lost, next_lease
from tieline.store.memory_links import LinkTables, MemoryLinks
from tieline.store.nouns import AuditEntry, Call, Conflict, Connection, CursorRow, StoredRow
from tieline.store.overlay import Overlay
from tieline.store.protocol import Fence, Transaction


@dataclass
class Tables(LinkTables):
    """Everything kept, by key."""

    calls: dict[str, Call] = field(default_factory=dict)
    cursors: dict[tuple[str, str, Side, str], CursorRow] = field(default_factory=dict)
    audit: dict[tuple[str, int], chain.Row] = field(default_factory=dict)
    trails: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    heads: dict[str, chain.Head] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    list_rows: dict[tuple[str, str, str, str], StoredRow] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    facts: dict[tuple[str, str], str] = field(default_factory=dict)

    def copy(self) -> Tables:
        return Tables(**{one.name: dict(getattr(self, one.name)) for one in fields(self)})


class MemoryTransaction(MemoryLinks):
    """One transaction over the tables, reading or writing."""

    def __init__(self, tables: Tables, writes: bool) -> None:
        self.guard = Guard(writes)
        super().__init__(self.guard, tables)
        self._calls = Overlay(tables.calls)
        self._cursors = Overlay(tables.cursors)
        self._audit = Overlay(tables.audit)
        self._trails = Overlay(tables.trails)
        self._heads = Overlay(tables.heads)
        self._conflicts = Overlay(tables.conflicts)
        self._rows = Overlay(tables.list_rows)
        self._connections = Overlay(tables.connections)
        self._facts = Overlay(tables.facts)

    def keep(self, tables: Tables) -> None:
        self.keep_links(tables)
        self._calls.keep(tables.calls)
        self._cursors.keep(tables.cursors)
        self._audit.keep(tables.audit)
        self._trails.keep(tables.trails)
        self._heads.keep(tables.heads)
        self._conflicts.keep(tables.conflicts)
        self._rows.keep(tables.list_rows)
        self._connections.keep(tables.connections)
        self._facts.keep(tables.facts)

    # calls and cursors

    def open_calls(self, back_office: str) -> list[Call]:
        found = [call for call in self._calls.values() if call.back_office == back_office]
        return sorted(found, key=lambda call: (call.made_at, call.id))

    def call(self, ident: str) -> Call | None:
        return self._calls.get(ident)

    def save_call(self, call: Call) -> None:
        self.guard.check()
        self._calls.put(call.id, call)

    def close_call(self, ident: str) -> None:
        self.guard.check()
        self._calls.drop(ident)

    def cursor(self, back_office: str, entity: str, side: Side, obj: str) -> CursorRow | None:
        return self._cursors.get((back_office, entity, side, obj))

    def save_cursor(self, row: CursorRow) -> None:
        self.guard.check()
        key = (row.back_office, row.entity, row.side, row.object)
        stored = self._cursors.get(key)
        if stored is None or stored.stamp <= row.stamp:
            self._cursors.put(key, row)

    # audit and conflicts

    def append_audit(self, back_office: str, entries: Sequence[AuditEntry]) -> None:
        self.guard.check()
        rows, head = chain.extend(self._head(back_office), back_office, entries)
        for row in rows:
            self._audit.put((back_office, row.seq), row)
            if row.link:
                before = self._trails.get((back_office, row.link)) or ()
                self._trails.put((back_office, row.link), (*before[1 - chain.TRAIL :], row.seq))
        self._heads.put(back_office, head)

    def _head(self, back_office: str) -> chain.Head:
        return self._heads.get(back_office) or chain.Head()

    def audit(
        self, back_office: str, after: int = 0, limit: int = 1000, link: str = "", newest: bool = False
    ) -> list[AuditEntry]:
        rows = (row for row in self._chain(back_office, after, newest) if link in ("", row.link))
        return [chain.entry_of(row) for row in itertools.islice(rows, limit)]

    def _chain(self, back_office: str, after: int = 0, newest: bool = False) -> Iterator[chain.Row]:
        first, last = max(after, 0) + 1, self._head(back_office).seq
        numbers = range(last, first - 1, -1) if newest else range(first, last + 1)
        found = (self._audit.get((back_office, seq)) for seq in numbers)
        return (row for row in found if row is not None)

    def trails(self, back_office: str, links: Sequence[str], most: int) -> dict[str, list[AuditEntry]]:
        wanted = self._trails.among([(back_office, link) for link in links])
        rows = {
            link: self._audit.among([(back_office, seq) for seq in seqs[-most:]]) for (_, link), seqs in wanted.items()
        }
        return {link: [chain.entry_of(row) for row in found.values()] for link, found in rows.items()}

    def verify_audit(self, back_office: str) -> int | None:
        return chain.first_break(back_office, self._chain(back_office), self._head(back_office))

    def add_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        self.guard.check()
        for conflict in conflicts:
            if self._conflicts.get(conflict.id) is None:
                self._conflicts.put(conflict.id, conflict)

    def conflicts(self, back_office: str = "", link: str = "", open_only: bool = False) -> list[Conflict]:
        found = [
            one
            for one in self._conflicts.values()
            if back_office in ("", one.back_office) and link in ("", one.link) and not (open_only and one.resolved_at)
        ]
        return sorted(found, key=lambda one: (one.at, one.id))

    def resolve_conflicts(self, idents: Sequence[str], at: datetime) -> None:
        self.guard.check()
        for ident, conflict in self._conflicts.among(idents).items():
            if conflict.resolved_at is None:
                self._conflicts.put(ident, replace(conflict, resolved_at=at))

    # managed lists

    def list_rows(self, back_office: str, entity: str, name: str) -> list[StoredRow]:
        wanted = (back_office, entity, name)
        found = [row for row in self._rows.values() if (row.back_office, row.entity, row.list) == wanted]
        return sorted(found, key=lambda row: row.key)

    def all_list_rows(self, back_office: str) -> list[StoredRow]:
        found = [row for row in self._rows.values() if row.back_office == back_office]
        return sorted(found, key=lambda row: (row.entity, row.list, row.key))

    def save_list_rows(self, rows: Sequence[StoredRow]) -> None:
        self.guard.check()
        for row in rows:
            self._rows.put((row.back_office, row.entity, row.list, row.key), row)

    # connections and small facts

    def connections(self) -> list[Connection]:
        return sorted(self._connections.values(), key=lambda connection: connection.name)

    def connection(self, name: str) -> Connection | None:
        return self._connections.get(name)

    def save_connection(self, connection: Connection) -> None:
        self.guard.check()
        self._connections.put(connection.name, connection)

    def delete_connection(self, name: str) -> None:
        self.guard.check()
        self._connections.drop(name)

    def fact(self, scope: str, name: str) -> Any:
        text = self._facts.get((scope, name))
        return None if text is None else json.loads(text)

    def facts(self, scope: str) -> Mapping[str, Any]:
        found = sorted((name, text) for (owner, name), text in self._facts.items() if owner == scope)
        return {name: json.loads(text) for name, text in found}

    def save_fact(self, scope: str, name: str, value: Any) -> None:
        self.guard.check()
        if value is None:
            self._facts.drop((scope, name))
        else:
            self._facts.put((scope, name), json.dumps(value))


class MemoryStore:
    """A store that lives as long as the process."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._leases: dict[str, Lease] = {}
        self._turns = Turns()
        self._swap = threading.Lock()
        self._read_now: Counter[int] = Counter()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Tables that are being read are never changed: a commit meanwhile goes into a copy."""
        with self._swap:
            tables = self._tables
            self._read_now[id(tables)] += 1
        try:
            yield MemoryTransaction(tables, writes=False)
        finally:
            with self._swap:
                self._read_now[id(tables)] -= 1

    @contextlib.contextmanager
    def transaction(self, fence: Fence | None = None, durable: bool = True) -> Iterator[Transaction]:  # noqa: ARG002
        with self._turns.one():
            if fence is not None:
                self._hold(fence)
            made = MemoryTransaction(self._tables, writes=True)
            yield made
            made.guard.finish()
            self._keep(made)

    def _keep(self, made: MemoryTransaction) -> None:
        with self._swap:
            if self._read_now[id(self._tables)]:
                self._tables = self._tables.copy()
                self._read_now = +self._read_now  # ids of tables nobody reads may be given out again
            made.keep(self._tables)

    def _hold(self, fence: Fence) -> None:
        held = self._leases.get(fence.name)
        if held is None or not held.fits(fence):
            raise lost(fence)

    def lease(self, name: str, owner: str, now: datetime, seconds: float) -> Fence | None:
        with self._turns.one():
            taken = next_lease(self._leases.get(name), name, owner, now, seconds)
            if taken is not None:
                self._leases[name] = taken
            return taken

    def release(self, fence: Fence) -> None:
        with self._turns.one():
            held = self._leases.get(fence.name)
            if held is not None and held.fits(fence):
                self._leases[fence.name] = held.released()

    def check(self) -> None:
        """Nothing on a disk, nothing to damage."""

    def close(self) -> None:
        """Nothing to close; the tables stay readable."""
