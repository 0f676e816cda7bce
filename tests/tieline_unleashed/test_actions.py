"""What the buttons decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tieline.contract import ActionInput, CreateDocument, Decline, ListRow, Promote, Values
from tieline_unleashed import actions

D = Decimal
KEYS = {("customer", "001A"): "cust", ("product", "01t1"): "p1", ("product", "01t2"): "p2"}
LISTS = {
    "warehouses": [
        ListRow("OLD", "Old", active=False, attributes={"default": "true"}),
        ListRow("W1", "First", attributes={"default": "false"}),
        ListRow("W2", "Main", attributes={"default": "true"}),
    ],
    "taxes": [ListRow("NONE", "Gone", active=False), ListRow("GST", "GST", attributes={"rate": "0.15"})],
}
LINES: tuple[Values, ...] = (
    {"Product2Id": "01t1", "Quantity": D(2), "UnitPrice": D(50), "Discount": None, "Description": "Gift"},
    {"Product2Id": "01t2", "Quantity": D("1.5"), "UnitPrice": D(10), "Discount": D(10)},
)


@pytest.fixture
def pressed() -> ActionInput:
    record: Values = {"AccountId": "001A", "Name": "Spring deal", "CloseDate": date(2026, 2, 1)}
    return ActionInput(
        "r1", "006A", record, {"OpportunityLineItems": LINES}, {}, KEYS, LISTS, datetime(2026, 1, 5, 10, tzinfo=UTC)
    )


def test_an_order_from_an_opportunity(pressed: ActionInput) -> None:
    made = actions.create_sales_order(pressed)
    assert isinstance(made, CreateDocument)
    assert made.mapping == "sales_order"
    assert made.origin == {"Opportunity__c": "006A"}
    assert made.fields == {
        "Customer.Guid": "cust",
        "Warehouse.WarehouseCode": "W2",
        "Tax.TaxCode": "GST",
        "Tax.TaxRate": D("0.15"),
        "TaxRate": D("0.15"),
        "ExchangeRate": D(1),
        "OrderStatus": "Parked",
        "OrderDate": date(2026, 1, 5),
        "RequiredDate": date(2026, 2, 1),
        "CustomerRef": "Spring deal",
        "SubTotal": D("113.50"),
        "TaxTotal": D("17.03"),
        "Total": D("130.53"),
    }
    first, second = made.children["SalesOrderLines"]
    assert (first["LineNumber"], first["Product.Guid"], first["LineTotal"], first["Comments"]) == (
        1, "p1", D("100.00"), "Gift",
    )  # fmt: skip
    assert (second["DiscountRate"], second["LineTotal"], second["LineTax"]) == (D("0.1"), D("13.50"), D("2.03"))


def test_a_chosen_warehouse_is_used(pressed: ActionInput) -> None:
    made = actions.create_sales_order(replace(pressed, parameters={"Warehouse": "W1", "Tax": "GST"}))
    assert isinstance(made, CreateDocument)
    assert made.fields["Warehouse.WarehouseCode"] == "W1"


def without(rows: Mapping[str, list[ListRow]], name: str) -> Mapping[str, list[ListRow]]:
    return {**rows, name: []}


NO_QUANTITY: Values = {"Product2Id": "01t1", "UnitPrice": D(1)}
STRANGE: Values = {"Product2Id": "01t9", "Quantity": D(1), "UnitPrice": D(1)}


@pytest.mark.parametrize(
    ("change", "message", "values"),
    [
        ({"record": {"Name": "x"}}, actions.NO_ACCOUNT, {}),
        ({"keys": {}}, actions.ACCOUNT_NOT_TIED, {}),
        ({"keys": {**KEYS, ("customer", "001A"): ""}}, actions.ACCOUNT_NOT_TIED, {}),
        ({"children": {}}, actions.NO_LINES, {}),
        ({"children": {"OpportunityLineItems": (LINES[0], NO_QUANTITY)}}, actions.NO_QUANTITY, {"line": "2"}),
        ({"children": {"OpportunityLineItems": (STRANGE,)}}, actions.PRODUCT_NOT_TIED, {"line": "1"}),
        ({"lists": without(LISTS, "warehouses")}, actions.NO_WAREHOUSE, {}),
        ({"lists": without(LISTS, "taxes")}, actions.NO_TAX, {}),
        ({"parameters": {"Warehouse": "OLD"}}, actions.NO_SUCH_WAREHOUSE, {"key": "OLD"}),
        ({"parameters": {"Tax": "VAT"}}, actions.NO_SUCH_TAX, {"key": "VAT"}),
    ],
)
def test_a_press_that_cannot_be_done(
    pressed: ActionInput, change: dict[str, object], message: str, values: dict[str, str]
) -> None:
    assert actions.create_sales_order(replace(pressed, **change)) == Decline(message, values)  # type: ignore[arg-type]


def test_a_contact_needs_its_account_tied(pressed: ActionInput) -> None:
    assert actions.sync_contact(pressed) == Promote("contact")
    assert actions.sync_contact(replace(pressed, keys={})) == Decline(actions.CONTACT_NOT_READY)


def test_promoting_an_account(pressed: ActionInput) -> None:
    assert actions.promote_account(pressed) == Promote("customer")
