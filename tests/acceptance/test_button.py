"""The button, pressed by people with their own sessions and their own rights: all at once, as on a busy morning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Pressed:
    """What was pressed and how it was answered, by a name of ours."""

    rows: dict[str, dict[str, Any]]
    records: dict[str, str]

    def said(self, name: str) -> tuple[str, str]:
        return self.rows[name]["Status__c"], self.rows[name]["Message__c"]


@pytest.fixture(scope="module")
def pressed(world: Any) -> Pressed:
    """Everybody presses; then the product runs until all have their answer, and comes to rest."""
    nobodys = world.sam.create("Account", Name="Nobody's customer")
    untied = {"Name": "Untied", "AccountId": nobodys, "StageName": "Closed Won", "CloseDate": "2026-05-05"}
    records = {
        "Sam": world.opportunity("Sam", "AALTO", products=2),
        "Camille": world.opportunity("Camille", "BERGA"),
        "Camille, empty": world.opportunity("Camille, empty", "BERGA", products=0),
        "Rita": world.opportunity("Rita", "AALTO"),
        "empty": world.opportunity("empty", "AALTO", products=0),
        "twice": world.opportunity("twice", "CEDAR"),
        "untied": world.sam.create("Opportunity", **untied),
        "gone": world.opportunity("gone", "CEDAR"),
        "promote": world.sam.create("Account", Name="Promoted by Sam", Phone="555 0100"),
        "contact": world.sam.create("Contact", LastName="Early", AccountId=nobodys),
    }
    who = {"Camille": world.camille, "Camille, empty": world.camille, "Rita": world.rita}
    other = {"promote": ("promote", "Account"), "contact": ("sync_contact", "Contact")}
    presses = {
        name: world.press(who.get(name, world.sam), record, *other.get(name, ())) for name, record in records.items()
    }
    presses |= {
        f"{name} again": world.press(world.sam, records[name], *other.get(name, ())) for name in ("twice", "promote")
    }
    world.sam.call("DELETE", f"/sobjects/Opportunity/{records['gone']}")
    rows = dict(zip(presses, world.answers(list(presses.values())), strict=True))
    world.settle()
    return Pressed(rows, records)


def test_a_standard_user(world: Any, pressed: Pressed) -> None:
    row = pressed.rows["Sam"]
    assert row["Status__c"] == "Done", row
    assert world.orders("Sam") == [row["Result_Id__c"]]
    assert row["Result_Number__c"] in row["Message__c"]


def test_the_mirror_in_the_org(world: Any, pressed: Pressed) -> None:
    where = f"WHERE Opportunity__c = '{pressed.records['Sam']}'"
    (mirror,) = world.admin.query(f"SELECT Id, Number__c, Total__c, Account__c FROM ERP_Document__c {where}")
    assert mirror["Number__c"] == pressed.rows["Sam"]["Result_Number__c"]
    assert mirror["Account__c"] == world.account("AALTO")
    assert mirror["Total__c"] == 23.0  # two lines of 4 x 2.50 and 15 % of tax
    lines = world.admin.query(f"SELECT Quantity__c FROM ERP_Document_Line__c WHERE Document__c = '{mirror['Id']}'")
    assert [line["Quantity__c"] for line in lines] == [4.0, 4.0]


def test_the_order_holds_what_the_opportunity_says(world: Any, pressed: Pressed) -> None:
    order = next(one["after"] for one in world.erp.log() if one["id"] == pressed.rows["Sam"]["Result_Id__c"])
    assert (order["OrderStatus"], order["CustomerRef"]) == ("Parked", "Sam")
    assert order["RequiredDate"].startswith("2026-05-05")
    assert [(line["OrderQuantity"], line["UnitPrice"]) for line in order["SalesOrderLines"]] == [("4", "2.5")] * 2


def test_a_french_user_is_answered_in_french(world: Any, pressed: Pressed) -> None:
    status, message = pressed.said("Camille, empty")
    assert status == "Refused"
    assert message.startswith("L'opportunité n'a pas de produits.")
    status, message = pressed.said("Camille")
    assert status == "Done"
    assert message.startswith("Commande client")
    assert message.endswith(" est dans Unleashed.")
    assert len(world.orders("Camille")) == 1


def test_who_may_not_edit_the_record_makes_nothing(world: Any, pressed: Pressed) -> None:
    assert pressed.said("Rita") == ("Refused", "You may not edit this record.")
    assert world.orders("Rita") == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty", "The opportunity has no products. Add at least one and press again."),
        ("untied", "The account is not tied to Unleashed. Promote the account first."),
        ("contact", "The contact's account is not tied to Unleashed. Promote the account first."),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_mend(world: Any, pressed: Pressed, name: str, message: str) -> None:
    assert pressed.said(name) == ("Refused", message)
    assert world.orders(name) == []


def test_a_record_that_was_deleted_meanwhile(world: Any, pressed: Pressed) -> None:
    status, message = pressed.said("gone")
    assert status == "Refused"
    assert message
    assert world.orders("gone") == []


def test_two_presses_are_two_orders(world: Any, pressed: Pressed) -> None:
    """A press is the unit: a document is derived from its request, so handling one request again makes nothing new,
    while somebody who presses a second time asks for a second order."""
    rows = [pressed.rows["twice"], pressed.rows["twice again"]]
    assert [one["Status__c"] for one in rows] == ["Done", "Done"]
    orders = world.orders("twice")
    assert sorted(orders) == sorted(one["Result_Id__c"] for one in rows)
    assert len(set(orders)) == 2


def test_promoted_twice_is_one_customer(world: Any, pressed: Pressed) -> None:
    assert {pressed.said("promote")[0], pressed.said("promote again")[0]} == {"Done"}
    born = [one["after"] for one in world.erp.log() if (one["kind"], one["action"]) == ("Customers", "insert")]
    assert [one["PhoneNumber"] for one in born if one["CustomerName"] == "Promoted by Sam"] == ["555 0100"]
