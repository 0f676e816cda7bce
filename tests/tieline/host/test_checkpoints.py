"""What the chain alone cannot show: a tail cut off together with the chain's head."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tieline.contract import Misconfigured
from tieline.host.checkpoints import Checkpoint, Checkpoints, first_broken
from tieline.host.key import Key
from tieline.store.nouns import AuditEntry
from tieline.store.opening import FILE, open_store

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
KEY = Key(b"k" * 32, "a test")
CUT = """
    drop trigger audit_no_update; drop trigger audit_no_delete; delete from audit where seq > 3;
    update audit_head set seq = 3, hash = (select hash from audit where seq = 3)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path / "checkpoints.jsonl", KEY)


@pytest.fixture
def folder(tmp_path: Path, kept: Checkpoints) -> Path:
    """Five entries; a checkpoint at the fourth."""
    append(tmp_path, 4)
    with closing(open_store(tmp_path)) as store, store.reading() as tx:
        assert [one.seq for one in kept.keep(tx, ["acme", "empty"], AT)] == [4]
    append(tmp_path, 1)
    return tmp_path


def append(folder: Path, count: int) -> None:
    with closing(open_store(folder)) as store, store.transaction() as tx:
        tx.append_audit("acme", [AuditEntry(AT, "updated", "link", note=str(number)) for number in range(count)])


def broken(folder: Path, kept: Checkpoints) -> tuple[int | None, int | None]:
    with closing(open_store(folder)) as store, store.reading() as tx:
        return tx.verify_audit("acme"), first_broken(tx, "acme", kept.read())


def tamper(folder: Path, script: str) -> None:
    with closing(sqlite3.connect(folder / FILE)) as raw:
        raw.executescript(script)


def test_a_whole_chain_agrees(folder: Path, kept: Checkpoints) -> None:
    assert broken(folder, kept) == (None, None)


def test_a_tail_cut_off_with_its_head_is_found_by_the_checkpoint_alone(folder: Path, kept: Checkpoints) -> None:
    tamper(folder, CUT)
    assert broken(folder, kept) == (None, 4)


def test_a_tail_that_was_written_anew_is_found(folder: Path, kept: Checkpoints) -> None:
    tamper(folder, CUT)
    append(folder, 2)
    assert broken(folder, kept) == (None, 4)


def test_an_empty_chain_is_found(folder: Path, kept: Checkpoints) -> None:
    tamper(folder, CUT.replace("> 3", "> 0").replace("update audit_head", "delete from audit_head; update audit_head"))
    assert broken(folder, kept) == (None, 1)


def test_the_next_one_waits_until_enough_was_added(folder: Path, kept: Checkpoints) -> None:
    with closing(open_store(folder)) as store, store.reading() as tx:
        assert kept.keep(tx, ["acme"], AT, after=2) == []
        assert [one.seq for one in kept.keep(tx, ["acme"], AT)] == [5]
        assert kept.keep(tx, ["acme"], AT) == []
    assert [one.seq for one in kept.read()] == [4, 5]
    assert oct(kept.path.stat().st_mode)[-3:] == "600"


def test_a_line_cut_short_was_never_kept_and_gives_way_to_the_next(folder: Path, kept: Checkpoints) -> None:
    whole = kept.path.read_bytes()
    kept.path.write_bytes(whole + whole[:40])
    assert [one.seq for one in kept.read()] == [4]
    with closing(open_store(folder)) as store, store.reading() as tx:
        assert [one.seq for one in kept.keep(tx, ["acme"], AT)] == [5]
    assert [one.seq for one in kept.read()] == [4, 5]
    assert kept.path.read_bytes().startswith(whole)


@pytest.mark.parametrize("line", ["", "{}", '{"mac": 1}', "[]", "not json"])
def test_a_forged_line_is_named(folder: Path, kept: Checkpoints, line: str) -> None:
    kept.path.write_text(f"{kept.path.read_text()}{line}\n")
    with pytest.raises(Misconfigured, match="line 2"):
        kept.read()


def test_a_checkpoint_cannot_be_forged_without_the_key(folder: Path, kept: Checkpoints) -> None:
    moved = {**json.loads(kept.path.read_text()), "seq": 3}
    kept.path.write_text(json.dumps(moved) + "\n")
    with pytest.raises(Misconfigured, match="line 1"):
        kept.read()
    replace(kept, key=Key(b"o" * 32, "another"), path=kept.path.with_name("other")).add(
        [Checkpoint("acme", 1, "h", "t")]
    )
    kept.path.write_text(kept.path.with_name("other").read_text())
    with pytest.raises(Misconfigured, match="line 1"):
        kept.read()
