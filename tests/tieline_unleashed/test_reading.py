"""Reading against answers written down: paging, what an answer means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    Cursor,
    Misconfigured,
    NothingSent,
    PermanentError,
    RateLimited,
    Shape,
    TransientError,
)

PRODUCTS = Shape("Products", ("ProductCode", "DefaultSellPrice"))
CUSTOMERS = Shape("Customers", ("CustomerName",), (Shape("CustomerContacts", ("LastName", "Customer.Guid")),))
ORDERS = Shape("SalesOrders", ("OrderNumber",))
DAY = datetime(2026, 1, 5, tzinfo=UTC)
DATE = "Mon, 05 Jan 2026 12:00:00 GMT"


def guid(number: int) -> str:
    return f"1f0c0a52-6f6b-4a8e-9c53-{number:012}"


def item(number: int, hour: float = 0, **more: Any) -> dict[str, Any]:
    at = DAY + timedelta(hours=hour)
    return {"Guid": guid(number), "LastModifiedOn": f"/Date({int(at.timestamp() * 1000)})/", **more}


def test_pages_are_read_in_the_path_and_come_in_order_of_stamp_and_key(script: Any) -> None:
    price = b'{"Pagination":{"NumberOfItems":3,"NumberOfPages":2},"Items":[%s]}'
    rows = b'{"Guid":"%s","LastModifiedOn":"/Date(%d)/","ProductCode":"A","DefaultSellPrice":%s}'
    late, early = int(DAY.timestamp() * 1000) + 5, int(DAY.timestamp() * 1000)
    first = rows % (guid(2).encode(), late, b"0.1") + b"," + rows % (guid(3).encode(), early, b"1e2")
    script.transport.script(
        script.answer(200, price % first, Date=DATE),
        script.answer(200, price % (rows % (guid(1).encode(), late, b"7"))),
    )
    (page,) = script.client.pages("", PRODUCTS, None)
    assert script.transport.calls() == [
        "GET Products?includeObsolete=true&pageSize=200",
        "GET Products/2?includeObsolete=true&pageSize=200",
    ]
    assert [record.key for record in page.records] == [guid(3), guid(1), guid(2)]
    assert [record.fields["DefaultSellPrice"] for record in page.records] == [Decimal(100), Decimal(7), Decimal("0.1")]
    assert page.cursor == Cursor(DAY + timedelta(milliseconds=5), guid(2))
    assert page.as_of == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert page.records[0].version == str(early)


def test_headers_and_an_empty_list(script: Any) -> None:
    script.transport.script(script.page())
    (page,) = script.client.pages("", ORDERS, None)
    assert page.records == ()
    assert page.cursor is None
    headers = script.transport.asked[0].headers
    assert headers["Accept"] == headers["Content-Type"] == "application/json"
    assert headers["api-auth-id"] == "id"
    assert headers["client-type"] == "tieline/tieline"


def test_a_cursor_filters_by_day_and_then_exactly(script: Any) -> None:
    script.transport.script(script.page(item(1, 1), item(2, 2), item(3, 3)))
    since = Cursor(DAY + timedelta(hours=2), guid(2))
    (page,) = script.client.pages("", PRODUCTS, since)
    assert "modifiedSince=2026-01-05&" in script.transport.calls()[0]
    assert [record.key for record in page.records] == [guid(2), guid(3)]


def test_pagination_that_does_not_say_how_many_pages_ends_no_list(script: Any) -> None:
    full = [item(number) for number in range(200)]
    for pagination in ({"NumberOfItems": 201}, {"NumberOfItems": 201, "NumberOfPages": None}):
        script.transport.script(
            script.answer(200, {"Pagination": pagination, "Items": full}),
            script.answer(200, {"Pagination": pagination, "Items": [item(200)]}),
        )
        records = [record for page in script.client.pages("", PRODUCTS, None) for record in page.records]
        assert len(records) == 201


def test_lists_without_pagination(script: Any) -> None:
    script.transport.script(script.answer(200, {"Items": [{"Guid": guid(1), "FullName": "Nancy", "Email": "n@x"}]}))
    (row,) = script.client.options("", "salespersons")
    assert (row.key, row.label, row.attributes) == (guid(1), "Nancy", {"email": "n@x"})
    assert len(script.transport.asked) == 1


def test_full_pages_without_pagination_go_on_while_they_bring_something(connected: Any, script: Any) -> None:
    rows = [{"TaxCode": f"T{number}", "TaxRate": 0} for number in range(200)]
    script.transport.script(script.answer(200, {"Items": rows}), script.answer(200, {"Items": rows}))
    assert len(script.client.options("", "taxes")) == 200
    assert len(script.transport.asked) == 2


def test_a_list_that_moves_is_read_again(script: Any) -> None:
    """Between two pages the first record left, so the third slid on to the first page unseen."""
    kept = {"number": 1, "pages": 2}
    script.transport.script(
        script.page(item(1), item(2), count=4, **kept),
        script.page(item(4), count=3, **kept | {"number": 2}),
        script.page(item(2), item(3), count=3, **kept),
        script.page(item(4), count=3, **kept | {"number": 2}),
    )
    (page,) = script.client.pages("", PRODUCTS, None)
    assert [record.key for record in page.records] == [guid(1), guid(2), guid(3), guid(4)]


def test_one_in_one_out_of_the_orders_is_noticed(script: Any) -> None:
    """The counts agree, but an order changed after we began, so another may have left."""
    two = {"pages": 2, "count": 3}
    for rows in ((1, 2), (2, 3)):
        first = script.page(item(rows[0]), item(rows[1]), **two)
        first.headers["Date"] = DATE
        script.transport.script(first, script.page(item(4, 12.5), number=2, **two))
    script.transport.script(*[script.page(item(2), item(3), **two), script.page(item(4, 9), number=2, **two)])
    (page,) = script.client.pages("", ORDERS, None)
    assert {record.key for record in page.records} == {guid(1), guid(2), guid(3), guid(4)}


def test_of_two_versions_the_newer_stays(script: Any) -> None:
    two = {"pages": 2, "count": 2}
    script.transport.script(
        script.page(item(1, 5, ProductCode="new"), **two),
        script.page(item(1, 1, ProductCode="old"), item(2), number=2, **two),
        script.page(item(1, 5, ProductCode="new"), **two),
        script.page(item(2), number=2, **two),
    )
    (page,) = script.client.pages("", PRODUCTS, None)
    assert {record.key: record.fields.get("ProductCode") for record in page.records} == {guid(2): None, guid(1): "new"}


def test_a_list_that_never_stands_still_ends(script: Any) -> None:
    for count in range(3):
        script.transport.script(
            script.page(item(1), pages=2, count=count), script.page(item(2), number=2, pages=2, count=count + 9)
        )
    (page,) = script.client.pages("", PRODUCTS, None)
    assert len(page.records) == 2


def test_contacts_are_children_with_whole_keys(script: Any) -> None:
    script.transport.script(script.page(item(1, CustomerName="A", Contacts=[{"Guid": guid(7), "LastName": "Anders"}])))
    (page,) = script.client.pages("", CUSTOMERS, None)
    assert "includeObsolete=true&includeAllContacts=true&" in script.transport.calls()[0]
    (contact,) = page.records[0].children["CustomerContacts"]
    assert contact.key == f"{guid(1)}/{guid(7)}"
    assert contact.parent == guid(1)
    assert contact.marker == guid(7)
    assert contact.fields == {"LastName": "Anders", "Customer.Guid": guid(1)}
    assert contact.stamp == DAY


def test_contacts_not_shown_are_not_gone(script: Any) -> None:
    script.transport.script(script.page(item(1, CustomerName="A")))
    (page,) = script.client.pages("", CUSTOMERS, None)
    assert page.records[0].children == {}


def test_a_hundred_contacts_are_read_in_full(script: Any) -> None:
    shown = [{"Guid": guid(number), "LastName": "x"} for number in range(100)]
    script.transport.script(
        script.page(item(900, Contacts=shown)), script.page(*shown, {"Guid": guid(100), "LastName": "x"})
    )
    (page,) = script.client.pages("", CUSTOMERS, None)
    assert script.transport.calls()[1] == f"GET Customers/{guid(900)}/Contacts?pageSize=200"
    assert len(page.records[0].children["CustomerContacts"]) == 101


def test_missing_records_and_foreign_keys(script: Any) -> None:
    script.transport.script(script.answer(404, {"Description": "no"}), script.answer(404))
    read = script.client.read("", PRODUCTS, [guid(1), "not-a-guid"])
    assert read == {guid(1): None, "not-a-guid": None}
    assert len(script.transport.asked) == 1
    assert script.client.find("", PRODUCTS, [guid(1)]) == {}


def test_deleted_orders(script: Any) -> None:
    script.transport.script(script.page(item(1, 1, OrderStatus="Deleted"), item(2, 3, OrderStatus="Deleted")))
    gone = list(script.client.deleted("", "SalesOrders", DAY + timedelta(hours=2)))
    assert [(one.key, one.at) for one in gone] == [(guid(2), DAY + timedelta(hours=3))]
    assert "orderStatus=Deleted&modifiedSince=2026-01-05&" in script.transport.calls()[0]
    assert list(script.client.deleted("", "Customers", DAY)) == []


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, None, Misconfigured),
        (403, {"Description": "no"}, Misconfigured),
        (429, None, RateLimited),
        (500, b"<html>", TransientError),
        (503, None, TransientError),
        (302, None, TransientError),
        (400, {"Description": "bad"}, PermanentError),
        (404, None, PermanentError),
        (200, b"<html>hello", TransientError),
        (200, b'{"Items": [1]}', TransientError),
        (200, b'{"Items": null}', TransientError),
        (200, b"null", PermanentError),
        (200, b'{"Pagination": {"NumberOfPages": 1}', TransientError),
    ],
)
def test_what_a_bad_list_means(script: Any, status: int, body: Any, error: type[Exception]) -> None:
    script.transport.script(script.answer(status, body))
    with pytest.raises(error) as raised:
        list(script.client.pages("", PRODUCTS, None))
    assert raised.type is error
    assert "Unleashed" in str(raised.value)
    assert "key" not in str(raised.value).replace("API key", "")


def test_another_record_than_asked_for_is_garbage(script: Any) -> None:
    script.transport.script(script.answer(200, item(2)))
    with pytest.raises(TransientError, match="no sense"):
        script.client.read("", PRODUCTS, [guid(1)])


def test_lost_and_unsent_reads(script: Any) -> None:
    script.transport.script(AnswerLost("cut off"), NothingSent("no way"))
    with pytest.raises(TransientError) as lost:
        script.client.check()
    assert not isinstance(lost.value, NothingSent)
    with pytest.raises(NothingSent):
        script.client.check()


def test_the_wait_asked_for_is_passed_on(script: Any) -> None:
    script.transport.script(script.answer(429, None, Retry_After="30"), script.answer(429, None, Retry_After="soon"))
    for expected in (30.0, None):
        with pytest.raises(RateLimited) as limited:
            script.client.check()
        assert limited.value.retry_after == expected


def test_check_names_the_organisation(script: Any) -> None:
    script.transport.script(script.page())
    assert script.client.check().tenant == "id"


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"api_key": "k"}, "api_id"),
        ({"api_id": "i"}, "api_key"),
        ({"api_id": "i", "api_key": "k\u00e9"}, "api_key"),
        ({"api_id": "i\r\nX: y", "api_key": "k"}, "api_id"),
        ({"api_id": "i", "api_key": "k", "page_size": "0"}, "page_size"),
        ({"api_id": "i", "api_key": "k", "page_size": "many"}, "page_size"),
        ({"api_id": "i", "api_key": "k", "base_url": "http://x.example"}, "base_url"),
    ],
)
def test_settings_that_cannot_work(connected: Any, settings: dict[str, str], word: str) -> None:
    with pytest.raises(Misconfigured, match=word):
        connected(**settings)


def test_unknown_objects_and_lists(script: Any) -> None:
    with pytest.raises(PermanentError, match="Suppliers"):
        script.client.capabilities("Suppliers")
    with pytest.raises(PermanentError, match="colours"):
        script.client.options("", "colours")


def test_payment_terms_by_guid(script: Any) -> None:
    terms = [
        {"Guid": guid(1), "PaymentTermDescription": "30 days", "Obsolete": True},
        {"Guid": guid(2), "PaymentTermDescription": "30 days", "Obsolete": False},
    ]
    rows = [
        item(5, PaymentTerm="30 days"),
        item(6, PaymentTerm="Renamed"),
        item(8, PaymentTerm="Renamed"),
        item(7, PaymentTerm=""),
    ]
    script.transport.script(script.page(*rows), script.page(*terms), script.page(*terms))
    (page,) = script.client.pages("", Shape("Customers", ("PaymentTerm",)), None)
    assert [record.fields["PaymentTerm"] for record in page.records] == [guid(2), "Renamed", None, "Renamed"]
