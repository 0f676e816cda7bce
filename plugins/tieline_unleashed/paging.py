"""Whole lists, page by page. The page number is in the path and therefore not signed [V].

Lists are read in the vendor's own order (by code), not by LastModifiedOn: a record that changes while we read would
move to the end of that order and pull an unread one over the border between two pages. In the order by code a change
moves nothing. What still can move it - a record that leaves or joins - shows in the counts, and then the list is read
again and the passes are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tieline.contract import HttpResponse, PermanentError
from tieline_unleashed import answers
from tieline_unleashed.dates import header_moment, moment
from tieline_unleashed.wire import Query, Wire

MAX_PASSES = 3
Json = Mapping[str, Any]


@dataclass(slots=True)
class Listing:
    """Items by identity, and the vendor's own time when the reading began."""

    as_of: datetime
    items: dict[str, Json] = field(default_factory=dict)

    def add(self, key: str, item: Json) -> None:
        """Of two versions of one record the newer stays."""
        known = self.items.get(key)
        if known is None or not _older(item, known):
            self.items[key] = item


@dataclass(slots=True)
class _Pass:
    """One reading of a list: when it began, keys seen, and whether something moved under it."""

    started: datetime | None = None
    joined: bool = False
    keys: set[str] = field(default_factory=set)
    counts: list[int] = field(default_factory=list)
    repeated: bool = False

    def moved(self) -> bool:
        if len(self.counts) < 2:
            return False
        return self.repeated or len(set(self.counts)) > 1 or len(self.keys) != self.counts[-1]

    def see(self, key: str, item: Json) -> None:
        self.keys.add(key)
        stamp = stamp_of(item)
        self.joined = self.joined or (stamp is not None and self.started is not None and stamp >= self.started)


def read_list(
    wire: Wire,
    path: str,
    query: Query,
    page_size: int,
    identity: Callable[[Json], str],
    *,
    records_leave: bool = False,
) -> Listing:
    """Every item once. Items without identity are left out. Raises the contract's errors.

    `records_leave`: records can drop out of the list (deleted orders do), so one that joined while we read may hide
    one that left; then the list is read again as well.
    """
    listing: Listing | None = None
    for _ in range(MAX_PASSES):
        run = _Pass()
        listing = _read_pass(wire, path, [*query, ("pageSize", str(page_size))], page_size, identity, run, listing)
        if not run.moved() and not (records_leave and run.joined and len(run.counts) > 1):
            break
    assert listing is not None
    return listing


def _read_pass(
    wire: Wire,
    path: str,
    query: Query,
    page_size: int,
    identity: Callable[[Json], str],
    run: _Pass,
    listing: Listing | None,
) -> Listing:
    number = 1
    while True:
        body, response = answers.get(wire, path if number == 1 else f"{path}/{number}", query)
        run.started = run.started or server_time(wire, response)
        listing = listing or Listing(run.started)
        items, pagination = _page(body, path)
        new = _take(items, identity, run, listing)
        if pagination is not None:
            run.counts.append(_whole(pagination, "NumberOfItems"))
        if pagination is not None and (pages := _whole(pagination, "NumberOfPages")):
            last = not items or number >= pages
        else:  # some lists come without it [C]: go on only while full pages bring something new
            last = len(items) < page_size or not new
        if last:
            return listing
        number += 1


def _take(items: list[Json], identity: Callable[[Json], str], run: _Pass, listing: Listing) -> bool:
    found = {key: item for item in items if (key := identity(item))}
    fresh = found.keys() - run.keys
    run.repeated = run.repeated or len(fresh) < len(found)
    for key, item in found.items():
        run.see(key, item)
        listing.add(key, item)
    return bool(fresh)


def _page(body: Any, path: str) -> tuple[list[Json], Json | None]:
    if body is None:
        raise PermanentError("knows no such list", where=f"{answers.SYSTEM} {path}", code="404")
    items = body if isinstance(body, list) else body.get("Items") if isinstance(body, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise answers.garbage(path)
    pagination = body.get("Pagination") if isinstance(body, Mapping) else None
    return items, pagination if isinstance(pagination, Mapping) else None


def _whole(pagination: Json, name: str) -> int:
    try:
        return int(pagination.get(name) or 0)
    except (TypeError, ValueError):
        return 0


def _older(item: Json, known: Json) -> bool:
    here, there = stamp_of(item), stamp_of(known)
    return here is not None and there is not None and here < there


def stamp_of(item: Json) -> datetime | None:
    text = item.get("LastModifiedOn")
    return moment(text) if isinstance(text, str) else None


def server_time(wire: Wire, response: HttpResponse) -> datetime:
    """The vendor's clock by the answer's Date header, ours where there is none."""
    return header_moment(response.header("Date")) or wire.clock.now()
