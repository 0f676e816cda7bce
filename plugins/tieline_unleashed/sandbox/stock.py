"""Whether there is enough to complete an order; asked only when the profile says so [P]."""

from __future__ import annotations

from decimal import Decimal

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox.answers import bad_field
from tieline_unleashed.sandbox.lookup import Lookup
from tieline_unleashed.sandbox.totals import NOTHING, amount


def check_stock(lookup: Lookup, order: Values) -> None:
    """Raises Refused (400) naming the first product that falls short."""
    warehouse = lookup.value("Warehouses", order["Warehouse"], "WarehouseCode")
    available: dict[str, Decimal] = {}
    for _, row in lookup.reader.all("StockOnHand"):
        if row["WarehouseCode"] == warehouse:
            available[row["ProductCode"]] = available.get(row["ProductCode"], NOTHING) + amount(row["AvailableQty"])
    wanted: dict[str, Decimal] = {}
    for line in order["SalesOrderLines"]:
        code = lookup.value("Products", line["Product"], "ProductCode") or ""
        wanted[code] = wanted.get(code, NOTHING) + amount(line["OrderQuantity"])
    for code, quantity in wanted.items():
        if quantity > available.get(code, NOTHING):
            raise bad_field("OrderQuantity", "NoStock", f"{warehouse} does not hold {quantity} of {code}")
