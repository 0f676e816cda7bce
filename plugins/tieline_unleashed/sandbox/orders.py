"""Sales orders: creation with the caller's totals, update, completion, deletion.

Which order fields are really required varies between clients; `Profile.strict_order_totals` decides [P].
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieline_sandbox.state import Transaction, Values
from tieline_unleashed.sandbox import dates, members, totals
from tieline_unleashed.sandbox.answers import Refused, bad_field, not_found
from tieline_unleashed.sandbox.forms import Form
from tieline_unleashed.sandbox.members import Field, Reading, fold
from tieline_unleashed.sandbox.records import SALES_ORDERS
from tieline_unleashed.sandbox.saving import Context, Saved, check_code, chosen_guid, existing, path_guid, put
from tieline_unleashed.sandbox.stock import check_stock

# Parked to Deleted [V/C]; the others are seen in one shop's map [C]. Deleted is set by DELETE alone [P].
STATUSES = (
    "Parked", "Placed", "Backordered", "Completed", "Open", "Picking", "Picked", "Packed", "Dispatched",
)  # fmt: skip
_HEADER = ("Warehouse", "ExchangeRate", "OrderStatus", "Tax")
_LINE = ("LineNumber", "Product", "OrderQuantity", "UnitPrice")
_KEPT = ("OrderNumber", "Customer", "OrderDate")  # by an update that does not name them [P]


def create(context: Context, in_path: str | None, body: Mapping[str, Any]) -> Saved:
    """Raises Refused. The guid of an order that stands is refused: read it before trying again [P]."""
    guid = chosen_guid(in_path, body) or context.new_guid()
    if context.tx.get(SALES_ORDERS.name, guid):
        raise Refused(409, "Conflict", f"The order {guid} exists already; read it, or change it with PUT")
    return _save(context, guid, body, None)


def update(context: Context, guid: str, body: Mapping[str, Any]) -> Saved:
    """A put: blanks the optional fields it leaves out; customer, number and lines stay [P]. Raises Refused."""
    stored = open_order(context, guid)
    chosen_guid(guid, body)
    return _save(context, guid, body, stored)


def complete(context: Context, guid: str) -> Saved:
    stored = open_order(context, guid)
    _finish(context, stored)
    return put(context, SALES_ORDERS, guid, stored)


def delete(context: Context, guid: str) -> Saved:
    """The order stays, as Deleted."""
    if existing(context, SALES_ORDERS, guid)["OrderStatus"] == "Deleted":
        return Saved(SALES_ORDERS, guid, created=False)
    stored = open_order(context, guid)
    return put(context, SALES_ORDERS, guid, {**stored, "OrderStatus": "Deleted"})


def delete_line(context: Context, guid: str | None, line: str) -> Saved:
    """Takes a line off and adds up again [P]; the last line must stay, for an order needs one."""
    owner = guid or _owner_of(context.tx, line)
    stored = open_order(context, owner)
    rest = [row for row in stored["SalesOrderLines"] if row["Guid"] != line]
    if len(rest) == len(stored["SalesOrderLines"]):
        raise not_found(f"The order {owner} has no line {line}")
    if not rest:
        raise bad_field("SalesOrderLines", "Required", "The last line of an order cannot be deleted")
    changed = {**stored, "SalesOrderLines": rest, **dict.fromkeys(totals.ORDER_TOTALS)}
    totals.check(context.reading(), changed)
    return put(context, SALES_ORDERS, owner, changed)


def open_order(context: Context, guid: str) -> Values:
    """An order that may still change: one that is completed or deleted may not [P]. Raises Refused."""
    stored = existing(context, SALES_ORDERS, guid)
    if stored["OrderStatus"] in ("Completed", "Deleted"):
        status = stored["OrderStatus"]
        raise bad_field("OrderStatus", "Locked", f"The order {stored['OrderNumber']} is {status} and cannot change")
    return stored


def _save(context: Context, guid: str, body: Mapping[str, Any], stored: Values | None) -> Saved:
    reading = context.reading()
    order = members.read(reading, SALES_ORDERS.shape, body, stored)
    if stored:
        _keep(order, fold(body), stored)
    if context.by_person:
        _fill_screen(context.tx, order)
    else:
        order["CompletedDate"] = None  # completing sets it, no caller does [P]
    _check_header(context, reading, order, stored)
    _check_tax(reading, order, fold(body).get("tax"))
    _check_lines(context, reading, order, strict=stored is None)
    check_code(context, reading, SALES_ORDERS, guid, order)
    reading.finish()
    totals.check(reading, order)
    reading.finish()
    _number_lines(context, order, stored)
    order["OrderNumber"] = order["OrderNumber"] or _next_number(context.tx)
    order["OrderDate"] = order["OrderDate"] or dates.to_text(context.tx.now)
    if order["OrderStatus"] == "Completed":
        _finish(context, order)
    return put(context, SALES_ORDERS, guid, order)


def _keep(order: Values, given: Mapping[str, Any], stored: Values) -> None:
    for name in _KEPT:
        order[name] = order[name] or stored[name]
    if "salesorderlines" not in given:
        order["SalesOrderLines"] = stored["SalesOrderLines"]


def _fill_screen(tx: Transaction, order: Values) -> None:
    """What the vendor's order screen fills in by itself [K]."""
    order["ExchangeRate"] = order["ExchangeRate"] or "1"
    order["OrderStatus"] = order["OrderStatus"] or "Parked"
    order["Warehouse"] = order["Warehouse"] or next(
        (guid for guid, row in tx.all("Warehouses") if row["IsDefault"]), None
    )
    order["Tax"] = order["Tax"] or next((guid for guid, row in tx.all("Taxes") if not row["Obsolete"]), None)


def _check_header(context: Context, reading: Reading, order: Values, stored: Values | None) -> None:
    reading.require(order, *_HEADER, "Customer")
    strict = context.profile.strict_order_totals and not context.by_person
    if stored is None and strict:
        reading.require(order, "TaxRate", *totals.ORDER_TOTALS)
    if order["OrderStatus"] and order["OrderStatus"] not in STATUSES:
        reading.refuse("OrderStatus", "Invalid", f"must be one of {', '.join(STATUSES)}")
    if order["ExchangeRate"] and Decimal(order["ExchangeRate"]) <= 0:
        reading.refuse("ExchangeRate", "Invalid", "must be greater than nothing")
    customer = reading.lookup.get("Customers", order["Customer"]) if order["Customer"] else None
    if customer and customer["StopCredit"] and stored is None and context.profile.stop_credit_blocks_orders:
        reading.refuse("Customer", "StopCredit", f"{customer['CustomerCode']} is on stop credit")


def _check_tax(reading: Reading, order: Values, given: Any) -> None:
    """Rates in the body must be the tax's own [P]; a blank TaxRate takes it."""
    right = reading.lookup.value("Taxes", order["Tax"], "TaxRate")
    if right is None:
        return
    given_rate = fold(given).get("taxrate") if isinstance(given, dict) else None
    inner = Field("TaxRate", Form.NUMBER).read(reading, given_rate, None, "Tax.TaxRate")
    for path, found in (("Tax.TaxRate", inner), ("TaxRate", order["TaxRate"])):
        if found is not None and found != right:
            reading.refuse(path, "TaxMismatch", f"is {found}, but the tax has {right}")
    order["TaxRate"] = right


def _check_lines(context: Context, reading: Reading, order: Values, *, strict: bool) -> None:
    lines = order["SalesOrderLines"]
    if not lines:
        reading.refuse("SalesOrderLines", "Required", "must hold at least one line")
    strict = strict and context.profile.strict_order_totals and not context.by_person
    for number, line in enumerate(lines):
        for name in (*_LINE, *(totals.LINE_TOTALS if strict else ())):
            if line[name] is None:
                reading.require_at(f"SalesOrderLines[{number}].{name}")
    numbers = [line["LineNumber"] for line in lines if line["LineNumber"] is not None]
    if len(set(numbers)) < len(numbers):
        reading.refuse("SalesOrderLines", "Duplicate", "holds a LineNumber twice")  # [P]


def _number_lines(context: Context, order: Values, stored: Values | None) -> None:
    """Lines keep the guid they had under their number, unless the caller names one."""
    known = {line["LineNumber"]: line["Guid"] for line in stored["SalesOrderLines"]} if stored else {}
    for line in order["SalesOrderLines"]:
        line["Guid"] = line["Guid"] or known.get(line["LineNumber"]) or context.new_guid()


def _finish(context: Context, order: Values) -> None:
    if context.profile.completing_needs_stock:
        check_stock(context.lookup, order)
    order["OrderStatus"] = "Completed"
    order["CompletedDate"] = order["CompletedDate"] or dates.to_text(context.tx.now)


def _next_number(tx: Transaction) -> str:
    """`SO-00000001` and on; numbers that callers took themselves are skipped."""
    while True:
        number = f"SO-{tx.next_number('order-number'):08}"
        if not tx.find(SALES_ORDERS.name, "OrderNumber", number):
            return number


def _owner_of(tx: Transaction, line: str) -> str:
    for guid, order in tx.all(SALES_ORDERS.name):
        if any(row["Guid"] == line for row in order["SalesOrderLines"]):
            return guid
    raise not_found(f"No order has a line {path_guid(line)}")
