"""What raw SQL does to the audit is refused or found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tieline.store.nouns import AuditEntry
from tieline.store.opening import FILE, open_store

_PREPARE = "drop trigger audit_no_update; drop trigger audit_no_delete;"


@pytest.fixture
def folder(tmp_path: Path, at: datetime) -> Path:
    """Five entries of `acme` and two of `other`."""
    entry = AuditEntry(at, "write", "link-1", "toy.customer", "crm", before={"Name": "A"}, after={"Name": "B"})
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.append_audit("acme", [replace(entry, note=str(number)) for number in range(1, 6)])
        tx.append_audit("other", [entry, entry])
    return tmp_path


SWAP = """
    update audit set seq = 9 where seq = 2; update audit set seq = 2 where seq = 3;
    update audit set seq = 3 where seq = 9
"""
INSERT = """
    update audit set seq = seq + 10 where seq > 2; update audit set seq = seq - 9 where seq > 10;
    insert into audit select back_office, 3, link, body, hash from audit where seq = 2
"""


def tamper(folder: Path, script: str) -> None:
    with closing(sqlite3.connect(folder / FILE)) as raw:
        raw.executescript(script)


def broken_at(folder: Path, back_office: str = "acme") -> int | None:
    with closing(open_store(folder)) as store, store.reading() as tx:
        return tx.verify_audit(back_office)


@pytest.mark.parametrize("statement", ["update audit set body = ''", "delete from audit where seq = 5"])
def test_the_database_refuses(folder: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        tamper(folder, statement)
    assert broken_at(folder) is None


@pytest.mark.parametrize(
    ("script", "seq"),
    [
        ("update audit set body = replace(body, '\"B\"', '\"C\"') where seq = 3", 3),
        ("update audit set body = body || ' ' where seq = 1", 1),
        ("update audit set link = 'link-2' where seq = 2", 2),
        ("update audit set hash = upper(hash) where seq = 4", 4),
        ("delete from audit where seq = 3", 3),
        ("delete from audit where seq = 1", 1),
        ("delete from audit where seq = 5", 5),
        ("delete from audit where seq > 2", 3),
        ("delete from audit", 1),
        (SWAP, 2),
        (INSERT, 3),
        ("insert into audit select back_office, 6, link, body, hash from audit where seq = 5", 6),
        ("insert into audit select back_office, 0, link, body, hash from audit where seq = 1", 0),
        ("update audit_head set seq = 4", 5),
    ],
)
def test_a_change_is_found(folder: Path, script: str, seq: int) -> None:
    acme_only = script.replace("where seq", "where back_office = 'acme' and seq")
    tamper(folder, _PREPARE + acme_only)
    assert broken_at(folder) == seq


def test_entries_of_one_back_office_do_not_pass_in_another(folder: Path) -> None:
    move = "delete from audit where back_office = 'other'; update audit set back_office = 'other' where seq < 3"
    tamper(folder, f"{_PREPARE}{move}; update audit_head set seq = 2, hash = (select hash from audit where seq = 2)")
    assert broken_at(folder, "other") == 1


def test_the_other_chain_stays_whole(folder: Path) -> None:
    tamper(folder, f"{_PREPARE}delete from audit where back_office = 'acme' and seq = 2")
    assert (broken_at(folder), broken_at(folder, "other")) == (2, None)
