"""Opportunities with lines, and price books."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def shelf(admin: Any) -> dict[str, str]:
    """A product with its standard price of 10."""
    book = admin.values("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]
    product = admin.create("Product2", Name="Chai", ProductCode="P1", IsActive=True)
    entry = admin.create("PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice=10, IsActive=True)
    return {"book": book, "product": product, "entry": entry}


@pytest.fixture
def deal(admin: Any) -> str:
    return str(admin.create("Opportunity", Name="Deal", StageName="Prospecting", CloseDate="2026-05-01"))


def test_lines_make_the_amount(admin: Any, shelf: dict[str, str], deal: str) -> None:
    line = admin.create(
        "OpportunityLineItem",
        OpportunityId=deal,
        PricebookEntryId=shelf["entry"],
        Quantity=3,
        UnitPrice=9.5,
        Discount=10,
    )
    admin.create("OpportunityLineItem", OpportunityId=deal, PricebookEntryId=shelf["entry"], Quantity=2, TotalPrice=20)
    row = admin.get("OpportunityLineItem", line)
    assert (row["TotalPrice"], row["ListPrice"], row["Name"], row["ProductCode"]) == (25.65, 10.0, "Deal Chai", "P1")
    told = admin.get("Opportunity", deal)
    assert (told["Amount"], told["Pricebook2Id"], told["HasOpportunityLineItem"]) == (45.65, shelf["book"], True)
    admin.ok("PATCH", f"/sobjects/Opportunity/{deal}", {"Amount": 1, "NextStep": "call"})
    assert admin.get("Opportunity", deal)["Amount"] == 45.65
    admin.ok("PATCH", f"/sobjects/OpportunityLineItem/{line}", {"Quantity": 1, "Discount": None})
    assert admin.get("Opportunity", deal)["Amount"] == 29.5
    admin.ok("DELETE", f"/sobjects/OpportunityLineItem/{line}")
    assert admin.get("Opportunity", deal)["Amount"] == 20.0


def test_the_stage_decides_what_follows_from_it(admin: Any, deal: str) -> None:
    admin.ok("PATCH", f"/sobjects/Opportunity/{deal}", {"StageName": "Closed Won", "Amount": 50})
    row = admin.get("Opportunity", deal)
    assert [row[name] for name in ("IsClosed", "IsWon", "Probability", "ForecastCategoryName", "ExpectedRevenue")] == [
        True,
        True,
        100.0,
        "Closed",
        50.0,
    ]


def test_a_product_needs_a_standard_price_first(admin: Any) -> None:
    book = admin.create("Pricebook2", Name="Mine", IsActive=True)
    product = admin.create("Product2", Name="Chang")
    entry = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 5}
    assert admin.refused("POST", "/sobjects/PricebookEntry", entry)[1] == "STANDARD_PRICE_NOT_DEFINED"


def test_lines_stand_in_one_price_book(admin: Any, shelf: dict[str, str], deal: str) -> None:
    book = admin.create("Pricebook2", Name="Mine", IsActive=True)
    other = admin.create("PricebookEntry", Pricebook2Id=book, Product2Id=shelf["product"], UnitPrice=5, IsActive=True)
    admin.create("OpportunityLineItem", OpportunityId=deal, PricebookEntryId=shelf["entry"], Quantity=1, UnitPrice=1)
    line = {"OpportunityId": deal, "PricebookEntryId": other, "Quantity": 1, "UnitPrice": 1}
    assert admin.refused("POST", "/sobjects/OpportunityLineItem", line)[1] == "FIELD_INTEGRITY_EXCEPTION"
    assert (
        admin.refused("PATCH", f"/sobjects/Opportunity/{deal}", {"Pricebook2Id": book})[1]
        == "FIELD_INTEGRITY_EXCEPTION"
    )
    by_product = {"OpportunityId": deal, "Product2Id": shelf["product"], "Quantity": 1, "UnitPrice": 1}
    assert (
        admin.get("OpportunityLineItem", admin.create("OpportunityLineItem", **by_product))["PricebookEntryId"]
        == shelf["entry"]
    )


@pytest.mark.parametrize("missing", ["Quantity", "UnitPrice", "PricebookEntryId", "OpportunityId"])
def test_lines_need_their_parts(admin: Any, shelf: dict[str, str], deal: str, missing: str) -> None:
    line = {"OpportunityId": deal, "PricebookEntryId": shelf["entry"], "Quantity": 1, "UnitPrice": 1}
    del line[missing]
    assert admin.refused("POST", "/sobjects/OpportunityLineItem", line)[1] in (
        "REQUIRED_FIELD_MISSING",
        "FIELD_INTEGRITY_EXCEPTION",
    )
    assert admin.get("Opportunity", deal)["HasOpportunityLineItem"] is False


def test_a_product_on_a_line_can_not_be_deleted(admin: Any, shelf: dict[str, str], deal: str) -> None:
    admin.create("OpportunityLineItem", OpportunityId=deal, PricebookEntryId=shelf["entry"], Quantity=1, UnitPrice=1)
    assert admin.refused("DELETE", f"/sobjects/Product2/{shelf['product']}")[1] == "DELETE_FAILED"
    assert admin.refused("DELETE", f"/sobjects/Pricebook2/{shelf['book']}")[1] == "DELETE_FAILED"


def test_entries_are_named_after_their_product(admin: Any, shelf: dict[str, str]) -> None:
    admin.ok("PATCH", f"/sobjects/Product2/{shelf['product']}", {"Name": "Tea"})
    assert admin.get("PricebookEntry", shelf["entry"])["Name"] == "Tea"
