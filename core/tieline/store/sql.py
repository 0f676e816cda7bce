"""The store in SQL, through SQLAlchemy Core."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection as Database
from sqlalchemy import Engine, select, text

from tieline.contract.errors import Misconfigured
from tieline.store import codec, dialect
from tieline.store.guard import Guard, Turns
from tieline.store.lease import Lease, lost, next_lease
from tieline.store.protocol import Fence, Transaction
from tieline.store.sql_journal import SqlJournal
from tieline.store.sql_links import SqlLinks
from tieline.store.sql_settings import SqlSettings
from tieline.store.tables import LEASE


class SqlTransaction(SqlLinks, SqlJournal, SqlSettings):
    """One transaction on one connection."""


class SqlStore:
    """`Store` over one engine, whose tables stand (see `opening`). Threads may share it: within this process writers
    take turns, between processes the database makes them wait."""

    def __init__(self, engine: Engine, version: str = "") -> None:
        """`version`: the migration our tables are at; a program of another version may migrate them while we run."""
        self._engine, self._version = engine, version
        self._turns = Turns()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        with dialect.spoken(self._engine), dialect.reading(self._engine) as database:
            yield SqlTransaction(database, Guard(writes=False))

    @contextlib.contextmanager
    def transaction(self, fence: Fence | None = None, durable: bool = True) -> Iterator[Transaction]:
        with self._writing(durable) as database:
            if fence is not None:
                self._still_ours(database)
                _hold(database, fence)
            guard = Guard(writes=True)
            yield SqlTransaction(database, guard)
            guard.finish()

    @contextlib.contextmanager
    def _writing(self, durable: bool = True) -> Iterator[Database]:
        with self._turns.one(), dialect.spoken(self._engine), dialect.writing(self._engine, durable) as database:
            yield database

    def lease(self, name: str, owner: str, now: datetime, seconds: float) -> Fence | None:
        with self._writing() as database:
            self._still_ours(database)
            taken = next_lease(_held(database, name), name, owner, dialect.now(database, now), seconds)
            if taken is not None:
                dialect.upsert(database, LEASE, [codec.lease_row(taken)])
            return taken

    def _still_ours(self, database: Database) -> None:
        """Raises Misconfigured when the tables are no longer those this version knows."""
        if not self._version:
            return
        found = database.execute(text("select version_num from alembic_version")).scalar()
        if found != self._version:
            raise Misconfigured(
                f"another version changed the database (its tables are at {found}, ours at {self._version})",
                where=str(self._engine.url.database),
                mend="Start this program again in the newer version.",
            )

    def release(self, fence: Fence) -> None:
        with self._writing() as database:
            held = _held(database, fence.name)
            if held is not None and held.fits(fence):
                dialect.upsert(database, LEASE, [codec.lease_row(held.released())])

    def check(self) -> None:
        with dialect.spoken(self._engine), dialect.reading(self._engine) as database:
            dialect.check(database, str(self._engine.url.database or ""))

    def close(self) -> None:
        self._engine.dispose()


def _held(database: Database, name: str) -> Lease | None:
    """The row stays locked until the transaction ends (SQLite locks everything by itself)."""
    row = database.execute(select(LEASE).where(LEASE.c.name == name).with_for_update()).mappings().first()
    return codec.lease_of(row) if row else None


def _hold(database: Database, fence: Fence) -> None:
    held = _held(database, fence.name)
    if held is None or not held.fits(fence):
        raise lost(fence)
