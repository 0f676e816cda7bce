"""Managed lists, connections and small facts in SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy import delete, select

from tieline.store import codec
from tieline.store.dialect import upsert
from tieline.store.guard import Guard
from tieline.store.nouns import Connection, StoredRow
from tieline.store.tables import CONNECTION, FACT, LIST_ROW


class SqlSettings:
    """What changes rarely, on one connection."""

    def __init__(self, database: Database, guard: Guard) -> None:
        self._db = database
        self._guard = guard

    def list_rows(self, back_office: str, entity: str, name: str) -> list[StoredRow]:
        here = (LIST_ROW.c.back_office == back_office, LIST_ROW.c.entity == entity, LIST_ROW.c.list == name)
        rows = self._db.execute(select(LIST_ROW).where(*here).order_by(LIST_ROW.c.key)).mappings()
        return [codec.list_row_of(row) for row in rows]

    def all_list_rows(self, back_office: str) -> list[StoredRow]:
        order = (LIST_ROW.c.entity, LIST_ROW.c.list, LIST_ROW.c.key)
        rows = self._db.execute(select(LIST_ROW).where(LIST_ROW.c.back_office == back_office).order_by(*order))
        return [codec.list_row_of(row) for row in rows.mappings()]

    def save_list_rows(self, rows: Sequence[StoredRow]) -> None:
        self._guard.check()
        if rows:
            upsert(self._db, LIST_ROW, [codec.list_row(row) for row in rows])

    def connections(self) -> list[Connection]:
        rows = self._db.execute(select(CONNECTION).order_by(CONNECTION.c.name)).mappings()
        return [codec.connection_of(row) for row in rows]

    def connection(self, name: str) -> Connection | None:
        row = self._db.execute(select(CONNECTION).where(CONNECTION.c.name == name)).mappings().first()
        return codec.connection_of(row) if row else None

    def save_connection(self, connection: Connection) -> None:
        self._guard.check()
        upsert(self._db, CONNECTION, [codec.connection_row(connection)])

    def delete_connection(self, name: str) -> None:
        self._guard.check()
        self._db.execute(delete(CONNECTION).where(CONNECTION.c.name == name))

    def fact(self, scope: str, name: str) -> Any:
        found = self._db.execute(select(FACT.c.value).where(FACT.c.scope == scope, FACT.c.name == name)).scalar()
        return None if found is None else json.loads(found)

    def facts(self, scope: str) -> Mapping[str, Any]:
        wanted = select(FACT.c.name, FACT.c.value).where(FACT.c.scope == scope).order_by(FACT.c.name)
        return {row[0]: json.loads(row[1]) for row in self._db.execute(wanted)}

    def save_fact(self, scope: str, name: str, value: Any) -> None:
        self._guard.check()
        if value is None:
            self._db.execute(delete(FACT).where(FACT.c.scope == scope, FACT.c.name == name))
        else:
            upsert(self._db, FACT, [{"scope": scope, "name": name, "value": codec.dump(value)}])
