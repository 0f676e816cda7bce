"""The few statements that databases spell differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite


def upsert(database: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert, or replace what stands under the same primary key."""
    make = sqlite.insert if database.dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    database.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), list(rows))


def is_durable(database: Connection, durable: bool) -> None:
    """Before a transaction: whether its commit must outlive a power cut."""
    if database.dialect.name == "sqlite":
        raw = database.connection.driver_connection
        assert raw is not None
        raw.execute(f"pragma synchronous={'full' if durable else 'normal'}")


def prepare_sqlite(engine: Engine) -> None:
    """WAL, a wait for other writers instead of an error, and transactions that begin when we say so: a writer takes its
    lock at once, so that two of them never deadlock on the way up from reading."""

    @event.listens_for(engine, "connect")
    def connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute("pragma journal_mode=wal")
        raw.execute("pragma busy_timeout=10000")

    @event.listens_for(engine, "begin")
    def begin(database: Connection) -> None:
        immediate = database.get_execution_options().get("write", False)
        database.exec_driver_sql("begin immediate" if immediate else "begin")
