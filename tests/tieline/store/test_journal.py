"""Calls, cursors, audit and conflicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tieline.contract.mapping import Side
from tieline.store.nouns import AuditEntry, Call, Conflict, CursorRow, Item
from tieline.store.protocol import Store


def call(ident: str, made_at: datetime, back_office: str = "acme") -> Call:
    item = Item("link-1", "update", "c-1", "key-1", {"Name": "A", "Lines": [1, 2]}, {"Name": ["A", "A"]}, "corr")
    return Call(ident, back_office, "", Side.CRM, "toy.customer", (item,), made_at, deadline=made_at)


def test_a_call_stays_open_until_it_is_closed(store: Store, at: datetime) -> None:
    one, two = call("z", at), call("a", at + timedelta(seconds=1))
    with store.transaction() as tx:
        tx.save_call(two)
        tx.save_call(one)
        tx.save_call(call("other", at, "elsewhere"))
    with store.reading() as tx:
        assert tx.open_calls("acme") == [one, two]
        assert tx.call("z") == one
        assert tx.call("nobody") is None
    sent = replace(one, maybe_sent=True, attempts=1, items=())
    with store.transaction() as tx:
        tx.save_call(sent)
        tx.close_call("a")
        tx.close_call("nobody")
    with store.reading() as tx:
        assert tx.open_calls("acme") == [sent]


def test_a_cursor_never_goes_back(store: Store, at: datetime) -> None:
    row = CursorRow("acme", "", Side.ERP, "toy.customer", at, "k", deletes_since=at - timedelta(days=1))
    with store.transaction() as tx:
        tx.save_cursor(row)
        tx.save_cursor(replace(row, stamp=at - timedelta(microseconds=1), key="z"))
    with store.reading() as tx:
        assert tx.cursor("acme", "", Side.ERP, "toy.customer") == row
        assert tx.cursor("acme", "", Side.CRM, "toy.customer") is None
        assert tx.cursor("acme", "north", Side.ERP, "toy.customer") is None
    for further in (replace(row, key="l"), replace(row, stamp=at + timedelta(microseconds=1), key="")):
        with store.transaction() as tx:
            tx.save_cursor(further)
        with store.reading() as tx:
            assert tx.cursor("acme", "", Side.ERP, "toy.customer") == further


def entry(at: datetime, number: int, link: str = "") -> AuditEntry:
    return AuditEntry(at, "write", link or f"link-{number}", "toy.customer", "crm", before={"n": 1}, note=str(number))


def test_audit_entries_are_numbered_per_back_office(store: Store, at: datetime) -> None:
    with store.transaction() as tx:
        tx.append_audit("acme", [entry(at, 1), entry(at, 2)])
        tx.append_audit("other", [entry(at, 9)])
        tx.append_audit("acme", [])
    with store.transaction() as tx:
        tx.append_audit("acme", [entry(at, 3, "link-1")])
    with store.reading() as tx:
        entries = tx.audit("acme")
        assert [(one.seq, one.note) for one in entries] == [(1, "1"), (2, "2"), (3, "3")]
        assert replace(entries[0], seq=0, hash="") == entry(at, 1)
        assert [one.seq for one in tx.audit("other")] == [1]
        assert [one.seq for one in tx.audit("acme", after=1, limit=1)] == [2]
        assert [one.seq for one in tx.audit("acme", link="link-1")] == [1, 3]
        assert [one.seq for one in tx.audit("acme", newest=True, limit=2)] == [3, 2]
        assert tx.audit("nobody") == []


def test_hashes_tell_entries_apart(store: Store, at: datetime) -> None:
    with store.transaction() as tx:
        tx.append_audit("acme", [entry(at, 1), entry(at, 1)])
        tx.append_audit("other", [entry(at, 1)])
    with store.reading() as tx:
        hashes = [one.hash for name in ("acme", "other") for one in tx.audit(name)]
        assert len(set(hashes)) == 3
        assert tx.verify_audit("acme") is None
        assert tx.verify_audit("nobody") is None


def conflict(ident: str, at: datetime, link: str = "link-1") -> Conflict:
    return Conflict(
        ident, "acme", link, "toy.customer", ("Name", "Phone"), {"Name": "A"}, {"Name": "B"}, {"Name": None}, "erp",
        "erp_wins", at,
    )  # fmt: skip


def test_conflicts_stay_as_first_stored(store: Store, at: datetime) -> None:
    first, second = conflict("z", at), conflict("a", at + timedelta(seconds=1), "link-2")
    with store.transaction() as tx:
        tx.add_conflicts([first, second])
        tx.add_conflicts([replace(first, winner="crm")])
        tx.add_conflicts([])
    with store.reading() as tx:
        assert tx.conflicts() == [first, second]
        assert tx.conflicts("acme", link="link-2") == [second]
        assert tx.conflicts("other") == []


def test_a_resolved_conflict_keeps_its_first_time(store: Store, at: datetime) -> None:
    with store.transaction() as tx:
        tx.add_conflicts([conflict("a", at), conflict("b", at)])
        tx.resolve_conflicts(["a", "nobody"], at)
        tx.resolve_conflicts(["a"], at + timedelta(days=1))
    with store.reading() as tx:
        assert [one.id for one in tx.conflicts(open_only=True)] == ["b"]
        assert tx.conflicts()[0].resolved_at == at


def test_a_trail_is_the_end_of_one_links_history(store: Store, at: datetime) -> None:
    with store.transaction() as tx:
        tx.append_audit("acme", [entry(at, number, f"link-{number % 2}") for number in range(7)])
        tx.append_audit("other", [entry(at, 9, "link-0")])
    with store.transaction() as tx:
        tx.append_audit("acme", [entry(at, 7, "link-0")])
    with store.reading() as tx:
        found = tx.trails("acme", ["link-0", "link-1", "nobody"], 3)
        assert {link: [one.note for one in entries] for link, entries in found.items()} == {
            "link-0": ["4", "6", "7"],
            "link-1": ["1", "3", "5"],
        }
        assert found["link-0"] == tx.audit("acme", link="link-0")[-3:]
        assert tx.trails("acme", [], 3) == {}


def test_a_trail_has_an_end(store: Store, at: datetime) -> None:
    with store.transaction() as tx:
        tx.append_audit("acme", [entry(at, number, "link") for number in range(60)])
    with store.reading() as tx:
        assert [one.note for one in tx.trails("acme", ["link"], 99)["link"]] == [str(n) for n in range(10, 60)]
