"""Full disks and closed ends: what cannot be recorded is not sent, and nobody's log is worth a record."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tieline.store.opening import open_store
from tieline_sandbox.soak.workers import Ran

pytestmark = [pytest.mark.deep, pytest.mark.timeout(120)]

COMMAND = (sys.executable, "-m", "tieline")


def check_rest(play: Any) -> None:
    verdict = play.settle()
    assert verdict.clean, verdict


def records(changes: list[Any]) -> list[Any]:
    """Without what the org shows of a record or a press: rows that are written again until they are right."""
    return [one for one in changes if one["kind"] not in ("ERP_Link__c", "ERP_Request__c")]


def piped(play: Any, mode: str, point: str) -> subprocess.Popen[str]:
    """A process whose disk is full from that point on, and whose words go elsewhere."""
    told = {**os.environ, "TIELINE_STATE": str(play.state), "TIELINE_FAULTPOINT": f"{point}:1:enospc"}
    command = [*COMMAND, "sync", mode, "--yes", "--json", "--interval", "0.2"]
    return subprocess.Popen(command, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def once_on_a_full_disk(play: Any, point: str) -> str:
    """What it said."""
    with piped(play, "--once", point) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "Traceback" not in err + out
    return out + err


@pytest.mark.parametrize("point", ["observe.before_commit", "act.before_intent"])
def test_nothing_is_sent_once_the_disk_is_full(play: Any, point: str) -> None:
    """Before what was read is kept, or before an intent is."""
    play.errands()
    before = play.places()
    assert "the database failed" in once_on_a_full_disk(play, point)
    assert records(play.engine_writes(before)) == []
    check_rest(play)


def recorded(play: Any) -> int:
    """Records of the calls that are under way: one call may be about several."""
    with closing(open_store(play.state)) as store, store.reading() as tx:
        return sum(len(call.items) for call in tx.open_calls(play.stage.system))


@pytest.mark.parametrize("point", ["act.after_intent", "act.before_ack"])
def test_only_the_call_that_was_recorded_is_sent_when_the_disk_fills_after_it(play: Any, point: str) -> None:
    """Its acknowledgment and its audit are one transaction, and cannot be kept; the next start finds out."""
    play.errands()
    before = play.places()
    once_on_a_full_disk(play, point)
    sent = {(one["kind"], one["id"]) for one in records(play.engine_writes(before))}
    under_way = recorded(play)
    assert under_way > 0
    assert len(sent) <= under_way
    check_rest(play)


def test_a_watch_goes_on_when_the_disk_has_room_again(play: Any, until: Any) -> None:
    """The limit of a running process is lifted from outside."""
    play.errands()
    with piped(play, "--watch", "act.before_intent") as process:
        assert process.stderr is not None
        while "the database failed" not in process.stderr.readline():
            assert process.poll() is None
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        before = play.places()
        until(lambda: records(play.engine_writes(before)), "it works again")
        process.kill()
        process.communicate()
    check_rest(play)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes. Only root may make one."""
    place = tmp_path / "small"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)]
    if shutil.which("mount") is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    with ExitStack() as ending:
        ending.callback(subprocess.run, ["umount", "-l", str(place)], check=True)
        yield place


def test_a_disk_that_is_really_full(play: Any, small_disk: Path) -> None:
    copied = play.copy("to-move")
    shutil.copytree(copied, small_disk / "state")
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(small_disk)
        file.write(b"x" * (free.f_bavail * free.f_bsize - 64 * 1024))
    play.errands()
    before = play.places()
    ran = play.stage.zygote.run("sync", "--once", "--yes", "--json", state=small_disk / "state")
    assert ran.code == 1
    assert "no room left" in ran.err + ran.out
    assert "Traceback" not in ran.err + ran.out
    assert records(play.engine_writes(before)) == []
    filler.unlink()
    again = play.stage.zygote.run("sync", "--once", "--yes", "--json", state=small_disk / "state")
    assert again.code == 0, again.err
    play.take_back(small_disk / "state")
    check_rest(play)


# closed ends ---------------------------------------------------------------------------------------------------------


def run_with(play: Any, ends: str, *arguments: str) -> Ran:
    """In a shell, which can close or replace the ends of a process."""
    told = {**os.environ, "TIELINE_STATE": str(play.state)}
    line = f"exec {' '.join(COMMAND)} {' '.join(arguments)} {ends}"
    done = subprocess.run(["sh", "-c", line], env=told, capture_output=True, text=True, timeout=60, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("end", ["2>&-", "2>/dev/full", "2>&- >&-", "<&-"])
def test_a_cycle_with_a_closed_end(play: Any, end: str) -> None:
    play.people.live()
    before = play.places()
    ran = run_with(play, end, "sync", "--once", "--yes", "--json")
    assert ran.code == 0, ran.err
    assert records(play.engine_writes(before)) != []
    check_rest(play)


@pytest.mark.parametrize("end", ["2>&-", "2>/dev/full"])
def test_a_watch_with_a_closed_end_goes_on(play: Any, until: Any, end: str) -> None:
    told = {**os.environ, "TIELINE_STATE": str(play.state)}
    line = f"exec {' '.join(COMMAND)} sync --watch --interval 0.2 {end}"
    with subprocess.Popen(["sh", "-c", line], env=told, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(2):
                before = play.places()
                play.people.live()
                until(lambda: records(play.engine_writes(before)) or process.poll() is not None, "it works", 20)  # noqa: B023
            assert process.poll() is None
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()
    check_rest(play)


def test_a_log_that_cannot_be_written_stops_nothing(play: Any) -> None:
    log = play.state / "log" / "tieline.log"
    kept = log.with_name("kept")
    log.rename(kept)
    try:
        log.symlink_to("/dev/full")
        play.people.live()
        ran = play.once()
    finally:
        log.unlink()
        kept.rename(log)
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err
    check_rest(play)
