"""Several companies of one system in one org: what a company gives a record stays its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tieline.actions.promote import request_promotion
from tieline.contract import Direction, Field, ListRow, ManagedList, Option, Promotion, Text
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle
from tieline.sync.repair import Repair
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

TERMS = ManagedList("toy", "terms", "Term", "Terms")
NUMBERED = replace(
    CUSTOMER,
    fields=(
        *(one for one in CUSTOMER.fields if one.crm != "Code__c"),
        Field("Code__c", "code", Text(20), Direction.TO_CRM, required=True, key=True, local=True),
        Field("Item__c", "item", Text(20), key=True),
        Field("Term__c", "term", Option("terms")),
    ),
)


@dataclass
class Company(Bench):
    """One of them, under its own name."""

    name: str = ""
    siblings: tuple[str, ...] = ()
    mappings: Any = (NUMBERED, CONTACT)
    lists: tuple[ManagedList, ...] = (TERMS,)

    def context_of(self, crm: Any, erp: Any) -> Context:
        return replace(super().context_of(crm, erp), back_office=self.name, siblings=self.siblings)

    def links(self, mapping: str = "customer") -> list[Link]:
        with self.store.reading() as tx:
            return [one for one in tx.find_links(self.name, mapping) if not one.tombstone.startswith("merged")]


@dataclass
class Both:
    """Two companies at one CRM, and the state they share."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.crm, store = ToyCrm(self.world), MemoryStore()
        names = ("north", "south")
        self.companies = {
            name: Company(self.world, self.crm, VersionedErp(self.world), store, ("",), name=name, siblings=names)
            for name in names
        }
        for one in self.companies.values():
            one.erp.lists["terms"] = [ListRow("N30", "Net 30"), ListRow("N15", "Net 15")]
            one.confirm()

    def settle(self) -> None:
        for _ in range(10):
            before = self.world.writes()
            self.world.tick(5)
            for one in self.companies.values():
                assert Cycle(one.context()).run().problems == []
            if self.world.writes() == before:
                return
        raise AssertionError("they write to and fro")

    def promote(self, name: str) -> dict[str, Any]:
        """The customer as it stands there afterwards."""
        request_promotion(self.companies[name].context(), "customer", "a1")
        self.settle()
        (made,) = [row for row in self.customers(name) if row["name"] == "One"]
        return made

    def customers(self, name: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.companies[name].erp.alive("Customers").values()]

    def number(self, name: str, code: str) -> None:
        """A person there numbers the record."""
        erp = self.companies[name].erp
        (key,) = [ident for ident, row in erp.alive("Customers").items() if row["name"] == "One"]
        erp.edit("Customers", key, code=code)
        self.settle()

    @property
    def account(self) -> dict[str, Any]:
        return dict(self.crm.alive("Account")["a1"])


@pytest.fixture
def both() -> Both:
    made = Both()
    made.crm.add("Account", "a1", Name="One")
    made.settle()
    return made


def test_each_numbers_its_own_and_the_first_is_shown(both: Both) -> None:
    both.promote("north")
    both.number("north", "N-7")
    assert both.promote("south").get("code") is None  # another company's number is not sent
    both.number("south", "S-9")
    assert both.account["Code__c"] == "N-7"
    assert [row["code"] for name in ("north", "south") for row in both.customers(name)] == ["N-7", "S-9"]


def test_the_first_by_name_takes_over_when_it_comes_later(both: Both) -> None:
    both.promote("south")
    both.number("south", "S-9")
    assert both.account["Code__c"] == "S-9"
    both.promote("north")
    both.number("north", "N-7")
    assert both.account["Code__c"] == "N-7"


def test_the_second_shows_its_number_once_the_first_is_untied(both: Both) -> None:
    both.promote("north")
    both.number("north", "N-7")
    both.promote("south")
    both.number("south", "S-9")
    north = both.companies["north"]
    Repair(north.store, "north", both.world.now(), "ann", north.siblings).part(north.link("a1"))
    both.settle()
    assert both.account["Code__c"] == "S-9"


def test_one_number_in_two_companies_is_two_customers(both: Both) -> None:
    both.companies["south"].erp.add("Customers", "s1", name="Another firm", code="7")
    both.promote("north")
    both.number("north", "7")
    south = both.companies["south"]
    assert [one.erp_key for one in south.links() if one.crm_key == "a1"] == [""]
    assert south.erp.alive("Customers")["s1"]["name"] == "Another firm"
    both.promote("south")
    assert sorted(row["name"] for row in both.customers("south")) == ["Another firm", "One"]


def _sold(both: Both, *places: tuple[str, str], automatic: bool = False) -> None:
    """Records of these companies with these codes, which people share."""
    for name, code in places:
        company = both.companies[name]
        company.mappings = (replace(NUMBERED, promotion=PromotionOf[automatic]), CONTACT)
        company.erp.add("Customers", f"{name}-{code}", name=f"{code} of {name}", item=code)
    both.settle()


PromotionOf = {True: Promotion.AUTOMATIC, False: Promotion.MANUAL}


def test_what_both_companies_call_the_same_is_one_record(both: Both) -> None:
    _sold(both, ("north", "I-1"), ("south", "I-1"), ("south", "I-2"))
    held = [row["Item__c"] for row in both.crm.alive("Account").values() if row.get("Item__c")]
    assert sorted(held) == ["I-1", "I-2"]
    assert {one.erp_key for one in both.companies["south"].links() if one.crm_key and one.erp_key} == {
        "south-I-1", "south-I-2",
    }  # fmt: skip


def test_one_companys_record_is_not_made_in_the_other_by_itself(both: Both) -> None:
    _sold(both, ("north", "I-1"), ("south", "I-2"), automatic=True)
    assert sorted(str(row["item"]) for row in both.customers("north") if row.get("item")) == ["I-1"]
    assert sorted(str(row["item"]) for row in both.customers("south") if row.get("item")) == ["I-2"]


def test_shared_values_reach_both(both: Both) -> None:
    for name in ("north", "south"):
        both.promote(name)
    key = next(iter(both.companies["south"].erp.alive("Customers")))
    both.companies["south"].erp.edit("Customers", key, phone="1")
    both.settle()
    assert both.account["Phone"] == "1"
    assert [row["phone"] for row in both.customers("north")] == ["1"]


def test_each_keeps_its_own_row_of_a_list(both: Both) -> None:
    for name, term in (("north", "N30"), ("south", "N15")):
        both.promote(name)
        erp = both.companies[name].erp
        (key,) = erp.alive("Customers")
        erp.edit("Customers", key, term=term)
        both.settle()
    assert [row["term"] for name in ("north", "south") for row in both.customers(name)] == ["N30", "N15"]
    rows = both.crm.alive("Toy_Term__c")
    assert rows[both.account["Term__c"]]["Back_Office__c"] == "north"
