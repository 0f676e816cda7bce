"""Two programs on one file: a lease excludes the other, and a killed program leaves whole transactions behind."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tieline.store.opening import open_store
from tieline.store.protocol import Fenced

# Writes pairs of an audit entry and a fact, tells of each commit, and is killed in the midst.
WRITER = """
import sys, pathlib, itertools
from datetime import UTC, datetime
from tieline.contract.mapping import Side
from tieline.store import AuditEntry, CursorRow, Link, open_store

at = datetime(2026, 1, 1, tzinfo=UTC)
store = open_store(pathlib.Path(sys.argv[1]))
with store.reading() as tx:
    first = (tx.fact("s", "count") or 0) + 1
for number in itertools.count(first):
    with store.transaction(durable=number % 2 == 0) as tx:
        tx.save_links([Link(f"{number:06}-{part}", "acme", "", "m", f"{number}-{part}") for part in range(20)])
        tx.append_audit("acme", [AuditEntry(at, "write", note=str(number))])
        if len(sys.argv) > 2:
            print("inside", flush=True)
            sys.stdin.readline()
        tx.save_fact("s", "count", number)
    print(number, flush=True)
"""


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), *more]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill(program: subprocess.Popen[str]) -> list[str]:
    """What it still said before it died."""
    program.kill()
    assert program.stdout is not None
    assert program.stdin is not None
    said = program.stdout.read()  # not communicate(): it skips lines that readline() has fetched ahead
    program.wait()
    program.stdin.close()
    program.stdout.close()
    return said.split()


def check_whole(folder: Path, told: int, at_most: int) -> int:
    """Nothing of a transaction is there, or all of it; nothing told is missing."""
    with closing(open_store(folder)) as store, store.reading() as tx:
        count = tx.fact("s", "count") or 0
        assert told <= count <= at_most
        assert len(tx.find_links(limit=100_000)) == 20 * count
        assert [int(one.note) for one in tx.audit("acme", limit=100_000)] == list(range(1, count + 1))
        assert tx.verify_audit("acme") is None
        return count


def test_killed_inside_a_transaction(tmp_path: Path) -> None:
    program = start(tmp_path, "pause")
    assert program.stdout is not None
    assert program.stdout.readline() == "inside\n"
    kill(program)
    assert check_whole(tmp_path, 0, 0) == 0


def test_killed_at_any_moment(tmp_path: Path) -> None:
    count = 0
    for commits in (1, 7, 30):
        program = start(tmp_path)
        assert program.stdout is not None
        told = [int(program.stdout.readline()) for _ in range(commits)][-1]
        told = max([told, *map(int, kill(program))])
        count = check_whole(tmp_path, told, told + 1)
    assert count >= 38


def test_a_lease_holds_between_programs(tmp_path: Path, at: datetime) -> None:
    with closing(open_store(tmp_path)) as one, closing(open_store(tmp_path)) as two:
        mine = one.lease("writer", "one", at, 60)
        assert mine is not None
        assert two.lease("writer", "two", at, 60) is None
        theirs = two.lease("writer", "two", at + timedelta(seconds=61), 60)
        assert theirs is not None
        with pytest.raises(Fenced), one.transaction(mine) as tx:
            tx.save_fact("s", "f", "late")
        with two.transaction(theirs) as tx:
            tx.save_fact("s", "f", "mine")
        with one.reading() as tx:
            assert tx.fact("s", "f") == "mine"
