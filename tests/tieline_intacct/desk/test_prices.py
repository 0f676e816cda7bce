"""Prices where the org is their source, in bad weather: what was sent twice, is there already, or may not be."""

from __future__ import annotations

from typing import Any

import pytest

FROM_THE_ORG = """\
back_offices:
  books:
    objects:
      price_list: {source: crm}
      price: {source: crm}
"""


@pytest.fixture(scope="module")
def office(office_of: Any) -> Any:
    """A product that is in Intacct, with a standard price."""
    made = office_of(chosen=FROM_THE_ORG)
    made.crm.add("Pricebook2", "standard", Name="Standard Price Book", IsActive=True)
    made.crm.add("Product2", "p1", Name="I-1", ProductCode="I-1", IsActive=True)
    (told,) = made.answered(made.press("sync_product", "p1"))
    assert told["Status__c"] == "Done"
    return made


def _book(office: Any, name: str) -> str:
    return str(office.crm.add("Pricebook2", name, Name=name, IsActive=True))


def _price(office: Any, book: str, price: str) -> str:
    told = {"Pricebook2Id": book, "Product2Id": "p1", "UnitPrice": price, "IsActive": True}
    return str(office.crm.add("PricebookEntry", f"{book}/p1", **told))


def _kept(office: Any, name: str) -> list[tuple[str, str]]:
    """Prices of a list there."""
    rows = [row for row in office.kept("INVPRICELISTENTRY") if row["PRICELISTID"] == name]
    return [(str(row["VALUE"]), str(row["STATUS"])) for row in rows]


def test_a_list_and_its_price_go_out_follow_and_come_to_rest(office: Any) -> None:
    entry = _price(office, _book(office, "Partners"), "9.95")
    office.settle()
    assert _kept(office, "Partners") == [("9.95", "active")]
    office.crm.edit("PricebookEntry", entry, UnitPrice="8.5", IsActive=False)
    office.settle()
    assert _kept(office, "Partners") == [("8.5", "inactive")]
    place = office.last
    office.settle()
    assert office.last == place


def test_the_standard_price_book_is_the_base_list(office: Any) -> None:
    _price(office, "standard", "12.5")
    office.settle()
    assert _kept(office, "Base Price List") == [("12.5", "active")]


def test_a_price_whose_answer_was_lost_is_one_price(office: Any) -> None:
    book = _book(office, "Lost")
    office.settle()
    _price(office, book, "4")
    office.live.transport.lose = 1
    office.settle()
    office.crm.world.tick(1200)
    office.live.later(1200)
    office.settle()
    assert _kept(office, "Lost") == [("4", "active")]


def test_a_price_that_both_sides_have_is_one_price(office: Any) -> None:
    office.live.edit("create", "SOPRICELIST", "", NAME="Shared")
    office.live.edit("create", "INVPRICELISTENTRY", "", PRICELISTID="Shared", ITEMID="I-1", VALUE="3")
    _price(office, _book(office, "Shared"), "5")
    office.settle()
    assert _kept(office, "Shared") == [("5", "active")]


def test_a_price_book_that_is_renamed_says_why_the_list_is_not(office: Any) -> None:
    book = _book(office, "Old name")
    office.settle()
    office.crm.edit("Pricebook2", book, Name="New name")
    office.settle()
    assert [row["NAME"] for row in office.kept("SOPRICELIST") if "name" in row["NAME"]] == ["Old name"]
    panel = office.panel(book)
    assert (panel["Sync_Status__c"], panel["Reason__c"], panel["Next_Step__c"]) == (
        "Out of Sync", "Intacct does not rename price lists for us",
        "Give the price book its old name back, or rename the list in Intacct.",
    )  # fmt: skip


def test_an_edit_there_is_overwritten_by_the_next_edit_here(office: Any) -> None:
    entry = _price(office, _book(office, "Two"), "1")
    office.settle()
    (number,) = [row for row in office.kept("INVPRICELISTENTRY") if row["PRICELISTID"] == "Two"]
    office.live.edit("update", "INVPRICELISTENTRY", number["RECORDNO"], VALUE="7")
    office.settle()
    office.crm.edit("PricebookEntry", entry, UnitPrice="2")
    office.settle()
    assert _kept(office, "Two") == [("2", "active")]
    assert str(office.crm.alive("PricebookEntry")[entry]["UnitPrice"]) == "2"
