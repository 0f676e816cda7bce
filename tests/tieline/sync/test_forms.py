"""A system's own form of a value is that side's base: it is no edit, and does not travel back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from tieline.contract import Done, Outcome, Shape, Write
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline.sync.drift import differences
from tieline_simulation.bench import Bench
from tieline_simulation.systems import Toy, ToyCrm, VersionedErp
from tieline_simulation.world import World


class ReadAfterwards(VersionedErp):
    """Answers nothing; its client reads the record back, and somebody may have edited it by then."""

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        return [_unechoed(outcome) for outcome in super().write(entity, shape, batch)]


def _unechoed(outcome: Outcome) -> Outcome:
    return replace(outcome, echoed=False) if isinstance(outcome, Done) else outcome


def _shouting(bench: Bench) -> str:
    """A back office that keeps phone numbers in capitals, and a customer that was born there."""
    bench.erp.transforms = {("Customers", "phone"): lambda value: str(value).upper()}
    bench.erp.add("Customers", "c0", bench.entity, name="One", phone="FIRST")
    bench.settle()
    return bench.crm_key("c0")


def _phones(bench: Bench, key: str) -> tuple[object, object]:
    return bench.crm.value("Account", key, "Phone"), bench.erp.value("Customers", "c0", "phone", bench.entity)


def test_a_systems_own_form_does_not_travel_back(bench: Bench) -> None:
    key = _shouting(bench)
    bench.crm.edit("Account", key, Phone="ext. 7")
    bench.settle()
    assert _phones(bench, key) == ("ext. 7", "EXT. 7")
    assert bench.link("c0").status is Status.IN_SYNC
    before = bench.world.writes()
    bench.world.tick(25 * 3600)
    bench.settle()
    assert bench.world.writes() == before


def test_an_edit_of_either_side_counts_as_ever(bench: Bench) -> None:
    key = _shouting(bench)
    bench.crm.edit("Account", key, Phone="ext. 7")
    bench.settle()
    bench.erp.edit("Customers", "c0", bench.entity, phone="EXT. 8")
    bench.settle()
    assert _phones(bench, key) == ("EXT. 8", "EXT. 8")
    bench.crm.edit("Account", key, Phone="ext. 8")
    bench.settle()
    assert _phones(bench, key) == ("ext. 8", "EXT. 8")


def test_a_form_of_the_crm_does_not_travel_back_either(bench: Bench) -> None:
    bench.crm.transforms = {("Account", "Phone"): lambda value: f"+{value}"}
    bench.erp.add("Customers", "c0", bench.entity, name="One", phone="1")
    bench.settle()
    assert _phones(bench, bench.crm_key("c0")) == ("+1", "1")


def _bench(erp: type[Toy]) -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), erp(world), MemoryStore(), ("",))
    bench.confirm()
    return bench


@pytest.mark.parametrize("typed", ["second", "first floor"])
def test_a_value_that_was_not_taken_at_all_is_no_form(typed: str) -> None:
    bench = _bench(VersionedErp)
    key = _shouting(bench)
    bench.erp.transforms = {("Customers", "phone"): lambda _value: "FIRST"}
    bench.crm.edit("Account", key, Phone=typed)
    bench.settle()
    assert _phones(bench, key) == ("FIRST", "FIRST")


def test_a_text_that_was_cut_stays_whole_on_the_other_side() -> None:
    bench = _bench(VersionedErp)
    key = _shouting(bench)
    bench.erp.transforms = {("Customers", "phone"): lambda value: str(value)[:4]}
    bench.crm.edit("Account", key, Phone="0123456789")
    bench.settle()
    assert _phones(bench, key) == ("0123456789", "0123")
    assert differences(bench.context()) == []


def test_a_number_that_was_rounded_is_the_same_on_both_sides() -> None:
    bench = _bench(VersionedErp)
    key = _shouting(bench)
    bench.erp.transforms = {("Customers", "credit"): lambda value: round(Decimal(value), 1)}
    bench.crm.edit("Account", key, Credit__c="12.34")
    bench.settle()
    assert Decimal(str(bench.crm.value("Account", key, "Credit__c"))) == Decimal("12.3")


def test_what_was_read_afterwards_may_be_an_edit() -> None:
    bench = _bench(ReadAfterwards)
    key = _shouting(bench)
    bench.crm.edit("Account", key, Phone="ext. 7")
    bench.settle()
    assert _phones(bench, key) == ("EXT. 7", "EXT. 7")
