"""Leases of a database server are judged by its clock, those of a file by the machine's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from tieline.store import dialect

OURS = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
THEIRS = datetime(2026, 1, 5, 10, 7, tzinfo=timezone(timedelta(hours=1)))


class Server:
    """A connection that answers one question and remembers it."""

    def __init__(self, spoken: Any) -> None:
        self.dialect = spoken
        self.asked: list[str] = []

    def execute(self, statement: Any) -> Any:
        self.asked.append(str(statement.compile(dialect=self.dialect)))
        return SimpleNamespace(scalar_one=lambda: THEIRS)


def test_a_file_has_the_clock_of_its_machine() -> None:
    file: Any = Server(sqlite.dialect())
    assert dialect.now(file, OURS) == OURS
    assert file.asked == []


def test_a_server_has_its_own() -> None:
    spoken: Any = postgresql.dialect
    server: Any = Server(spoken())
    assert dialect.now(server, OURS) == datetime(2026, 1, 5, 9, 7, tzinfo=UTC)
    assert "clock_timestamp()" in server.asked[0]
