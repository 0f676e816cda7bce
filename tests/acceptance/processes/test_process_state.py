"""State that was damaged, lost, or taken from yesterday's backup; migrations that were killed."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.deep, pytest.mark.timeout(120)]


def check_rest(play: Any) -> None:
    verdict = play.settle()
    assert verdict.clean, verdict


def sync(play: Any, state: Path) -> Any:
    return play.stage.zygote.run("sync", "--once", "--yes", "--json", state=state)


def closed(play: Any, place: Path) -> None:
    """The database alone, without a log beside it: all its pages in one file."""
    with closing(sqlite3.connect(place / "tieline.db")) as database:
        database.execute("pragma journal_mode=delete")
        database.execute("vacuum")


# damage --------------------------------------------------------------------------------------------------------------


def zeroed(content: bytes, draw: random.Random) -> bytes:
    """A stretch of pages that the disk gave back empty."""
    start = draw.randrange(4096, len(content) - 16384, 4096)
    return content[:start] + bytes(16384) + content[start + 16384 :]


def flipped(content: bytes, draw: random.Random) -> bytes:
    """Bits that turned over in every page's head."""
    changed = bytearray(content)
    for page in range(4096, len(content), 4096):
        changed[page + draw.randrange(8)] ^= 1 << draw.randrange(8)
    return bytes(changed)


def truncated(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(8192, len(content) - 8192)]


def headless(content: bytes, draw: random.Random) -> bytes:
    return draw.randbytes(100) + content[100:]


@pytest.mark.parametrize("harm", [zeroed, flipped, truncated, headless])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_damaged_database_is_refused_and_nothing_is_sent(play: Any, harm: Any, seed: int) -> None:
    place = play.copy(f"{harm.__name__}-{seed}")
    closed(play, place)
    file = place / "tieline.db"
    file.write_bytes(harm(file.read_bytes(), random.Random(seed)))
    play.people.live()
    before = play.places()
    said = play.sentence(sync(play, place))
    assert "the database is damaged" in said
    assert "Restore it from a backup" in said
    assert play.engine_writes(before) == []
    check_rest(play)


@pytest.mark.parametrize("missing", ["tieline.db", "key"])
def test_a_missing_file_fails_closed(play: Any, missing: str) -> None:
    place = play.copy(f"without-{missing}")
    (place / missing).unlink()
    before = play.places()
    said = play.sentence(sync(play, place))
    assert play.engine_writes(before) == []
    assert "tieline connect" in said if missing == "tieline.db" else "key" in said


def test_a_lost_database_is_made_anew_by_keys(make_play: Any) -> None:
    """Everything is tied again; nothing is made twice."""
    play = make_play(seed=3)
    play.errands()
    assert play.settle().clean
    for file in play.state.glob("tieline.db*"):
        file.unlink()
    before = play.places()
    for name in ("org", "unleashed"):
        play.stage.run("connect", name, name, "--from", str(play.state / f"{name}.json"), "--json").document()
    verdict = play.settle()
    assert records_twice(verdict) == []
    assert verdict.unequal == []
    assert [one for one in records(play.engine_writes(before)) if one["action"] == "insert"] == []


def records_twice(verdict: Any) -> list[str]:
    """Without what the org shows of a link: a link that is made anew may show itself in a second row (see what does
    not hold)."""
    return [one for one in verdict.duplicated if "ERP_Link__c" not in one]


def records(changes: list[Any]) -> list[Any]:
    return [one for one in changes if one["kind"] not in ("ERP_Link__c", "ERP_Request__c")]


# backups -------------------------------------------------------------------------------------------------------------


def restore(play: Any, saved: Path) -> None:
    for file in play.state.glob("tieline.db*"):
        file.unlink()
    shutil.copy2(saved, play.state / "tieline.db")


@pytest.mark.parametrize("point", ["", "act.before_ack:1"])
def test_an_old_backup_is_taken_up_by_keys(make_play: Any, backup: Any, tmp_path: Path, point: str) -> None:
    """Taken at rest, or in the middle of a call; then the world goes on, and the backup comes back."""
    play = make_play(seed=4)
    play.errands()
    if point:
        assert play.once(TIELINE_FAULTPOINT=point).code == -9
    backup(play.state / "tieline.db", tmp_path / "saved.db")
    for _ in range(2):
        play.errands()
        play.stage.settle()
    play.errands()
    logged = play.stage.run("conflicts", "--json").out
    restore(play, tmp_path / "saved.db")
    verdict = play.settle()
    assert records_twice(verdict) == []
    assert [one for one in verdict.lost if one.split("'")[1] not in logged] == []  # its log is as old as the backup
    assert verdict.unequal == []
    assert verdict.unexplained == []  # what was written since the backup is not in its audit: that part is gone


# versions ------------------------------------------------------------------------------------------------------------


def test_a_migration_that_is_killed_leaves_nothing_half_done(play: Any, tmp_path: Path) -> None:
    """Killed at moments all over the first opening; the next one finishes it."""
    seen = set()
    for step in range(14):
        place = tmp_path / f"{step}"
        worker = play.stage.zygote.start("status", "--json", state=place)
        worker.ended(0.02 * step)
        worker.kill()
        seen.add(worker.code)
        assert play.stage.zygote.run("status", "--json", state=place).document() == {"back_offices": []}
    assert -9 in seen


def test_a_newer_database_is_left_alone(play: Any) -> None:
    place = play.copy("newer")
    with closing(sqlite3.connect(place / "tieline.db")) as database, database:
        database.execute("update alembic_version set version_num = '9999'")
    before = play.places()
    said = play.sentence(sync(play, place))
    assert "written by a newer version" in said
    assert "Update Tieline" in said
    assert play.engine_writes(before) == []
