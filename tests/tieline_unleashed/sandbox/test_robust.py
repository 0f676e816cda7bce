"""Whatever comes in: an answer of the contract, never an exception, and nothing written by a refusal."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import quiet
from tieline_sandbox.wire import Request
from tieline_unleashed.sandbox import Profile, build, jsonform
from tieline_unleashed.sandbox.records import CONTACTS, CUSTOMERS, PRODUCTS, SALES_ORDERS
from tieline_unleashed.sandbox.signature import sign

GUID = "1f0c0a52-6f6b-4a8e-9c53-000000000001"
NAMES = sorted({member.name for kind in (CUSTOMERS, CONTACTS, PRODUCTS, SALES_ORDERS) for member in kind.shape})
PLACES = (
    "/Customers",
    f"/Customers/{GUID}",
    f"/Customers/{GUID}/Contacts",
    "/Products",
    "/SalesOrders",
    f"/Salespersons/{GUID}",
)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
plain = st.none() | st.booleans() | numbers | st.text(max_size=8) | st.just(GUID) | st.just("A")
names = st.sampled_from(
    [*NAMES, "Guid", "Contacts", "LineNumber", "OrderQuantity", "UnitPrice", "Product", "Identifier"]
)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=8
)
bodies = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("CustomerCode", "CustomerName", "SalesOrderLines", "Tax", "Contacts", "Guid"), values)
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(PLACES), bodies, st.dictionaries(names, values, max_size=6), st.sampled_from(["json", "xml"]))
def test_any_object_gets_an_answer(place: str, body: dict[str, Any], more: dict[str, Any], form: str) -> None:
    clock = Clock(frozen=datetime(2026, 1, 5, tzinfo=UTC))
    unleashed = build(None, clock, Randomness(random.Random(1)), None, Profile(strict_order_totals=False))
    try:
        pair = unleashed.credentials()
        headers = (
            ("Accept", f"application/{form}"), ("Content-Type", "application/json"), ("api-auth-id", pair["api_id"]),
            ("api-auth-signature", sign(pair["api_key"], "")),
        )  # fmt: skip
        before = unleashed.state.mutations()
        sent = (
            jsonform.write({**more, **body})
            .replace(b"NaN", b"1")
            .replace(b"-Infinity", b"1")
            .replace(b"Infinity", b"1")
        )
        answer = unleashed.handle(Request("POST", place, headers, sent), quiet)
        assert answer.status in (200, 201, 400, 404)
        assert (answer.status < 300) == (unleashed.state.mutations() != before)
        if form == "json":
            answer.json()
    finally:
        unleashed.state.close()


@pytest.mark.parametrize("value", [5, True, "text", [5], {"a": 5}, {"a": 1, "b": 2}, [[]]])
@pytest.mark.parametrize("name", ["Contacts", "Addresses"])
def test_lists_that_are_none(desk: Any, name: str, value: Any) -> None:
    desk.refused("POST", "/Customers", {"CustomerCode": "A", "CustomerName": "A", name: value})


def test_the_largest_numbers(opened: Any) -> None:
    desk = opened(profile=Profile(strict_order_totals=False))
    desk.customer(1, "A")
    desk.post("/Products", {"ProductCode": "P", "ProductDescription": "P"})
    big = 10**15 - 1
    line = {"LineNumber": 1, "Product": {"ProductCode": "P"}, "OrderQuantity": big, "UnitPrice": big}
    body = {
        "Customer": {"CustomerCode": "A"}, "Warehouse": {"WarehouseCode": "MAIN"}, "OrderStatus": "Parked",
        "ExchangeRate": 1, "Tax": {"TaxCode": "NONE"}, "SalesOrderLines": [line],
    }  # fmt: skip
    answer = desk.call("POST", "/SalesOrders", body)
    assert answer.status in (201, 400)
