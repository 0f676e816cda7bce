"""Records that only several fields together tell apart: one price is known by its list and its item."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Direction, Field, Mapping, Number, Promotion, Reference, Text
from tieline.store.memory import MemoryStore
from tieline.sync.cycle import Cycle
from tieline.sync.matching import matches, pair
from tieline.sync.preview import preview
from tieline.sync.rules import Rules
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp
from tieline_simulation.world import World

PRICE = Mapping(
    "toy", "price", "Price", "Price__c", "Prices",
    (
        Field("Account__c", "customer", Reference("customer"), Direction.TO_CRM, required=True),
        Field("Item__c", "item", Text(20), Direction.TO_CRM),
        Field("Amount__c", "amount", Number(2), Direction.TO_CRM),
    ),
    parent="customer", promotion=Promotion.NEVER, create_in_erp=False, identity=("Account__c", "Item__c"),
)  # fmt: skip


@pytest.fixture
def bench() -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",), mappings=(CUSTOMER, PRICE))
    made.confirm()
    for key in ("c1", "c2"):
        made.erp.add("Customers", key, name=key, phone="1")
    made.settle()
    return made


def _prices(bench: Bench) -> dict[str, Any]:
    return {key: row["Amount__c"] for key, row in bench.crm.alive("Price__c").items()}


def _of(bench: Bench, customer: str, item: str | None, amount: str) -> str:
    key = f"price-{amount}"
    bench.crm.add("Price__c", key, Account__c=bench.crm_key(customer), Item__c=item, Amount__c=amount)
    return key


def test_what_both_sides_have_is_joined_by_all_of_it(bench: Bench) -> None:
    ours = _of(bench, "c1", "I-1", "1")
    other_list, other_item = _of(bench, "c2", "I-1", "2"), _of(bench, "c1", "I-2", "3")
    bench.erp.add("Prices", "p1", customer="c1", item="I-1", amount="9")
    bench.settle()
    assert bench.link("p1", "price").crm_key == ours
    assert {key: str(value) for key, value in _prices(bench).items()} == {
        ours: "9.00",
        other_list: "2",
        other_item: "3",
    }


def test_a_reference_that_is_not_tied_yet_is_waited_for(bench: Bench) -> None:
    bench.erp.add("Prices", "p1", customer="c3", item="I-1", amount="9")
    bench.settle()
    assert _prices(bench) == {}
    bench.erp.add("Customers", "c3", name="c3", phone="1")
    bench.settle()
    (amount,) = _prices(bench).values()
    assert str(amount) == "9.00"


def test_two_of_one_identity_are_left_to_a_person(bench: Bench) -> None:
    both = {_of(bench, "c1", "I-1", amount) for amount in ("1", "2")}
    bench.erp.add("Prices", "p1", customer="c1", item="I-1", amount="9")
    bench.settle()
    assert not bench.link("p1", "price").crm_key
    assert _prices(bench).keys() == both


def test_an_empty_part_identifies_nothing(bench: Bench) -> None:
    _of(bench, "c1", None, "1")
    bench.erp.add("Prices", "p1", customer="c1", item=None, amount="9")
    bench.settle()
    assert len(_prices(bench)) == 2


def test_identities_alone_make_records_comparable() -> None:
    rules = Rules(PRICE, {})
    assert matches(rules)
    assert not matches(Rules(replace(PRICE, identity=()), {}))
    assert pair(rules, [], [], identities={"a": ("c1", "I-1")}).pairs == []


def test_what_is_tied_at_the_top_level_tells_records_of_an_entity_apart() -> None:
    """Items and price lists stand at the top level, a price of one entity alone below it."""
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("", "north"), mappings=(CUSTOMER, PRICE))
    bench.confirm()
    bench.erp.add("Customers", "c1", name="c1", phone="1")
    bench.settle()
    ours = _of(bench, "c1", "I-1", "1")
    bench.erp.add("Prices", "p1", "north", customer="c1", item="I-1", amount="9")
    bench.settle()
    assert {key: str(value) for key, value in _prices(bench).items()} == {ours: "9.00"}


@pytest.mark.parametrize("entities", [("",), ("", "north")])
def test_the_counts_of_a_first_load_foresee_what_is_joined(entities: tuple[str, ...]) -> None:
    world = World()
    keyed = replace(CUSTOMER, fields=tuple(replace(one, key=one.crm == "Name") for one in CUSTOMER.fields))
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), entities, mappings=(keyed, PRICE))
    bench.crm.add("Account", "a1", Name="c1")
    bench.crm.add("Price__c", "ours", Account__c="a1", Item__c="I-1", Amount__c="1")
    bench.erp.add("Customers", "c1", name="c1", phone="1")
    bench.erp.add("Prices", "p1", entities[-1], customer="c1", item="I-1", amount="9")
    Cycle(bench.context()).observe()
    told = preview(bench.context())
    assert (told["customer"].link, told["price"].link, told["price"].create_crm) == (1, 1, 0)
    bench.confirm()
    bench.settle()
    assert _prices(bench).keys() == {"ours"}
