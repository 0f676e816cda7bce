"""The state of a sandbox: records in SQLite, and below every API the ground-truth log of what really changed.

An application keeps its rows through `Transaction.insert/update/delete`; each change is logged in the same
transaction, with actor, before and after. No application code writes the log, so it is the oracle for tests:
what the log says happened, happened, and nothing else did. Bookkeeping that is not business data (sessions,
jobs, counters) goes to `setting`, which is not logged.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tieline_sandbox.effects import Clock
from tieline_sandbox.hooks import Hook, Probe, Tags, quiet

Values = dict[str, Any]

_SCHEMA = """
create table if not exists record (
    kind text not null, id text not null, body text not null, primary key (kind, id)) without rowid;
create table if not exists entry (
    kind text not null, field text not null, value text not null, id text not null,
    primary key (kind, field, value, id)) without rowid;
create table if not exists mutation (
    seq integer primary key autoincrement, at text not null, actor text not null, operation text not null,
    action text not null, kind text not null, id text not null, key text not null,
    before text, after text);
create index if not exists mutation_record on mutation (kind, id);
create table if not exists setting (name text primary key, value text not null) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change that really took effect. `action` is insert, update or delete; `key` an idempotency key if sent."""

    seq: int
    at: str
    actor: str
    operation: str
    action: str
    kind: str
    id: str
    key: str
    before: Values | None
    after: Values | None


class State:
    """One SQLite file (or memory) shared by the threads of a sandbox; one writer at a time.

    `indexes` names, per kind, the fields that `find` looks up by equality and `between` by range. Values are indexed
    as the text that `index_key` makes of them, None is not indexed.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        indexes: dict[str, tuple[str, ...]] | None = None,
        index_key: Callable[[Any], str] = str,
    ) -> None:
        self.clock = clock
        self.index_key = index_key
        self.indexes = indexes if indexes is not None else {}
        self._lock = threading.RLock()
        self._committed = threading.Condition()
        self._closing = False
        self._db = sqlite3.connect(str(path) if path else ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self.release()
        with self._lock:
            self._db.close()

    def release(self) -> None:
        """End all waits for changes, now and later: the sandbox stops."""
        with self._committed:
            self._closing = True
            self._committed.notify_all()

    def last_mutation(self) -> int:
        """The highest sequence number so far, 0 before the first."""
        with self._lock:
            return int(self._db.execute("select coalesce(max(seq), 0) from mutation").fetchone()[0])

    def wait_beyond(self, seq: int, seconds: float) -> None:
        """Wait in real time for a change after that sequence number; returns at once when there is one."""
        with self._committed:
            self._committed.wait_for(lambda: self._closing or self.last_mutation() > seq, seconds)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        with self._lock:
            yield Reader(self._db, self.indexes, self.index_key)

    @contextmanager
    def transaction(
        self, *, actor: str, operation: str, key: str = "", probe: Probe = quiet, tags: Tags | None = None
    ) -> Iterator[Transaction]:
        """All or nothing. The probe is asked just before and just after the commit."""
        told = tags or Tags(operation=operation, key=key, actor=actor)
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield Transaction(self._db, self.indexes, self.index_key, self.clock.now(), actor, operation, key)
                probe(Hook.BEFORE_COMMIT, told)
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
        with self._committed:
            self._committed.notify_all()
        probe(Hook.AFTER_COMMIT, told)

    def mutations(self, since: int = 0, limit: int = 100_000) -> list[Mutation]:
        """The ground truth after sequence number `since`, oldest first."""
        with self.reading() as reader:
            return list(reader.mutations(since, limit))


class Reader:
    """Reads inside one lock; bodies are fresh copies."""

    def __init__(
        self, db: sqlite3.Connection, indexes: dict[str, tuple[str, ...]], index_key: Callable[[Any], str]
    ) -> None:
        self._db = db
        self._indexes = indexes
        self._index_key = index_key

    def get(self, kind: str, ident: str) -> Values | None:
        row = self._db.execute("select body from record where kind = ? and id = ?", (kind, ident)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> Iterator[tuple[str, Values]]:
        """Every row of a kind as (id, values), in order of the id."""
        rows = self._db.execute("select id, body from record where kind = ? order by id", (kind,))
        for ident, body in rows:
            yield ident, json.loads(body)

    def count(self, kind: str) -> int:
        return int(self._db.execute("select count(*) from record where kind = ?", (kind,)).fetchone()[0])

    def find(self, kind: str, field: str, value: Any) -> list[tuple[str, Values]]:
        """Rows whose indexed field equals the value, in order of the id."""
        rows = self._db.execute(
            "select r.id, r.body from entry e cross join record r on r.kind = e.kind and r.id = e.id"
            " where e.kind = ? and e.field = ? and e.value = ? order by e.id",
            (kind, field, self._index_key(value)),
        )
        return [(ident, json.loads(body)) for ident, body in rows]

    def between(
        self, kind: str, field: str, low: str | None = None, high: str | None = None
    ) -> Iterator[tuple[str, Values]]:
        """Rows whose indexed field lies in [low, high] (None: open), in order of the indexed text, then of the id."""
        text, given = "", [kind, field]
        for bound, sign in ((low, ">="), (high, "<=")):
            if bound is not None:
                text += f" and e.value {sign} ?"
                given.append(self._index_key(bound))
        rows = self._db.execute(
            "select r.id, r.body from entry e cross join record r on r.kind = e.kind and r.id = e.id"  # noqa: S608
            f" where e.kind = ? and e.field = ?{text} order by e.value, e.id",
            given,
        )
        for ident, body in rows:
            yield ident, json.loads(body)

    def mutations(self, since: int = 0, limit: int = -1, action: str = "") -> Iterator[Mutation]:
        """The log after sequence number `since`, oldest first; inside a transaction with its own changes.

        `limit` -1 is all of it; `action` is the only one wanted.
        """
        rows = self._db.execute(
            "select seq, at, actor, operation, action, kind, id, key, before, after from mutation"
            " where seq > ? and ? in ('', action) order by seq limit ?",
            (since, action, limit),
        )
        for row in rows:
            yield Mutation(*row[:8], *(json.loads(v) if v else None for v in row[8:]))

    def setting(self, name: str, default: Any = None) -> Any:
        row = self._db.execute("select value from setting where name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default


class Transaction(Reader):
    """Writes, each one logged. `now` is one instant for the whole transaction."""

    def __init__(
        self,
        db: sqlite3.Connection,
        indexes: dict[str, tuple[str, ...]],
        index_key: Callable[[Any], str],
        now: datetime,
        actor: str,
        operation: str,
        key: str,
    ) -> None:
        super().__init__(db, indexes, index_key)
        self.now = now
        self._actor, self._operation, self._key = actor, operation, key

    def insert(self, kind: str, ident: str, values: Values) -> None:
        body = json.dumps(values, ensure_ascii=False)
        self._db.execute("insert into record (kind, id, body) values (?, ?, ?)", (kind, ident, body))
        self._reindex(kind, ident, {}, values)
        self._log("insert", kind, ident, None, values)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone alone, log included, when it raises."""
        self._db.execute("savepoint part")
        try:
            yield
        except BaseException:
            self._db.execute("rollback to part")
            self._db.execute("release part")
            raise
        self._db.execute("release part")

    def update(self, kind: str, ident: str, values: Values, action: str = "update") -> None:
        """Replaces the whole body; a body equal to the stored one changes nothing and is not logged.

        `action` is what the log calls it: a row put into a recycle bin is a delete that keeps its body.
        """
        before = self._existing(kind, ident)
        if before == values:
            return
        body = json.dumps(values, ensure_ascii=False)
        self._db.execute("update record set body = ? where kind = ? and id = ?", (body, kind, ident))
        self._reindex(kind, ident, before, values)
        self._log(action, kind, ident, before, values)

    def delete(self, kind: str, ident: str) -> None:
        before = self._existing(kind, ident)
        self._db.execute("delete from record where kind = ? and id = ?", (kind, ident))
        self._reindex(kind, ident, before, {})
        self._log("delete", kind, ident, before, None)

    def set_setting(self, name: str, value: Any) -> None:
        self._db.execute("insert or replace into setting values (?, ?)", (name, json.dumps(value)))

    def drop_setting(self, name: str) -> None:
        self._db.execute("delete from setting where name = ?", (name,))

    def next_number(self, name: str, start: int = 1) -> int:
        """The next value of a counter, kept in the settings."""
        number = int(self.setting(name, start))
        self.set_setting(name, number + 1)
        return number

    def _existing(self, kind: str, ident: str) -> Values:
        before = self.get(kind, ident)
        if before is None:
            raise KeyError((kind, ident))
        return before

    def build_index(self, kind: str, field: str) -> None:
        """Index a field of rows that are already there."""
        for ident, values in list(self.all(kind)):
            if values.get(field) is not None:
                given = (kind, field, self._index_key(values[field]), ident)
                self._db.execute("insert or ignore into entry values (?, ?, ?, ?)", given)

    def _reindex(self, kind: str, ident: str, before: Values, after: Values) -> None:
        for field in self._indexes.get(kind, ()):
            old, new = before.get(field), after.get(field)
            if old == new:
                continue
            if old is not None:
                given = (kind, field, self._index_key(old), ident)
                self._db.execute("delete from entry where kind = ? and field = ? and value = ? and id = ?", given)
            if new is not None:
                given = (kind, field, self._index_key(new), ident)
                self._db.execute("insert or ignore into entry values (?, ?, ?, ?)", given)

    def _log(self, action: str, kind: str, ident: str, before: Values | None, after: Values | None) -> None:
        self._db.execute(
            "insert into mutation (at, actor, operation, action, kind, id, key, before, after)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.now.isoformat(), self._actor, self._operation, action, kind, ident, self._key,
                None if before is None else json.dumps(before, ensure_ascii=False),
                None if after is None else json.dumps(after, ensure_ascii=False),
            ),
        )  # fmt: skip
