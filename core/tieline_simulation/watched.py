"""A store that is looked at while the engine works: what is saved must be true at every commit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tieline.store.nouns import CursorRow, Link, Status
from tieline.store.protocol import Fence, Store, Transaction
from tieline.sync.status import derive
from tieline.sync.transitions import TABLE, Transition
from tieline_simulation.violation import Violation, require

_AT_ONCE = {
    (Status.AWAITING_ACKNOWLEDGMENT, Status.IN_SYNC),  # the answer shows the record
    (Status.AWAITING_ACKNOWLEDGMENT, Status.NOT_PROMOTED),  # a birth that never happened
    (Status.IN_SYNC, Status.PROMOTED),  # something newer was seen or sent, and nothing confirms it yet
    (Status.CHANGES_PENDING, Status.PROMOTED),  # and what was held back is settled
    (Status.NOT_PROMOTED, Status.PROMOTED),  # a record of the back office, met or born
    (Status.NOT_PROMOTED, Status.OUT_OF_SYNC),  # refused, unreadable or ambiguous before it ever went out
    (Status.OUT_OF_SYNC, Status.NOT_PROMOTED),
    (Status.DELETE_REQUEST_REJECTED, Status.PROMOTED),
    *(
        (status, Status.DELETE_REQUEST_REJECTED)  # the CRM says no: calls to it leave no mark on the link
        for status in (Status.PROMOTED, Status.IN_SYNC, Status.CHANGES_PENDING, Status.OUT_OF_SYNC)
    ),
}
"""Changes of status that take several events of the table in one save."""


def _reachable() -> frozenset[tuple[str, str]]:
    told = {(str(at), str(to)) for (at, _), cell in TABLE.items() if isinstance(cell, Transition) for to in cell.to}
    return frozenset(told | {(str(at), str(to)) for at, to in _AT_ONCE})


REACHABLE = _reachable()


class WatchedTransaction:
    """Passes everything on; checks links and cursors on their way in."""

    def __init__(self, inner: Transaction, watch: Callable[[Link], None]) -> None:
        self._inner, self._watch = inner, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def save_links(self, links: Sequence[Link]) -> None:
        before = self._inner.links([link.id for link in links])
        for link in links:
            require(link.status == derive(link), "I7", "status of {} should be {}", link, derive(link))
            if link.id in before:
                _never_back(before[link.id], link)
        try:
            self._inner.save_links(links)
        except ValueError as error:
            raise Violation("I3", str(error)) from error
        for link in links:
            self._watch(link)

    def save_cursor(self, row: CursorRow) -> None:
        before = self._inner.cursor(row.back_office, row.entity, row.side, row.object)
        self._inner.save_cursor(row)
        after = self._inner.cursor(row.back_office, row.entity, row.side, row.object)
        forward = after is not None and (before is None or before.stamp <= after.stamp)
        require(forward, "I7", "cursor went back: {} -> {}", before, after)


def _never_back(before: Link, after: Link) -> None:
    if not (before.tombstone or after.tombstone or before.status == after.status):
        step = (str(before.status), str(after.status))
        require(step in REACHABLE, "I7", "no event leads from {} to {}: {}", *step, after)
        unsaid = after.status is Status.NOT_PROMOTED and before.erp_key
        require(not unsaid, "I7", "not promoted any more, and nobody unlinked it: {}", after)
    require(after.promoted >= before.promoted, "I7", "promotion forgotten: {}", after)
    require(after.epoch >= before.epoch, "I7", "epoch went back: {}", after)
    old, new = before.erp, after.erp
    if old and new and old.sequence is not None and new.sequence is not None and before.erp_key == after.erp_key:
        require(new.sequence >= old.sequence, "I7", "older version over newer: {} -> {}", before, after)


class WatchedStore:
    """A store handing out watched transactions."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.watch: Callable[[Link], None] = lambda _link: None
        self.open = 0  # write transactions
        self.newest: dict[str, int] = {}  # the token last given out, by lease

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self.inner.reading() as tx:
            yield tx

    @contextlib.contextmanager
    def transaction(self, fence: Fence | None = None, durable: bool = True) -> Iterator[Transaction]:
        self.open += 1
        try:
            with self.inner.transaction(fence, durable) as tx:
                yield WatchedTransaction(tx, self.watch)
        finally:
            self.open -= 1
        if fence is not None:
            newest = self.newest.get(fence.name, 0)
            require(fence.token >= newest, "I6", "worker {} recorded after {} took over", fence, newest)

    def lease(self, name: str, owner: str, now: Any, seconds: float) -> Fence | None:
        fence = self.inner.lease(name, owner, now, seconds)
        if fence is not None:
            self.newest[name] = max(fence.token, self.newest.get(name, 0))
        return fence

    def check(self) -> None:
        self.inner.check()

    def release(self, fence: Fence) -> None:
        self.inner.release(fence)

    def close(self) -> None:
        self.inner.close()
