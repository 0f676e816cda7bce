"""Fault points: what may be asked for, when they strike, and that they are documented."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tieline.contract import Misconfigured
from tieline.sync.points import Point
from tieline.workers.faultpoints import (
    VARIABLE,
    Action,
    FaultPointReached,
    FaultPoints,
    Strike,
    from_environment,
    strikes,
)

BEFORE, AFTER = Point.ACT_BEFORE_INTENT, Point.ACT_AFTER_ACK
PAGE = Path(__file__).parents[3] / "docs" / "test-plane.md"


def test_parts_that_are_left_out_have_defaults() -> None:
    assert strikes("act.before_intent") == (Strike(BEFORE, 1, Action.KILL9),)
    assert strikes("act.before_intent:3, act.after_ack:2:stop,") == (
        Strike(BEFORE, 3, Action.KILL9),
        Strike(AFTER, 2, Action.STOP),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("act.before_intnt", "Did you mean act.before_intent?"),
        ("nonsense", "There are: act.before_intent, "),
        ("act.before_intent:0", "whole number from 1"),
        ("act.before_intent:x", "whole number from 1"),
        ("act.before_intent:1:explode", "There are: kill9, raise, stop, enospc."),
        ("act.before_intent:1:raise:2", "at most three parts"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        from_environment({VARIABLE: text})
    assert sentence in refused.value.sentence()
    assert VARIABLE in refused.value.sentence()


def test_nothing_asked_is_nothing_told() -> None:
    assert from_environment({}) is None
    assert from_environment({VARIABLE: ""}) is None


def test_only_the_passing_that_was_named_strikes() -> None:
    points = FaultPoints(strikes("act.before_intent:2:raise"))
    points.passed(BEFORE)
    points.passed(AFTER)
    with pytest.raises(FaultPointReached, match=r"act\.before_intent, passing 2"):
        points.passed(BEFORE)
    points.passed(BEFORE)


PROGRAM = """
import os, sys
from tieline.workers.faultpoints import from_environment
point = from_environment(os.environ)
point("recover.call")
sys.stderr.write("went on\\n")
try:
    open(sys.argv[1], "w").write("x" * 10000)
except OSError as error:
    sys.exit(f"not written: {error.errno}")
"""


def passed(action: str, place: Path) -> subprocess.Popen[str]:
    told = {VARIABLE: f"recover.call:1:{action}"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(place)], env=told, stderr=subprocess.PIPE, text=True, cwd=place.parent
    )


def test_a_kill_leaves_no_word(tmp_path: Path) -> None:
    process = passed("kill9", tmp_path / "file")
    assert process.communicate()[1] == ""
    assert process.returncode == -signal.SIGKILL


def test_a_stopped_process_goes_on_when_it_is_told(tmp_path: Path) -> None:
    process = passed("stop", tmp_path / "file")
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    process.send_signal(signal.SIGCONT)
    assert process.communicate()[1] == "went on\n"


def test_a_full_disk_lets_nothing_be_written(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    process = passed("enospc", tmp_path / "file")
    assert "not written" in process.communicate()[1]
    assert (tmp_path / "file").read_bytes() == b""
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == limits


def test_every_point_and_action_is_documented() -> None:
    section = PAGE.read_text("utf-8").split("## Fault points", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", section))
    assert named == {str(point) for point in Point}
    assert all(f"`{action}`" in section for action in Action)
