"""Filling a new organisation from CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.application import SeedRefused

FILES = {
    "customers.csv": "customerID,companyName,contactName,address,city,region,postalCode,country,phone,fax\n"
    'ALFKI,Alfreds,Maria de la Anders,"Obere Str. 57, links",Berlin,NULL,12209,Germany,030-0074321,NULL\n'
    "BOLID,Bólido,Cher,Araquil 67,Madrid,MA,28023,Spain,(91) 555,(91) 556\n",
    "products.csv": "productID,productName,supplierID,categoryID,quantityPerUnit,unitPrice,unitsInStock,unitsOnOrder,"
    "reorderLevel,discontinued\n1,Chai,1,1,10 boxes,18.00,39,0,10,0\n5,Gumbo,2,2,36 boxes,21.35,0,0,0,1\n",
    "employees.csv": "employeeID,lastName,firstName\n1,Davolio,Nancy\n",
    "categories.csv": "categoryID,categoryName\n1,Beverages\n",
    "orders.csv": "orderID,customerID,employeeID,orderDate,requiredDate,shippedDate\n"
    "10248,ALFKI,1,1996-07-04 00:00:00.000,1996-08-01 00:00:00.000,1996-07-16 00:00:00.000\n"
    "11077,BOLID,1,1998-05-06 00:00:00.000,1998-06-03 00:00:00.000,NULL\n",
    "order-details.csv": "orderID,productID,unitPrice,quantity,discount\n"
    "10248,1,14.40,45,0.2\n10248,5,9.80,10,0\n11077,1,18.00,1,0.03\n",
}
NORTHWIND = Path(__file__).parents[4] / "shared" / "data" / "northwind"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_customers_with_their_contact(opened: Any, data: Path) -> None:
    desk = opened(data=data)
    alfki, bolid = desk.get("/Customers")["Items"]
    assert (alfki["CustomerCode"], alfki["CustomerName"], alfki["PhoneNumber"], alfki["FaxNumber"]) == (
        "ALFKI", "Alfreds", "030-0074321", None,
    )  # fmt: skip
    address = {name: value for name, value in alfki["Addresses"][0].items() if value is not None}
    assert address == {
        "AddressType": "Postal", "StreetAddress": "Obere Str. 57, links", "City": "Berlin", "PostalCode": "12209",
        "Country": "Germany", "IsDefault": True,
    }  # fmt: skip
    contact = alfki["Contacts"][0]
    assert (contact["FirstName"], contact["LastName"], contact["PhoneNumber"]) == (
        "Maria de la",
        "Anders",
        "030-0074321",
    )
    assert (bolid["Contacts"][0]["FirstName"], bolid["Contacts"][0]["LastName"]) == (None, "Cher")


def test_products_people_and_orders(opened: Any, data: Path) -> None:
    desk = opened(data=data)
    chai, gumbo = desk.get("/Products")["Items"]
    assert (chai["ProductCode"], chai["DefaultSellPrice"], chai["UnitOfMeasure"]) == ("1", 18, "10 boxes")
    assert (chai["ProductGroup"], gumbo["ProductGroup"]) == ({"GroupName": "Beverages"}, None)
    assert [(row["IsSellable"], row["Obsolete"]) for row in (chai, gumbo)] == [(True, False), (False, False)]
    assert desk.get("/Salespersons")["Items"][0]["Email"] == "nancy.davolio@northwind.example"
    first, second = desk.get("/SalesOrders")["Items"]
    assert (first["OrderNumber"], first["OrderStatus"], first["CompletedDate"]) == (
        "10248", "Completed", "/Date(837475200000)/",
    )  # fmt: skip
    assert (first["SubTotal"], first["TaxTotal"], first["Total"]) == (616.4, 0, 616.4)
    assert (second["OrderStatus"], second["Total"], second["CompletedDate"]) == ("Placed", 17.46, None)
    assert second["Salesperson"]["FullName"] == "Nancy Davolio"


def test_every_row_is_in_the_log_as_seed_and_guids_are_the_same_everywhere(opened: Any, data: Path) -> None:
    first, second = opened(data=data, seed=1), opened(data=data, seed=2)
    log = first.log(seed=True)
    assert {entry.actor for entry in log} == {"seed"}
    assert len([entry for entry in log if entry.kind == "SalesOrders"]) == 2
    assert [entry.id for entry in log] == [entry.id for entry in second.log(seed=True)]


def test_an_organisation_that_stands_is_not_filled_again(opened: Any, data: Path, tmp_path: Path) -> None:
    desk = opened(data=data, folder=tmp_path / "state")
    guid = desk.get("/Customers")["Items"][0]["Guid"]
    desk.edit("update", "Customers", guid, CustomerName="Changed")
    desk.unleashed.state.close()
    (data / "customers.csv").write_text("rubbish")
    again = opened(data=data, folder=tmp_path / "state")
    assert again.get(f"/Customers/{guid}")["CustomerName"] == "Changed"


@pytest.mark.parametrize("missing", list(FILES))
def test_files_may_be_missing(opened: Any, data: Path, missing: str) -> None:
    (data / missing).unlink()
    desk = opened(data=data)
    orders = desk.get("/SalesOrders")["Pagination"]["NumberOfItems"]
    assert orders == (2 if missing in ("employees.csv", "categories.csv") else 0)


@pytest.mark.parametrize(
    ("name", "extra", "words"),
    [
        ("customers.csv", "ALFKI,Twice,A B,,,,,,,\n", "data row 3: customerID ALFKI comes twice; 1 row is bad"),
        (
            "customers.csv",
            ",Nobody,A B,,,,,,,\n,Nobody,A B,,,,,,,\n",
            "data row 3: customerID is required; 2 rows are bad",
        ),
        ("customers.csv", "X,Nameless\n", "line 4"),
        ("products.csv", "6,Dear,1,1,box,much,0,0,0,0\n", "data row 3: DefaultSellPrice must be a number"),
        ("orders.csv", "11078,NOBODY,1,1998-05-06 00:00:00.000,NULL,NULL\n", "data row 3: Customer names no row"),
        ("orders.csv", "11078,ALFKI,1,soon,NULL,NULL\n", "data row 3: OrderDate is not a date"),
        ("order-details.csv", "9,1,1,1,0\n", "data row 4: orderID 9 is not in orders.csv"),
        ("order-details.csv", "11077,99,1,1,0\n", "Product names no row"),
    ],
)
def test_bad_data_is_refused_as_a_whole(
    opened: Any, data: Path, tmp_path: Path, name: str, extra: str, words: str
) -> None:
    with (data / name).open("a", encoding="utf-8") as file:
        file.write(extra)
    with pytest.raises(SeedRefused, match=words) as refused:
        opened(data=data, folder=tmp_path / "state")
    assert name.replace("order-details", "order").removesuffix(".csv") in str(refused.value)
    assert list((tmp_path / "state").glob("*")) == []


def test_a_folder_that_is_not_there(opened: Any, tmp_path: Path) -> None:
    with pytest.raises(SeedRefused, match="is no folder"):
        opened(data=tmp_path / "nowhere")


@pytest.mark.skipif(not NORTHWIND.is_dir(), reason="Northwind is not beside the repository")
def test_northwind(opened: Any) -> None:
    desk = opened(data=NORTHWIND)
    for name, count in {"Customers": 91, "Products": 77, "SalesOrders": 830, "Salespersons": 9}.items():
        assert desk.get(f"/{name}?pageSize=0")["Pagination"]["NumberOfItems"] == count
    customers = desk.get("/Customers?includeAllContacts=true")["Items"]
    assert sum(len(row["Contacts"]) for row in customers) == 91
