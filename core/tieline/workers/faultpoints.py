"""Crash points on demand: `TIELINE_FAULTPOINT=NAME[:NTH[:ACTION]],...` makes a real process fail at a named place.

A tool for tests, and for whoever wants to see a crash survived. Nothing happens unless the variable is set.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from tieline.contract import Misconfigured
from tieline.sync.points import Point

VARIABLE = "TIELINE_FAULTPOINT"


class Action(StrEnum):
    """`kill9`: gone without a word. `raise`: an error nobody expects. `stop`: frozen by SIGSTOP until SIGCONT.
    `enospc`: from here on no file of this process can be written, as on a full disk."""

    KILL9 = "kill9"
    RAISE = "raise"
    STOP = "stop"
    ENOSPC = "enospc"


class FaultPointReached(Exception):
    """The error of the action `raise`; no part of the error tree, so that nobody handles it by kind."""


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens the `nth` time (from 1) a point is passed."""

    point: Point
    nth: int = 1
    action: Action = Action.KILL9


def strikes(text: str) -> tuple[Strike, ...]:
    """From `NAME[:NTH[:ACTION]],...`. Raises Misconfigured for anything else."""
    return tuple(_strike(part.strip()) for part in text.split(",") if part.strip())


def from_environment(
    environment: Mapping[str, str], say: Callable[[str], object] = lambda _line: None
) -> Callable[[Point], None] | None:
    """What to call at each point; None when the variable asks for nothing. `say` tells a person that it does."""
    asked = strikes(environment.get(VARIABLE, ""))
    if asked:
        say(f"{VARIABLE} is set: this process fails on purpose. Take it away unless that is a test.")
    return FaultPoints(asked).passed if asked else None


class FaultPoints:
    """Counts passes and strikes. Calls in flight pass points in several threads."""

    def __init__(self, asked: tuple[Strike, ...]) -> None:
        self._asked = asked
        self._passed: dict[Point, int] = {}
        self._lock = threading.Lock()

    def passed(self, point: Point) -> None:
        with self._lock:
            count = self._passed[point] = self._passed.get(point, 0) + 1
        for strike in self._asked:
            if (strike.point, strike.nth) == (point, count):
                _DEEDS[strike.action](strike)


def _strike(text: str) -> Strike:
    name, *more = text.split(":")
    if len(more) > 2:
        raise _refused(text, "a fault point has at most three parts", "Write NAME, NAME:NTH or NAME:NTH:ACTION.")
    nth, action = [*more, "", ""][:2]
    return Strike(_point(name), _nth(text, nth), _action(text, action))


def _point(name: str) -> Point:
    try:
        return Point(name)
    except ValueError:
        near = get_close_matches(name, list(Point), 1)
        hint = f"Did you mean {near[0]!s}?" if near else f"There are: {', '.join(Point)}."
        raise _refused(name, "there is no such point", hint) from None


def _nth(text: str, nth: str) -> int:
    if nth and not (nth.isdecimal() and int(nth) > 0):
        raise _refused(text, f"{nth!r} is no count", "Write a whole number from 1: which passing strikes.")
    return int(nth or 1)


def _action(text: str, action: str) -> Action:
    try:
        return Action(action or Action.KILL9)
    except ValueError:
        raise _refused(text, f"{action!r} is no action", f"There are: {', '.join(Action)}.") from None


def _refused(text: str, what: str, mend: str) -> Misconfigured:
    return Misconfigured(what, where=f"{VARIABLE} {text!r}", mend=mend)


def _kill(_strike: Strike) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(strike: Strike) -> None:
    raise FaultPointReached(f"{strike.point}, passing {strike.nth}")


def _stop(_strike: Strike) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _fill_disk(_strike: Strike) -> None:
    """A file size limit of nothing: every write to a file fails, as SQLite sees it on a full disk; sockets go on."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))


_DEEDS: Mapping[Action, Callable[[Strike], None]] = {
    Action.KILL9: _kill,
    Action.RAISE: _raise,
    Action.STOP: _stop,
    Action.ENOSPC: _fill_disk,
}
