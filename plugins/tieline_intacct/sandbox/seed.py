"""Filling a new company from CSV files in Northwind's form; a file that is missing is passed over.

Every row goes through the rules of the vendor's own screens, in one transaction: bad data leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.problems import Refused, business
from tieline_intacct.sandbox.rows import Row as Record
from tieline_intacct.sandbox.rows import seen
from tieline_intacct.sandbox.scope import Scope
from tieline_sandbox.application import SeedRefused
from tieline_sandbox.csvdata import line_of, read_table

Row = Mapping[str, str | None]
AMERICAS, EUROPE = "100-US", "200-DE"
BASE_LIST = "Base Price List"
_TERRITORIES = {
    **dict.fromkeys(("USA", "Canada", "Mexico"), "NA"),
    **dict.fromkeys(("Argentina", "Brazil", "Venezuela"), "SA"),
}
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
        read_table(folder / "orders.csv", _ORDER_COLUMNS),
        read_table(folder / "order-details.csv", _LINE_COLUMNS),
    )


def fill(scope: Scope, tables: Tables) -> None:
    """Employees, customers with their contacts, product lines, items with prices. Raises SeedRefused."""
    groups = {row["categoryID"]: row["categoryName"] for row in tables.categories}
    people = {row["employeeID"] for row in tables.employees}
    reps = {row["customerID"]: row["employeeID"] for row in tables.orders if row["employeeID"] in people}
    folder = tables.folder
    each(folder / "employees.csv", tables.employees, lambda row: _employee(scope, row))
    each(folder / "categories.csv", tables.categories, lambda row: _product_line(scope, row))
    each(folder / "customers.csv", tables.customers, lambda row: _customer(scope, row, reps.get(row["customerID"])))
    each(folder / "products.csv", tables.products, lambda row: _item(scope, row, groups))


def each(path: Path, rows: Sequence[Row], save: Callable[[Row], None]) -> None:
    """Save every row. Raises SeedRefused with the line of the first bad row, the reason and the count."""
    bad: list[tuple[int, str]] = []
    for number, row in enumerate(rows, start=1):
        try:
            save(row)
        except Refused as refused:
            bad.append((number, refused.problems[0].words))
    if bad:
        number, reason = bad[0]
        count = f"{len(bad)} rows are bad" if len(bad) > 1 else "1 row is bad"
        raise SeedRefused(f"{path}: line {line_of(path, number)}: {reason}; {count}; mend the rows or take them out.")


def keep(scope: Scope, kind: str, given: Mapping[str, str | None]) -> Record:
    """A new record of what is said; blanks are left out. Raises Refused."""
    return records.save(scope, scope.catalogue[kind], {name: text for name, text in given.items() if text}, None)


def needed(row: Row, column: str) -> str:
    """Raises Refused when the column is blank."""
    text = row[column]
    if not text:
        raise business(f"{column} is required")
    return text


def location_of(country: str | None) -> str:
    """The entity that serves a country."""
    return AMERICAS if country in _TERRITORIES else EUROPE


def _employee(scope: Scope, row: Row) -> None:
    first, last = row["firstName"], row["lastName"]
    name = " ".join(part for part in (first, last) if part)
    person = {"FIRSTNAME": first, "LASTNAME": last, "EMAIL1": _email(first, last), "PHONE1": row.get("homePhone")}
    contact = _contact(scope, name, f"employee {needed(row, 'employeeID')}", person)
    told = {"TITLE": row.get("title"), "LOCATIONID": location_of(row.get("country")), "DEPARTMENTID": "100"}
    keep(scope, "EMPLOYEE", {"EMPLOYEEID": row["employeeID"], "PERSONALINFO.CONTACTNAME": contact, **told})


def _product_line(scope: Scope, row: Row) -> None:
    name = needed(row, "categoryName")
    keep(scope, "PRODUCTLINE", {"PRODUCTLINEID": name, "DESCRIPTION": row.get("description") or name})


def _customer(scope: Scope, row: Row, rep: str | None) -> None:
    ident, company = needed(row, "customerID"), needed(row, "companyName")
    person_name = (row["contactName"] or "").strip()
    first, last = _split(person_name)
    place = _address(row)
    shared = {"COMPANYNAME": company, "PHONE1": row["phone"], "FAX": row["fax"], **place}
    display = {"PRINTAS": company, **shared, "MAILADDRESS.COUNTRY": row["country"]}
    given: dict[str, str | None] = {
        "CUSTOMERID": ident,
        "NAME": company,
        "HIDEDISPLAYCONTACT": "true",  # it only repeats the company; the people are contacts of their own
        "TERMNAME": "N30",
        "TERRITORYID": _TERRITORIES.get(row["country"] or "", "EU"),
        "CUSTTYPE": "End user",
        "CUSTREPID": rep,
        **{f"DISPLAYCONTACT.{name}": text for name, text in display.items()},
    }
    if person_name:
        person = {"FIRSTNAME": first, "LASTNAME": last, "EMAIL1": _email(first, last), **shared}
        contact = _contact(scope, person_name, ident, person)
        given |= {f"{group}.CONTACTNAME": contact for group in ("CONTACTINFO", "BILLTO", "SHIPTO")}
    keep(scope, "CUSTOMER", given)


def _address(row: Row) -> dict[str, str | None]:
    return {
        "MAILADDRESS.ADDRESS1": row["address"],
        "MAILADDRESS.CITY": row["city"],
        "MAILADDRESS.STATE": row["region"],
        "MAILADDRESS.ZIP": row["postalCode"],
        "MAILADDRESS.COUNTRY": row["country"],
    }


def _contact(scope: Scope, name: str, mark: str, person: Mapping[str, str | None]) -> str:
    """Contacts are called by a name that nobody else has."""
    taken = seen(scope, scope.catalogue["CONTACT"], name) is not None
    unique = f"{name} ({mark})" if taken else name
    keep(scope, "CONTACT", {"CONTACTNAME": unique, "PRINTAS": name, **person})
    return unique


def _item(scope: Scope, row: Row, groups: Mapping[str | None, str | None]) -> None:
    ident, price = needed(row, "productID"), row["unitPrice"]
    given = {
        "ITEMID": ident,
        "NAME": row["productName"],
        "ITEMTYPE": "Inventory",
        "EXTENDED_DESCRIPTION": row["quantityPerUnit"],
        "PRODUCTLINEID": groups.get(row.get("categoryID")),
        "BASEPRICE": price,
        "UOMGRP": "Count",
    }
    keep(scope, "ITEM", given)
    if price:
        keep(scope, "INVPRICELISTENTRY", {"PRICELISTID": BASE_LIST, "ITEMID": ident, "VALUE": price})


def _split(name: str | None) -> tuple[str | None, str | None]:
    """First and last name: the last word is the last name."""
    first, _, last = (name or "").strip().rpartition(" ")
    return first or None, last or None


def _email(first: str | None, last: str | None) -> str:
    """Of what is a letter or a digit in the name."""
    words = ("".join(filter(str.isalnum, part or "")) for part in (first, last))
    return f"{'.'.join(word for word in words if word).lower() or 'nobody'}@northwind.example"
