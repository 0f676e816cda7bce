"""Problems that stand until a person says otherwise: news of the record do not mend them."""

from __future__ import annotations

from tieline.store.nouns import Link, Problem

DUPLICATE = "duplicate"
LOOP = "loop"

_STANDING = frozenset({DUPLICATE, LOOP})


def standing(link: Link) -> Problem | None:
    """The link's problem if it outlives a change or a success, else none."""
    return link.problem if link.problem is not None and link.problem.code in _STANDING else None
