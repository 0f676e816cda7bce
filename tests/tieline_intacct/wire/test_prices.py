"""Price lists and prices: one side is their source, and the other one follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.deep
BASE, STANDARD = "Base Price List", "Standard Price Book"
FROM_THE_ORG = """\
back_offices:
  books:
    objects:
      price_list: {source: crm}
      price: {source: crm}
"""


@pytest.fixture
def source_is_the_org(office: Any) -> Iterator[Any]:
    file = office.runtime.folder.settings
    file.write_text(FROM_THE_ORG, "utf-8")
    yield office
    file.unlink()


def _prices(office: Any, item: str) -> set[tuple[str, str, str]]:
    """(list, price, status) of an item in the company."""
    return {
        (str(row["PRICELISTID"]), str(row["VALUE"]), str(row["STATUS"]))
        for row in office.kept("INVPRICELISTENTRY", ITEMID=item)
    }


def _entries(office: Any, product: str) -> dict[str, float]:
    books = {row["Id"]: row["Name"] for row in office.rows("Pricebook2")}
    return {books[row["Pricebook2Id"]]: row["UnitPrice"] for row in office.rows("PricebookEntry", Product2Id=product)}


def _sold(office: Any) -> tuple[str, str]:
    """A product that is in Intacct, and its item's ID."""
    _, (product,) = office.sold(1)
    (row,) = office.rows("Product2", Id=product)
    return product, str(row["ProductCode"])


def test_prices_of_the_org_go_to_intacct(source_is_the_org: Any) -> None:
    office = source_is_the_org
    product, item = _sold(office)
    book = office.make("Pricebook2", "admin", Name="Partners", IsActive=True)
    entry = office.price(product, book, 9.95)
    assert office.settle() == []
    assert [row["STATUS"] for row in office.kept("SOPRICELIST", NAME="Partners")] == ["active"]
    assert _prices(office, item) == {(BASE, "12.5", "active"), ("Partners", "9.95", "active")}
    office.change("PricebookEntry", entry, "admin", UnitPrice=8.5)
    office.settle()
    assert _prices(office, item) == {(BASE, "12.5", "active"), ("Partners", "8.5", "active")}
    office.change("PricebookEntry", entry, "admin", IsActive=False)
    office.settle()
    assert _prices(office, item) == {(BASE, "12.5", "active"), ("Partners", "8.5", "inactive")}
    place = office.places()
    office.settle()
    assert office.places() == place


def test_prices_of_intacct_come_to_the_org(office: Any) -> None:
    product, item = _sold(office)
    office.edit("create", "SOPRICELIST", "", NAME="Retail")
    given = {"PRICELISTID": "Retail", "ITEMID": item, "VALUE": "7.25"}
    number = office.edit("create", "INVPRICELISTENTRY", "", **given)
    office.settle()
    assert _entries(office, product) == {STANDARD: 12.5, "Retail": 7.25}
    office.edit("update", "INVPRICELISTENTRY", number, VALUE="7.5")
    office.later(3)
    office.settle()
    assert _entries(office, product) == {STANDARD: 12.5, "Retail": 7.5}
