"""Writing against answers written down: what is sent, and what each answer means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    Done,
    Idempotency,
    Misconfigured,
    NothingSent,
    Operation,
    Outcome,
    RateLimited,
    Refused,
    Shape,
    Stale,
    Unknown,
    Write,
    WriteStyle,
)

CUSTOMERS = Shape("Customers", ("CustomerName", "CustomerCode", "PhoneNumber", "Address.City"))
CONTACTS = Shape("CustomerContacts", ("LastName", "Customer.Guid"))
STAMP = "/Date(1767571200000)/"


def guid(number: int) -> str:
    return f"1f0c0a52-6f6b-4a8e-9c53-{number:012}"


KEY = guid(1)
THERE = {
    "Guid": KEY,
    "CustomerCode": "ACME",
    "CustomerName": "Acme",
    "PhoneNumber": "1",
    "Notes": "keep me",
    "CreditLimit": 10,
    "SalesPerson": {"Guid": guid(9), "FullName": "Nancy", "LastModifiedOn": STAMP},
    "Addresses": [{"AddressType": "Postal", "City": "Berlin"}, {"AddressType": "Shipping", "City": "Bonn"}],
    "LastModifiedOn": STAMP,
    "CreatedOn": STAMP,
}


def create(**fields: Any) -> Write:
    return Write(Operation.CREATE, KEY, fields, KEY)


def update(expected: dict[str, Any] | None = None, **fields: Any) -> Write:
    return Write(Operation.UPDATE, KEY, fields, guid(5), expected=expected or {})


def write(script: Any, *writes: Write, shape: Shape = CUSTOMERS) -> Outcome:
    outcomes = script.client.write("", shape, writes)
    assert len(outcomes) == len(writes)
    return outcomes[-1]  # type: ignore[no-any-return]


def test_a_create_looks_first_and_posts_our_guid(script: Any) -> None:
    script.transport.script(script.answer(404), script.answer(201, THERE))
    done = write(script, create(CustomerName="Acme", CustomerCode="ACME", PhoneNumber=None, **{"Address.City": "Bonn"}))
    assert script.transport.calls() == [f"GET Customers/{KEY}", f"POST Customers/{KEY}"]
    assert script.transport.bodies() == [
        {
            "Guid": KEY,
            "CustomerCode": "ACME",
            "CustomerName": "Acme",
            "Addresses": [{"AddressType": "Postal", "City": "Bonn"}],
        }
    ]
    assert isinstance(done, Done)
    assert (done.key, done.created, done.version) == (KEY, True, "1767571200000")
    assert done.record is not None
    assert done.record.fields["Address.City"] == "Berlin"


@pytest.mark.parametrize(
    ("name", "code"),
    [("Ærø & Söhne GmbH", "RSOHNEGMBH-00000001"), ("北京", "00000001"), ("A" * 40, "A" * 12 + "-00000001")],
)
def test_a_code_is_derived_where_none_is_given(script: Any, name: str, code: str) -> None:
    script.transport.script(script.answer(404), script.answer(201, THERE))
    write(script, create(CustomerName=name))
    assert script.transport.bodies()[0]["CustomerCode"] == code


def test_what_is_there_already_is_adopted(script: Any) -> None:
    script.transport.script(script.answer(200, THERE))
    done = write(script, create(CustomerName="Acme"))
    assert isinstance(done, Done)
    assert not done.created
    assert script.transport.bodies() == []


def test_an_update_keeps_what_it_does_not_name(script: Any) -> None:
    contacts = [{"Guid": guid(7), "LastName": "Anders"}]
    script.transport.script(script.answer(200, THERE), script.page(*contacts), script.answer(200, THERE))
    done = write(script, update({"PhoneNumber": "1"}, PhoneNumber="2", **{"Address.City": None}))
    assert isinstance(done, Done)
    assert not done.created
    kept = {name: value for name, value in THERE.items() if name not in ("LastModifiedOn", "CreatedOn")}
    assert script.transport.bodies() == [
        {
            **kept,
            "PhoneNumber": "2",
            "SalesPerson": {"Guid": guid(9), "FullName": "Nancy"},
            "Addresses": [{"AddressType": "Postal", "City": None}, {"AddressType": "Shipping", "City": "Bonn"}],
            "Contacts": contacts,
        }
    ]


def test_a_record_that_moved_is_not_written(script: Any) -> None:
    script.transport.script(script.answer(200, THERE), script.page())
    stale = write(script, update({"PhoneNumber": "0"}, PhoneNumber="2"))
    assert isinstance(stale, Stale)
    assert stale.record is not None
    assert stale.record.fields["PhoneNumber"] == "1"
    assert script.transport.bodies() == []


def test_a_record_that_is_gone(script: Any) -> None:
    script.transport.script(script.answer(404))
    refused = write(script, update(PhoneNumber="2"))
    assert isinstance(refused, Refused)
    assert refused.gone


ERROR = {
    "Code": "ValidationFailed",
    "Description": "must be unique",
    "Items": [
        {"Field": "CustomerCode", "ErrorCode": "Duplicate", "Description": "must be unique"},
        {"Field": "Website", "Description": "is no address"},
    ],
}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            400,
            ERROR,
            Refused(
                "CustomerCode: must be unique; Website: is no address", "ValidationFailed", ("CustomerCode", "Website")
            ),
        ),
        (404, {"description": "gone"}, Refused("gone", "404")),
        (405, {"Message": "use GET"}, Refused("use GET", "405")),
        (409, {"Code": 7, "Description": "exists", "Items": "odd"}, Refused("exists", "7")),
        (422, b"<html>", Refused("Unleashed answered 422 without a reason", "422")),
        (400, [1], Refused("Unleashed answered 400 without a reason", "400")),
        (500, ERROR, Unknown("Unleashed answered 500")),
        (503, None, Unknown("Unleashed answered 503")),
        (302, None, Unknown("Unleashed answered 302")),
        (200, b"<html>ok", Unknown("Unleashed sent no sensible answer")),
        (201, b'{"Guid":', Unknown("Unleashed sent no sensible answer")),
    ],
)
def test_what_an_answer_to_a_write_means(script: Any, status: int, body: Any, expected: Outcome) -> None:
    script.transport.script(script.answer(404), script.answer(status, body), script.answer(404))
    assert write(script, create(CustomerName="Acme")) == expected


def test_a_refused_create_whose_record_is_there_was_delivered_twice(script: Any) -> None:
    script.transport.script(script.answer(404), script.answer(409), script.answer(200, THERE))
    outcome = write(script, create(CustomerName="Acme"))
    assert isinstance(outcome, Done)
    assert outcome.key == str(THERE["Guid"]).lower()


def test_a_refused_create_nobody_can_look_for_is_unknown(script: Any) -> None:
    script.transport.script(script.answer(404), script.answer(409), script.answer(500))
    assert isinstance(write(script, create(CustomerName="Acme")), Unknown)


def test_a_lost_answer_is_unknown(script: Any) -> None:
    script.transport.script(script.answer(404), AnswerLost("the line broke", where="Unleashed"))
    assert write(script, create(CustomerName="Acme")) == Unknown("Unleashed: the line broke.")


@pytest.mark.parametrize("error", [NothingSent("no way"), RateLimited("wait"), Misconfigured("wrong key")])
def test_what_certainly_did_not_happen_is_raised_for_the_first(script: Any, error: Exception) -> None:
    script.transport.script(script.answer(404), error)
    with pytest.raises(type(error)):
        write(script, create(CustomerName="Acme"))


@pytest.mark.parametrize("status", [403, 429])
def test_statuses_that_hold_for_every_call(script: Any, status: int) -> None:
    script.transport.script(script.answer(404), script.answer(status))
    with pytest.raises(Misconfigured if status == 403 else RateLimited):
        write(script, create(CustomerName="Acme"))


def test_later_in_a_batch_they_are_outcomes(script: Any) -> None:
    script.transport.script(script.answer(200, THERE), script.answer(429))
    refused = write(script, create(CustomerName="A"), create(CustomerName="B"))
    assert isinstance(refused, Refused)
    assert refused.retryable
    assert refused.retry_after is None


def test_a_failed_look_before_the_write_is_worth_a_retry(script: Any) -> None:
    script.transport.script(script.answer(500))
    refused = write(script, update(PhoneNumber="2"))
    assert isinstance(refused, Refused)
    assert refused.retryable
    assert not refused.gone


def test_an_answer_without_the_record_is_read_back(script: Any) -> None:
    script.transport.script(script.answer(404), script.answer(204), script.answer(200, THERE))
    done = write(script, create(CustomerName="Acme"))
    assert isinstance(done, Done)
    assert done.record is not None
    assert script.transport.calls()[-1] == f"GET Customers/{KEY}"


def test_a_read_back_that_fails_leaves_it_done(script: Any) -> None:
    script.transport.script(script.answer(404), script.answer(201, {}), script.answer(500))
    assert write(script, create(CustomerName="Acme")) == Done(KEY, created=True)


def test_an_unknown_payment_term_is_refused_before_the_call(script: Any) -> None:
    script.transport.script(script.answer(404), script.page())
    refused = write(script, create(CustomerName="Acme", PaymentTerm=guid(4)))
    assert isinstance(refused, Refused)
    assert guid(4) in refused.reason
    assert not refused.retryable


def test_numbers_go_out_exactly(script: Any) -> None:
    script.transport.script(script.answer(404), script.answer(201, {"Guid": KEY, "LastModifiedOn": STAMP}))
    write(script, create(ProductCode="A", DefaultSellPrice=Decimal("0.10")), shape=Shape("Products", ()))
    assert b'"DefaultSellPrice":0.1}' in script.transport.asked[-1].body


def contact(operation: Operation = Operation.CREATE, key: str = "", **fields: Any) -> Write:
    given = {name.replace("_", "."): value for name, value in fields.items()}
    return Write(operation, key, given, guid(8), marker=guid(7), parent=KEY)


def test_a_contact_carries_its_marker_as_guid(script: Any) -> None:
    script.transport.script(script.page(), script.answer(201, {"Guid": guid(7), "LastName": "Anders"}))
    done = write(script, contact(LastName="Anders", Customer_Guid=KEY), shape=CONTACTS)
    assert isinstance(done, Done)
    assert (done.key, done.created) == (f"{KEY}/{guid(7)}", True)
    assert script.transport.calls()[-1] == f"POST Customers/{KEY}/Contacts"
    assert script.transport.bodies() == [{"Guid": guid(7), "LastName": "Anders"}]


def test_a_vendor_that_picks_another_guid_is_believed(script: Any) -> None:
    script.transport.script(script.page(), script.answer(201, {"Guid": guid(6), "LastName": "Anders"}))
    done = write(script, contact(LastName="Anders"), shape=CONTACTS)
    assert isinstance(done, Done)
    assert done.key == f"{KEY}/{guid(6)}"


@pytest.mark.parametrize(
    "row",
    [
        {"Guid": guid(7), "LastName": "Changed since"},
        {"Guid": guid(6), "FirstName": "", "LastName": "Anders", "EmailAddress": "m@x"},
    ],
)
def test_a_contact_that_is_there_is_adopted(script: Any, row: dict[str, Any]) -> None:
    script.transport.script(script.page({"Guid": guid(5), "LastName": "Anders"}, row))
    done = write(script, contact(LastName="Anders", EmailAddress="m@x"), shape=CONTACTS)
    assert isinstance(done, Done)
    assert (done.key, done.created) == (f"{KEY}/{row['Guid']}", False)


def test_a_contact_is_put_whole(script: Any) -> None:
    row = {"Guid": guid(7), "LastName": "Anders", "Notes": "keep"}
    script.transport.script(script.page(row), script.answer(204), script.page(row))
    done = write(script, contact(Operation.UPDATE, f"{KEY}/{guid(7)}", FirstName="Maria"), shape=CONTACTS)
    assert isinstance(done, Done)
    assert script.transport.calls()[1] == f"PUT Customers/{KEY}/Contacts/{guid(7)}"
    assert script.transport.bodies() == [{**row, "FirstName": "Maria"}]


def test_a_contact_does_not_move_and_may_be_gone(script: Any) -> None:
    row = {"Guid": guid(7), "LastName": "Anders"}
    script.transport.script(script.page(row), script.page(), script.answer(404), script.page())
    key = f"{KEY}/{guid(7)}"
    moved = write(script, contact(Operation.UPDATE, key, Customer_Guid=guid(2)), shape=CONTACTS)
    gone = write(script, contact(Operation.UPDATE, key, LastName="B"), shape=CONTACTS)
    orphan = write(script, contact(LastName="B"), shape=CONTACTS)
    deleted = write(script, contact(Operation.DELETE, key), shape=CONTACTS)
    assert isinstance(moved, Refused)
    assert not moved.gone
    assert isinstance(gone, Refused)
    assert gone.gone
    assert isinstance(orphan, Refused)
    assert not orphan.gone
    assert deleted == Done(key)


def test_orders_and_lines_do_not_change_from_here(script: Any) -> None:
    order = write(script, update(Comments="x"), shape=Shape("SalesOrders", ()))
    line = write(script, update(Comments="x"), shape=Shape("SalesOrderLines", ()))
    assert isinstance(order, Refused)
    assert isinstance(line, Refused)


def test_capabilities(script: Any) -> None:
    customers = script.client.capabilities("Customers")
    assert (customers.idempotency, customers.writes) == (Idempotency.CLIENT_ID, WriteStyle.WHOLE)
    assert (customers.batch_size, customers.page_size, customers.concurrency) == (1, 200, 4)
    assert script.client.capabilities("CustomerContacts").idempotency is Idempotency.NONE
    assert not script.client.capabilities("SalesOrders").updatable
    assert not script.client.capabilities("SalesOrderLines").creatable
    assert script.client.settle(["x"]) == {}
