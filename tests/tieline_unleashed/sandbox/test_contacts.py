"""Contacts below their customer."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest


@pytest.fixture
def contacts(desk: Any) -> str:
    """The path of a customer's contacts."""
    return f"/Customers/{desk.customer(1, 'A')}/Contacts"


def test_created_changed_deleted(desk: Any, contacts: str) -> None:
    made = desk.post(contacts, {"FirstName": "Maria", "LastName": "Anders", "IsDefault": True, "Notes": "x"})
    changed = desk.call("PUT", f"{contacts}/{made['Guid']}", {"FirstName": "Maria", "LastName": "Andersson"})
    assert changed.status == 200
    rows = desk.get(contacts)["Items"]
    assert [(row["Guid"], row["LastName"], row["Notes"], row["IsDefault"]) for row in rows] == [
        (made["Guid"], "Andersson", None, False)
    ]
    assert desk.call("DELETE", f"{contacts}/{made['Guid']}").status == 204
    assert desk.get(contacts)["Items"] == []
    desk.refused("DELETE", f"{contacts}/{made['Guid']}", status=404)


def test_a_chosen_guid_makes_a_post_safe_to_repeat(desk: Any, contacts: str) -> None:
    body = {"Guid": desk.guid(5), "FirstName": "Maria", "IsDefault": True}
    assert desk.post(contacts, body)["Guid"] == desk.guid(5)
    log = desk.log()
    desk.post(contacts, body, status=200)
    assert desk.log() == log
    assert [entry.key for entry in log if entry.kind == "Contacts"] == [desk.guid(5)]


def test_a_change_moves_the_customers_stamp_and_no_change_does_not(desk: Any, contacts: str) -> None:
    path = f"/Customers/{desk.guid(1)}"
    stamps = [desk.get(path)["LastModifiedOn"]]
    body = {"Guid": desk.guid(5), "FirstName": "Maria"}
    steps = (("POST", contacts, body), ("POST", contacts, body), ("DELETE", f"{contacts}/{desk.guid(5)}", None))
    for method, target, sent in steps:
        desk.clock.advance(1)
        desk.call(method, target, sent)
        stamps.append(desk.get(path)["LastModifiedOn"])
    assert [a != b for a, b in pairwise(stamps)] == [True, False, True]


def test_the_primary_contact_shows_on_the_customer_and_all_when_asked(desk: Any, contacts: str) -> None:
    desk.post(contacts, {"FirstName": "One", "LastName": "1", "IsDefault": True})
    desk.post(contacts, {"FirstName": "Two", "LastName": "2", "IsDefault": True})
    customer = desk.get(f"/Customers/{desk.guid(1)}")
    assert [contact["FirstName"] for contact in customer["Contacts"]] == ["Two"]
    assert (customer["ContactFirstName"], customer["ContactLastName"]) == ("Two", "2")
    listed = desk.get("/Customers?includeAllContacts=true")["Items"][0]["Contacts"]
    assert sorted((contact["FirstName"], contact["IsDefault"]) for contact in listed) == [("One", False), ("Two", True)]


def test_contacts_left_out_of_a_customers_body_stay(desk: Any, contacts: str) -> None:
    desk.post(contacts, {"FirstName": "One"})
    body = {"CustomerCode": "A", "CustomerName": "A", "Contacts": [{"FirstName": "Two"}]}
    desk.post(f"/Customers/{desk.guid(1)}", body, status=200)
    assert sorted(row["FirstName"] for row in desk.get(contacts)["Items"]) == ["One", "Two"]


def test_a_bad_contact_refuses_the_whole_customer(desk: Any) -> None:
    body = {"CustomerCode": "B", "CustomerName": "B", "Contacts": [{"FirstName": "One"}, {"Website": "no address"}]}
    desk.refused("POST", f"/Customers/{desk.guid(2)}", body)
    desk.refused("POST", f"/Customers/{desk.guid(2)}", {**body, "Contacts": ["One"]})
    desk.refused("GET", f"/Customers/{desk.guid(2)}", status=404)


def test_refusals(desk: Any, contacts: str) -> None:
    other = f"/Customers/{desk.customer(2, 'B')}/Contacts"
    made = desk.post(contacts, {"FirstName": "One"})
    assert desk.codes("POST", contacts, {"Notes": "nameless"}) == {("FirstName", "Required")}
    assert desk.codes("POST", other, {"Guid": made["Guid"], "FirstName": "One"}) == {("Guid", "Duplicate")}
    desk.refused("PUT", f"{other}/{made['Guid']}", {"FirstName": "One"}, status=404)
    desk.refused("PUT", f"{contacts}/{desk.guid(9)}", {"FirstName": "One"}, status=404)
    desk.refused("PUT", f"{contacts}/{made['Guid']}", {"Guid": desk.guid(9), "FirstName": "One"})
    desk.refused("PUT", f"{contacts}/x", {"FirstName": "One"})
    desk.refused("POST", f"/Customers/{desk.guid(9)}/Contacts", {"FirstName": "One"}, status=404)
    desk.refused("GET", f"/Customers/{desk.guid(9)}/Contacts", status=404)
