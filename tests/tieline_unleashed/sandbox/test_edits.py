"""Edits a person makes in the vendor's own screens."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_sandbox.application import EditRefused


def test_one_field_changes_and_the_others_stay(desk: Any) -> None:
    guid = desk.customer(1, "A", PhoneNumber="1", PaymentTerm="30 days", Contacts=[{"FirstName": "Ann"}])
    before = desk.get(f"/Customers/{guid}?includeAllContacts=true")
    desk.clock.advance(1)
    assert desk.edit("update", "customers", guid.upper(), website="example.org") == guid
    after = desk.get(f"/Customers/{guid}?includeAllContacts=true")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"Website", "LastModifiedOn"}
    last = desk.log()[-1]
    assert (last.actor, last.operation, last.action, last.kind, last.id) == (
        "ann",
        "edit-update",
        "update",
        "Customers",
        guid,
    )


def test_people_may_change_a_code(desk: Any) -> None:
    guid = desk.customer(1, "A")
    desk.edit("update", "Customers", guid, CustomerCode="Z")
    assert desk.get("/Customers?customerCode=Z")["Items"][0]["Guid"] == guid


def test_contacts(desk: Any) -> None:
    customer = desk.customer(1, "A")
    made = desk.edit("create", "Contacts", "", CustomerCode="A", FirstName="Ann", LastName="Lee")
    other = desk.edit("create", "Contacts", "", CustomerGuid=customer, FirstName="Bob")
    desk.edit("update", "Contacts", made, LastName="Ray")
    desk.edit("delete", "Contacts", other)
    rows = desk.get(f"/Customers/{customer}/Contacts")["Items"]
    assert [(row["Guid"], row["FirstName"], row["LastName"]) for row in rows] == [(made, "Ann", "Ray")]


def test_the_lists_are_kept_here(desk: Any) -> None:
    made = desk.edit("create", "PaymentTerms", "", PaymentTermDescription="COD", Type="DaysAfter", Days=0)
    guid = desk.customer(1, "A", PaymentTerm="COD")
    desk.edit("update", "PaymentTerms", made, PaymentTermDescription="Cash")
    assert desk.get(f"/Customers/{guid}")["PaymentTerm"] == "Cash"
    desk.edit("update", "PaymentTerms", made, Obsolete=True)
    assert "Cash" not in [row["PaymentTermDescription"] for row in desk.get("/PaymentTerms")["Items"]]
    for kind, values in {
        "Warehouses": {"WarehouseCode": "W2", "WarehouseName": "Second"}, "Taxes": {"TaxCode": "VAT", "TaxRate": "0.2"},
        "Currencies": {"CurrencyCode": "JPY"}, "Salespersons": {"FullName": "Ann", "Email": "a@b.co"},
        "CustomerTypes": {"TypeName": "Export"},
    }.items():  # fmt: skip
        made = desk.edit("create", kind, "", **values)
        assert made in [row["Guid"] for row in desk.get(f"/{kind}")["Items"]]


def test_the_order_screen_adds_up_by_itself(desk: Any) -> None:
    desk.customer(1, "A")
    desk.edit("create", "Products", "", ProductCode="P", ProductDescription="P")
    line = {"LineNumber": 1, "Product": {"ProductCode": "P"}, "OrderQuantity": 3, "UnitPrice": "0.335"}
    made = desk.edit(
        "create", "SalesOrders", "", Customer={"CustomerCode": "A"}, Tax={"TaxCode": "G.S.T."}, SalesOrderLines=[line]
    )
    found = desk.get(f"/SalesOrders/{made}")
    assert [found[name] for name in ("OrderStatus", "SubTotal", "TaxTotal", "Total")] == ["Parked", 1.01, 0.15, 1.16]
    desk.edit("update", "SalesOrders", made, SalesOrderLines=[{**line, "OrderQuantity": 10}])
    assert desk.get(f"/SalesOrders/{made}")["Total"] == 3.85
    desk.edit("update", "SalesOrders", made, OrderStatus="Completed")
    with pytest.raises(EditRefused, match="Completed"):
        desk.edit("update", "SalesOrders", made, Comments="late")
    with pytest.raises(EditRefused, match="Completed"):
        desk.edit("delete", "SalesOrders", made)


@pytest.mark.parametrize(
    ("action", "kind", "values", "words"),
    [
        ("update", "Customers", {"CustomerName": ""}, "CustomerName is required"),
        ("update", "Customers", {"PaymentTerm": "Nobody"}, "PaymentTerm names no row"),
        ("update", "Customers", {"Colour": "red"}, "no field Colour"),
        ("delete", "Customers", {}, "Obsolete"),
        ("paint", "Customers", {}, "create, update or delete"),
        ("create", "Customers", {"CustomerCode": "A", "CustomerName": "A"}, "belongs to another row"),
        ("create", "Contacts", {"FirstName": "Ann"}, "CustomerGuid or CustomerCode"),
        ("update", "Products", {"ProductCode": "A"}, "holds no"),
        ("create", "Companies", {}, "cannot be edited"),
        ("create", "Nothing", {}, "cannot be edited"),
        ("update", "Organisation", {"colour": 1}, "no setting"),
        ("update", "Organisation", {"monthly_quota": "many"}, "type int"),
        ("create", "Organisation", {}, "only be updated"),
        ("create", "PaymentTerms", {"PaymentTermDescription": "x" * 101, "Type": "DaysAfter"}, "longer than 100"),
        ("create", "PaymentTerms", {"PaymentTermDescription": "x", "Type": "Never"}, "must be one of"),
    ],
)
def test_edits_refused(desk: Any, action: str, kind: str, values: dict[str, Any], words: str) -> None:
    desk.customer(1, "A")
    log = desk.log()
    ident = "" if action == "create" else desk.guid(1)
    with pytest.raises(EditRefused, match=words):
        desk.edit(action, kind, ident, **values)
    assert desk.log() == log


def test_numbers_of_edits_may_be_floats(desk: Any) -> None:
    made = desk.edit("create", "Products", "", ProductCode="P", ProductDescription="P", DefaultSellPrice=0.1)
    assert desk.get(f"/Products/{made}")["DefaultSellPrice"] == 0.1
    assert desk.log()[-1].after["DefaultSellPrice"] == "0.1"
    with pytest.raises(EditRefused, match="out of range"):
        desk.edit("update", "Products", made, DefaultSellPrice=float("nan"))


def test_the_switches_of_the_organisation_are_set_here(desk: Any) -> None:
    desk.edit("update", "Organisation", "", monthly_quota=1)
    assert [desk.call("GET", "/Taxes").status for _ in range(2)] == [200, 429]
