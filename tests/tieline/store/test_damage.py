"""All that is kept is looked at before work begins: SQLite by itself notices damage only where it happens to read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tieline.contract import Misconfigured
from tieline.store import open_store
from tieline.store.memory import MemoryStore

PAGE = 4096


def test_a_sound_store_passes(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        store.check()
    MemoryStore().check()


def test_damage_that_opening_does_not_meet_is_found(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    file = tmp_path / "tieline.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("pragma journal_mode=delete")
        (page,) = database.execute("select rootpage from sqlite_master where name = 'conflict'").fetchone()
    content = file.read_bytes()
    file.write_bytes(content[: (page - 1) * PAGE] + bytes(PAGE) + content[page * PAGE :])
    with closing(open_store(tmp_path)) as store, pytest.raises(Misconfigured) as refused:
        store.check()
    assert "the database is damaged" in refused.value.sentence()
    assert "Restore it from a backup" in refused.value.sentence()
    assert str(file) in refused.value.sentence()
