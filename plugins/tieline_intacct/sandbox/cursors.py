"""Result sets that readByQuery pinned, for readMore: paging stays stable whatever changes meanwhile [D]."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

_MOST = 200

Cells = Sequence[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Pinned:
    """The rows of a result set, already as cells, how far it was read, and at which level of the company."""

    kind: str
    rows: Sequence[Cells]
    page: int
    location: str = ""
    at: int = 0


class Cursors:
    """In memory, safe between threads; the oldest go first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = itertools.count(7_030_372)
        self._kept: OrderedDict[str, Pinned] = OrderedDict()

    def pin(self, found: Pinned) -> str:
        """Keep a result set; the first page counts as read."""
        at = min(found.page, len(found.rows))
        with self._lock:
            ident = f"{next(self._numbers)}{found.kind.lower()}"
            self._kept[ident] = replace(found, at=at)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return ident

    def advance(self, ident: str, location: str) -> Pinned | None:
        """The set as it stood before this page; None when it is not known at this level."""
        with self._lock:
            found = self._kept.get(ident)
            if found is None or found.location != location:
                return None
            self._kept[ident] = replace(found, at=min(found.at + found.page, len(found.rows)))
        return found

    def latest(self, kind: str, location: str) -> str | None:
        """The last result set of an object: readMore may name the object instead [D]."""
        with self._lock:
            wanted = (kind, location)
            return next(
                (ident for ident, one in reversed(self._kept.items()) if (one.kind, one.location) == wanted), None
            )
