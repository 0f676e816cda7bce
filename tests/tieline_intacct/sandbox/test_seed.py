"""Filling a new company from CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.application import SeedRefused

FILES = {
    "customers.csv": "customerID,companyName,contactName,address,city,region,postalCode,country,phone,fax\n"
    'ALFKI,Alfreds,Maria de la Anders,"Obere Str. 57, links",Berlin,NULL,12209,Germany,030-0074321,NULL\n'
    "BOLID,Bólido,Nancy Davolio,Araquil 67,Madrid,MA,28023,Brazil,(91) 555,(91) 556\n",
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


def test_customers_with_their_contacts(opened: Any, data: Path) -> None:
    desk = opened(data=data)
    names = (
        "CUSTOMERID",
        "NAME",
        "DISPLAYCONTACT.PHONE1",
        "DISPLAYCONTACT.MAILADDRESS.CITY",
        "BILLTO.CONTACTNAME",
        "TERRITORYID",
        "CUSTREPNAME",
    )
    assert desk.rows("CUSTOMER", *names) == [
        ("ALFKI", "Alfreds", "030-0074321", "Berlin", "Maria de la Anders", "EU", "Nancy Davolio"),
        ("BOLID", "Bólido", "(91) 555", "Madrid", "Nancy Davolio (BOLID)", "SA", "Nancy Davolio"),
    ]
    visible = "<equalto><field>VISIBLE</field><value>true</value></equalto>"
    people = [row[0] for row in desk.rows("CONTACT", "CONTACTNAME", where=visible)]
    assert people == ["Maria de la Anders", "Nancy Davolio", "Nancy Davolio (BOLID)", "Sam Keeper"]


def test_items_prices_and_orders(opened: Any, data: Path) -> None:
    desk = opened(data=data)
    assert desk.rows("ITEM", "ITEMID", "NAME", "PRODUCTLINEID", "BASEPRICE", "STATUS") == [
        ("1", "Chai", "Beverages", "18", "active"),
        ("5", "Gumbo", None, "21.35", "inactive"),
    ]
    assert desk.rows("INVPRICELISTENTRY", "ITEMID", "PRICELISTID", "VALUE") == [
        ("1", "Base Price List", "18"),
        ("5", "Base Price List", "21.35"),
    ]
    assert desk.rows("SODOCUMENT", "DOCID", "STATE", "TOTAL", "WHENCREATED") == [
        ("Sales Order-10248", "Closed", "616.4", "07/04/1996"),
        ("Sales Order-11077", "Pending", "17.46", "05/06/1998"),
    ]
    assert {entry.actor for entry in desk.log(seed=True)} == {"seed"}


def test_a_company_that_stands_is_not_filled_again(opened: Any, data: Path, tmp_path: Path) -> None:
    desk = opened(data=data, folder=tmp_path / "state")
    desk.edit("update", "CUSTOMER", "ALFKI", NAME="Changed")
    desk.intacct.state.close()
    (data / "customers.csv").write_text("rubbish")
    again = opened(data=data, folder=tmp_path / "state")
    assert [row[1] for row in again.rows("CUSTOMER", "CUSTOMERID", "NAME")] == ["Changed", "Bólido"]


@pytest.mark.parametrize("missing", list(FILES))
def test_files_may_be_missing(opened: Any, data: Path, missing: str) -> None:
    (data / missing).unlink()
    desk = opened(data=data)
    assert len(desk.rows("SODOCUMENT", "DOCID")) == (2 if missing in ("employees.csv", "categories.csv") else 0)


@pytest.mark.parametrize(
    ("name", "extra", "words"),
    [
        ("customers.csv", "ALFKI,Twice,A B,,,,,,,\n", "line 4: Another Customer with the given value"),
        (
            "customers.csv",
            ",Nobody,A B,,,,,,,\n,Nobody,A B,,,,,,,\n",
            "line 4: customerID is required; 2 rows are bad",
        ),
        ("customers.csv", "X,Nameless\n", "line 4"),
        ("products.csv", "6,Dear,1,1,box,much,0,0,0,0\n", "line 4: BASEPRICE must be a number"),
        (
            "orders.csv",
            "11078,NOBODY,1,1998-05-06 00:00:00.000,NULL,NULL\n",
            "line 4: A transaction needs at least one line",
        ),
        ("orders.csv", "11078,ALFKI,1,soon,NULL,NULL\n", "line 4: orderDate must be a date"),
        ("order-details.csv", "9,1,1,1,0\n", "line 5: orderID 9 is not in orders.csv"),
        ("order-details.csv", "11077,99,1,1,0\n", "line 5: productID 99 is not in products.csv"),
        ("order-details.csv", "11077,1,1,0,0\n", "line 5: quantity must not be zero"),
        ("order-details.csv", "11077,1,1,1,20\n", "line 5: discount must be a share from 0 to 1"),
        ("order-details.csv", "11077,1,x,1,0\n", "line 5: unitPrice must be a number"),
        ("orders.csv", "11078,ALFKI,1,9999-12-31,NULL,NULL\n", "line 4: A transaction"),
        (
            "products.csv",
            '6,"Two\nlines",1,1,box,1,0,0,0,0\n7,Odd,1,1,box,1,0,0,0,maybe\n',
            "line 6: discontinued must be",
        ),
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


def test_names_that_make_no_address_of_mail(opened: Any, data: Path) -> None:
    people = '"A@B, C"', "  ", "Zoë O'Neil-Ñandú", "'-"
    with (data / "customers.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"P{at},P {at},{name},,,,,,,\n" for at, name in enumerate(people))
    desk = opened(data=data)
    where = "<like><field>CUSTOMERID</field><value>P%</value></like>"
    assert [
        row[1:] for row in desk.rows("CUSTOMER", "CUSTOMERID", "BILLTO.CONTACTNAME", "BILLTO.EMAIL1", where=where)
    ] == [
        ("A@B, C", "ab.c@northwind.example"),
        (None, None),
        ("Zoë O'Neil-Ñandú", "zoë.oneilñandú@northwind.example"),
        ("'-", "nobody@northwind.example"),
    ]


def test_a_folder_that_is_not_there(opened: Any, tmp_path: Path) -> None:
    with pytest.raises(SeedRefused, match="is no folder"):
        opened(data=tmp_path / "nowhere")


@pytest.mark.skipif(not NORTHWIND.is_dir(), reason="Northwind is not beside the repository")
def test_northwind(opened: Any) -> None:
    desk = opened(data=NORTHWIND)
    counts = {"CUSTOMER": 91, "ITEM": 77, "INVPRICELISTENTRY": 77, "EMPLOYEE": 10, "SODOCUMENT": 830}
    assert {kind: len(desk.rows(kind, "RECORDNO")) for kind in counts} == counts
