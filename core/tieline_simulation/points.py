"""The engine's crash points as people see them: all names, and where in the write protocol each one lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tieline.sync.points import Point

STAGES: Mapping[str, str] = {
    "act": "sending a write: before and after the intent, before and after the acknowledgment",
    "panel": "showing a link in the org",
    "cycle": "between parents and their children",
    "recover": "closing what a crash left open",
    "observe": "taking in what was read, with its cursor",
    "deletes": "taking in deletions",
    "hints": "taking in hints",
    "lists": "writing managed lists",
    "match": "tying records that exist on both sides",
    "drive": "keeping decisions that need no call",
    "round": "the slow rounds: one side looked through for what the polls missed",
}


def document() -> list[dict[str, str]]:
    return [{"name": str(point), "stage": STAGES.get(_room(point), "")} for point in Point]


def _room(point: Point) -> str:
    return str(point).partition(".")[0]


def lines(listed: Sequence[Mapping[str, str]]) -> Iterator[str]:
    width = max(len(one["name"]) for one in listed)
    for one in listed:
        yield f"{one['name']:<{width}}  {one['stage']}"
