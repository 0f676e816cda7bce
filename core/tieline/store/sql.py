"""The store in SQL, through SQLAlchemy Core."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection as Database
from sqlalchemy import Engine, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from tieline.contract.mapping import Side
from tieline.store import codec
from tieline.store.chain import START, body, extend, first_break, from_body
from tieline.store.dialect import is_durable, upsert
from tieline.store.lease import Lease
from tieline.store.nouns import AuditEntry, Call, Conflict, Connection, CursorRow, Link, StoredRow
from tieline.store.protocol import Fence, Fenced, Transaction
from tieline.store.tables import AUDIT, CALL, CONFLICT, CONNECTION, CURSOR, FACT, LEASE, LINK, LIST_ROW

T = TypeVar("T")
CHUNK = 500  # keys in one IN list


class SqlStore:
    """`Store` over one engine. One writer at a time within this process; between processes the database decides."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._engine.connect() as database, database.begin():
            yield SqlTransaction(database, writable=False)

    @contextmanager
    def transaction(self, fence: Fence | None = None, durable: bool = True) -> Iterator[Transaction]:
        with self._writing, self._engine.connect() as database:
            is_durable(database, durable)
            with database.execution_options(write=True).begin():
                if fence is not None:
                    _check(database, fence)
                try:
                    yield SqlTransaction(database, writable=True)
                except IntegrityError as error:
                    raise ValueError(_clash(error)) from error

    def lease(self, name: str, owner: str, now: datetime, seconds: float) -> Fence | None:
        with self._writing, self._engine.connect() as database, database.execution_options(write=True).begin():
            held = database.execute(select(LEASE).where(LEASE.c.name == name)).mappings().first()
            until = codec.moment(held["until"]) if held else None
            if held and held["owner"] not in ("", owner) and until and until > now:
                return None
            token = int(held["token"]) if held else 0
            if held is None or held["owner"] != owner:
                token += 1
            ends = codec.instant(now + timedelta(seconds=seconds))
            upsert(database, LEASE, [{"name": name, "owner": owner, "token": token, "until": ends}])
            return Lease(name, owner, token)

    def release(self, fence: Fence) -> None:
        with self._writing, self._engine.connect() as database, database.execution_options(write=True).begin():
            mine = (LEASE.c.name == fence.name, LEASE.c.owner == fence.owner, LEASE.c.token == fence.token)
            database.execute(update(LEASE).where(*mine).values(owner=""))

    def close(self) -> None:
        self._engine.dispose()


def _check(database: Database, fence: Fence) -> None:
    held = database.execute(select(LEASE.c.owner, LEASE.c.token).where(LEASE.c.name == fence.name)).first()
    if held is None or tuple(held) != (fence.owner, fence.token):
        raise Fenced(fence.name)


def _clash(error: IntegrityError) -> str:
    return f"a record of this back office is linked already ({error.orig})"


class SqlTransaction:
    """A transaction on one connection."""

    def __init__(self, database: Database, *, writable: bool) -> None:
        self._db, self._writable = database, writable

    def _write(self) -> Database:
        if not self._writable:
            raise RuntimeError("this transaction only reads; use Store.transaction() to write")
        return self._db

    # links

    def link(self, ident: str) -> Link | None:
        return self.links([ident]).get(ident)

    def links(self, idents: Sequence[str]) -> dict[str, Link]:
        found: dict[str, Link] = {}
        for some in _chunks(idents):
            rows = self._db.execute(select(LINK).where(LINK.c.id.in_(some))).mappings()
            found |= {row["id"]: codec.link_from(row) for row in rows}
        return found

    def links_by_key(
        self, back_office: str, entity: str, mapping: str, side: Side, keys: Sequence[str]
    ) -> dict[str, Link]:
        column = LINK.c.crm_key if side is Side.CRM else LINK.c.erp_key
        here = (LINK.c.back_office == back_office, LINK.c.entity == entity, LINK.c.mapping == mapping)
        found: dict[str, Link] = {}
        for some in _chunks([key for key in keys if key]):
            for row in self._db.execute(select(LINK).where(*here, column.in_(some))).mappings():
                key = row[column.name]
                if key not in found or not row["tombstone"]:
                    found[key] = codec.link_from(row)
        return found

    def children(self, parent: str) -> list[Link]:
        if not parent:
            return []
        return self._links(select(LINK).where(LINK.c.parent == parent, LINK.c.parent != "").order_by(LINK.c.id))

    def dirty_links(self, back_office: str, mapping: str, now: datetime, limit: int, after: str = "") -> list[Link]:
        due = or_(LINK.c.not_before.is_(None), LINK.c.not_before <= codec.instant(now))
        here = (LINK.c.back_office == back_office, LINK.c.mapping == mapping, LINK.c.id > after)
        return self._links(select(LINK).where(LINK.c.dirty, *here, due).order_by(LINK.c.id).limit(limit))

    def find_links(
        self, back_office: str = "", mapping: str = "", status: str = "", after: str = "", limit: int = 1000
    ) -> list[Link]:
        asked = ((LINK.c.back_office, back_office), (LINK.c.mapping, mapping), (LINK.c.status, status))
        wanted = [column == value for column, value in asked if value]
        return self._links(select(LINK).where(LINK.c.id > after, *wanted).order_by(LINK.c.id).limit(limit))

    def stale_panels(self, back_office: str, limit: int, after: str = "") -> list[Link]:
        here = (LINK.c.back_office == back_office, LINK.c.id > after)
        return self._links(select(LINK).where(LINK.c.stale, *here).order_by(LINK.c.id).limit(limit))

    def count_links(self, back_office: str = "") -> dict[tuple[str, str, str], int]:
        columns = (LINK.c.back_office, LINK.c.mapping, LINK.c.status)
        wanted = [LINK.c.tombstone == ""] + ([LINK.c.back_office == back_office] if back_office else [])
        rows = self._db.execute(select(*columns, func.count()).where(*wanted).group_by(*columns))
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    def next_due(self, back_office: str) -> datetime | None:
        dirty = select(func.min(LINK.c.not_before)).where(LINK.c.dirty, LINK.c.back_office == back_office)
        return codec.moment(self._db.execute(dirty).scalar())

    def _links(self, query: Any) -> list[Link]:
        return [codec.link_from(row) for row in self._db.execute(query).mappings()]

    def save_links(self, links: Sequence[Link]) -> None:
        database = self._write()
        new = [codec.link_row(link) for link in links if link.revision == 0]
        old = [codec.link_row(link) for link in links if link.revision]
        try:
            if old:
                changed = database.execute(_UPDATE_LINK, [_keyed(row) for row in old]).rowcount
                if changed != len(old):
                    raise Fenced("a link was changed by somebody else")
            if new:
                database.execute(insert(LINK), new)
        except IntegrityError as error:
            if new and self.links([row["id"] for row in new]):
                raise Fenced("a link was made by somebody else") from error
            raise ValueError(_clash(error)) from error

    # calls

    def open_calls(self, back_office: str) -> list[Call]:
        query = select(CALL).where(CALL.c.back_office == back_office).order_by(CALL.c.made_at, CALL.c.id)
        return [codec.call_from(row) for row in self._db.execute(query).mappings()]

    def call(self, ident: str) -> Call | None:
        return self._one(select(CALL).where(CALL.c.id == ident), codec.call_from)

    def save_call(self, call: Call) -> None:
        upsert(self._write(), CALL, [codec.call_row(call)])

    def close_call(self, ident: str) -> None:
        self._write().execute(delete(CALL).where(CALL.c.id == ident))

    def _one(self, query: Any, decode: Callable[[Any], T]) -> T | None:
        row = self._db.execute(query).mappings().first()
        return decode(row) if row is not None else None

    # cursors

    def cursor(self, back_office: str, entity: str, side: Side, obj: str) -> CursorRow | None:
        here = (CURSOR.c.back_office == back_office, CURSOR.c.entity == entity)
        query = select(CURSOR).where(*here, CURSOR.c.side == str(side), CURSOR.c.object == obj)
        return self._one(query, codec.cursor_from)

    def save_cursor(self, row: CursorRow) -> None:
        before = self.cursor(row.back_office, row.entity, row.side, row.object)
        if before is None or row.stamp >= before.stamp:
            upsert(self._write(), CURSOR, [codec.cursor_row(row)])

    # audit, conflicts

    def append_audit(self, back_office: str, entries: Sequence[AuditEntry]) -> None:
        if not entries:
            return
        last = select(AUDIT.c.seq, AUDIT.c.hash).where(AUDIT.c.back_office == back_office)
        row = self._write().execute(last.order_by(AUDIT.c.seq.desc()).limit(1)).first()
        seq, previous = (row[0], row[1]) if row else (0, START)
        rows = [
            {"back_office": back_office, "seq": e.seq, "link": e.link, "body": codec.json_text(body(e)), "hash": e.hash}
            for e in extend(previous, seq, back_office, entries)
        ]
        self._db.execute(insert(AUDIT), rows)

    def audit(
        self, back_office: str, after: int = 0, limit: int = 1000, link: str = "", newest: bool = False
    ) -> list[AuditEntry]:
        query = select(AUDIT).where(AUDIT.c.back_office == back_office, AUDIT.c.seq > after)
        if link:
            query = query.where(AUDIT.c.link == link)
        order = AUDIT.c.seq.desc() if newest else AUDIT.c.seq
        rows = self._db.execute(query.order_by(order).limit(limit)).mappings()
        return [from_body(json.loads(row["body"]), row["seq"], row["hash"]) for row in rows]

    def verify_audit(self, back_office: str) -> int | None:
        return first_break(back_office, self._chain(back_office))

    def _chain(self, back_office: str) -> Iterator[AuditEntry]:
        after = 0
        while some := self.audit(back_office, after):
            yield from some
            after = some[-1].seq

    def add_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        known = set()
        for some in _chunks([one.id for one in conflicts]):
            known |= set(self._db.execute(select(CONFLICT.c.id).where(CONFLICT.c.id.in_(some))).scalars())
        new = {one.id: codec.conflict_row(one) for one in conflicts if one.id not in known}
        if new:
            self._write().execute(insert(CONFLICT), list(new.values()))

    def conflicts(self, back_office: str = "", link: str = "", open_only: bool = False) -> list[Conflict]:
        asked = ((CONFLICT.c.back_office, back_office), (CONFLICT.c.link, link))
        query = select(CONFLICT).where(*(column == value for column, value in asked if value))
        if open_only:
            query = query.where(CONFLICT.c.resolved_at.is_(None))
        rows = self._db.execute(query.order_by(CONFLICT.c.at, CONFLICT.c.id)).mappings()
        return [codec.conflict_from(row) for row in rows]

    def resolve_conflicts(self, idents: Sequence[str], at: datetime) -> None:
        for some in _chunks(idents):
            chosen = update(CONFLICT).where(CONFLICT.c.id.in_(some))
            self._write().execute(chosen.values(resolved_at=codec.instant(at)))

    # managed lists

    def list_rows(self, back_office: str, entity: str, name: str) -> list[StoredRow]:
        here = (LIST_ROW.c.back_office == back_office, LIST_ROW.c.entity == entity, LIST_ROW.c.list == name)
        rows = self._db.execute(select(LIST_ROW).where(*here).order_by(LIST_ROW.c.key)).mappings()
        return [codec.list_row_from(row) for row in rows]

    def save_list_rows(self, rows: Sequence[StoredRow]) -> None:
        if rows:
            upsert(self._write(), LIST_ROW, [codec.list_row(row) for row in rows])

    # connections and facts

    def connections(self) -> list[Connection]:
        rows = self._db.execute(select(CONNECTION).order_by(CONNECTION.c.name)).mappings()
        return [codec.connection_from(row) for row in rows]

    def connection(self, name: str) -> Connection | None:
        return self._one(select(CONNECTION).where(CONNECTION.c.name == name), codec.connection_from)

    def save_connection(self, connection: Connection) -> None:
        upsert(self._write(), CONNECTION, [codec.connection_row(connection)])

    def delete_connection(self, name: str) -> None:
        self._write().execute(delete(CONNECTION).where(CONNECTION.c.name == name))

    def fact(self, scope: str, name: str) -> Any:
        found = self._db.execute(select(FACT.c.value).where(FACT.c.scope == scope, FACT.c.name == name)).scalar()
        return json.loads(found) if found is not None else None

    def facts(self, scope: str) -> Mapping[str, Any]:
        rows = self._db.execute(select(FACT.c.name, FACT.c.value).where(FACT.c.scope == scope).order_by(FACT.c.name))
        return {row[0]: json.loads(row[1]) for row in rows}

    def save_fact(self, scope: str, name: str, value: Any) -> None:
        if value is None:
            self._write().execute(delete(FACT).where(FACT.c.scope == scope, FACT.c.name == name))
        else:
            upsert(self._write(), FACT, [{"scope": scope, "name": name, "value": codec.json_text(value)}])


def _update(table: Table) -> Any:
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c if column.name != "id"}
    known = (table.c.id == bindparam("the_id"), table.c.revision == bindparam("the_revision"))
    return update(table).where(*known).values(**values)


_UPDATE_LINK = _update(LINK)


def _keyed(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what it must still be in the table: its id, and the revision it was loaded with."""
    rest = {name: value for name, value in row.items() if name != "id"}
    return {**rest, "the_id": row["id"], "the_revision": row["revision"] - 1}


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
