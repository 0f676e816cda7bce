"""Northwind's orders as sales orders: those that were shipped are closed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from tieline_intacct.sandbox import elements, records
from tieline_intacct.sandbox.documents import transactions
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.rows import seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.seed import Row, Tables, each, location_of, needed
from tieline_intacct.sandbox.values import BadValue, number, plain

_TRUE, _FALSE = {"1", "true"}, {"0", "false"}


def fill(scope: Scope, tables: Tables) -> None:
    """Orders, then what is no longer sold becomes inactive. Raises SeedRefused."""
    if tables.customers and tables.products and tables.orders and tables.lines:
        _orders(scope, tables)
    each(tables.folder / "products.csv", tables.products, lambda row: _retire(scope, row))


def _orders(scope: Scope, tables: Tables) -> None:
    numbers = {row["orderID"] for row in tables.orders}
    lines: defaultdict[str | None, list[Row]] = defaultdict(list)
    for line in tables.lines:
        lines[line["orderID"]].append(line)
    countries = {row["customerID"]: row["country"] for row in tables.customers}
    orders = tables.folder / "orders.csv"
    each(tables.folder / "order-details.csv", tables.lines, lambda line: _check_line(scope, line, numbers))
    each(orders, tables.orders, lambda row: _order(scope, row, lines[row["orderID"]], countries.get(row["customerID"])))


def _check_line(scope: Scope, line: Row, numbers: set[str | None]) -> None:
    if line["orderID"] not in numbers:
        raise business(f"orderID {line['orderID']} is not in orders.csv")
    if seen(scope, scope.catalogue["ITEM"], needed(line, "productID")) is None:
        raise business(f"productID {line['productID']} is not in products.csv")
    if _number(line, "quantity") == 0:
        raise business("quantity must not be zero")
    if line["unitPrice"]:
        _number(line, "unitPrice")
    _percent(line["discount"])


def _number(line: Row, column: str) -> Decimal:
    try:
        return number(needed(line, column))
    except BadValue as bad:
        raise business(f"{column} {bad}") from None


def _order(scope: Scope, row: Row, lines: list[Row], country: str | None) -> None:
    element = elements.make("create_sotransaction")
    elements.add(element, "transactiontype", "Sales Order")
    _add_date(element, "datecreated", needed(row, "orderDate"))
    elements.add(element, "customerid", needed(row, "customerID"))
    elements.add(element, "documentno", needed(row, "orderID"))
    elements.add(element, "termname", "N30")
    elements.add(element, "state", "Closed" if row["shippedDate"] else "Pending")
    items = elements.add(element, "sotransitems")
    for line in lines:
        _add_line(items, line, location_of(country))
    transactions.create(scope, element)


def _add_line(items: Element, line: Row, location: str) -> None:
    told = elements.add(items, "sotransitem")
    elements.add(told, "itemid", needed(line, "productID"))
    elements.add(told, "quantity", needed(line, "quantity"))
    elements.add(told, "unit", "Each")
    elements.add(told, "discountpercent", _percent(line["discount"]))
    elements.add(told, "price", line["unitPrice"])
    elements.add(told, "locationid", location)


def _percent(share: str | None) -> str:
    """A share of the whole, from 0 to 1. Raises Refused."""
    try:
        found = number(share or "0")
    except BadValue as bad:
        raise business(f"discount {bad}") from None
    if not 0 <= found <= 1:
        raise business(f"discount must be a share from 0 to 1; it is {share}")
    return plain(found * 100)


def _add_date(parent: Element, name: str, text: str) -> None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise business(f"orderDate must be a date; it is {text}") from None
    told = elements.add(parent, name)
    for part in ("year", "month", "day"):
        elements.add(told, part, str(getattr(at, part)))


def _retire(scope: Scope, row: Row) -> None:
    found = seen(scope, scope.catalogue["ITEM"], row["productID"] or "")
    said = (row["discontinued"] or "0").strip().lower()
    if said not in _TRUE | _FALSE:
        raise business(f"discontinued must be 0 or 1; it is {row['discontinued']}")
    if found is not None and said in _TRUE:
        records.save(scope, found.kind, {"STATUS": "inactive"}, found)
