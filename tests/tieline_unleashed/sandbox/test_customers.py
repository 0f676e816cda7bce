"""Customers: created, updated, blanked, refused."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_unleashed.sandbox import Profile


def test_the_caller_chooses_the_guid_and_may_post_again(desk: Any) -> None:
    body = {"CustomerCode": "A", "CustomerName": "Ærø 1"}
    first = desk.post(f"/Customers/{desk.guid(1)}", body)
    log = desk.log()
    again = desk.post(f"/Customers/{desk.guid(1)}", body, status=200)
    assert first == again
    assert desk.log() == log
    assert [(entry.actor, entry.operation, entry.action, entry.kind, entry.id, entry.key) for entry in log] == [
        ("api", "save", "insert", "Customers", desk.guid(1), desk.guid(1))
    ]


def test_the_guid_in_the_body_counts_where_the_path_has_none(desk: Any) -> None:
    body = {"Guid": desk.guid(1).upper(), "CustomerCode": "A", "CustomerName": "A"}
    assert desk.post("/Customers", body)["Guid"] == desk.guid(1)
    assert desk.post("/Customers", {**body, "CustomerName": "B"}, status=200)["CustomerName"] == "B"


def test_an_update_blanks_what_it_leaves_out(desk: Any) -> None:
    guid = desk.customer(
        1, "A", PhoneNumber="1", Website="https://example.org", PaymentTerm="30 days", Taxable=True, DiscountRate=0.1,
        Currency={"CurrencyCode": "EUR"}, DefaultWarehouse={"WarehouseCode": "MAIN"}, Addresses=[{"City": "Berlin"}],
    )  # fmt: skip
    desk.post(f"/Customers/{guid}", {"CustomerCode": "A", "CustomerName": "A"}, status=200)
    found = desk.get(f"/Customers/{guid}")
    blank = ("PhoneNumber", "Website", "PaymentTerm", "DiscountRate", "Currency", "DefaultWarehouse")
    assert {name: found[name] for name in blank} == dict.fromkeys(blank)
    assert (found["Taxable"], found["Addresses"]) == (False, [])


def test_read_merge_post_changes_nothing_and_leaves_no_trace(desk: Any) -> None:
    person = desk.guid(7)
    desk.post(f"/Salespersons/{person}", {"Guid": person, "FullName": "Ann", "Email": "ann@example.org"})
    guid = desk.customer(
        1, "A", TaxCode="G.S.T.", SalesPerson={"Guid": person}, Currency={"CurrencyCode": "USD"}, CustomerType="Retail",
        SellPriceTier="Sell Price Tier 1", CreditLimit=1234.5678, Contacts=[{"FirstName": "A", "IsDefault": True}],
    )  # fmt: skip
    desk.clock.advance(3600)
    found, log = desk.get(f"/Customers/{guid}"), desk.log()
    assert desk.post(f"/Customers/{guid}", found, status=200) == found
    assert desk.log() == log
    assert found["CreditLimit"] == 1234.5678
    assert found["SalesPerson"]["FullName"] == "Ann"
    assert (found["TaxRate"], found["ContactFirstName"]) == (0.15, "A")


def test_last_modified_moves_on_a_real_change(desk: Any) -> None:
    guid = desk.customer(1, "A")
    before = desk.get(f"/Customers/{guid}")
    desk.clock.advance(1.5)
    desk.post(f"/Customers/{guid}", {"CustomerCode": "A", "CustomerName": "B"}, status=200)
    after = desk.get(f"/Customers/{guid}")
    assert before["LastModifiedOn"] == before["CreatedOn"] == "/Date(1767607200000)/"
    assert (after["CreatedOn"], after["LastModifiedOn"]) == (before["CreatedOn"], "/Date(1767607201500)/")


def test_names_do_not_mind_the_case_and_unknown_ones_are_ignored(desk: Any) -> None:
    guid = desk.customer(1, "A", phonenumber="1", Nobody="knows")
    assert desk.get(f"/Customers/{guid}")["PhoneNumber"] == "1"


def test_salesperson_in_either_writing(desk: Any) -> None:
    person = desk.guid(7)
    desk.post(f"/Salespersons/{person}", {"Guid": person, "FullName": "Ann", "Email": "ann@example.org"})
    guid = desk.customer(1, "A", Salesperson={"Guid": person})
    assert desk.get(f"/Customers/{guid}")["SalesPerson"]["Email"] == "ann@example.org"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"CustomerCode": None}, ("CustomerCode", "Required")),
        ({"CustomerCode": ""}, ("CustomerCode", "Required")),
        ({"CustomerName": None}, ("CustomerName", "Required")),
        ({"CustomerCode": "TAKEN"}, ("CustomerCode", "Duplicate")),
        ({"CustomerType": "Nobody"}, ("CustomerType", "Unknown")),
        ({"PaymentTerm": "Nobody"}, ("PaymentTerm", "Unknown")),
        ({"SellPriceTier": "Nobody"}, ("SellPriceTier", "Unknown")),
        ({"TaxCode": "Nobody"}, ("TaxCode", "Unknown")),
        ({"Currency": {"CurrencyCode": "XXX"}}, ("Currency", "Unknown")),
        ({"Currency": "EUR"}, ("Currency", "Invalid")),
        ({"DefaultWarehouse": {"WarehouseCode": "X"}}, ("DefaultWarehouse", "Unknown")),
        ({"SalesPerson": {"Guid": "1f0c0a52-6f6b-4a8e-9c53-00000000dead"}}, ("SalesPerson", "Unknown")),
        ({"SalesPerson": {"Guid": "dead"}}, ("SalesPerson", "Invalid")),
        ({"Website": "not an address"}, ("Website", "Invalid")),
        ({"Website": "#CAJUN.HTM#"}, ("Website", "Invalid")),
        ({"Taxable": "perhaps"}, ("Taxable", "Invalid")),
        ({"CreditLimit": "much"}, ("CreditLimit", "Invalid")),
        ({"CreditLimit": 10**20}, ("CreditLimit", "Invalid")),
        ({"PhoneNumber": {"Number": 1}}, ("PhoneNumber", "Invalid")),
        ({"Notes": "a\x00b"}, ("Notes", "Invalid")),
        ({"Notes": "a\ud800b"}, ("Notes", "Invalid")),
        ({"Addresses": "Main Street"}, ("Addresses", "Invalid")),
        ({"Addresses": [{"AddressType": "Moon"}]}, ("Addresses[0].AddressType", "Invalid")),
        ({"SalesOrderGroup": "x" * 51}, ("SalesOrderGroup", "TooLong")),
    ],
)
def test_refused_on_creation(desk: Any, change: dict[str, Any], problem: tuple[str, str]) -> None:
    desk.customer(1, "TAKEN")
    body = {"CustomerCode": "B", "CustomerName": "B", **change}
    assert desk.codes("POST", f"/Customers/{desk.guid(2)}", body) == {problem}
    assert desk.call("GET", f"/Customers/{desk.guid(2)}").status == 404


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"CustomerName": "A"}, ("CustomerCode", "Required")),
        ({"CustomerCode": "Z", "CustomerName": "A"}, ("CustomerCode", "Immutable")),
        ({"CustomerCode": "A"}, ("CustomerName", "Required")),
    ],
)
def test_refused_on_update(desk: Any, body: dict[str, Any], problem: tuple[str, str]) -> None:
    guid = desk.customer(1, "A")
    assert desk.codes("POST", f"/Customers/{guid}", body) == {problem}


@pytest.mark.parametrize("website", ["https://example.org/a?b=c", "www.example.org", "http://zoë.example:8080"])
def test_web_addresses(desk: Any, website: str) -> None:
    assert desk.get(f"/Customers/{desk.customer(1, 'A', Website=website)}")["Website"] == website


def test_an_obsolete_row_is_refused_unless_the_customer_has_it_already(desk: Any) -> None:
    guid = desk.customer(1, "A", PaymentTerm="30 days")
    terms = {row["PaymentTermDescription"]: row["Guid"] for row in desk.get("/PaymentTerms")["Items"]}
    desk.edit("update", "PaymentTerms", terms["30 days"], Obsolete=True)
    body = {"CustomerCode": "B", "CustomerName": "B", "PaymentTerm": "30 days"}
    assert desk.codes("POST", "/Customers", body) == {("PaymentTerm", "Obsolete")}
    assert desk.post(f"/Customers/{guid}", {**body, "CustomerCode": "A"}, status=200)["PaymentTerm"] == "30 days"


def test_guids(desk: Any) -> None:
    desk.refused("GET", f"/Customers/{desk.guid(1)}", status=404)
    desk.refused("GET", "/Customers/not-a-guid")
    desk.refused("POST", "/Customers/12", {"CustomerCode": "A", "CustomerName": "A"})
    body = {"Guid": desk.guid(2), "CustomerCode": "A", "CustomerName": "A"}
    assert desk.codes("POST", f"/Customers/{desk.guid(1)}", body) == {("Guid", "Mismatch")}
    assert desk.codes("POST", "/Customers", {**body, "Guid": "x"}) == {("Guid", "Invalid")}


def test_texts_come_back_as_they_were_sent(desk: Any) -> None:
    text = " \u202eAB & <b> &amp; ]]> 'x' \U0001f9c0 e\u0301 "
    assert desk.get(f"/Customers/{desk.customer(1, 'A', Notes=text)}")["Notes"] == text


def test_field_lengths_of_customers_are_configuration(opened: Any) -> None:
    desk = opened(profile=Profile(customer_text_limit=10))
    body = {"CustomerCode": "A", "CustomerName": "A" * 11}
    assert desk.codes("POST", "/Customers", body) == {("CustomerName", "TooLong")}
