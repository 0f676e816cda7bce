"""Parents untied by hand and tied crosswise: their children name the right parent on both sides again."""

from __future__ import annotations

import pytest

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.sync.repair import Repair
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.declared import ORDER


def _repair(bench: Bench) -> Repair:
    return Repair(bench.store, "books", bench.world.now(), "ada")


def _half(bench: Bench, key: str, side: Side) -> Link:
    return next(link for link in bench.links() if link.key(side) == key and not link.key(side.other))


def test_children_follow_parents_that_were_tied_crosswise(bench: Bench) -> None:
    entity = bench.entity
    for number in (0, 1):
        bench.erp.add("Customers", f"c{number}", entity, name=f"Customer {number}")
        bench.erp.add("People", f"p{number}", entity, last=f"Person {number}", customer=f"c{number}")
    bench.settle()
    accounts = [bench.crm_key("c0"), bench.crm_key("c1")]
    for key in ("c0", "c1"):
        _repair(bench).part(bench.link(key))
    for account, key in zip(accounts, ("c1", "c0"), strict=True):
        _repair(bench).join(_half(bench, account, Side.CRM), _half(bench, key, Side.ERP))
    bench.settle()
    for number, other in ((0, 1), (1, 0)):
        person = bench.link(f"p{number}", "contact")
        named = bench.erp.value("People", f"p{number}", "customer", entity)
        held = bench.crm.value("Contact", person.crm_key, "AccountId")
        assert (named, held) == (f"c{number}", accounts[other])  # the back office wins, and the org's value is logged
    with bench.store.reading() as tx:
        assert {tuple(one.fields) for one in tx.conflicts("books")} >= {("AccountId",)}
    before = bench.world.writes()
    bench.settle()
    assert bench.world.writes() == before


def test_documents_follow_a_customer_that_was_tied_to_another_account(bench: Bench) -> None:
    """They name it, and are no children of it: they went on naming the account of before."""
    bench.mappings = (CUSTOMER, ORDER)
    bench.erp.add("Customers", "c0", bench.entity, name="Customer")
    bench.erp.add("Orders", "o0", bench.entity, number="N0", customer="c0")
    bench.crm.add("Account", "a1", Name="The other")
    bench.settle()
    _repair(bench).part(bench.link("c0"))
    _repair(bench).join(_half(bench, "a1", Side.CRM), _half(bench, "c0", Side.ERP))
    bench.settle()
    assert bench.crm.value("ERP_Document__c", bench.link("o0", "order").crm_key, "Account__c") == "a1"


@pytest.mark.parametrize("key", ["c0"])
def test_children_of_a_parent_that_is_untied_stay_as_they_are(bench: Bench, key: str) -> None:
    bench.erp.add("Customers", key, bench.entity, name="Customer")
    bench.erp.add("People", "p0", bench.entity, last="Person", customer=key)
    bench.settle()
    account = bench.crm_key(key)
    _repair(bench).part(bench.link(key))
    bench.settle()
    person = bench.link("p0", "contact")
    assert bench.crm.value("Contact", person.crm_key, "AccountId") == account
