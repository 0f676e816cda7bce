"""Sales orders: totals, numbers, statuses, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tieline_unleashed.sandbox import Profile

NOBODY = "1f0c0a52-6f6b-4a8e-9c53-00000000dead"


def line(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "LineNumber": number, "Product": {"ProductCode": "CHAI"}, "OrderQuantity": 2, "UnitPrice": 50, "LineTotal": 100,
        "LineTax": 15, **more,
    }  # fmt: skip


def order(**more: Any) -> dict[str, Any]:
    return {
        "Customer": {"CustomerCode": "A"}, "Warehouse": {"WarehouseCode": "MAIN"}, "OrderStatus": "Parked",
        "OrderDate": "2026-01-05T00:00:00", "ExchangeRate": 1, "Tax": {"TaxCode": "G.S.T.", "TaxRate": 0.15},
        "TaxRate": 0.15, "SubTotal": 100, "TaxTotal": 15, "Total": 115, "SalesOrderLines": [line()], **more,
    }  # fmt: skip


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def stocked(desk: Any) -> Any:
    """With customer A and product CHAI."""
    desk.customer(1, "A")
    desk.post(f"/Products/{desk.guid(2)}", {"ProductCode": "CHAI", "ProductDescription": "Chai"})
    return desk


@pytest.fixture
def shop(desk: Any) -> Any:
    return stocked(desk)


def test_created_with_the_next_number_and_read_back(shop: Any) -> None:
    made = shop.post(f"/SalesOrders/{shop.guid(3)}", order())
    assert made == shop.get(f"/SalesOrders/{shop.guid(3)}")
    assert (made["OrderNumber"], made["OrderStatus"], made["Total"]) == ("SO-00000001", "Parked", 115)
    assert made["OrderDate"] == "/Date(1767571200000)/"
    assert made["Customer"] == {"Guid": shop.guid(1), "CustomerCode": "A", "CustomerName": "A Ltd"}
    assert made["SalesOrderLines"][0]["Product"]["ProductDescription"] == "Chai"
    assert shop.post("/SalesOrders", order())["OrderNumber"] == "SO-00000002"


def test_a_number_a_caller_took_is_skipped(shop: Any) -> None:
    shop.post("/SalesOrders", order(OrderNumber="SO-00000001"))
    assert shop.post("/SalesOrders", order())["OrderNumber"] == "SO-00000002"
    assert shop.codes("POST", "/SalesOrders", order(OrderNumber="SO-00000001")) == {("OrderNumber", "Duplicate")}


def test_a_refused_order_takes_no_number(shop: Any) -> None:
    shop.refused("POST", "/SalesOrders", order(Total=999))
    assert shop.post("/SalesOrders", order())["OrderNumber"] == "SO-00000001"


def test_posting_an_order_again_is_409(shop: Any) -> None:
    path = f"/SalesOrders/{shop.guid(3)}"
    shop.post(path, order())
    shop.refused("POST", path, order(), status=409)
    assert shop.get("/SalesOrders")["Pagination"]["NumberOfItems"] == 1


def test_net_dates_come_in_too(shop: Any) -> None:
    made = shop.post("/SalesOrders", order(OrderDate="/Date(1767571200000)/", RequiredDate="2026-01-09"))
    assert (made["OrderDate"], made["RequiredDate"]) == ("/Date(1767571200000)/", "/Date(1767916800000)/")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ExchangeRate": None}, ("ExchangeRate", "Required")),
        ({"ExchangeRate": 0}, ("ExchangeRate", "Invalid")),
        ({"Warehouse": None}, ("Warehouse", "Required")),
        ({"Warehouse": {"WarehouseCode": "X"}}, ("Warehouse", "Unknown")),
        ({"Tax": None}, ("Tax", "Required")),
        ({"Tax": {"TaxCode": "X"}}, ("Tax", "Unknown")),
        ({"Tax": {"TaxCode": "G.S.T.", "TaxRate": 0.2}}, ("Tax.TaxRate", "TaxMismatch")),
        ({"Tax": {"TaxCode": "G.S.T.", "TaxRate": "much"}}, ("Tax.TaxRate", "Invalid")),
        ({"TaxRate": 0.2}, ("TaxRate", "TaxMismatch")),
        ({"TaxRate": None}, ("TaxRate", "Required")),
        ({"OrderStatus": None}, ("OrderStatus", "Required")),
        ({"OrderStatus": "Deleted"}, ("OrderStatus", "Invalid")),
        ({"OrderStatus": "x" * 21}, ("OrderStatus", "TooLong")),
        ({"CustomOrderStatus": "x" * 16}, ("CustomOrderStatus", "TooLong")),
        ({"SalesOrderGroup": "x" * 51}, ("SalesOrderGroup", "TooLong")),
        ({"Comments": "x" * 2049}, ("Comments", "TooLong")),
        ({"Customer": None}, ("Customer", "Required")),
        ({"Customer": {"CustomerCode": "X"}}, ("Customer", "Unknown")),
        ({"Customer": {"Guid": NOBODY}}, ("Customer", "Unknown")),
        ({"Salesperson": {"Guid": NOBODY}}, ("Salesperson", "Unknown")),
        ({"OrderDate": "soon"}, ("OrderDate", "Invalid")),
        ({"SubTotal": None}, ("SubTotal", "Required")),
        ({"Total": 999}, ("Total", "TotalMismatch")),
        ({"SalesOrderLines": []}, ("SalesOrderLines", "Required")),
        ({"SalesOrderLines": [line(), line()]}, ("SalesOrderLines", "Duplicate")),
        ({"SalesOrderLines": [line(Product={"ProductCode": "X"})]}, ("SalesOrderLines[0].Product", "Unknown")),
        ({"SalesOrderLines": [line(Product=None)]}, ("SalesOrderLines[0].Product", "Required")),
        ({"SalesOrderLines": [line(LineNumber=None)]}, ("SalesOrderLines[0].LineNumber", "Required")),
        ({"SalesOrderLines": [line(LineNumber=1.5)]}, ("SalesOrderLines[0].LineNumber", "Invalid")),
        ({"SalesOrderLines": [line(OrderQuantity=None)]}, ("SalesOrderLines[0].OrderQuantity", "Required")),
        ({"SalesOrderLines": [line(LineTax=None)]}, ("SalesOrderLines[0].LineTax", "Required")),
        ({"SalesOrderLines": [line(LineTaxCode="X")]}, ("SalesOrderLines[0].LineTaxCode", "Unknown")),
    ],
)
def test_refused(shop: Any, change: dict[str, Any], problem: tuple[str, str]) -> None:
    found = shop.codes("POST", f"/SalesOrders/{shop.guid(3)}", order(**change))
    assert problem in found
    assert {field for field, _ in found} == {problem[0]}


@pytest.mark.parametrize(
    ("totals", "row", "wrong"),
    [
        ({}, {}, set()),
        ({"SubTotal": "100.00", "Total": 115.01}, {}, set()),  # a cent off, for rounding
        ({"Total": 115.02}, {}, {"Total"}),
        ({"SubTotal": 100.02, "Total": 115.02}, {}, {"SubTotal"}),
        ({"TaxTotal": 15.02, "Total": 115.02}, {}, {"TaxTotal"}),
        ({}, {"LineTotal": 100.01}, set()),
        ({}, {"LineTotal": 101}, {"SalesOrderLines[0].LineTotal", "SalesOrderLines[0].LineTax", "SubTotal"}),
        ({}, {"LineTax": 14}, {"SalesOrderLines[0].LineTax", "TaxTotal"}),
        (
            {"SubTotal": 90, "TaxTotal": 13.5, "Total": 103.5},
            {"DiscountRate": 0.1, "LineTotal": 90, "LineTax": 13.5},
            set(),
        ),
        ({}, {"DiscountRate": 0.1}, {"SalesOrderLines[0].LineTotal"}),
        ({"TaxTotal": 0, "Total": 100}, {"LineTaxCode": "NONE", "LineTax": 0}, set()),
        ({"DiscountRate": 0.5}, {}, set()),  # the order's own rate takes part in no sum
    ],
)
def test_totals_must_add_up(shop: Any, totals: dict[str, Any], row: dict[str, Any], wrong: set[str]) -> None:
    body = order(**totals, SalesOrderLines=[line(**row)])
    if wrong:
        found = shop.codes("POST", "/SalesOrders", body)
        assert found == {(name, "TotalMismatch") for name in wrong}
    else:
        shop.post("/SalesOrders", body)


def test_numbers_are_exact(shop: Any) -> None:
    row = line(OrderQuantity=3, UnitPrice=0.1, LineTotal=0.3, LineTax=0.045)
    body = order(SubTotal=0.3, TaxTotal=0.045, Total=0.345, SalesOrderLines=[row])
    raw = shop.call("POST", "/SalesOrders", body).body
    assert b'"SubTotal":0.3,' in raw
    assert b'"Total":0.345,' in raw
    stored = next(entry.after for entry in shop.log() if entry.kind == "SalesOrders")
    assert sum(
        Decimal(part["UnitPrice"]) * Decimal(part["OrderQuantity"]) for part in stored["SalesOrderLines"]
    ) == Decimal("0.3")


def test_a_lenient_organisation_computes_what_is_left_out(opened: Any) -> None:
    shop = stocked(opened(profile=Profile(strict_order_totals=False)))
    body = without(order(), "TaxRate", "SubTotal", "TaxTotal", "Total")
    body["SalesOrderLines"] = [without(line(), "LineTotal", "LineTax")]
    made = shop.post("/SalesOrders", body)
    assert [made[name] for name in ("TaxRate", "SubTotal", "TaxTotal", "Total")] == [0.15, 100, 15, 115]


def test_stop_credit(shop: Any, opened: Any) -> None:
    stop = {"CustomerCode": "A", "CustomerName": "A", "StopCredit": True}
    shop.post(f"/Customers/{shop.guid(1)}", stop, status=200)
    assert shop.codes("POST", "/SalesOrders", order()) == {("Customer", "StopCredit")}
    lax = stocked(opened(profile=Profile(stop_credit_blocks_orders=False)))
    lax.post(f"/Customers/{lax.guid(1)}", stop, status=200)
    lax.post("/SalesOrders", order())


def test_an_obsolete_product_is_refused(shop: Any) -> None:
    shop.edit("update", "Products", shop.guid(2), Obsolete=True)
    assert ("SalesOrderLines[0].Product", "Obsolete") in shop.codes("POST", "/SalesOrders", order())


def test_a_put_keeps_customer_number_and_lines_and_blanks_the_rest(shop: Any) -> None:
    path = f"/SalesOrders/{shop.guid(3)}"
    made = shop.post(path, order(CustomerRef="PO 1"))
    body = {name: value for name, value in order().items() if name in ("Warehouse", "ExchangeRate", "Tax")}
    assert shop.codes("PUT", path, body) == {("OrderStatus", "Required")}
    answer = shop.call("PUT", path, {**body, "OrderStatus": "Placed"})
    changed = answer.json()
    assert (answer.status, changed["OrderStatus"], changed["CustomerRef"]) == (200, "Placed", None)
    for name in ("OrderNumber", "Customer", "SalesOrderLines", "Total", "OrderDate", "CreatedOn"):
        assert changed[name] == made[name]


def test_lines_keep_their_guid_by_number(shop: Any) -> None:
    path = f"/SalesOrders/{shop.guid(3)}"
    made = shop.post(path, order())
    rows = [line(), line(2, Comments="more")]
    body = order(SalesOrderLines=rows, SubTotal=200, TaxTotal=30, Total=230)
    changed = shop.call("PUT", path, body).json()
    assert changed["SalesOrderLines"][0]["Guid"] == made["SalesOrderLines"][0]["Guid"]
    assert changed["SalesOrderLines"][1]["Guid"] not in (None, made["SalesOrderLines"][0]["Guid"])


@pytest.mark.parametrize("form", ["/SalesOrders/Lines/{line}", "/SalesOrders/{order}/Lines/{line}"])
def test_a_line_is_deleted_and_the_rest_added_up(shop: Any, form: str) -> None:
    body = order(SalesOrderLines=[line(), line(2)], SubTotal=200, TaxTotal=30, Total=230)
    made = shop.post(f"/SalesOrders/{shop.guid(3)}", body)
    first, second = (form.format(order=made["Guid"], line=row["Guid"]) for row in made["SalesOrderLines"])
    answer = shop.call("DELETE", first)
    assert (answer.status, answer.json()["Total"], len(answer.json()["SalesOrderLines"])) == (200, 115, 1)
    shop.refused("DELETE", first, status=404)
    shop.refused("DELETE", second)


def test_deleted_orders_stay_but_hide(shop: Any) -> None:
    path = f"/SalesOrders/{shop.guid(3)}"
    shop.post(path, order())
    assert [shop.call("DELETE", path).status for _ in range(2)] == [204, 204]
    assert [entry.action for entry in shop.log() if entry.kind == "SalesOrders"] == ["insert", "update"]
    assert shop.get("/SalesOrders")["Items"] == []
    assert shop.get("/SalesOrders?orderStatus=Deleted,Completed")["Items"][0]["OrderStatus"] == "Deleted"
    assert shop.get(path)["OrderStatus"] == "Deleted"
    shop.refused("PUT", path, order())
    shop.refused("DELETE", f"/SalesOrders/{shop.guid(4)}", status=404)


def test_completed_orders_do_not_change(shop: Any) -> None:
    path = f"/SalesOrders/{shop.guid(3)}"
    made = shop.post(path, order(CompletedDate="2020-01-01"))
    assert made["CompletedDate"] is None
    done = shop.call("POST", f"{path}/Complete").json()
    assert (done["OrderStatus"], done["CompletedDate"]) == ("Completed", "/Date(1767607200000)/")
    shop.refused("PUT", path, order(Comments="late"))
    shop.refused("DELETE", path)
    shop.refused("DELETE", f"/SalesOrders/Lines/{made['SalesOrderLines'][0]['Guid']}")
    shop.refused("POST", f"{path}/Complete", {})


def test_completing_may_need_stock(opened: Any) -> None:
    shop = stocked(opened(profile=Profile(completing_needs_stock=True)))
    path = f"/SalesOrders/{shop.guid(3)}"
    shop.post(path, order())
    assert shop.codes("POST", f"{path}/Complete", {}) == {("OrderQuantity", "NoStock")}
    shop.edit("create", "StockOnHand", "", ProductCode="CHAI", WarehouseCode="MAIN", QtyOnHand=2, AvailableQty=2)
    assert shop.call("POST", f"{path}/Complete", {}).status == 200


def test_order_filters(shop: Any) -> None:
    rows = [line(SerialNumbers=[{"Identifier": "S-1"}], BatchNumbers=[{"Number": "B-1"}])]
    shop.post("/SalesOrders", order(SourceId="deal-1", CustomOrderStatus="Packing", SalesOrderLines=rows))
    shop.clock.advance(86_400)
    placed = order(OrderStatus="Placed", OrderDate="2026-02-01T08:00:00", Warehouse={"WarehouseCode": "SHOP"})
    done = shop.post("/SalesOrders", placed)["Guid"]
    shop.post(f"/SalesOrders/{done}/Complete", {}, status=200)
    one, two = "SO-00000001", "SO-00000002"
    for query, found in {
        "orderStatus=parked,Placed": [one], "orderStatus=Completed": [two], "customOrderStatus=Packing": [one],
        "customOrderStatus=Packing&orderStatus=Completed": [one], "customerCode=a": [one, two], "customerCode=B": [],
        f"customerId={NOBODY},{shop.guid(1)}": [one, two], f"orderNumber={two}&customerCode=B": [two],
        "sourceId=deal-1&startDate=2030-01-01": [one], "startDate=2026-01-06": [two], "endDate=2026-01-05": [one],
        "endDate=2026-02-01": [one, two], "completedAfter=2026-01-06": [two], "completedBefore=2026-01-05": [],
        "modifiedSince=2026-01-06": [two], "warehouseCode=SHOP": [two], "serialBatch=S-1": [one],
        "serialBatch=B-1": [one],
        "serialBatch=S": [], "endDate=9999-12-31": [one, two],
    }.items():  # fmt: skip
        assert [row["OrderNumber"] for row in shop.get(f"/SalesOrders?{query}")["Items"]] == found, query
    shop.refused("GET", "/SalesOrders?customerId=x")
    shop.refused("GET", "/SalesOrders?startDate=x")
