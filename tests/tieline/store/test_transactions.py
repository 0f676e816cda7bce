"""Kept together or not at all; one writer at a time; leases and their fences."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieline.contract.mapping import Side
from tieline.store.nouns import AuditEntry, Call, Conflict, Connection, CursorRow, Link, StoredRow
from tieline.store.protocol import Fenced, Store, Transaction

MakeLink = Callable[..., Link]


def write_everything(tx: Transaction, link: Link, at: datetime) -> None:
    tx.save_links([link])
    tx.save_call(Call("call", "acme", "", Side.ERP, "m", (), at))
    tx.save_cursor(CursorRow("acme", "", Side.ERP, "m", at))
    tx.append_audit("acme", [AuditEntry(at, "write")])
    tx.add_conflicts([Conflict("x", "acme", link.id, "m", (), {}, {}, {}, "erp", "erp_wins", at)])
    tx.save_list_rows([StoredRow("acme", "", "taxes", "k", "l", True, "", {})])
    tx.save_connection(Connection("acme", "toy", {}, {}))
    tx.save_fact("s", "f", 1)


def everything(tx: Transaction) -> list[object]:
    return [
        tx.find_links(), tx.open_calls("acme"), tx.cursor("acme", "", Side.ERP, "m"), tx.audit("acme"), tx.conflicts(),
        tx.list_rows("acme", "", "taxes"), tx.connections(), tx.facts("s"), tx.children("p"),
        tx.stale_panels("acme", 9),
        tx.dirty_links("acme", "toy.customer", datetime.max.replace(tzinfo=UTC), 9),
        tx.links_by_key("acme", "", "toy.customer", Side.CRM, ["c-a"]), tx.verify_audit("acme"),
    ]  # fmt: skip


@pytest.mark.parametrize("durable", [True, False])
def test_a_failure_leaves_nothing(store: Store, make_link: MakeLink, at: datetime, durable: bool) -> None:
    with store.reading() as tx:
        before = everything(tx)

    def fail() -> None:
        with store.transaction(durable=durable) as tx:
            write_everything(tx, make_link("a", dirty=True, panel="", parent="p"), at)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as tx:
        assert everything(tx) == before


def test_a_transaction_sees_its_own_writes(store: Store, make_link: MakeLink, at: datetime) -> None:
    with store.transaction() as tx:
        write_everything(tx, make_link("a"), at)
        inside = everything(tx)
        assert tx.link("a") == replace(make_link("a"), revision=1)
    with store.reading() as tx:
        assert everything(tx) == inside


def test_a_reader_keeps_its_view(store: Store, make_link: MakeLink, at: datetime) -> None:
    with store.reading() as reader:
        before = everything(reader)
        with store.transaction() as tx:
            write_everything(tx, make_link("a"), at)
            assert everything(reader) == before
        assert everything(reader) == before
    with store.reading() as later:
        assert later.link("a") is not None


def test_a_reader_cannot_write(store: Store, make_link: MakeLink, at: datetime) -> None:
    with store.reading() as tx:
        writes: tuple[Callable[[], None], ...] = (
            lambda: tx.save_links([make_link("a")]),
            lambda: tx.save_call(Call("call", "acme", "", Side.ERP, "m", (), at)),
            lambda: tx.close_call("call"),
            lambda: tx.save_cursor(CursorRow("acme", "", Side.ERP, "m", at)),
            lambda: tx.append_audit("acme", [AuditEntry(at, "write")]),
            lambda: tx.add_conflicts([]),
            lambda: tx.resolve_conflicts(["x"], at),
            lambda: tx.save_list_rows([]),
            lambda: tx.save_connection(Connection("acme", "toy", {}, {})),
            lambda: tx.delete_connection("acme"),
            lambda: tx.save_fact("s", "f", 1),
        )
        for write in writes:
            with pytest.raises(RuntimeError, match="only reads"):
                write()


def test_nothing_is_written_after_the_end(store: Store) -> None:
    with store.transaction() as tx:
        pass
    with pytest.raises(RuntimeError, match="is over"):
        tx.save_fact("s", "f", 1)


def test_a_swallowed_refusal_still_keeps_nothing(store: Store, make_link: MakeLink) -> None:
    with store.transaction() as tx:
        tx.save_links([make_link("a")])

    def swallow(link: Link) -> None:
        with store.transaction() as tx:
            tx.save_fact("s", "f", 1)
            with contextlib.suppress(ValueError, Fenced):
                tx.save_links([link])

    with pytest.raises(ValueError, match="tied twice"):
        swallow(make_link("b", crm_key="c-a"))
    with pytest.raises(Fenced, match="'a' was changed"):
        swallow(make_link("a"))
    with store.reading() as tx:
        assert tx.fact("s", "f") is None


def test_a_second_transaction_of_one_thread_is_refused(store: Store, at: datetime) -> None:
    with store.transaction() as tx:
        tx.save_fact("s", "f", 1)
        with pytest.raises(RuntimeError, match="inside a write transaction already"), store.transaction():
            pass
        with pytest.raises(RuntimeError, match="inside a write transaction already"):
            store.lease("writer", "me", at, 60)
    with store.reading() as tx:
        assert tx.fact("s", "f") == 1


def test_threads_take_turns(store: Store) -> None:
    def count(_: int) -> None:
        for _ in range(25):
            with store.transaction(durable=False) as tx:
                tx.save_fact("s", "count", (tx.fact("s", "count") or 0) + 1)
            with store.reading() as tx:
                assert tx.fact("s", "count") > 0

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    with store.reading() as tx:
        assert tx.fact("s", "count") == 100


def test_a_lease_is_held_renewed_and_taken_over(store: Store, at: datetime) -> None:
    def ask(owner: str, seconds: int) -> int | None:
        fence = store.lease("writer", owner, at + timedelta(seconds=seconds), 60)
        return fence.token if fence else None

    assert ask("one", 0) == 1
    assert ask("two", 59) is None
    assert ask("one", 59) == 1  # renewed until 119
    assert ask("two", 118) is None
    assert ask("two", 119) == 2
    assert ask("one", 120) is None
    assert ask("one", 300) == 3
    assert ask("one", 900) == 3  # run out, but nobody took it meanwhile


def test_a_released_lease_is_free_at_once(store: Store, at: datetime) -> None:
    first = store.lease("writer", "one", at, 60)
    assert first is not None
    assert (first.name, first.owner, first.token) == ("writer", "one", 1)
    store.release(first)
    second = store.lease("writer", "two", at, 60)
    assert second is not None
    assert second.token == 2
    store.release(first)  # too late: it is another's
    assert store.lease("writer", "one", at, 60) is None
    assert store.lease("another", "one", at, 60) is not None


def test_a_lost_lease_fences_the_transaction(store: Store, at: datetime) -> None:
    paused = store.lease("writer", "one", at, 60)
    assert paused is not None
    with store.transaction(paused) as tx:
        tx.save_fact("s", "f", 1)
    taken = store.lease("writer", "two", at + timedelta(hours=1), 60)
    with pytest.raises(Fenced, match="'one' no longer holds the lease 'writer'"), store.transaction(paused) as tx:
        tx.save_fact("s", "f", 2)
    with store.transaction(taken) as tx:
        assert tx.fact("s", "f") == 1


def test_a_released_lease_fences_too(store: Store, at: datetime) -> None:
    fence = store.lease("writer", "one", at, 60)
    assert fence is not None
    store.release(fence)
    with pytest.raises(Fenced), store.transaction(fence):
        pass
