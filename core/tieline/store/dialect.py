"""What databases spell differently: how transactions begin, upserts, and what their errors mean."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, ProgrammingError

from tieline.contract.errors import Misconfigured, TielineError, TransientError

_SQLITE = "sqlite"


def prepare(engine: Engine, patience: float) -> None:
    """WAL, a wait of `patience` seconds for other programs' writes, and transactions that begin when we say so: a
    writer takes its lock at once, so that two of them never deadlock on the way up from reading."""
    if engine.dialect.name != _SQLITE:
        return

    @event.listens_for(engine, "connect")
    def connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute(f"pragma busy_timeout={round(patience * 1000)}")
        raw.execute("pragma journal_mode=wal")

    @event.listens_for(engine, "begin")
    def begin(database: Connection) -> None:
        writes = database.get_execution_options().get("writes", False)
        database.exec_driver_sql("begin immediate" if writes else "begin")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view."""
    options = {} if engine.dialect.name == _SQLITE else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as database, database.begin():
        yield database


@contextlib.contextmanager
def writing(engine: Engine, durable: bool = True) -> Iterator[Connection]:
    """`durable`: whether the commit must outlive a power cut."""
    is_sqlite = engine.dialect.name == _SQLITE
    with engine.connect() as database:
        if is_sqlite:  # refused inside a transaction, so it goes past SQLAlchemy, which would begin one
            raw: Any = database.connection.driver_connection
            raw.execute(f"pragma synchronous={'full' if durable else 'normal'}")
        with database.execution_options(writes=True).begin():
            if not is_sqlite and not durable:
                database.exec_driver_sql("set local synchronous_commit to off")
            yield database


def now(database: Connection, ours: datetime) -> datetime:
    """The time leases are judged by. A file is used by programs of one machine, which share its clock (`ours`); a
    server has one of its own, for the clocks of several machines differ."""
    if database.dialect.name == _SQLITE:
        return ours
    told: datetime = database.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)


def upsert(database: Connection, table: Table, rows: Sequence[dict[str, Any]], *, replace: bool = True) -> None:
    """Insert; under a primary key that is taken, replace what stands there or leave it."""
    make = sqlite.insert if database.dialect.name == _SQLITE else postgresql.insert
    statement = make(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    if replace and rest:
        database.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), list(rows))
    else:
        database.execute(statement.on_conflict_do_nothing(index_elements=keys), list(rows))


@contextlib.contextmanager
def spoken(engine: Engine) -> Iterator[None]:
    """The database's own errors as sentences. Programming and integrity errors are ours and stay as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DatabaseError as error:
        raise meaning(error, str(engine.url.database or engine.url.host or "")) from error


_DAMAGED = ("the database is damaged", "Restore it from a backup, or move it away to start anew.")


def check(database: Connection, where: str) -> None:
    """SQLite looks at its pages only when it needs them; here it looks at all. Raises Misconfigured."""
    if database.dialect.name != _SQLITE:
        return
    found = str(database.exec_driver_sql("pragma quick_check(1)").scalar())
    if found != "ok":
        what, mend = _DAMAGED
        raise Misconfigured(f"{what} ({' '.join(found.split())})", where=where, mend=mend)


_MEANINGS: tuple[tuple[tuple[str, ...], type[TielineError], str, str], ...] = (
    (("locked", "busy"), TransientError, "another program is writing to the database",
     "Stop the other program, or try again."),
    (("unable to open", "readonly", "read-only"), Misconfigured, "the database cannot be opened for writing",
     "Give this user the right to write to the folder and the file."),
    (("is full",), TransientError, "there is no room left for the database", "Free some disk space and try again."),
    (("not a database", "malformed", "no such table", "no such column"), Misconfigured, *_DAMAGED),
)  # fmt: skip


def meaning(error: DatabaseError, where: str) -> TielineError:
    """What a database's error means to an administrator."""
    reason = str(error.orig)
    for signs, consequence, what, mend in _MEANINGS:
        if any(sign in reason for sign in signs):
            return consequence(f"{what} ({reason})", where=where, mend=mend)
    kind = TransientError if isinstance(error, OperationalError) else Misconfigured
    return kind(f"the database failed ({reason})", where=where, mend="Look after the database, then try again.")
