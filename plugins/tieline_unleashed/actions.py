"""The buttons: what a press decides. Pure functions of what the host loaded."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieline.contract import (
    Action,
    ActionInput,
    CreateDocument,
    Decision,
    Decline,
    ListRow,
    Option,
    Parameter,
    Promote,
    Value,
    Values,
    text,
)
from tieline_unleashed.names import CONTACT, CUSTOMER, ORDER, ORDER_ACTION, PRODUCT, SYSTEM
from tieline_unleashed.options import TAXES, WAREHOUSES
from tieline_unleashed.orders import LINES
from tieline_unleashed.totals import LineTotals, OrderTotals, Priced, order_totals

ITEMS = "OpportunityLineItems"
WAREHOUSE = "Warehouse"
TAX = "Tax"
_PERCENT = Decimal(100)
_COMMENTS = 2048

NO_ACCOUNT = "The opportunity has no account. Choose one and press again."
ACCOUNT_NOT_TIED = "The account is not tied to Unleashed. Promote the account first."
CONTACT_NOT_READY = "The contact's account is not tied to Unleashed. Promote the account first."
NO_LINES = "The opportunity has no products. Add at least one and press again."
NO_QUANTITY = "Line {line} has no quantity. Fill it in and press again."
PRODUCT_NOT_TIED = "The product of line {line} is not in Unleashed. Choose a product that is."
NO_WAREHOUSE = "Unleashed has no warehouse to deliver from. Add one there and refresh the list."
NO_TAX = "Unleashed has no tax to charge. Add one there and refresh the list."
NO_SUCH_WAREHOUSE = "The warehouse {key} cannot be used any more. Choose another one."
NO_SUCH_TAX = "The tax {key} cannot be used any more. Choose another one."

MESSAGES = (
    NO_ACCOUNT,
    ACCOUNT_NOT_TIED,
    CONTACT_NOT_READY,
    NO_LINES,
    NO_QUANTITY,
    PRODUCT_NOT_TIED,
    NO_WAREHOUSE,
    NO_TAX,
    NO_SUCH_WAREHOUSE,
    NO_SUCH_TAX,
)


def promote_account(_given: ActionInput) -> Decision:
    return Promote(CUSTOMER)


def sync_contact(given: ActionInput) -> Decision:
    """Only below a customer can a contact be created in Unleashed."""
    account = text(given.record, "AccountId")
    return Promote(CONTACT) if given.keys.get((CUSTOMER, account)) else Decline(CONTACT_NOT_READY)


def create_sales_order(given: ActionInput) -> Decision:
    """A parked order with the opportunity's lines and prices; the totals are ours to compute [C]."""
    items = given.children.get(ITEMS, ())
    warehouse = _row(given, WAREHOUSES, WAREHOUSE)
    tax = _row(given, TAXES, TAX)
    declined = _account_missing(given) or _lines_missing(given, items)
    if declined:
        return declined
    if warehouse is None:
        return _unusable(given, WAREHOUSE, NO_WAREHOUSE, NO_SUCH_WAREHOUSE)
    if tax is None:
        return _unusable(given, TAX, NO_TAX, NO_SUCH_TAX)
    rate = Decimal(tax.attributes.get("rate") or 0)
    totals = order_totals([_priced(item) for item in items], rate)
    return CreateDocument(
        ORDER,
        {**_header(given, warehouse, tax, rate), **_sums(totals)},
        {LINES: tuple(_lines(given, items, totals))},
        {"Opportunity__c": given.record_id},
    )


def _account_missing(given: ActionInput) -> Decline | None:
    account = text(given.record, "AccountId")
    if not account:
        return Decline(NO_ACCOUNT)
    return None if given.keys.get((CUSTOMER, account)) else Decline(ACCOUNT_NOT_TIED)


def _lines_missing(given: ActionInput, items: tuple[Values, ...]) -> Decline | None:
    if not items:
        return Decline(NO_LINES)
    for number, item in enumerate(items, 1):
        if _number(item, "Quantity") <= 0:
            return Decline(NO_QUANTITY, {"line": str(number)})
        if not given.keys.get((PRODUCT, text(item, "Product2Id"))):
            return Decline(PRODUCT_NOT_TIED, {"line": str(number)})
    return None


def _unusable(given: ActionInput, parameter: str, none: str, gone: str) -> Decline:
    key = text(given.parameters, parameter)
    return Decline(gone, {"key": key}) if key else Decline(none)


def _row(given: ActionInput, name: str, parameter: str) -> ListRow | None:
    """The row the user chose, else the default one, else the first that is in use."""
    key = text(given.parameters, parameter)
    rows = [row for row in given.lists.get(name, ()) if row.active and key in ("", row.key)]
    marked = (row for row in rows if row.attributes.get("default") == "true")
    return next(marked, rows[0] if rows else None)


def _header(given: ActionInput, warehouse: ListRow, tax: ListRow, rate: Decimal) -> dict[str, Value]:
    """The exchange rate is 1: the order is in the organisation's own currency [P]."""
    return {
        "Customer.Guid": given.keys[CUSTOMER, text(given.record, "AccountId")],
        "Warehouse.WarehouseCode": warehouse.key,
        "Tax.TaxCode": tax.key,
        "Tax.TaxRate": rate,
        "TaxRate": rate,
        "ExchangeRate": Decimal(1),
        "OrderStatus": "Parked",
        "OrderDate": given.now.date(),
        "RequiredDate": given.record.get("CloseDate"),
        "CustomerRef": given.record.get("Name"),
    }


def _sums(totals: OrderTotals) -> dict[str, Value]:
    return {"SubTotal": totals.subtotal, "TaxTotal": totals.tax, "Total": totals.total}


def _lines(given: ActionInput, items: tuple[Values, ...], totals: OrderTotals) -> Iterator[Values]:
    for number, (item, amounts) in enumerate(zip(items, totals.lines, strict=True), 1):
        yield _line(given, number, item, amounts)


def _line(given: ActionInput, number: int, item: Values, amounts: LineTotals) -> Values:
    priced = _priced(item)
    return {
        "LineNumber": number,
        "Product.Guid": given.keys[PRODUCT, text(item, "Product2Id")],
        "OrderQuantity": priced.quantity,
        "UnitPrice": priced.unit_price,
        "DiscountRate": priced.discount,
        "LineTotal": amounts.total,
        "LineTax": amounts.tax,
        "Comments": text(item, "Description")[:_COMMENTS] or None,
    }


def _priced(item: Values) -> Priced:
    """The CRM's discount is in percent, the ERP's a fraction."""
    return Priced(_number(item, "Quantity"), _number(item, "UnitPrice"), _number(item, "Discount") / _PERCENT)


def _number(values: Values, name: str) -> Decimal:
    return Decimal(text(values, name) or 0)


ACTIONS = (
    Action(
        SYSTEM,
        "promote",
        "Promote to Unleashed",
        "Account",
        promote_account,
        help="Creates or updates the customer in Unleashed and ties it to this account.",
    ),
    Action(
        SYSTEM,
        "sync_contact",
        "Sync to Unleashed",
        "Contact",
        sync_contact,
        reads=("AccountId",),
        links={"AccountId": CUSTOMER},
        enabled_when='"customer" in linked',
        otherwise=CONTACT_NOT_READY,
        help="Creates or updates this contact below its customer in Unleashed.",
    ),
    Action(
        SYSTEM,
        ORDER_ACTION,
        "Create Sales Order",
        "Opportunity",
        create_sales_order,
        reads=("AccountId", "Name", "CloseDate"),
        children={ITEMS: ("Product2Id", "Quantity", "UnitPrice", "Discount", "Description")},
        links={"AccountId": CUSTOMER, "Product2Id": PRODUCT},
        lists=(WAREHOUSES, TAXES),
        parameters=(
            Parameter(WAREHOUSE, "Warehouse", Option(WAREHOUSES)),
            Parameter(TAX, "Tax", Option(TAXES)),
        ),
        help="Creates a parked sales order in Unleashed from the products of this opportunity.",
    ),
)
