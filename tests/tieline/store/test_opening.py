"""Opening a state directory: what is refused, and with which sentence."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError

from tieline.contract import Misconfigured, TransientError
from tieline.store import dialect
from tieline.store.opening import FILE, open_store


def refusal(folder: Path) -> str:
    with pytest.raises(Misconfigured) as caught:
        open_store(folder)
    return str(caught.value)


def test_a_new_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "state"
    with closing(open_store(folder)) as store, store.transaction() as tx:
        tx.save_fact("s", "f", 1)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == dict.fromkeys((FILE, f"{FILE}-wal", f"{FILE}-shm"), 0o600)


def test_what_was_kept_is_there_when_opened_again(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.save_fact("s", "f", {"é": [1]})
    with closing(open_store(tmp_path)) as store, store.reading() as tx:
        assert tx.fact("s", "f") == {"é": [1]}


def test_a_folder_with_a_percent_sign(tmp_path: Path) -> None:
    open_store(tmp_path / "50%s off?").close()
    assert (tmp_path / "50%s off?" / FILE).exists()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.execute("update alembic_version set version_num = '9999'")
    assert refusal(tmp_path) == (
        f"{tmp_path / FILE}: the database was written by a newer version (its tables are at 9999, ours at 0002). "
        "Update Tieline, or choose another state directory."
    )


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is not a database, and it is long enough to be looked at" * 40)
    assert "the database is damaged" in refusal(tmp_path)
    assert "Restore it from a backup" in refusal(tmp_path)


def test_a_database_whose_tables_are_gone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.execute("drop table fact")
    with closing(open_store(tmp_path)) as store, pytest.raises(Misconfigured, match="damaged"), store.reading() as tx:
        tx.fact("s", "f")


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    assert "cannot be opened for writing" in refusal(tmp_path / "state")


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert refusal(tmp_path) == (
        f"{tmp_path / FILE}: the database cannot be opened for writing (Is a directory). "
        "Choose another state directory, or give this user the right to write there."
    )


def test_another_programs_write_is_waited_for_and_then_named(tmp_path: Path) -> None:
    with closing(open_store(tmp_path, patience=0.05)) as store, closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("begin immediate")
        sentence = r"another program is writing .* Stop the other program"
        with pytest.raises(TransientError, match=sentence), store.transaction():
            pass
        other.rollback()
        with store.transaction() as tx:
            tx.save_fact("s", "f", 1)


@pytest.mark.parametrize(
    ("reason", "kind", "sentence"),
    [
        ("attempt to write a readonly database", Misconfigured, "cannot be opened for writing"),
        ("database or disk is full", TransientError, "no room left"),
        ("database disk image is malformed", Misconfigured, "damaged"),
        ("server closed the connection unexpectedly", TransientError, "the database failed"),
    ],
)
def test_errors_are_spoken(reason: str, kind: type[Exception], sentence: str) -> None:
    said = dialect.meaning(OperationalError("select 1", {}, Exception(reason)), "x.db")
    assert type(said) is kind
    assert sentence in str(said)
    assert str(said).startswith("x.db: ")


def test_other_database_errors_wait_for_a_person() -> None:
    assert type(dialect.meaning(DatabaseError("select 1", {}, Exception("?")), "x")) is Misconfigured


def test_several_programs_open_a_new_folder_at_once(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\nfrom tieline.store import open_store\n"
        "sys.stdin.readline()\n"
        "store = open_store(pathlib.Path(sys.argv[1]))\n"
        "with store.transaction() as tx: tx.save_fact('s', sys.argv[2], 1)\nstore.close()"
    )
    programs = [
        subprocess.Popen([sys.executable, "-c", script, tmp_path, str(number)], stdin=subprocess.PIPE)
        for number in range(3)
    ]
    for program in programs:
        program.communicate(b"\n")
    assert [program.returncode for program in programs] == [0, 0, 0]
    with closing(open_store(tmp_path)) as store, store.reading() as tx:
        assert set(tx.facts("s")) == {"0", "1", "2"}


def test_the_package_is_imported_without_sqlalchemy() -> None:
    script = (
        "import sys, tieline.store, tieline.store.memory; print([m for m in sys.modules if m.startswith('sqlalchemy')])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_names_are_fetched_when_asked_for() -> None:
    import tieline.store

    assert tieline.store.open_store is open_store
    with pytest.raises(AttributeError, match="nothing_such"):
        tieline.store.nothing_such  # noqa: B018
