"""A store that is looked at while the engine works: what is saved must be true at every commit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tieline.store.nouns import CursorRow, Link
from tieline.store.protocol import Fence, Store, Transaction
from tieline.sync.status import derive


class WatchedTransaction:
    """Passes everything on; checks links and cursors on their way in."""

    def __init__(self, inner: Transaction, watch: Callable[[Link], None]) -> None:
        self._inner, self._watch = inner, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def save_links(self, links: Sequence[Link]) -> None:
        before = self._inner.links([link.id for link in links])
        for link in links:
            assert link.status == derive(link), f"status of {link} should be {derive(link)}"
            if link.id in before:
                _never_back(before[link.id], link)
        self._inner.save_links(links)
        for link in links:
            self._watch(link)

    def save_cursor(self, row: CursorRow) -> None:
        before = self._inner.cursor(row.back_office, row.entity, row.side, row.object)
        self._inner.save_cursor(row)
        after = self._inner.cursor(row.back_office, row.entity, row.side, row.object)
        assert after is not None
        assert before is None or before.stamp <= after.stamp, f"cursor went back: {before} -> {after}"


def _never_back(before: Link, after: Link) -> None:
    assert after.promoted >= before.promoted, f"promotion forgotten: {after}"
    assert after.epoch >= before.epoch, f"epoch went back: {after}"
    old, new = before.erp, after.erp
    if old and new and old.sequence is not None and new.sequence is not None and before.erp_key == after.erp_key:
        assert new.sequence >= old.sequence, f"older version over newer: {before} -> {after}"


class WatchedStore:
    """A store handing out watched transactions."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.watch: Callable[[Link], None] = lambda _link: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self.inner.reading() as tx:
            yield tx

    @contextlib.contextmanager
    def transaction(self, fence: Fence | None = None, durable: bool = True) -> Iterator[Transaction]:
        with self.inner.transaction(fence, durable) as tx:
            yield WatchedTransaction(tx, self.watch)

    def lease(self, name: str, owner: str, now: Any, seconds: float) -> Fence | None:
        return self.inner.lease(name, owner, now, seconds)

    def release(self, fence: Fence) -> None:
        self.inner.release(fence)

    def close(self) -> None:
        self.inner.close()
