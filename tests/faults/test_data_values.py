"""Numbers, dates, currencies and keys as awkward as they come, through the whole path and back, ten cycles long."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

PRICES = {
    "sum": "0.3000",
    "tiny": "0.0001",
    "long": "12345678901.1234",
    "zeros": "1.5000",
    "exponent": "1E+3",
    "third": "0.3333",
    "whole": "7",
}
DAYS = ["2024-02-29", "2026-03-29", "2026-10-25", "2026-12-31", "1900-01-01"]
CODES = ["007", "0031E5", "1-2", "1e5", "TRUE", "a/b?c#d", "x.email", "100%", "it's", "Ünïcode", "NaN"]


def product(tie: Any, code: str, **values: Any) -> str:
    named = {"ProductCode": code, "ProductDescription": code, "IsSellable": True, **values}
    return str(tie.erp.edit("Bea", "Products", "", **named))


def shown(tie: Any, kind: str, field: str, value: Any) -> dict[str, Any]:
    return next(row for row in tie.org.all(kind).values() if row.get(field) == value)


def order(tie: Any, guid: str, reference: str, **more: Any) -> str:
    known = min(tie.erp.all("Products"))
    line = {"LineNumber": 1, "Product": {"Guid": known}, "OrderQuantity": 2, "UnitPrice": 50, "LineTotal": 100}
    values = {
        "Customer": {"Guid": guid}, "Warehouse": {"WarehouseCode": "MAIN"}, "OrderStatus": "Parked", "ExchangeRate": 1,
        "OrderDate": "2026-01-05T00:00:00", "Tax": {"TaxCode": "NONE", "TaxRate": 0}, "TaxRate": 0,
        "SubTotal": 100, "TaxTotal": 0, "Total": 100, "CustomerRef": reference,
        "SalesOrderLines": [{**line, "LineTax": 0}], **more,
    }  # fmt: skip
    return str(tie.erp.edit("Bea", "SalesOrders", "", **values))


def ten_cycles(tie: Any) -> None:
    """Everything is read again and again; nothing may move by itself."""
    before = tie.places()
    for _ in range(10):
        tie.cycle()
    assert tie.places() == before


def test_numbers_are_exact_at_their_scale_and_stay(tie: Any) -> None:
    for name, price in PRICES.items():
        product(tie, f"price-{name}", DefaultSellPrice=Decimal(price))
    tie.settle()
    for name, price in PRICES.items():
        row = shown(tie, "Product2", "ProductCode", f"price-{name}")
        held = Decimal(str(row["Unleashed_Sell_Price__c"]))
        assert held == Decimal(price).quantize(Decimal("0.0001"), "ROUND_HALF_UP"), name
    ten_cycles(tie)


def test_quantities_and_totals_come_as_the_back_office_says(tie: Any) -> None:
    _, guid = tie.pair()
    known = min(tie.erp.all("Products"))
    line = {
        "LineNumber": 1,
        "Product": {"Guid": known},
        "OrderQuantity": Decimal("3.3333"),
        "UnitPrice": Decimal("0.3"),
    }
    total = Decimal("1.00")
    totals = {"SubTotal": total, "Total": total, "SalesOrderLines": [{**line, "LineTotal": total, "LineTax": 0}]}
    order(tie, guid, "fractions", **totals)
    tie.settle()
    mirror = shown(tie, "ERP_Document__c", "Reference__c", "fractions")
    mirrored = shown(tie, "ERP_Document_Line__c", "Document__c", mirror["Id"])
    assert Decimal(str(mirror["Total__c"])) == total
    assert Decimal(str(mirrored["Quantity__c"])) == Decimal("3.3333")
    assert Decimal(str(mirrored["Unit_Price__c"])) == Decimal("0.3")
    ten_cycles(tie)


def test_a_date_is_the_same_day_everywhere(tie: Any) -> None:
    """A date has no zone and never passes through an instant."""
    _, guid = tie.pair()
    for day in DAYS:
        order(tie, guid, f"day {day}", OrderDate=f"{day}T00:00:00", RequiredDate=f"{day}T00:00:00")
    tie.settle()
    mirrors = [shown(tie, "ERP_Document__c", "Reference__c", f"day {day}") for day in DAYS]
    assert [(row["Document_Date__c"], row["Required_Date__c"]) for row in mirrors] == [(day, day) for day in DAYS]
    tie.idle()


def test_a_date_the_org_cannot_hold_is_refused_with_its_field(tie: Any) -> None:
    _, guid = tie.pair()
    made = order(tie, guid, "end of time", OrderDate="9999-12-31T00:00:00")
    assert tie.settle() == []
    problem = tie.link(made, "sales_order").problem
    assert problem is not None
    assert "Document_Date__c" in problem.reason
    tie.idle()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", pytest.param("Pacific/Pago_Pago", marks=pytest.mark.deep)])
def test_the_zone_of_this_machine_moves_no_date(tie: Any, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    _, guid = tie.pair()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        order(tie, guid, f"zone {zone}", OrderDate="2026-03-29T00:00:00")
        tie.settle()
    finally:
        monkeypatch.undo()
        time.tzset()
    mirror = shown(tie, "ERP_Document__c", "Reference__c", f"zone {zone}")
    assert mirror["Document_Date__c"] == "2026-03-29"
    tie.idle()


def test_an_amount_keeps_its_currency_and_is_never_converted(tie: Any) -> None:
    for code, decimals in (("JPY", "1200"), ("KWD", "1.235")):
        tie.erp.edit("Bea", "Currencies", "", CurrencyCode=code, Description=code)
        guid = tie.customer(Currency={"CurrencyCode": code})
        total = Decimal(decimals)
        known = min(tie.erp.all("Products"))
        line = {"LineNumber": 1, "Product": {"Guid": known}, "OrderQuantity": 1, "UnitPrice": total, "LineTotal": total}
        totals = {"SubTotal": total, "Total": total, "SalesOrderLines": [{**line, "LineTax": 0}]}
        order(tie, guid, f"currency {code}", Currency={"CurrencyCode": code}, ExchangeRate=Decimal("0.5"), **totals)
    tie.settle()
    yen = shown(tie, "ERP_Document__c", "Reference__c", "currency JPY")
    dinar = shown(tie, "ERP_Document__c", "Reference__c", "currency KWD")
    assert (Decimal(str(yen["Total__c"])), yen["Currency__c"]) == (Decimal(1200), "JPY")
    assert (Decimal(str(dinar["Total__c"])), dinar["Currency__c"]) == (Decimal("1.24"), "KWD")  # money has two decimals
    ten_cycles(tie)


def test_a_code_is_a_text_whatever_it_looks_like(tie: Any) -> None:
    guids = {code: tie.customer(CustomerCode=code) for code in CODES}
    products = {code: product(tie, code) for code in CODES}
    tie.settle()
    for code in CODES:
        account = tie.org.held("Account", tie.link(guids[code]).crm_key)
        assert account["AccountNumber"] == code
        assert tie.org.held("Product2", tie.link(products[code], "product").crm_key)["ProductCode"] == code
        tie.erp_edit("Customers", guids[code], PhoneNumber=code)
    tie.settle()
    phones = {code: tie.org.held("Account", tie.link(guids[code]).crm_key)["Phone"] for code in CODES}
    assert phones == {code: code for code in CODES}
    assert {code: len(tie.org.made("Account", AccountNumber=code)) for code in CODES} == dict.fromkeys(CODES, 1)
    tie.idle()


def test_codes_that_differ_in_case_only_are_two_records(tie: Any) -> None:
    """The org compares texts without case; we do not. Two codes, two accounts, each tied to its own customer."""
    codes = ["CaseKey", "CASEKEY"]
    guids = [product(tie, code) for code in codes]
    tie.settle()
    keys = [tie.link(guid, "product").crm_key for guid in guids]
    assert [tie.org.held("Product2", key)["ProductCode"] for key in keys] == codes
    tie.idle()


def test_a_value_like_a_formula_is_data(tie: Any) -> None:
    texts = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1"]
    pairs = [tie.promoted(Name=f"Formula {n}", Fax=text) for n, text in enumerate(texts[:1])]
    account, guid = pairs[0]
    assert tie.erp.held("Customers", guid)["FaxNumber"] == texts[0]
    tie.crm_edit(
        "Account", account, **dict(zip(("Fax", "Phone", "BillingCity", "BillingState"), texts[1:], strict=True))
    )
    tie.settle()
    held = tie.erp.held("Customers", guid)
    (address,) = held["Addresses"]
    assert [held["FaxNumber"], held["PhoneNumber"], address["City"], address["Region"]] == [
        "+1+1",
        "-2",
        "@SUM(A1)",
        "=1",
    ]
    tie.idle()


@pytest.mark.parametrize("count", [300, pytest.param(3_000, marks=pytest.mark.deep)])
def test_an_order_with_very_many_lines(tie: Any, count: int) -> None:
    _, guid = tie.pair()
    known = min(tie.erp.all("Products"))
    rows = [
        {
            "LineNumber": n,
            "Product": {"Guid": known},
            "OrderQuantity": 1,
            "UnitPrice": 1,
            "LineTotal": 1,
            "LineTax": 0,
        }
        for n in range(1, count + 1)
    ]
    order(tie, guid, f"{count} lines", SubTotal=count, Total=count, SalesOrderLines=rows)
    before = tie.org.calls()
    assert tie.settle() == []
    mirror = shown(tie, "ERP_Document__c", "Reference__c", f"{count} lines")
    mirrored = [row for row in tie.org.all("ERP_Document_Line__c").values() if row["Document__c"] == mirror["Id"]]
    assert sorted(row["Line_Number__c"] for row in mirrored) == list(range(1, count + 1))
    assert tie.org.calls() - before < 200 + count  # batches, not a call for each line
    tie.idle()
