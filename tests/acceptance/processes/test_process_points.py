"""`kill -9` of a real process at every named point, and at a second one while it recovers from the first."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tieline.sync.points import Point

pytestmark = [pytest.mark.deep, pytest.mark.timeout(120)]

KILLED = -signal.SIGKILL
RECOVERY = [point for point in Point if point.startswith("recover.")]
ELSEWHERE = {
    Point.HINTS_BEFORE_FORGET: "Unleashed sends no messages",
    Point.ROUND_BEFORE_COMMIT: "a side is read whole once a day",
}
LEADS = {
    Point.RECOVER_BEFORE_CLOSE: Point.ACT_AFTER_INTENT,
    Point.RECOVER_BEFORE_REPEAT: Point.ACT_AFTER_INTENT,
}
"""Where a first kill leaves what the recovery then has to do; elsewhere an answer that was not stored."""


def prepare(play: Any, point: Point) -> None:
    """See that the next cycle passes the point."""
    play.errands()
    if point.startswith("lists."):
        rename_a_list_row(play)
    if point.startswith("deletes."):
        delete_an_account(play)
    if point.startswith("panel."):  # other panels travel with the values they speak of
        play.people.sam.create("Account", Name=f"Alone {play.soak.ledger.number()}")


def rename_a_list_row(play: Any) -> None:
    rows = [one for one in play.stage.erp.log() if one["kind"] == "Warehouses"]
    play.stage.erp.edit("Bea", "Warehouses", rows[-1]["id"], WarehouseName=f"Renamed {play.soak.ledger.number()}")


def delete_an_account(play: Any) -> None:
    """One that only the CRM knows: nobody misses it."""
    made = play.people.sam.create("Account", Name=f"Passing {play.soak.ledger.number()}")
    play.stage.settle()
    play.people.sam.org.Account.delete(made)


def check_rest(play: Any) -> None:
    verdict = play.settle()
    assert verdict.clean, verdict
    assert verdict.window_losses == []


@pytest.mark.parametrize("point", [point for point in Point if point not in RECOVERY and point not in ELSEWHERE])
def test_killed_at(play: Any, point: Point) -> None:
    prepare(play, point)
    assert play.once(TIELINE_FAULTPOINT=f"{point}:1").code == KILLED
    check_rest(play)


@pytest.mark.parametrize("point", [Point.ACT_BEFORE_ACK, Point.ACT_AFTER_ACK, Point.ACT_AFTER_INTENT])
@pytest.mark.parametrize("nth", [2])
def test_killed_at_a_later_passing(play: Any, point: Point, nth: int) -> None:
    """Between the items and batches of one mapping, and between parents and children."""
    play.errands()
    play.errands()
    assert play.once(TIELINE_FAULTPOINT=f"{point}:{nth}").code == KILLED
    check_rest(play)


@pytest.mark.parametrize("point", RECOVERY)
def test_killed_while_recovering(play: Any, point: Point) -> None:
    """The same list both times: the first process dies of its first point, the next of its second."""
    if point is Point.RECOVER_BEFORE_CLOSE:
        play.people.live()  # an update that never left: a look tells, and its intent is closed
    else:
        play.errands()
    first = LEADS.get(point, Point.ACT_BEFORE_ACK)
    assert play.once(TIELINE_FAULTPOINT=f"{first}:1,{point}:1").code == KILLED
    assert play.once(TIELINE_FAULTPOINT=f"{point}:1").code == KILLED
    assert play.once(TIELINE_FAULTPOINT=f"{point}:1").code in (KILLED, 0)
    check_rest(play)


def test_killed_at_the_same_place_three_times(play: Any) -> None:
    play.errands()
    for _ in range(3):
        play.once(TIELINE_FAULTPOINT=f"{Point.ACT_BEFORE_ACK}:1")
    check_rest(play)


def test_an_error_nobody_expects(play: Any) -> None:
    """It ends with a sentence and leaves what a kill leaves."""
    play.errands()
    ran = play.once(TIELINE_FAULTPOINT=f"{Point.ACT_BEFORE_ACK}:1:raise")
    assert ran.code == 1
    assert "unexpected" in ran.err
    assert "Traceback" not in ran.err
    check_rest(play)


def test_a_point_that_is_not_known_is_refused(play: Any) -> None:
    assert "Did you mean act.before_ack?" in play.sentence(play.once(TIELINE_FAULTPOINT="act.before_akc"))
