"""The button, pressed by people with their own sessions and their own rights."""

from __future__ import annotations

from typing import Any


def made_by_engine(world: Any, since: int) -> list[Any]:
    return [one for one in world.erp.log(since) if one["actor"] == "api"]


def test_a_standard_user_presses(world: Any) -> None:
    opportunity = world.opportunity("Pressed by Sam", "AALTO", products=2)
    row = world.answer(world.press(world.sam, opportunity))
    assert row["Status__c"] == "Done"
    orders = world.orders("Pressed by Sam")
    assert orders == [row["Result_Id__c"]]
    assert row["Result_Number__c"] in row["Message__c"]
    world.settle()
    mirror = world.admin.query(
        f"SELECT Number__c, Total__c, Account__c FROM ERP_Document__c WHERE Opportunity__c = '{opportunity}'"
    )
    assert [one["Number__c"] for one in mirror] == [row["Result_Number__c"]]
    assert mirror[0]["Account__c"] == world.account("AALTO")
    assert mirror[0]["Total__c"] == 23.0  # two lines of 4 x 2.50 and 15 % of tax


def test_the_order_holds_what_the_opportunity_says(world: Any) -> None:
    world.answer(world.press(world.sam, world.opportunity("Line by line", "BERGA", products=2)))
    order = next(one["after"] for one in world.erp.log() if (one["after"] or {}).get("CustomerRef") == "Line by line")
    assert order["OrderStatus"] == "Parked"
    assert order["RequiredDate"].startswith("2026-05-05")
    assert [(line["OrderQuantity"], line["UnitPrice"]) for line in order["SalesOrderLines"]] == [("4", "2.5")] * 2


def test_a_french_user_is_answered_in_french(world: Any) -> None:
    opportunity = world.opportunity("Sans produits", "AALTO", products=0)
    row = world.answer(world.press(world.camille, opportunity))
    assert row["Status__c"] == "Refused"
    assert row["Message__c"].startswith("L'opportunité n'a pas de produits.")
    done = world.answer(world.press(world.camille, world.opportunity("En français", "AALTO")))
    assert done["Status__c"] == "Done"
    assert done["Message__c"].startswith("Commande client")


def test_who_may_not_edit_the_record_makes_nothing(world: Any) -> None:
    opportunity, since = world.opportunity("Pressed by Rita", "AALTO"), world.erp.last()
    row = world.answer(world.press(world.rita, opportunity))
    assert (row["Status__c"], row["Message__c"]) == ("Refused", "You may not edit this record.")
    assert made_by_engine(world, since) == []


def test_no_products(world: Any) -> None:
    since = world.erp.last()
    row = world.answer(world.press(world.sam, world.opportunity("Empty", "AALTO", products=0)))
    expected = "The opportunity has no products. Add at least one and press again."
    assert (row["Status__c"], row["Message__c"]) == ("Refused", expected)
    assert made_by_engine(world, since) == []


def test_an_account_that_is_not_tied(world: Any) -> None:
    account = world.sam.create("Account", Name="Nobody's customer")
    opportunity = world.sam.create(
        "Opportunity", Name="Untied", AccountId=account, StageName="Closed Won", CloseDate="2026-05-05"
    )
    row = world.answer(world.press(world.sam, opportunity))
    expected = "The account is not tied to Unleashed. Promote the account first."
    assert (row["Status__c"], row["Message__c"]) == ("Refused", expected)
    assert world.orders("Untied") == []


def test_two_presses_are_two_orders(world: Any) -> None:
    """A press is the unit: a document is derived from its request, so handling one request again makes nothing new,
    while somebody who presses a second time asks for a second order."""
    opportunity = world.opportunity("Pressed twice", "CEDAR")
    first, second = (world.press(world.sam, opportunity) for _ in range(2))
    answers = [world.answer(one) for one in (first, second)]
    assert [one["Status__c"] for one in answers] == ["Done", "Done"]
    orders = world.orders("Pressed twice")
    assert sorted(orders) == sorted(one["Result_Id__c"] for one in answers)
    assert len(set(orders)) == 2


def test_promote_then_promote_again(world: Any) -> None:
    account = world.sam.create("Account", Name="Promoted by Sam", Phone="555 0100", BillingCity="Lund")
    for _ in range(2):
        row = world.answer(world.press(world.sam, account, "promote", on="Account"))
        assert row["Status__c"] == "Done", row
    born = [one for one in world.erp.log() if one["action"] == "insert" and one["kind"] == "Customers"]
    mine = [one["after"] for one in born if one["after"]["CustomerName"] == "Promoted by Sam"]
    assert [one["PhoneNumber"] for one in mine] == ["555 0100"]


def test_a_contact_waits_for_its_account(world: Any) -> None:
    account = world.sam.create("Account", Name="Account of a contact")
    contact = world.sam.create("Contact", LastName="Early", AccountId=account)
    row = world.answer(world.press(world.sam, contact, "sync_contact", on="Contact"))
    assert row["Status__c"] == "Refused"
    assert "Promote the account first" in row["Message__c"]
