"""Seeding sales orders from orders.csv and order-details.csv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tieline_unleashed.sandbox import orders
from tieline_unleashed.sandbox.answers import bad_field
from tieline_unleashed.sandbox.lists import SALESPERSONS
from tieline_unleashed.sandbox.records import SALES_ORDERS
from tieline_unleashed.sandbox.saving import Context
from tieline_unleashed.sandbox.seed import Row, Tables, each, new_guid_of
from tieline_unleashed.sandbox.starter import MAIN_WAREHOUSE, NO_TAX, guid_of


def fill(context: Context, tables: Tables) -> None:
    """Nothing without all four files an order is made of. Raises SeedRefused."""
    if not (tables.customers and tables.products and tables.orders and tables.lines):
        return
    lines = _lines_by_order(tables)
    each(tables.folder / "orders.csv", tables.orders, lambda row: _order(context, row, lines))


def _lines_by_order(tables: Tables) -> Mapping[str | None, Sequence[Row]]:
    known = {row["orderID"] for row in tables.orders}
    found: defaultdict[str | None, list[Row]] = defaultdict(list)

    def add(row: Row) -> None:
        if row["orderID"] not in known:
            raise bad_field("orderID", "Unknown", f"orderID {row['orderID']} is not in orders.csv")
        found[row["orderID"]].append(row)

    each(tables.folder / "order-details.csv", tables.lines, add)
    return found


def _order(context: Context, row: Row, lines: Mapping[str | None, Sequence[Row]]) -> None:
    """Shipped orders are completed, the others placed; the screen's own sums make the totals."""
    guid = new_guid_of(context, SALES_ORDERS, "orderID", row)
    own = [_line(number, line) for number, line in enumerate(lines.get(row["orderID"], ()), start=1)]
    body = {
        "OrderNumber": row["orderID"],
        "OrderStatus": "Completed" if row["shippedDate"] else "Placed",
        "OrderDate": _date(row["orderDate"]),
        "RequiredDate": _date(row["requiredDate"]),
        "CompletedDate": _date(row["shippedDate"]),
        "Customer": {"CustomerCode": row["customerID"]},
        "Salesperson": _salesperson(context, row["employeeID"]),
        "Warehouse": {"WarehouseCode": MAIN_WAREHOUSE},
        "Tax": {"TaxCode": NO_TAX},
        "ExchangeRate": 1,
        "DeliveryName": row.get("shipName"),
        "DeliveryStreetAddress": row.get("shipAddress"),
        "DeliveryCity": row.get("shipCity"),
        "DeliveryRegion": row.get("shipRegion"),
        "DeliveryPostCode": row.get("shipPostalCode"),
        "DeliveryCountry": row.get("shipCountry"),
        "SalesOrderLines": own,
    }
    orders.create(context, guid, body)


def _line(number: int, row: Row) -> dict[str, Any]:
    return {
        "Guid": guid_of("SalesOrderLines", f"{row['orderID']}/{number}"),
        "LineNumber": number,
        "Product": {"ProductCode": row["productID"]},
        "OrderQuantity": row["quantity"],
        "UnitPrice": row["unitPrice"],
        "DiscountRate": row["discount"],
    }


def _salesperson(context: Context, employee: str | None) -> dict[str, str] | None:
    """Blank when employees.csv does not know the number: the file may be missing."""
    guid = guid_of(SALESPERSONS.name, employee or "")
    return {"Guid": guid} if context.lookup.get(SALESPERSONS.name, guid) else None


def _date(text: str | None) -> str | None:
    """`1996-07-04 00:00:00.000` in the form of the API."""
    return text.replace(" ", "T") if text else None
