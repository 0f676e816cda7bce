"""Signals and company: SIGTERM once and twice, a worker that sleeps through its lease, two workers at once."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.deep, pytest.mark.timeout(120)]

TERMINATED = -signal.SIGTERM
LOST = "the lease was lost to another worker"


def begun(play: Any, fault: int, until: Any) -> None:
    until(lambda: play.stage.erp.fired(fault), "the call is under way")


def stalled(play: Any, at: str, seconds: float) -> int:
    """The next write to the back office takes that long."""
    rule = {"at": at, "match": {"method": "POST"}, "do": {"stall": {"seconds": seconds}}}
    return int(play.stage.erp.plan([rule])[0])


def check_rest(play: Any) -> None:
    play.stage.erp.calm()
    verdict = play.settle()
    assert verdict.clean, verdict


@pytest.mark.parametrize("at", ["before_commit", "after_commit"])
def test_sigterm_lets_a_call_under_way_come_to_its_end(play: Any, watching: Any, until: Any, at: str) -> None:
    play.errands()
    call = stalled(play, at, 2)
    worker = watching()
    begun(play, call, until)
    worker.send(signal.SIGTERM)
    ran = worker.ran(30)
    assert (ran.code, "Stopped in order" in ran.err) == (0, True)
    told = play.stage.run("status", "--json").document()["back_offices"][0]
    assert told["open_calls"] == 0  # it waited for the answer and recorded it
    check_rest(play)


def test_the_second_sigterm_does_not_wait(play: Any, watching: Any, until: Any) -> None:
    play.errands()
    call = stalled(play, "after_commit", 4)
    worker = watching()
    begun(play, call, until)
    worker.send(signal.SIGTERM)
    until(lambda: "another SIGTERM ends it at once" in worker.err, "the first one is heard")
    worker.send(signal.SIGTERM)
    assert worker.ended(3)
    assert worker.code == TERMINATED
    told = play.stage.run("status", "--json").document()["back_offices"][0]
    assert told["open_calls"] > 0  # nobody knows yet what became of it
    check_rest(play)


def test_sigterm_ends_a_wait_at_once(play: Any, watching: Any, until: Any) -> None:
    worker = watching(interval=60.0)
    play.people.live()
    until(lambda: "wrote" in worker.err, "a cycle is over")
    worker.send(signal.SIGTERM)
    assert worker.ran(10).code == 0
    check_rest(play)


def test_a_single_cycle_that_is_stopped_says_so(play: Any, until: Any) -> None:
    play.errands()
    call = stalled(play, "before_commit", 1)
    worker = play.stage.once()
    begun(play, call, until)
    worker.send(signal.SIGTERM)
    assert worker.ran(30).code == 130
    check_rest(play)


# company -------------------------------------------------------------------------------------------------------------


def other_machine(play: Any, name: str) -> Path:
    """A second state directory on the same database: the same back office, worked by somebody else."""
    place: Path = play.copy(name, database=False)
    (place / "tieline.db").symlink_to(play.state / "tieline.db")
    return place


@pytest.mark.parametrize("point", ["act.after_intent", "act.before_ack", "observe.before_commit"])
def test_a_worker_that_slept_through_its_lease_records_nothing(
    play: Any, watching: Any, until: Any, expire_leases: Any, point: str
) -> None:  # fmt: skip
    play.errands()
    asleep = watching(TIELINE_FAULTPOINT=f"{point}:1:stop")
    until(lambda: asleep.stopped, "it sleeps")
    elsewhere = other_machine(play, f"elsewhere-{point}")
    held = play.stage.zygote.run("sync", "--once", "--yes", "--json", state=elsewhere)
    assert "another worker is syncing it" in held.err
    expire_leases(play.state)
    taken = play.stage.zygote.run("sync", "--once", "--yes", "--json", state=elsewhere)
    assert taken.code == 0, taken.err
    asleep.send(signal.SIGCONT)
    until(lambda: LOST in asleep.err, "the old worker is told")
    assert asleep.running
    expire_leases(play.state)  # the other machine is gone
    until(lambda: asleep.err.count("Watching") > 1, "the old worker takes it up again")
    asleep.kill()
    check_rest(play)
    assert play.stage.run("audit", "verify").code == 0


def test_a_second_worker_in_one_directory_ends_with_a_sentence(play: Any, watching: Any, until: Any) -> None:
    worker = watching()
    until(lambda: "Watching" in worker.err, "it watches")
    said = play.sentence(play.once())
    assert "another tieline command is working in this state directory" in said
    assert worker.running


def test_two_workers_started_at_once(play: Any) -> None:
    """One works, the other one ends with its sentence or comes after it; nothing is made twice."""
    for _ in range(3):
        play.errands()
        both = [play.stage.once(), play.stage.once()]
        ran = [worker.ran() for worker in both]
        assert 0 in [one.code for one in ran]
        assert all(one.code == 0 or "another tieline command is working" in one.err for one in ran), ran
    check_rest(play)


def test_a_killed_worker_frees_its_directory_at_once(play: Any, watching: Any, until: Any) -> None:
    worker = watching()
    until(lambda: "Watching" in worker.err, "it watches")
    worker.kill()
    assert play.once().code == 0


def test_a_locked_database_is_waited_for(play: Any, until: Any) -> None:
    """A second or two of somebody else's transaction is nothing."""
    play.errands()
    with closing(sqlite3.connect(play.state / "tieline.db", isolation_level=None)) as database:
        database.execute("begin immediate")
        worker = play.stage.once()
        assert not worker.ended(1.5)
        database.execute("rollback")
    assert worker.ran().code == 0
    check_rest(play)


def test_nothing_is_sent_while_a_database_stays_locked(play: Any) -> None:
    play.errands()
    before = play.places()
    with closing(sqlite3.connect(play.state / "tieline.db", isolation_level=None)) as database:
        database.execute("begin immediate")
        ran = play.once()
        database.execute("rollback")
    assert ran.code == 1
    assert "another program is writing to the database" in ran.err + ran.out
    assert play.engine_writes(before) == []
    check_rest(play)
