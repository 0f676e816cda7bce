"""Problems that stand until a person says otherwise: news of the record do not mend them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tieline.store.nouns import Link, Problem

DUPLICATE = "duplicate"
LOOP = "loop"

STANDING = "standing"
"""In `Link.extra`: the problem, as it is shown again whenever no other one is."""
LOOPING = "looping"
"""In `Link.extra`: fields that are not written any more, for they went to and fro."""
WRITTEN = "written"
"""In `Link.extra`: per field, what we wrote lately: side, when, and a short hash of the value."""


def stand(link: Link, problem: Problem) -> Link:
    """The link with a problem that stays."""
    told = {
        "reason": problem.reason,
        "next_step": problem.next_step,
        "code": problem.code,
        "at": problem.at.isoformat(),
    }
    return replace(link, problem=problem, extra={**link.extra, STANDING: told})


def reminded(link: Link) -> Link:
    """The link with its standing problem if no other one hides it; one that is buried needs nobody."""
    told = link.extra.get(STANDING)
    if link.problem is not None or not told or link.tombstone:
        return link
    at = datetime.fromisoformat(told["at"])
    return replace(link, problem=Problem(told["reason"], told["next_step"], at, told["code"]))


def retried(extra: Mapping[str, Any]) -> dict[str, Any]:
    """A person says: try again. Nothing of what stood in the way is kept."""
    return {name: value for name, value in extra.items() if name not in {STANDING, LOOPING, WRITTEN}}


def pressed(extra: Mapping[str, Any]) -> dict[str, Any]:
    """A press of Promote tries a field that went to and fro again; two records that are one stay a problem."""
    return retried(extra) if extra.get(STANDING, {}).get("code") == LOOP else dict(extra)
