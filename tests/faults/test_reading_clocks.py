"""Stamps that come late, from a wrong clock, or from a backup: no edit is missed, and no cursor goes back."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tieline.contract import Side
from tieline.sync.context import Options

DAY = 86_400
deep = partial(pytest.param, marks=pytest.mark.deep)


@pytest.fixture(autouse=True)
def _as_shipped(tie: Any) -> None:
    """The overlap that people get."""
    tie.options = Options()


def edited_late(tie: Any, side: str, account: str, guid: str, phone: str, seconds: float) -> None:
    """An edit whose stamp is so many seconds old when it shows, as a long transaction leaves it."""
    with tie.sandbox_clock.unshifted():
        tie.sandbox_clock.shift(-seconds)
        if side == "org":
            tie.crm_edit("Account", account, Phone=phone)
        else:
            tie.erp_edit("Customers", guid, PhoneNumber=phone)


def phones(tie: Any, account: str, guid: str) -> set[str]:
    return {tie.org.held("Account", account).get("Phone"), tie.erp.held("Customers", guid).get("PhoneNumber")}


def cursors(tie: Any) -> list[Any]:
    with tie.runtime.store.reading() as tx:
        return [tx.cursor("unleashed", "", side, "customer").stamp for side in Side]


@pytest.mark.parametrize(("side", "seconds"), [("org", 300), deep("erp", 300), deep("org", 1), ("erp", 1)])
def test_a_stamp_the_cursor_has_passed(tie: Any, side: str, seconds: float) -> None:
    """Rows 36 and 37, within the overlap."""
    account, guid = tie.pair()
    tie.later(600)
    tie.cycle()
    edited_late(tie, side, account, guid, f"040 late {side} {seconds}", seconds)
    tie.cycle()
    assert phones(tie, account, guid) == {f"040 late {side} {seconds}"}
    tie.settle()


@pytest.mark.deep
@pytest.mark.parametrize("side", ["org", "erp"])
def test_a_stamp_far_behind_the_cursor(tie: Any, side: str) -> None:
    """Row 37, beyond the overlap: the daily full reading finds it."""
    account, guid = tie.pair()
    tie.later(2 * DAY)
    tie.settle()
    edited_late(tie, side, account, guid, f"040 hours {side}", DAY + 7200)
    tie.cycle()
    assert len(phones(tie, account, guid)) == 2
    tie.later(2 * DAY)
    for _ in range(3):
        tie.cycle()
    assert phones(tie, account, guid) == {f"040 hours {side}"}
    tie.settle()


@pytest.mark.parametrize(
    ("side", "seconds"), [("erp", 3600), deep("erp", -3600), deep("org", 3600), deep("org", -3600)]
)
def test_a_clock_that_is_an_hour_off(tie: Any, side: str, seconds: float) -> None:
    """Row 43: wrong for a while, then right again; an edit at each time."""
    account, guid = tie.pair()
    box, other = getattr(tie, side), "erp" if side == "org" else "org"
    box.fault("accepted", {"skew": {"seconds": seconds}}, times=0)
    for number, (where, when) in enumerate([(side, "wrong"), (other, "wrong"), (side, "right"), (other, "right")]):
        if when == "right":
            box.calm()
        if when == "wrong" and where == side:
            edited_late(tie, side, account, guid, f"040 {number}", -seconds)
        else:
            edited_late(tie, where, account, guid, f"040 {number}", 0)
        tie.settle()
        assert phones(tie, account, guid) == {f"040 {number}"}
        tie.later(60)
    tie.later(3600)
    tie.settle()


def test_both_systems_are_set_back(tie: Any) -> None:
    """Row 44: the clocks stand two hours before our cursors; edits arrive and the cursors stay."""
    account, guid = tie.pair()
    before = cursors(tie)
    tie.sandbox_clock.advance(-7200)
    try:
        for number, side in enumerate(("erp", "org", "erp")):
            edited_late(tie, side, account, guid, f"040 back {number}", 0)
            tie.settle()
            assert phones(tie, account, guid) == {f"040 back {number}"}
        assert all(now >= then for now, then in zip(cursors(tie), before, strict=True))
    finally:
        tie.sandbox_clock.advance(7200)
    tie.settle()


def test_a_day_is_asked_for_and_an_idle_cycle_writes_nothing(tie: Any) -> None:
    """Row 45: the back office filters by day; what it tells again is not taken for a change."""
    account, guid = tie.pair()
    tie.later(600)
    tie.idle()
    seen = tie.cycle().seen
    assert seen.changed == 0
    tie.erp_edit("Customers", guid, PhoneNumber="040 today")
    tie.cycle()
    assert phones(tie, account, guid) == {"040 today"}
    tie.settle()


@pytest.mark.parametrize("told", ["INVALID_REPLICATION_DATE", deep("three weeks away")])
def test_deletions_that_were_forgotten_are_looked_for_by_key(tie: Any, told: str) -> None:
    """Row 46: the bin tells nothing any more. A record that nobody calls deleted is out of sight, and that is told."""
    account, guid = tie.pair()
    other, _ = tie.pair()
    for action in ("delete", "purge"):
        tie.org.act(tie.user("admin"), action, "Account", account, {})
    if told == "three weeks away":
        tie.later(21 * DAY)
    else:
        refused = {"code": 400, "body": [{"errorCode": told, "message": "startDate before org replication enabled"}]}
        tie.org.fault("parsed", {"status": refused}, operation="queryAll", object="Account")
    problems = [one for _ in range(2) for one in tie.cycle().problems]
    assert problems == []
    problem = tie.link(guid).problem
    assert problem is not None
    assert (problem.code, "tieline missing" in problem.next_step) == ("out_of_sight", True)
    assert (tie.link(other).problem, tie.link(other).tombstone) == (None, "")
    assert tie.erp.held("Customers", guid)
    assert tie.org.calm() == (told != "three weeks away")
