"""Filling a new organisation from CSV files in Northwind's form; a file that is missing is passed over.

Every row goes through the rules of the vendor's own screens, in one transaction: bad data leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieline_sandbox.application import SeedRefused
from tieline_sandbox.csvdata import read_table
from tieline_unleashed.sandbox import customers, simple
from tieline_unleashed.sandbox.answers import Refused, bad_field
from tieline_unleashed.sandbox.lists import SALESPERSONS, STOCK_ON_HAND
from tieline_unleashed.sandbox.records import CUSTOMERS, PRODUCTS
from tieline_unleashed.sandbox.resource import Resource
from tieline_unleashed.sandbox.saving import Context
from tieline_unleashed.sandbox.starter import MAIN_WAREHOUSE, guid_of

Row = Mapping[str, str | None]
_CUSTOMER_COLUMNS = (
    "customerID", "companyName", "contactName", "address", "city", "region", "postalCode", "country", "phone", "fax",
)  # fmt: skip
_PRODUCT_COLUMNS = ("productID", "productName", "unitPrice", "quantityPerUnit", "discontinued")
_ORDER_COLUMNS = ("orderID", "customerID", "employeeID", "orderDate", "requiredDate", "shippedDate")
_LINE_COLUMNS = ("orderID", "productID", "unitPrice", "quantity", "discount")


@dataclass(frozen=True, slots=True)
class Tables:
    """The files, read and checked for width and columns, before anything is written."""

    folder: Path
    customers: Sequence[Row]
    products: Sequence[Row]
    employees: Sequence[Row]
    categories: Sequence[Row]
    suppliers: Sequence[Row]
    orders: Sequence[Row]
    lines: Sequence[Row]


def read_tables(folder: Path) -> Tables:
    """Raises SeedRefused."""
    if not folder.is_dir():
        raise SeedRefused(f"{folder} is no folder; give the folder that holds customers.csv and its companions.")
    return Tables(
        folder,
        read_table(folder / "customers.csv", _CUSTOMER_COLUMNS),
        read_table(folder / "products.csv", _PRODUCT_COLUMNS),
        read_table(folder / "employees.csv", ("employeeID", "lastName", "firstName")),
        read_table(folder / "categories.csv", ("categoryID", "categoryName")),
        read_table(folder / "suppliers.csv", ("supplierID", "companyName")),
        read_table(folder / "orders.csv", _ORDER_COLUMNS),
        read_table(folder / "order-details.csv", _LINE_COLUMNS),
    )


def fill(context: Context, tables: Tables) -> None:
    """Customers, sales people, products and stock. Raises SeedRefused."""
    groups = {row["categoryID"]: row["categoryName"] for row in tables.categories}
    suppliers = {row["supplierID"]: row["companyName"] for row in tables.suppliers}
    each(tables.folder / "employees.csv", tables.employees, lambda row: _salesperson(context, row))
    each(tables.folder / "customers.csv", tables.customers, lambda row: _customer(context, row))
    each(tables.folder / "products.csv", tables.products, lambda row: _product(context, row, groups, suppliers))


def each(path: Path, rows: Sequence[Row], save: Callable[[Row], None]) -> None:
    """Save every row. Raises SeedRefused with the first bad row, the reason and the count."""
    bad: list[tuple[int, str]] = []
    for number, row in enumerate(rows, start=1):
        try:
            save(row)
        except Refused as refused:
            bad.append((number, refused.description))
    if bad:
        number, reason = bad[0]
        count = f"{len(bad)} rows are bad" if len(bad) > 1 else "1 row is bad"
        raise SeedRefused(f"{path}: data row {number}: {reason}; {count}; mend the file.")


def new_guid_of(context: Context, resource: Resource, column: str, row: Row) -> str:
    """The guid for a row's code. Raises Refused when the code is blank or comes twice."""
    code = row[column]
    if not code:
        raise bad_field(column, "Required", f"{column} is required")
    guid = guid_of(resource.name, code)
    if context.tx.get(resource.name, guid):
        raise bad_field(column, "Duplicate", f"{column} {code} comes twice")
    return guid


def split_name(name: str | None) -> tuple[str | None, str | None]:
    """First and last name: the last word is the last name."""
    first, _, last = (name or "").strip().rpartition(" ")
    return first or None, last or None


def email_of(first: str | None, last: str | None) -> str:
    local = ".".join("".join((part or "").split()) for part in (first, last) if part)
    return f"{local.lower()}@northwind.example"


def _customer(context: Context, row: Row) -> None:
    guid = new_guid_of(context, CUSTOMERS, "customerID", row)
    address = {
        "AddressType": "Postal",
        "StreetAddress": row["address"],
        "City": row["city"],
        "Region": row["region"],
        "PostalCode": row["postalCode"],
        "Country": row["country"],
        "IsDefault": True,
    }
    body = {
        "CustomerCode": row["customerID"],
        "CustomerName": row["companyName"],
        "PhoneNumber": row["phone"],
        "FaxNumber": row["fax"],
        "Addresses": [address],
    }
    customers.save(context, guid, body)
    first, last = split_name(row["contactName"])
    if first or last:
        contact = {"FirstName": first, "LastName": last, "PhoneNumber": row["phone"], "IsDefault": True}
        customers.save_contact(context, guid, {"Guid": guid_of("Contacts", str(row["customerID"])), **contact})


def _salesperson(context: Context, row: Row) -> None:
    guid = new_guid_of(context, SALESPERSONS, "employeeID", row)
    first, last = row["firstName"], row["lastName"]
    name = " ".join(part for part in (first, last) if part)
    simple.save(context, SALESPERSONS, guid, {"FullName": name, "Email": email_of(first, last)})


def _product(
    context: Context, row: Row, groups: Mapping[str | None, str | None], suppliers: Mapping[str | None, str | None]
) -> None:
    code = row["productID"]
    supplier = suppliers.get(row.get("supplierID"))
    body = {
        "ProductCode": code,
        "ProductDescription": row["productName"],
        "DefaultSellPrice": row["unitPrice"],
        "UnitOfMeasure": row["quantityPerUnit"],
        "IsSellable": row["discontinued"] != "1",  # a product no longer sold is still listed
        "ProductGroup": groups.get(row.get("categoryID")),
        "Supplier": {"SupplierCode": row.get("supplierID"), "SupplierName": supplier} if supplier else None,
    }
    simple.save(context, PRODUCTS, new_guid_of(context, PRODUCTS, "productID", row), body)
    stock = {
        "ProductCode": code,
        "WarehouseCode": MAIN_WAREHOUSE,
        "QtyOnHand": row.get("unitsInStock"),
        "AvailableQty": row.get("unitsInStock"),
        "OnPurchase": row.get("unitsOnOrder"),
    }
    simple.save(context, STOCK_ON_HAND, guid_of(STOCK_ON_HAND.name, f"{code}/{MAIN_WAREHOUSE}"), stock)
