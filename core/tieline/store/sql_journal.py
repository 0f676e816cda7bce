"""Calls, cursors, audit and conflicts in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection as Database
from sqlalchemy import delete, func, insert, select, update

from tieline.contract.mapping import Side
from tieline.store import chain, codec
from tieline.store.dialect import upsert
from tieline.store.guard import Guard
from tieline.store.moments import text
from tieline.store.nouns import AuditEntry, Call, Conflict, CursorRow
from tieline.store.sql_links import chunks
from tieline.store.tables import AUDIT, AUDIT_HEAD, CALL, CONFLICT, CURSOR

_ROWS = select(AUDIT.c.seq, AUDIT.c.link, AUDIT.c.body, AUDIT.c.hash)


class SqlJournal:
    """What was meant, how far reading got, what happened and what was overruled, on one connection."""

    def __init__(self, database: Database, guard: Guard) -> None:
        self._db = database
        self._guard = guard

    # calls

    def open_calls(self, back_office: str) -> list[Call]:
        wanted = select(CALL).where(CALL.c.back_office == back_office).order_by(CALL.c.made_at, CALL.c.id)
        return [codec.call_of(row) for row in self._db.execute(wanted).mappings()]

    def call(self, ident: str) -> Call | None:
        row = self._db.execute(select(CALL).where(CALL.c.id == ident)).mappings().first()
        return codec.call_of(row) if row else None

    def save_call(self, call: Call) -> None:
        self._guard.check()
        upsert(self._db, CALL, [codec.call_row(call)])

    def close_call(self, ident: str) -> None:
        self._guard.check()
        self._db.execute(delete(CALL).where(CALL.c.id == ident))

    # cursors

    def cursor(self, back_office: str, entity: str, side: Side, obj: str) -> CursorRow | None:
        here = (CURSOR.c.back_office == back_office, CURSOR.c.entity == entity)
        wanted = select(CURSOR).where(*here, CURSOR.c.side == str(side), CURSOR.c.object == obj)
        row = self._db.execute(wanted).mappings().first()
        return codec.cursor_of(row) if row else None

    def save_cursor(self, row: CursorRow) -> None:
        self._guard.check()
        stored = self.cursor(row.back_office, row.entity, row.side, row.object)
        if stored is None or stored.stamp <= row.stamp:
            upsert(self._db, CURSOR, [codec.cursor_row(row)])

    # audit

    def append_audit(self, back_office: str, entries: Sequence[AuditEntry]) -> None:
        self._guard.check()
        if not entries:
            return
        rows, head = chain.extend(self._head(back_office), back_office, entries)
        stored = [
            {"back_office": back_office, "seq": row.seq, "link": row.link, "body": row.body, "hash": row.hash}
            for row in rows
        ]
        self._db.execute(insert(AUDIT), stored)
        upsert(self._db, AUDIT_HEAD, [{"back_office": back_office, "seq": head.seq, "hash": head.hash}])

    def _head(self, back_office: str) -> chain.Head:
        wanted = select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash).where(AUDIT_HEAD.c.back_office == back_office)
        row = self._db.execute(wanted).first()
        return chain.Head(row[0], row[1]) if row else chain.Head()

    def audit(
        self, back_office: str, after: int = 0, limit: int = 1000, link: str = "", newest: bool = False
    ) -> list[AuditEntry]:
        wanted = _ROWS.where(AUDIT.c.back_office == back_office, AUDIT.c.seq > after)
        if link:
            wanted = wanted.where(AUDIT.c.link == link)
        wanted = wanted.order_by(AUDIT.c.seq.desc() if newest else AUDIT.c.seq).limit(limit)
        return [chain.entry_of(chain.Row(*row)) for row in self._db.execute(wanted)]

    def trails(self, back_office: str, links: Sequence[str], most: int) -> dict[str, list[AuditEntry]]:
        found: dict[str, list[AuditEntry]] = {}
        place = func.row_number().over(partition_by=AUDIT.c.link, order_by=AUDIT.c.seq.desc()).label("place")
        for some in chunks(links):
            theirs = _ROWS.add_columns(place).where(AUDIT.c.back_office == back_office, AUDIT.c.link.in_(some))
            numbered = theirs.subquery()
            last = select(*list(numbered.c)[:4]).where(numbered.c.place <= min(most, chain.TRAIL))
            for row in self._db.execute(last.order_by(numbered.c.seq)):
                found.setdefault(row[1], []).append(chain.entry_of(chain.Row(*row)))
        return found

    def verify_audit(self, back_office: str) -> int | None:
        return chain.first_break(back_office, self._chain(back_office), self._head(back_office))

    def _chain(self, back_office: str) -> Iterator[chain.Row]:
        """All of it, also rows that somebody put before the first."""
        wanted = _ROWS.where(AUDIT.c.back_office == back_office).order_by(AUDIT.c.seq)
        with self._db.execute(wanted.execution_options(yield_per=1000)) as rows:
            for row in rows:
                yield chain.Row(*row)

    # conflicts

    def add_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        self._guard.check()
        if conflicts:
            upsert(self._db, CONFLICT, [codec.conflict_row(one) for one in conflicts], replace=False)

    def conflicts(self, back_office: str = "", link: str = "", open_only: bool = False) -> list[Conflict]:
        asked = ((CONFLICT.c.back_office, back_office), (CONFLICT.c.link, link))
        wanted = select(CONFLICT).where(*(column == value for column, value in asked if value))
        if open_only:
            wanted = wanted.where(CONFLICT.c.resolved_at.is_(None))
        rows = self._db.execute(wanted.order_by(CONFLICT.c.at, CONFLICT.c.id)).mappings()
        return [codec.conflict_of(row) for row in rows]

    def resolve_conflicts(self, idents: Sequence[str], at: datetime) -> None:
        self._guard.check()
        for some in chunks(idents):
            still_open = update(CONFLICT).where(CONFLICT.c.id.in_(some), CONFLICT.c.resolved_at.is_(None))
            self._db.execute(still_open.values(resolved_at=text(at)))
