"""A message from a vendor makes us look at one record, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from tieline.contract import Cursor, Page, PermanentError, Record, Shape, TransientError
from tieline.sync.hints import hints_scope
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench


def hint(bench: Bench, name: str, when: str = "now") -> None:
    with bench.store.transaction() as tx:
        tx.save_fact(hints_scope("books"), name, when)


def left(bench: Bench) -> dict[str, object]:
    with bench.store.reading() as tx:
        return dict(tx.facts(hints_scope("books")))


def deaf(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the poll of the back office shows nothing."""

    def pages(_entity: str, _shape: Shape, _since: Cursor | None) -> Iterator[Page]:
        yield Page((), None, bench.world.now())

    monkeypatch.setattr(bench.erp, "pages", pages)


def test_a_hint_is_looked_at_and_forgotten(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    bench.settle()
    deaf(bench, monkeypatch)
    bench.erp.edit("Customers", "c1", bench.entity, phone="from the message")
    bench.erp.add("Customers", "c2", bench.entity, name="Two")
    hint(bench, "Customers c1")
    hint(bench, "Customers c2")
    hint(bench, "Nonsense x")
    bench.settle()
    assert bench.crm.value("Account", bench.crm_key("c1"), "Phone") == "from the message"
    assert sorted(str(row["Name"]) for row in bench.crm.alive("Account").values()) == ["One", "Two"]
    assert left(bench) == {}


def test_a_record_that_is_gone_by_a_direct_look_is_gone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    bench.settle()
    deaf(bench, monkeypatch)
    bench.erp.remove("Customers", "c1", bench.entity)
    hint(bench, "Customers c1")
    bench.settle()
    assert bench.link("c1").tombstone == "gone:erp"


def test_a_hint_at_what_is_not_shown_deletes_no_partner(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost right looks like a deletion: the contact in the CRM was deleted, though the person was there."""
    bench.mappings = (CUSTOMER, replace(CONTACT, delete_in_crm=True))
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    bench.erp.add("People", "p1", bench.entity, last="Ann", customer="c1")
    bench.settle()
    bench.erp.withheld.add("People")
    hint(bench, "People p1")
    bench.cycle()
    bench.cycle()
    assert len(bench.crm.alive("Contact")) == 1


def test_a_hint_that_comes_again_meanwhile_stays(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.erp.add("Customers", "c1", bench.entity, name="One")
    bench.settle()
    read = bench.erp.read

    def again(entity: str, shape: Shape, keys: list[str]) -> object:
        hint(bench, "Customers c1", "later")
        return read(entity, shape, keys)

    monkeypatch.setattr(bench.erp, "read", again)
    hint(bench, "Customers c1")
    bench.cycle()
    assert left(bench) == {"Customers c1": "later"}


def picky(bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """From now on a read of one certain key fails, and so does every read that asks for it among others."""
    read = bench.erp.read

    def refusing(entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        if "bad" in keys:
            raise error
        return read(entity, shape, keys)

    monkeypatch.setattr(bench.erp, "read", refusing)


def test_a_hint_that_is_refused_for_good_does_not_hold_up_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("c1", "c2", "c3"):
        bench.erp.add("Customers", key, bench.entity, name=key)
    bench.settle()
    deaf(bench, monkeypatch)
    picky(bench, monkeypatch, PermanentError("400: no such form of a key"))
    for key in ("c1", "c2", "c3"):
        bench.erp.edit("Customers", key, bench.entity, phone="from the message")
        hint(bench, f"Customers {key}")
    hint(bench, "Customers bad")
    assert bench.cycle().problems == []
    phones = {bench.crm.value("Account", bench.crm_key(key), "Phone") for key in ("c1", "c2", "c3")}
    assert phones == {"from the message"}
    assert left(bench) == {}
    assert bench.audit().count("hint_refused") == len(bench.entities)


def test_hints_wait_while_the_vendor_does_not_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    picky(bench, monkeypatch, TransientError("503"))
    hint(bench, "Customers bad")
    assert bench.cycle().problems
    assert set(left(bench)) == {"Customers bad"}
