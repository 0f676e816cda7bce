"""Filters, order and pages of lists."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_unleashed.sandbox import Profile


@pytest.fixture
def five(desk: Any) -> Any:
    """Customers A to E, a day apart; D is obsolete."""
    more: dict[str, dict[str, Any]] = {
        "A": {"Currency": {"CurrencyCode": "EUR"}, "StopCredit": True},
        "B": {"CustomerType": "Retail", "Contacts": [{"FirstName": "Ann", "EmailAddress": "Ann@b.co"}]},
        "C": {"SellPriceTier": "Sell Price Tier 2", "SalesOrderGroup": "North"},
        "D": {"Obsolete": True},
        "E": {"XeroContactId": "x-1"},
    }
    for number, code in enumerate("CEBAD"):
        desk.customer(10 + number, f"V-{code}", **more[code])
        desk.clock.advance(86_400)
    return desk


def codes(desk: Any, query: str) -> str:
    return "".join(row["CustomerCode"][-1] for row in desk.get(f"/Customers?{query}")["Items"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "ABCE"), ("includeObsolete=true", "ABCDE"), ("includeObsolete=false", "ABCE"), ("nobody=knows", "ABCE"),
        ("customerCode=V-", "ABCE"), ("customerCode=v-a", "A"), ("customerCode=-A", ""), ("customerCode=", "ABCE"),
        ("customerName=V-B%20L", "B"), ("customer=B+Ltd", "B"), ("customer=b%20ltd", ""), ("contactEmail=ann%40", "B"),
        ("currency=EUR", "A"), ("currency=eu", ""), ("customerType=Retail", "B"), ("stopCredit=true", "A"),
        ("stopCredit=false", "BCE"), ("sellPriceTier=Sell%20Price%20Tier%202", "C"), ("salesOrderGroup=North", "C"),
        ("xeroContactId=x-1", "E"), ("orderBy=CreatedOn", "CEBA"), ("orderBy=lastmodifiedon&sort=desc", "ABEC"),
        ("sort=desc", "ECBA"), ("modifiedSince=2026-01-07", "AB"), ("modifiedSince=2026-01-07T10:00:00", "AB"),
        ("modifiedSince=2026-01-07T10:00:00.001Z", "A"), ("modifiedSince=2026-01-07T12:00:00%2B02:00", "AB"),
        ("modifiedSince=2027-01-01", ""), ("MODIFIEDSINCE=2026-01-08", "A"),
    ],
)  # fmt: skip
def test_customer_filters(five: Any, query: str, found: str) -> None:
    assert codes(five, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "modifiedSince=yesterday", "modifiedSince=20260107", "modifiedSince=2026-02-30", "modifiedSince=2026-W01-1",
        "includeObsolete=maybe", "stopCredit=2", "orderBy=Colour", "sort=up", "pageSize=-1", "pageSize=1001",
        "pageSize=ten", "pageSize=1e2", "pageSize=%C2%B2",
    ],
)  # fmt: skip
def test_bad_values_are_400(desk: Any, query: str) -> None:
    desk.refused("GET", f"/Customers?{query}")


@pytest.mark.parametrize("path", ["/Customers/0", "/Customers/-1", "/Customers/Page/0", "/Customers/Page/x"])
def test_bad_pages_are_400(desk: Any, path: str) -> None:
    desk.refused("GET", path)


@pytest.mark.parametrize("form", ["/Customers/{}?pageSize=2", "/Customers/Page/{}?pageSize=2"])
def test_pages_follow_each_other(five: Any, form: str) -> None:
    pages = [five.get(form.format(number)) for number in (1, 2, 3)]
    assert ["".join(row["CustomerCode"][-1] for row in page["Items"]) for page in pages] == ["AB", "CE", ""]
    assert pages[1]["Pagination"] == {"NumberOfItems": 4, "PageSize": 2, "PageNumber": 2, "NumberOfPages": 2}


def test_page_size_zero_counts(five: Any) -> None:
    found = five.get("/Customers?pageSize=0")
    assert (found["Items"], found["Pagination"]["NumberOfItems"]) == ([], 4)


def test_pages_are_stable_among_equals(desk: Any) -> None:
    """All have one stamp: the guid decides, so that no row shows twice or never."""
    for number in range(30):
        desk.customer(900 - number, f"C{number:02}")
    pages = [desk.get(f"/Customers/{page}?pageSize=7&orderBy=LastModifiedOn")["Items"] for page in range(1, 6)]
    assert len({row["Guid"] for page in pages for row in page}) == 30


def test_a_row_edited_between_two_pages_moves(five: Any) -> None:
    """Numbered pages lose rows when the order is by stamp: what clients must cope with."""
    first = five.get("/Customers/1?pageSize=2&orderBy=LastModifiedOn")["Items"]
    five.edit("update", "Customers", first[0]["Guid"], Notes="moved")
    second = five.get("/Customers/2?pageSize=2&orderBy=LastModifiedOn")["Items"]
    assert ["".join(row["CustomerCode"][-1] for row in page) for page in (first, second)] == ["CE", "AC"]


def test_the_cap_is_configuration(opened: Any) -> None:
    desk = opened(profile=Profile(page_size=3, page_size_cap=5))
    assert desk.get("/Currencies")["Pagination"]["PageSize"] == 3
    desk.refused("GET", "/Currencies?pageSize=6")


def test_the_lists_a_new_organisation_holds(desk: Any) -> None:
    held = {name: desk.get(f"/{name}")["Items"] for name in ("Warehouses", "Taxes", "Currencies", "PaymentTerms")}
    assert all(held.values())
    assert {row["Type"] for row in held["PaymentTerms"]} <= {
        "DaysOfTheMonthFollowing", "EndOfTheMonthFollowing", "DaysAfter",
    }  # fmt: skip
    assert [row["TaxRate"] for row in held["Taxes"]] == [0.15, 0]
    assert not any(row["Obsolete"] for rows in held.values() for row in rows)
    for name in ("Customers", "Products", "SalesOrders", "Salespersons", "SalesQuotes"):
        assert desk.get(f"/{name}")["Items"] == []


def test_quotes_come_newest_first(desk: Any) -> None:
    desk.customer(1, "A")
    for number in ("Q1", "Q2"):
        desk.edit("create", "SalesQuotes", "", QuoteNumber=number, QuoteStatus="Draft", Customer={"CustomerCode": "A"})
        desk.clock.advance(1)
    assert [row["QuoteNumber"] for row in desk.get("/SalesQuotes")["Items"]] == ["Q2", "Q1"]
    assert desk.get("/SalesQuotes?quoteStatus=Open,Draft&customerCode=A&pageSize=0")["Pagination"]["NumberOfItems"] == 2
