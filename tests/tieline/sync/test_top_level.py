"""A company with entities below a top level: the entity without a key is one of them, and where records go that nobody
chose one for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.actions.promote import request_promotion
from tieline.contract import Entity, Identity, Promotion, Side
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle
from tieline.sync.preview import preview
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp
from tieline_simulation.world import World

FIELD = "Accounting_Entity__c"
ENTITIES = ("", "north", "south")


class Company(Bench):
    """Its top level is called by a label."""

    def context_of(self, crm: Any, erp: Any) -> Context:
        told = tuple(Entity(key, {"": "Top level"}.get(key, key.title())) for key in self.entities)
        return replace(super().context_of(crm, erp), known={Side.ERP: Identity("toy", "Toy", told)})


def company(entities: tuple[str, ...] = ENTITIES, erp: type[Any] = AsyncErp) -> Bench:
    world = World()
    made = Company(world, ToyCrm(world), erp(world), MemoryStore(), entities)
    made.confirm()
    made.crm.add("Account", "a1", Name="One")
    made.settle()
    return made


@pytest.fixture
def bench() -> Bench:
    return company()


def _count(bench: Bench, kind: str = "Customers") -> list[int]:
    return [len(bench.erp.alive(kind, entity)) for entity in bench.entities]


def _promote(bench: Bench, entity: str = "") -> None:
    request_promotion(bench.context(), "customer", "a1", entity)
    bench.settle()


def _choose(bench: Bench, said: str | None) -> Any:
    ident = f"ERP_Link__c:{bench.link('a1').id}"
    values: dict[str, Any] = {FIELD: said}
    bench.crm.edit("ERP_Link__c", ident, **values)
    bench.settle()
    return bench.crm.alive("ERP_Link__c")[ident]


@pytest.mark.parametrize("entities", [ENTITIES, ("north", "")])
def test_without_a_choice_it_goes_to_the_top(entities: tuple[str, ...]) -> None:
    bench = company(entities)
    _promote(bench)
    assert _count(bench) == [int(entity == "") for entity in entities]


def test_one_at_the_top_may_also_go_into_an_entity(bench: Bench) -> None:
    _promote(bench)
    (top,) = bench.links()
    _promote(bench, "south")
    assert _count(bench) == [1, 0, 1]
    assert {(one.entity, bool(one.erp_key)) for one in bench.links()} == {("", True), ("south", True)}
    assert next(one for one in bench.links() if one.entity == "").erp_key == top.erp_key


def test_one_in_an_entity_stays_there(bench: Bench) -> None:
    _promote(bench, "north")
    _promote(bench)
    assert _count(bench) == [0, 1, 0]


@pytest.mark.parametrize("said", ["top level", "Top"])
def test_the_top_may_be_named(bench: Bench, said: str) -> None:
    _choose(bench, "north")
    row = _choose(bench, said)
    assert (bench.link("a1").entity, row[FIELD], row["Notes__c"]) == ("", None, None)
    _promote(bench)
    assert _count(bench) == [1, 0, 0]


def test_one_chosen_for_the_top_is_matched_there_alone(bench: Bench) -> None:
    _choose(bench, "top level")
    bench.crm.edit("Account", "a1", Code__c="7")
    bench.erp.add("Customers", "n1", "north", name="One", code="7")
    bench.settle()
    assert bench.link("a1").entity == ""
    assert bench.link("a1").erp_key == ""


def test_one_nobody_chose_for_is_matched_where_it_stands(bench: Bench) -> None:
    bench.crm.edit("Account", "a1", Code__c="7")
    bench.erp.add("Customers", "s1", "south", name="One", code="7")
    bench.settle()
    assert [(one.entity, one.erp_key) for one in bench.links() if one.crm_key] == [("south", "s1")]


def test_the_entities_are_called_by_name_when_there_is_no_such_one(bench: Bench) -> None:
    row = _choose(bench, "west")
    assert row["Notes__c"] == "There is no such accounting entity. Choose one of Top level, north, south."


def test_edits_stay_in_their_entity(bench: Bench) -> None:
    for entity in ("", "north"):
        _promote(bench, entity)
    bench.erp.add("Customers", "t9", "", name="Top's own", code="9")
    (ours,) = bench.erp.alive("Customers", "north")
    bench.erp.edit("Customers", ours, "north", phone="1")
    bench.settle()
    assert bench.crm.alive("Account")["a1"]["Phone"] == "1"
    assert sorted(str(row.get("phone")) for row in bench.erp.alive("Customers", "").values()) == ["1", "None"]
    assert _count(bench) == [2, 1, 0]


def test_contacts_follow_their_account(bench: Bench) -> None:
    bench.crm.add("Contact", "k1", LastName="Early", AccountId="a1")
    _promote(bench, "south")
    assert _count(bench, "People") == [0, 0, 1]
    _promote(bench, "north")
    assert _count(bench, "People") == [0, 1, 1]


def test_what_stands_at_the_top_serves_the_entities_below(bench: Bench) -> None:
    _promote(bench)
    (customer,) = bench.erp.alive("Customers", "")
    bench.erp.add("People", "p1", "north", last="Below", customer=customer)
    bench.settle()
    assert [(row["LastName"], row["AccountId"]) for row in bench.crm.alive("Contact").values()] == [("Below", "a1")]


def test_a_record_names_the_one_in_its_own_entity_before_that_at_the_top(bench: Bench) -> None:
    for entity in ("", "north"):
        _promote(bench, entity)
    bench.crm.add("Contact", "k1", LastName="Both", AccountId="a1")
    bench.settle()
    for entity in ("", "north"):
        (customer,) = bench.erp.alive("Customers", entity)
        assert {row["customer"] for row in bench.erp.alive("People", entity).values()} == {customer}


@pytest.mark.parametrize("entities", [ENTITIES, ("north", "south")])
def test_a_record_is_counted_once_before_the_first_load(entities: tuple[str, ...]) -> None:
    bench = company(entities, VersionedErp)
    bench.mappings = (replace(CUSTOMER, promotion=Promotion.AUTOMATIC), CONTACT)
    bench.erp.add("Customers", "s1", "south", name="New", code="9")
    bench.erp.add("Customers", "s2", "south", name="Two", code="2")
    bench.crm.add("Account", "a2", Name="Two", Code__c="2")
    bench.crm.add("Account", "a3", Name="Three")
    Cycle(bench.context()).observe()
    told = preview(bench.context())["customer"]
    assert (told.link, told.create_crm, told.create_erp, told.ambiguous, told.skip) == (1, 1, 2, 0, 0)
