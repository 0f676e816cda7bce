"""Price lists and prices as the older functions write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import Done, Operation, Refused, Unknown
from tieline_intacct.names import PRICE, PRICE_LIST


@pytest.fixture
def selling(live: Any) -> Any:
    live.create("item", "i", ITEMID="I-1", NAME="Seat", ITEMTYPE="Non-Inventory")
    assert isinstance(live.create(PRICE_LIST, "l", BOOK="A & B", STATUS="active"), Done)
    return live


def _price(live: Any, name: str, value: str = "9.95") -> Any:
    return live.create(PRICE, name, PRICELISTID="A & B", ITEMID="I-1", VALUE=Decimal(value), STATUS="active")


def test_a_list_is_known_by_its_name_and_a_price_by_its_number(selling: Any, make_write: Any) -> None:
    made = _price(selling, "p")
    assert (made.key, made.record.fields["VALUE"], made.record.fields["PRICELISTID"]) == ("1", "9.95", "A & B")
    update = make_write(Operation.UPDATE, made.key, "u", {"VALUE": Decimal("8.5"), "STATUS": "inactive"})
    (changed,) = selling.write(PRICE, update)
    assert (changed.record.fields["VALUE"], changed.record.fields["STATUS"]) == ("8.5", "inactive")
    (off,) = selling.write(PRICE_LIST, make_write(Operation.UPDATE, "A & B", "o", {"STATUS": "inactive"}))
    assert (off.key, off.record.fields["STATUS"], off.record.fields["BOOK"]) == ("A & B", "inactive", "A & B")


def test_a_repeat_after_a_lost_answer_names_the_price_that_was_made(selling: Any) -> None:
    other = _price(selling, "other", "1")
    selling.transport.lose = 1
    assert isinstance(_price(selling, "p"), Unknown)
    again = _price(selling.again(), "p")
    assert isinstance(again, Done)
    assert again.key not in ("", other.key)
    assert again.record is not None
    assert again.record.fields["VALUE"] == "9.95"


def test_a_repeat_after_a_lost_answer_names_the_list_that_was_made(selling: Any) -> None:
    selling.transport.lose = 1
    assert isinstance(selling.create(PRICE_LIST, "m", BOOK="More", STATUS="active"), Unknown)
    again = selling.again().create(PRICE_LIST, "m", BOOK="More", STATUS="active")
    assert (again.key, again.record.fields["BOOK"]) == ("More", "More")


def test_the_standard_price_book_is_the_list_of_the_setting(opened: Any, make_write: Any) -> None:
    live = opened(standard_price_list="House", standard_price_book="Tarif")
    assert live.create(PRICE_LIST, "l", BOOK="Tarif", STATUS="active").key == "House"
    same = make_write(Operation.UPDATE, "House", "s", {"BOOK": "Tarif", "STATUS": "inactive"})
    renamed = make_write(Operation.UPDATE, "House", "r", {"BOOK": "Other"})
    told = live.write(PRICE_LIST, same, renamed)
    assert isinstance(told[0], Done)
    assert isinstance(told[1], Refused)
    assert (told[1].code, told[1].mend.partition(",")[0]) == ("renamed", "Give the price book its old name back")


def test_a_price_of_an_item_that_is_not_there_is_refused(selling: Any) -> None:
    told = selling.create(PRICE, "n", PRICELISTID="A & B", ITEMID="I-9", VALUE=Decimal(1), STATUS="active")
    assert isinstance(told, Refused)
    assert "I-9" in told.reason


def test_only_prices_in_the_org_s_currency_are_told(opened: Any) -> None:
    live = opened(price_currency="EUR")
    live.create("item", "i", ITEMID="I-1", NAME="Seat", ITEMTYPE="Non-Inventory")
    live.create(PRICE_LIST, "l", BOOK="A & B", STATUS="active")
    given = {"PRICELISTID": "A & B", "ITEMID": "I-1"}
    for currency in ({"CURRENCY": "USD"}, {"CURRENCY": "EUR"}, {}):
        live.edit("create", "INVPRICELISTENTRY", "", **given, **currency, VALUE="1")
    told = [record.key for page in live.client.pages("", live.shape(PRICE), None) for record in page.records]
    assert told == ["2", "3"]
    made = _price(live, "p")
    with live.transport.intacct.state.reading() as reader:
        assert dict(reader.get("INVPRICELISTENTRY", made.key) or {})["CURRENCY"] == "EUR"
    everything = live.again()
    pages = everything.client.pages("", live.shape(PRICE), None)
    assert [record.key for page in pages for record in page.records] == ["1", "2", "3", made.key]
