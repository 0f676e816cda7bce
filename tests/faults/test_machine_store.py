"""What the machine, other versions and other hands do to the state: tampering, keys, old intents, new tables."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline.store.opening import FILE, open_store

UNTRIGGERED = "drop trigger audit_no_update; drop trigger audit_no_delete;"


def copied(tie: Any, folder: Path) -> Path:
    """The state directory as a backup would hold it."""
    source = tie.runtime.folder.path
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(source / FILE)) as there, closing(sqlite3.connect(folder / FILE)) as here:
        there.backup(here)
    for path in source.iterdir():
        if path.is_file() and not path.name.startswith(FILE):
            shutil.copy(path, folder)
    return folder


def run(state: Path, *arguments: str, stderr: Any = subprocess.PIPE, **environment: str) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIELINE_")}
    return subprocess.run(
        [sys.executable, "-m", "tieline", *arguments],
        env=kept | {"TIELINE_STATE": str(state)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        timeout=100,
        check=False,
        text=True,
    )


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("update audit set body = replace(body, 'phone', 'fax!') || ' ' where seq = 5", "changed"),
        ("delete from audit where seq = 5", ""),
        ("update audit set seq = 999999 where seq = 5; update audit set seq = 5 where seq = 6;", ""),
    ],
    ids=["changed", "deleted", "reordered"],
)
def test_a_tampered_audit_is_found_and_the_first_bad_entry_named(
    tie: Any, tmp_path: Path, script: str, word: str
) -> None:
    state = copied(tie, tmp_path / "copy")
    sound = run(state, "audit", "verify")
    assert sound.returncode == 0, sound.stderr
    with closing(sqlite3.connect(state / FILE)) as raw:
        raw.executescript(UNTRIGGERED + script)
    found = run(state, "audit", "verify")
    assert found.returncode == 1
    assert "entry 5" in found.stdout
    assert word in found.stdout


def test_without_the_key_nothing_opens_and_nothing_is_lost(tie: Any, tmp_path: Path) -> None:
    """A new key is of no use for old secrets: the command stops, and the sealed secrets stay as they are."""
    state = copied(tie, tmp_path / "copy")
    key = next(path for path in state.iterdir() if path.name.endswith("key"))
    kept = key.read_bytes()
    key.unlink()
    refused = run(state, "sync", "--once")
    assert refused.returncode == 1
    assert "sealed with key" in refused.stderr
    assert "Put the former key back" in refused.stderr
    key.write_bytes(kept)
    key.chmod(0o600)
    assert run(state, "sync", "--once").returncode == 0


def test_a_key_that_changes_while_it_runs_fails_closed(tie: Any, tmp_path: Path) -> None:
    state = copied(tie, tmp_path / "copy")
    refused = run(state, "sync", "--once", TIELINE_KEY="A" * 43 + "=")
    assert refused.returncode == 1
    assert "TIELINE_KEY" in refused.stderr
    assert "A" * 43 not in refused.stderr


def test_no_secret_stands_in_the_state_in_clear(tie: Any) -> None:
    tie.settle()
    documents = (tie.org.running.document, tie.erp.running.document)
    secrets = [
        str(told[name]) for told in documents for name in ("client_secret", "access_token", "api_key") if name in told
    ]
    assert len(secrets) > 1
    for path in tie.runtime.folder.path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [one for one in secrets if one.encode() in content], path


def test_an_intent_of_an_earlier_version_is_taken_up(tie: Any) -> None:
    """What an earlier version did not write down yet has a default; the open call is proved and closed."""
    account = tie.account(Name="From an earlier version")
    tie.settle()
    tie.promote(account)
    tie.erp.fault("after_commit", {"status": {"code": 502}}, method="POST", path="/Customers/")
    tie.cycle()
    assert tie.open_calls() == 1
    with closing(sqlite3.connect(tie.runtime.folder.path / FILE)) as raw, raw:
        ((ident, text),) = raw.execute("select id, body from call").fetchall()
        body = json.loads(text)
        for name in ("deadline", "attempts", "maybe_sent"):
            body.pop(name)
        for item in body["items"]:
            item.pop("correlation")
            item.pop("merge")
        raw.execute("update call set body = ? where id = ?", (json.dumps(body), ident))
    tie.settle()
    assert tie.open_calls() == 0
    assert len(tie.erp.made("Customers", CustomerName="From an earlier version")) == 1
    assert str(tie.link(account).status) == "In Sync"
    tie.idle()


def test_a_running_worker_meets_the_tables_of_a_newer_version(tmp_path: Path, tie: Any) -> None:
    with closing(open_store(tmp_path)) as store:
        now = tie.clock.now()
        fence = store.lease("sync:x", "old worker", now, 60)
        with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
            raw.execute("update alembic_version set version_num = '9999'")
        with pytest.raises(Misconfigured, match="another version changed the database"), store.transaction(fence) as tx:
            tx.save_fact("scope", "name", 1)
        with pytest.raises(Misconfigured, match="newer version"):
            store.lease("sync:x", "old worker", now, 60)
        with store.reading() as tx:
            assert tx.fact("scope", "name") is None


KILLED = """
import os, sys
from pathlib import Path
from alembic.operations import Operations
made = Operations.create_table
left = int(sys.argv[2])
def create(self, *given, **more):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return made(self, *given, **more)
Operations.create_table = create
from tieline.store.opening import open_store
open_store(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("tables", [0, 3, pytest.param(6, marks=pytest.mark.deep)])
def test_a_migration_killed_half_way_leaves_nothing_and_is_done_again(tmp_path: Path, tables: int) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(tables)], timeout=60, check=False)
    assert killed.returncode == 9
    with closing(sqlite3.connect(tmp_path / FILE)) as raw:
        assert raw.execute("select count(*) from sqlite_master where type = 'table'").fetchone() == (0,)
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.save_fact("scope", "name", 1)


@pytest.mark.parametrize("end", ["closed", pytest.param("full", marks=pytest.mark.deep)])
def test_nobody_hears_the_complaints(tie: Any, tmp_path: Path, end: str) -> None:
    """Standard error is closed, or its disk is full: the sync goes on, and its result is right."""
    guid = tie.customer()
    state = copied(tie, tmp_path / "copy")
    command = f"exec {sys.executable} -m tieline sync --once --json 2>{'&-' if end == 'closed' else '/dev/full'}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIELINE_")}
    environment = kept | {"TIELINE_STATE": str(state)}
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, stdout=subprocess.PIPE, timeout=100, check=False, text=True
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["writes"]["crm"] >= 1
    code = tie.erp.held("Customers", guid)["CustomerCode"]
    assert len(tie.org.made("Account", AccountNumber=code)) == 1
    tie.settle()
    assert len(tie.org.made("Account", AccountNumber=code)) == 1
