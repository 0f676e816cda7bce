"""Flat names over nested records, and comparing values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import Value
from tieline_unleashed import addresses, members

RECORD = {
    "Guid": "1F0C0A52-6F6B-4A8E-9C53-000000000001",
    "CustomerName": "Ærø & Söhne",
    "FaxNumber": "",
    "Obsolete": False,
    "CreditLimit": Decimal("12.50"),
    "Salesperson": {"Guid": "1F0C0A52-6F6B-4A8E-9C53-000000000002", "FullName": "Nancy"},
    "Currency": None,
    "UnitOfMeasure": {"Name": "EA"},
    "OrderDate": "/Date(1767571200000)/",
    "LastModifiedOn": "/Date(1767571200001)/",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CustomerName", "Ærø & Söhne"),
        ("FaxNumber", None),
        ("Obsolete", False),
        ("CreditLimit", Decimal("12.50")),
        ("SalesPerson.Guid", "1f0c0a52-6f6b-4a8e-9c53-000000000002"),
        ("Currency.CurrencyCode", None),
        ("UnitOfMeasure", "EA"),
        ("OrderDate", date(2026, 1, 5)),
        ("LastModifiedOn", datetime(2026, 1, 5, 0, 0, 0, 1000, tzinfo=UTC)),
    ],
)
def test_values_by_flat_name(name: str, expected: Value) -> None:
    assert members.values(RECORD, [name]) == {name: expected}


def test_what_is_not_shown_is_absent() -> None:
    assert members.values(RECORD, ["Website", "SalesPerson.Email", "CustomerName.First"]) == {}


def test_plant_keeps_spelling_and_replaces_references() -> None:
    body = {"salesperson": {"Guid": "a", "FullName": "Nancy"}, "Name": "x"}
    assert members.plant(body, {"SalesPerson.Guid": "b", "Name": "y", "New": 1}) == {
        "salesperson": {"Guid": "b"},
        "Name": "y",
        "New": 1,
    }
    assert members.plant(body, {"SalesPerson.Guid": None})["salesperson"] is None


def test_sendable_drops_the_vendors_notes_and_says_dates_as_bodies_do() -> None:
    back = members.sendable({**RECORD, "CreatedBy": "x", "Contacts": [{"Guid": "g", "LastModifiedOn": "/Date(1)/"}]})
    assert back["OrderDate"] == "2026-01-05T00:00:00"
    assert back["Contacts"] == [{"Guid": "g"}]
    assert not {"CreatedBy", "LastModifiedOn"} & back.keys()


POSTAL = {"AddressType": "Postal", "StreetAddress": "Main 1", "StreetAddress2": "Flat 2", "City": "Berlin"}
PHYSICAL = {"AddressType": "Physical", "StreetAddress": "Dock 9", "City": "Hamburg"}


@pytest.mark.parametrize(
    ("rows", "city"),
    [
        ([], None),
        ([PHYSICAL], "Hamburg"),
        ([PHYSICAL, POSTAL], "Berlin"),
        ([POSTAL, {**PHYSICAL, "IsDefault": True}], "Hamburg"),
        ([{**PHYSICAL, "IsDefault": False}, POSTAL], "Berlin"),
    ],
)
def test_the_mapped_address(rows: list[dict[str, Any]], city: str | None) -> None:
    assert addresses.shown(rows, "City") == city


def test_a_street_is_two_lines() -> None:
    assert addresses.shown([POSTAL], "Street") == "Main 1\nFlat 2"
    assert addresses.shown([PHYSICAL], "Street") == "Dock 9"


@pytest.mark.parametrize("street", ["One", "One\nTwo", "One\nTwo\nThree", None])
def test_a_street_comes_back_as_written(street: str | None) -> None:
    assert addresses.shown(addresses.changed([PHYSICAL, POSTAL], {"Street": street}), "Street") == street


def test_only_the_mapped_address_changes() -> None:
    changed = addresses.changed([PHYSICAL, POSTAL], {"City": "Bonn", "Street": "New\r\nRow"})
    assert changed == [PHYSICAL, {**POSTAL, "City": "Bonn", "StreetAddress": "New", "StreetAddress2": "Row"}]
    assert POSTAL["City"] == "Berlin"


def test_an_address_is_made_only_for_something() -> None:
    assert addresses.changed([], {"City": None}) == []
    assert addresses.changed([], {"City": "Bonn"}) == [{"AddressType": "Postal", "City": "Bonn"}]
