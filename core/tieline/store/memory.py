"""The store in memory: the same promises as the SQL store, for tests and simulations; it passes the same suite."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tieline.contract.mapping import Side
from tieline.store.chain import START, extend, first_break, plain
from tieline.store.lease import Lease
from tieline.store.nouns import AuditEntry, Call, Conflict, Connection, CursorRow, Link, StoredRow
from tieline.store.protocol import Fence, Fenced, Transaction

LinkKey = tuple[str, str, str, Side, str]


@dataclass
class _Data:
    """Everything kept. Values are frozen, so a shallow copy of each dictionary is a whole copy."""

    links: dict[str, Link] = field(default_factory=dict)
    by_key: dict[LinkKey, str] = field(default_factory=dict)
    by_parent: dict[str, frozenset[str]] = field(default_factory=dict)
    dirty: dict[str, None] = field(default_factory=dict)
    stale: dict[str, None] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    cursors: dict[tuple[str, str, Side, str], CursorRow] = field(default_factory=dict)
    audit: dict[str, tuple[AuditEntry, ...]] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    rows: dict[tuple[str, str, str, str], StoredRow] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    facts: dict[tuple[str, str], Any] = field(default_factory=dict)
    leases: dict[str, tuple[Lease, datetime]] = field(default_factory=dict)

    def copy(self) -> _Data:
        return _Data(*(dict(getattr(self, name)) for name in self.__dataclass_fields__))


class MemoryStore:
    """`Store` in memory. A transaction works on a copy that replaces the data when it ends well."""

    def __init__(self) -> None:
        self._data = _Data()
        self._lock = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._lock:
            yield _View(self._data, writable=False)

    @contextmanager
    def transaction(self, fence: Fence | None = None, durable: bool = True) -> Iterator[Transaction]:  # noqa: ARG002
        with self._lock:
            self._check(fence)
            work = self._data.copy()
            yield _View(work, writable=True)
            self._check(fence)
            self._data = work

    def _check(self, fence: Fence | None) -> None:
        if fence is None:
            return
        held = self._data.leases.get(fence.name)
        if held is None or (held[0].owner, held[0].token) != (fence.owner, fence.token):
            raise Fenced(fence.name)

    def lease(self, name: str, owner: str, now: datetime, seconds: float) -> Fence | None:
        with self._lock:
            held = self._data.leases.get(name)
            if held is not None and held[0].owner != owner and held[1] > now:
                return None
            token = held[0].token if held else 0
            if held is None or held[0].owner != owner:
                token += 1
            taken = Lease(name, owner, token)
            self._data.leases[name] = (taken, now + timedelta(seconds=seconds))
            return taken

    def release(self, fence: Fence) -> None:
        with self._lock:
            held = self._data.leases.get(fence.name)
            if held is not None and (held[0].owner, held[0].token) == (fence.owner, fence.token):
                self._data.leases[fence.name] = (replace(held[0], owner=""), held[1])

    def close(self) -> None:
        return None


class _View:
    """A transaction on one copy of the data."""

    def __init__(self, data: _Data, *, writable: bool) -> None:
        self._data, self._writable = data, writable

    def _writing(self) -> _Data:
        if not self._writable:
            raise RuntimeError("this transaction only reads; use Store.transaction() to write")
        return self._data

    # links

    def link(self, ident: str) -> Link | None:
        return self._data.links.get(ident)

    def links(self, idents: Sequence[str]) -> dict[str, Link]:
        return {ident: self._data.links[ident] for ident in idents if ident in self._data.links}

    def links_by_key(
        self, back_office: str, entity: str, mapping: str, side: Side, keys: Sequence[str]
    ) -> dict[str, Link]:
        found = ((key, self._data.by_key.get((back_office, entity, mapping, side, key))) for key in keys if key)
        return {key: self._data.links[ident] for key, ident in found if ident is not None}

    def children(self, parent: str) -> list[Link]:
        return [self._data.links[ident] for ident in sorted(self._data.by_parent.get(parent, ()))] if parent else []

    def dirty_links(self, back_office: str, mapping: str, now: datetime, limit: int, after: str = "") -> list[Link]:
        def due(link: Link) -> bool:
            mine = (link.back_office, link.mapping) == (back_office, mapping)
            return mine and (link.not_before is None or link.not_before <= now)

        return self._some(self._data.dirty, due, after, limit)

    def find_links(
        self, back_office: str = "", mapping: str = "", status: str = "", after: str = "", limit: int = 1000
    ) -> list[Link]:
        def wanted(link: Link) -> bool:
            asked = ((back_office, link.back_office), (mapping, link.mapping), (status, str(link.status)))
            return all(not want or want == have for want, have in asked)

        return self._some(self._data.links, wanted, after, limit)

    def stale_panels(self, back_office: str, limit: int, after: str = "") -> list[Link]:
        return self._some(self._data.stale, lambda link: link.back_office == back_office, after, limit)

    def _some(
        self, idents: Mapping[str, object], wanted: Callable[[Link], bool], after: str, limit: int
    ) -> list[Link]:  # fmt: skip
        ordered = (self._data.links[ident] for ident in sorted(idents) if ident > after)
        found: list[Link] = []
        for link in ordered:
            if len(found) == limit:
                break
            if wanted(link):
                found.append(link)
        return found

    def count_links(self, back_office: str = "") -> dict[tuple[str, str, str], int]:
        counts: dict[tuple[str, str, str], int] = {}
        for link in self._data.links.values():
            if (not back_office or link.back_office == back_office) and not link.tombstone:
                key = (link.back_office, link.mapping, str(link.status))
                counts[key] = counts.get(key, 0) + 1
        return counts

    def next_due(self, back_office: str) -> datetime | None:
        links = (self._data.links[ident] for ident in self._data.dirty)
        times = [link.not_before for link in links if link.back_office == back_office and link.not_before]
        return min(times, default=None)

    def save_links(self, links: Sequence[Link]) -> None:
        data = self._writing()
        for link in links:
            before = data.links.get(link.id)
            if (before.revision if before else 0) != link.revision:
                raise Fenced(f"link {link.id} was changed by somebody else")
            self._forget(before)
        for link in links:
            self._remember(replace(link, revision=link.revision + 1))

    def _forget(self, link: Link | None) -> None:
        if link is None:
            return
        data = self._data
        for key in _keys(link):
            if data.by_key.get(key) == link.id:
                del data.by_key[key]
        data.by_parent[link.parent] = data.by_parent.get(link.parent, frozenset()) - {link.id}
        data.dirty.pop(link.id, None)
        data.stale.pop(link.id, None)

    def _remember(self, link: Link) -> None:
        data = self._data
        data.links[link.id] = link
        for key in _keys(link):
            other = data.by_key.get(key)
            if other is not None and not data.links[other].tombstone:
                if link.tombstone:
                    continue
                raise ValueError(f"{key[2]} {key[4]} is linked already in back office {key[0]} (link {other})")
            data.by_key[key] = link.id
        if link.parent:
            data.by_parent[link.parent] = data.by_parent.get(link.parent, frozenset()) | {link.id}
        if link.dirty:
            data.dirty[link.id] = None
        if not link.panel:
            data.stale[link.id] = None

    # calls

    def open_calls(self, back_office: str) -> list[Call]:
        mine = [call for call in self._data.calls.values() if call.back_office == back_office]
        return sorted(mine, key=lambda call: (call.made_at, call.id))

    def call(self, ident: str) -> Call | None:
        return self._data.calls.get(ident)

    def save_call(self, call: Call) -> None:
        self._writing().calls[call.id] = call

    def close_call(self, ident: str) -> None:
        self._writing().calls.pop(ident, None)

    # cursors

    def cursor(self, back_office: str, entity: str, side: Side, obj: str) -> CursorRow | None:
        return self._data.cursors.get((back_office, entity, side, obj))

    def save_cursor(self, row: CursorRow) -> None:
        data, key = self._writing(), (row.back_office, row.entity, row.side, row.object)
        before = data.cursors.get(key)
        if before is None or row.stamp >= before.stamp:
            data.cursors[key] = row

    # audit, conflicts

    def append_audit(self, back_office: str, entries: Sequence[AuditEntry]) -> None:
        data = self._writing()
        former = data.audit.get(back_office, ())
        previous = former[-1].hash if former else START
        kept = [replace(entry, before=plain(entry.before), after=plain(entry.after)) for entry in entries]
        data.audit[back_office] = former + tuple(extend(previous, len(former), back_office, kept))

    def audit(
        self, back_office: str, after: int = 0, limit: int = 1000, link: str = "", newest: bool = False
    ) -> list[AuditEntry]:
        entries = [e for e in self._data.audit.get(back_office, ())[after:] if not link or e.link == link]
        return entries[::-1][:limit] if newest else entries[:limit]

    def verify_audit(self, back_office: str) -> int | None:
        return first_break(back_office, self._data.audit.get(back_office, ()))

    def add_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        data = self._writing()
        for conflict in conflicts:
            data.conflicts.setdefault(conflict.id, conflict)

    def conflicts(self, back_office: str = "", link: str = "", open_only: bool = False) -> list[Conflict]:
        found = [
            one
            for one in self._data.conflicts.values()
            if (not back_office or one.back_office == back_office)
            and (not link or one.link == link)
            and (not open_only or one.resolved_at is None)
        ]
        return sorted(found, key=lambda one: (one.at, one.id))

    def resolve_conflicts(self, idents: Sequence[str], at: datetime) -> None:
        data = self._writing()
        for ident in idents:
            if ident in data.conflicts:
                data.conflicts[ident] = replace(data.conflicts[ident], resolved_at=at)

    # managed lists

    def list_rows(self, back_office: str, entity: str, name: str) -> list[StoredRow]:
        asked = (back_office, entity, name)
        return [row for key, row in sorted(self._data.rows.items()) if key[:3] == asked]

    def save_list_rows(self, rows: Sequence[StoredRow]) -> None:
        data = self._writing()
        for row in rows:
            data.rows[row.back_office, row.entity, row.list, row.key] = row

    # connections and facts

    def connections(self) -> list[Connection]:
        return [one for _, one in sorted(self._data.connections.items())]

    def connection(self, name: str) -> Connection | None:
        return self._data.connections.get(name)

    def save_connection(self, connection: Connection) -> None:
        self._writing().connections[connection.name] = connection

    def delete_connection(self, name: str) -> None:
        self._writing().connections.pop(name, None)

    def fact(self, scope: str, name: str) -> Any:
        return self._data.facts.get((scope, name))

    def facts(self, scope: str) -> Mapping[str, Any]:
        return {key[1]: value for key, value in sorted(self._data.facts.items()) if key[0] == scope}

    def save_fact(self, scope: str, name: str, value: Any) -> None:
        data = self._writing()
        if value is None:
            data.facts.pop((scope, name), None)
        else:
            data.facts[scope, name] = value


def _keys(link: Link) -> list[LinkKey]:
    places = ((side, link.key(side)) for side in Side)
    return [(link.back_office, link.entity, link.mapping, side, key) for side, key in places if key]
