"""Sales people and products."""

from __future__ import annotations

from typing import Any

import pytest


def person(desk: Any, number: int, **more: Any) -> dict[str, Any]:
    return {"Guid": desk.guid(number), "FullName": "Nancy Davolio", "Email": "nancy@example.org", **more}


def test_a_sales_person_is_made_and_changed_at_its_guid(desk: Any) -> None:
    path = f"/Salespersons/{desk.guid(1)}"
    made = desk.post(path, person(desk, 1))
    assert (made["Email"], made["Obsolete"]) == ("nancy@example.org", False)
    body = {"FullName": "Nancy D.", "Email": "nancy@example.org", "Obsolete": True}
    assert desk.post(path, body, status=200)["FullName"] == "Nancy D."
    assert desk.get("/Salespersons")["Items"] == []
    assert desk.get("/Salespersons?includeObsolete=true")["Items"][0]["Obsolete"] is True


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"Email": None}, ("Email", "Required")),
        ({"Email": "taken@example.org"}, ("Email", "Duplicate")),
        ({"Email": "x" * 257}, ("Email", "TooLong")),
        ({"FullName": ""}, ("FullName", "Required")),
        ({"FullName": "x" * 257}, ("FullName", "TooLong")),
        ({"Guid": None}, ("Guid", "Required")),
    ],
)
def test_sales_people_refused(desk: Any, change: dict[str, Any], problem: tuple[str, str]) -> None:
    desk.post(f"/Salespersons/{desk.guid(1)}", person(desk, 1, Email="taken@example.org"))
    assert desk.codes("POST", f"/Salespersons/{desk.guid(2)}", person(desk, 2, **change)) == {problem}


def test_an_obsolete_sales_person_is_refused(desk: Any) -> None:
    desk.post(f"/Salespersons/{desk.guid(1)}", person(desk, 1, Obsolete=True))
    body = {"CustomerCode": "A", "CustomerName": "A", "SalesPerson": {"Email": "nancy@example.org"}}
    assert desk.codes("POST", "/Customers", body) == {("SalesPerson", "Obsolete")}


def test_a_product(desk: Any) -> None:
    body = {
        "ProductCode": "P 1/ü", "ProductDescription": "Chai", "DefaultSellPrice": 18.005, "ProductGroup": "Teas",
        "SellPriceTier1": {"Name": "Sell Price Tier 1", "Value": 17.1}, "Supplier": {"SupplierCode": "S"},
    }  # fmt: skip
    made = desk.post(f"/Products/{desk.guid(1)}", body)
    assert (made["DefaultSellPrice"], made["ProductGroup"]) == (18.005, {"GroupName": "Teas"})
    assert (made["SellPriceTier1"]["Value"], made["SellPriceTier2"]) == (17.1, None)
    assert (made["IsSellable"], made["Obsolete"]) == (True, False)
    log = desk.log()
    assert desk.post(f"/Products/{desk.guid(1)}", made, status=200) == made
    assert desk.log() == log
    assert desk.get("/Products?productCode=P%201%2F%C3%BC")["Pagination"]["NumberOfItems"] == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"ProductCode": "B"}, ("ProductDescription", "Required")),
        ({"ProductDescription": "B"}, ("ProductCode", "Required")),
        ({"ProductCode": "A", "ProductDescription": "B"}, ("ProductCode", "Duplicate")),
        ({"ProductCode": "B", "ProductDescription": "B", "Supplier": [1]}, ("Supplier", "Invalid")),
    ],
)
def test_products_refused(desk: Any, body: dict[str, Any], problem: tuple[str, str]) -> None:
    desk.post(f"/Products/{desk.guid(1)}", {"ProductCode": "A", "ProductDescription": "A"})
    assert desk.codes("POST", f"/Products/{desk.guid(2)}", body) == {problem}


def test_a_product_code_does_not_change_through_the_api(desk: Any) -> None:
    desk.post(f"/Products/{desk.guid(1)}", {"ProductCode": "A", "ProductDescription": "A"})
    body = {"ProductCode": "Z", "ProductDescription": "A"}
    assert desk.codes("POST", f"/Products/{desk.guid(1)}", body) == {("ProductCode", "Immutable")}
