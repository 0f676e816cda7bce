"""The loop itself: a watching worker killed again and again in bad weather while people edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tieline.sync.points import Point

pytestmark = [pytest.mark.deep, pytest.mark.timeout(240)]


def test_nothing_is_lost_or_made_twice(make_play: Any) -> None:
    play = make_play(seed=21, share=0.01, points=tuple(Point))
    verdict = play.soak.play(30)
    assert verdict.clean, verdict
    assert play.soak.tally.kills == 30
    assert play.soak.weather.faults > 0
    assert play.people.edits > 80


def test_nothing_is_lost_or_made_twice_at_intacct(make_play: Any) -> None:
    """No precondition and no keys of ours: control ids, marks and two requests at a time."""
    play = make_play(seed=7, share=0.03, points=tuple(Point), rounds=3, system="intacct")
    verdict = play.soak.play(3)
    assert verdict.clean, verdict
    assert play.soak.tally.kills == 3
    assert play.people.edits > 6


def test_the_command_tells_the_same(zygote: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    ran = zygote.start("soak", "--rounds", "2", "--seed", "3", "--json", state=state).ran(110)
    document = json.loads(ran.out)
    assert ran.code == 0, document
    assert (document["rounds"], document["kills"], document["seed"]) == (2, 2, 3)
    assert document["edits"] > 4
    assert document["violations"] == []
    again = zygote.run("soak", "--rounds", "1", "--json", state=state)
    assert again.code == 1
    assert "Give an empty one with --state" in again.err


def test_a_system_nobody_works_at_is_told(zygote: Any, tmp_path: Path) -> None:
    told = zygote.run("soak", "--rounds", "1", "--system", "phocas", state=tmp_path / "state")
    assert told.code != 0
    assert "phocas" in told.err
