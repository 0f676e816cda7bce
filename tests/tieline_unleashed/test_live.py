"""The client against a local Unleashed, called directly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import (
    Cursor,
    Done,
    HttpRequest,
    HttpResponse,
    Misconfigured,
    Operation,
    PermanentError,
    RateLimited,
    Record,
    Refused,
    Shape,
    Stale,
    Unknown,
    Write,
)
from tieline_unleashed.mappings import MAPPINGS
from tieline_unleashed.sandbox import Profile
from tieline_unleashed.totals import Priced, order_totals


def shape(name: str, *embedded: Shape) -> Shape:
    """All mapped fields of one mapping."""
    mapping = next(one for one in MAPPINGS if one.name == name)
    return Shape(mapping.erp_object, tuple(field.erp for field in mapping.fields), embedded)


CONTACT = shape("contact")
CUSTOMER = shape("customer", CONTACT)
PRODUCT = shape("product")
ORDER = shape("sales_order", shape("sales_order_line"))


def guid(number: int) -> str:
    return f"1f0c0a52-6f6b-4a8e-9c53-{number:012}"


def create(live: Any, wanted: Shape, number: int, children: Any = None, **fields: Any) -> Any:
    write = Write(
        Operation.CREATE, guid(number), dotted(fields), guid(number), marker=guid(number), children=children or {}
    )
    return live.client.write("", wanted, [write])[0]


def update(live: Any, wanted: Shape, record: Record, **fields: Any) -> Any:
    write = Write(Operation.UPDATE, record.key, dotted(fields), guid(99), expected=record.fields, parent=record.parent)
    return live.client.write("", wanted, [write])[0]


def dotted(fields: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "."): value for name, value in fields.items()}


def made(outcome: Any) -> Record:
    assert isinstance(outcome, Done), outcome
    assert outcome.record is not None
    return outcome.record


def all_of(live: Any, wanted: Shape, since: Cursor | None = None) -> list[Record]:
    return [record for page in live.client.pages("", wanted, since) for record in page.records]


def test_check_and_wrong_key(live: Any, opened: Any) -> None:
    assert live.client.check().tenant == live.transport.unleashed.credentials()["api_id"]
    with pytest.raises(Misconfigured, match="API key"):
        opened(api_key="wrong").client.check()


def test_every_list_has_rows(live: Any) -> None:
    live.edit("create", "Salespersons", "", FullName="Nancy Davolio", Email="nancy@example.org")
    rows = {name: live.client.options("", name) for name in ("payment_terms", "currencies", "warehouses", "taxes")}
    assert all(rows.values())
    assert all(row.attributes["rate"] for row in rows["taxes"])
    assert "true" in {row.attributes["default"] for row in rows["warehouses"]}
    (nancy,) = live.client.options("", "salespersons")
    assert (nancy.label, nancy.attributes["email"]) == ("Nancy Davolio", "nancy@example.org")


def test_a_customer_with_everything_reads_back_as_written(live: Any) -> None:
    nancy = live.edit("create", "Salespersons", "", FullName="Nancy", Email="nancy@example.org")
    term = live.client.options("", "payment_terms")[0].key
    fields = {
        "CustomerName": "Blåbær & Söhne «+%»",
        "CustomerCode": "BLA-1",
        "PhoneNumber": "030-0074321",
        "FaxNumber": "(5) 555-3745",
        "Website": "https://example.org/a?b=c",
        "Address.Street": "Obere Str. 57\nHinterhaus",
        "Address.City": "México D.F.",
        "Address.Region": "BE",
        "Address.PostalCode": "05021",
        "Address.Country": "Germany",
        "SalesPerson.Guid": nancy,
        "PaymentTerm": term,
        "Currency.CurrencyCode": live.client.options("", "currencies")[0].key,
    }
    record = made(create(live, CUSTOMER, 1, **fields))
    assert record.fields == {**fields, "Obsolete": False}
    assert record.children == {"CustomerContacts": ()}
    assert live.client.read("", CUSTOMER, [guid(1)])[guid(1)] == record
    assert all_of(live, CUSTOMER) == [record]


def test_an_update_keeps_unmapped_fields_other_addresses_and_contacts(live: Any) -> None:
    key = live.edit(
        "create", "Customers", "", CustomerCode="A", CustomerName="Acme", Notes="kept", CreditLimit=12.5,
        Addresses=[{"AddressType": "Shipping", "City": "Bonn"}, {"AddressType": "Postal", "City": "Berlin"}],
    )  # fmt: skip
    live.edit("create", "Contacts", "", CustomerGuid=key, LastName="Anders", Notes="kept too", IsDefault=True)
    live.edit("create", "Contacts", "", CustomerGuid=key, LastName="Berg")
    (before,) = all_of(live, CUSTOMER)
    after = made(update(live, CUSTOMER, before, PhoneNumber="2", Address__City="Köln"))
    assert after.fields == {**before.fields, "PhoneNumber": "2", "Address.City": "Köln"}
    assert len(after.children["CustomerContacts"]) == 2
    raw = Shape("Customers", ("Notes", "CreditLimit"))
    assert live.client.read("", raw, [key])[key].fields == {"Notes": "kept", "CreditLimit": Decimal("12.5")}
    notes = {
        r.fields["LastName"]: r.fields["Notes"] for r in all_of(live, Shape("CustomerContacts", ("LastName", "Notes")))
    }
    assert notes == {"Anders": "kept too", "Berg": None}
    assert live.client.read("", CUSTOMER, [key])[key] == after


def test_a_person_in_between_makes_it_stale(live: Any) -> None:
    record = made(create(live, CUSTOMER, 1, CustomerName="Acme", PhoneNumber="1"))
    live.edit("update", "Customers", guid(1), FaxNumber="9")
    writes = live.writes()
    stale = update(live, CUSTOMER, record, PhoneNumber="2")
    assert isinstance(stale, Stale)
    assert stale.record is not None
    assert stale.record.fields["FaxNumber"] == "9"
    assert live.writes() == writes
    assert made(update(live, CUSTOMER, stale.record, PhoneNumber="2")).fields["PhoneNumber"] == "2"


def test_an_unmapped_edit_in_between_is_kept(live: Any) -> None:
    record = made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    live.edit("update", "Customers", guid(1), Notes="new")
    made(update(live, CUSTOMER, record, PhoneNumber="2"))
    assert live.client.read("", Shape("Customers", ("Notes",)), [guid(1)])[guid(1)].fields == {"Notes": "new"}


@pytest.mark.parametrize("wanted", ["customer", "order", "contact"])
def test_a_lost_answer_leaves_one_record(live: Any, wanted: str) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    steps = {
        "customer": lambda: create(live, CUSTOMER, 2, CustomerName="Acme"),
        "order": lambda: order(live, 3),
        "contact": lambda: contact(live, 4, LastName="Anders"),
    }
    if wanted == "order":
        product(live)
    live.transport.lose = 1
    assert isinstance(steps[wanted](), Unknown)
    writes = live.writes()
    again = steps[wanted]()
    assert made(again)
    assert not again.created
    assert live.writes() == writes


def test_a_contact_is_found_by_its_marker_alone(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    record = made(contact(live, 4, LastName="Anders"))
    found = live.client.find("", CONTACT, [guid(4), guid(5), record.key])
    assert {marker: one.key for marker, one in found.items()} == {guid(4): record.key, record.key: record.key}


def test_refusals_are_in_the_vendors_words(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme", CustomerCode="ACME"))
    twice = create(live, CUSTOMER, 2, CustomerName="Other", CustomerCode="ACME")
    assert isinstance(twice, Refused)
    assert "CustomerCode" in twice.fields
    assert "CustomerCode" in twice.reason
    assert not twice.retryable
    web = create(live, CUSTOMER, 2, CustomerName="Other", Website="not an address")
    assert isinstance(web, Refused)
    assert web.fields == ("Website",)
    assert live.client.read("", CUSTOMER, [guid(2)]) == {guid(2): None}


def contact(live: Any, number: int, **fields: Any) -> Any:
    write = Write(Operation.CREATE, "", dotted(fields), guid(90), marker=guid(number), parent=guid(1))
    return live.client.write("", CONTACT, [write])[0]


def test_contacts_come_and_change_and_go(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    live.clock.advance(10)
    fields = {"FirstName": "Zoë", "LastName": "Anders", "EmailAddress": "zoe@example.org", "MobilePhone": "07"}
    record = made(contact(live, 4, **fields, Customer__Guid=guid(1)))
    assert record.key == f"{guid(1)}/{guid(4)}"
    assert record.fields == {**fields, "Customer.Guid": guid(1), "PhoneNumber": None, "FaxNumber": None}
    changed = made(update(live, CONTACT, record, PhoneNumber="1"))
    assert changed.fields == {**record.fields, "PhoneNumber": "1"}
    live.edit("update", "Contacts", guid(4), LastName="Berg")
    assert isinstance(update(live, CONTACT, changed, PhoneNumber="2"), Stale)
    (customer,) = all_of(live, CUSTOMER)
    assert [child.fields["LastName"] for child in customer.children["CustomerContacts"]] == ["Berg"]
    gone = live.client.write("", CONTACT, [Write(Operation.DELETE, record.key, {}, guid(91))])[0]
    assert gone == Done(record.key)
    assert live.client.read("", CONTACT, [record.key]) == {record.key: None}
    assert all_of(live, CUSTOMER)[0].children["CustomerContacts"] == ()


def test_more_contacts_than_a_list_shows(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    for number in range(105):
        live.edit("create", "Contacts", "", CustomerGuid=guid(1), LastName=f"N{number:03}")
    (customer,) = all_of(live, CUSTOMER)
    assert len(customer.children["CustomerContacts"]) == 105
    assert len(all_of(live, CONTACT)) == 105
    made(update(live, CUSTOMER, customer, PhoneNumber="2"))
    assert len(all_of(live, CONTACT)) == 105


def product(live: Any) -> None:
    live.edit(
        "create", "Products", "", Guid=guid(50), ProductCode="CHAI", ProductDescription="Chai", DefaultSellPrice=18
    )


def order(live: Any, number: int) -> Any:
    """Two lines, one at a discount, and the organisation's own tax, with the totals that they make."""
    tax = live.client.options("", "taxes")[0]
    rate = Decimal(tax.attributes["rate"])
    priced = [Priced(Decimal(3), Decimal("18.33"), Decimal("0.15")), Priced(Decimal("1.5"), Decimal("0.07"))]
    totals = order_totals(priced, rate)
    lines = [
        {
            "LineNumber": at, "Product.Guid": guid(50), "OrderQuantity": line.quantity, "UnitPrice": line.unit_price,
            "DiscountRate": line.discount, "LineTotal": done.total, "LineTax": done.tax, "Comments": None,
        }
        for at, (line, done) in enumerate(zip(priced, totals.lines, strict=True), 1)
    ]  # fmt: skip
    fields = {
        "Customer.Guid": guid(1), "Warehouse.WarehouseCode": live.client.options("", "warehouses")[0].key,
        "Tax.TaxCode": tax.key, "Tax.TaxRate": rate, "TaxRate": rate, "ExchangeRate": Decimal(1),
        "OrderStatus": "Parked", "OrderDate": date(2026, 1, 5), "RequiredDate": date(2026, 2, 1),
        "CustomerRef": "Spring deal", "SubTotal": totals.subtotal, "TaxTotal": totals.tax, "Total": totals.total,
    }  # fmt: skip
    return create(live, ORDER, number, {"SalesOrderLines": tuple(lines)}, **fields)


def test_an_order_with_lines(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    product(live)
    record = made(order(live, 3))
    assert record.fields["OrderNumber"]
    assert record.fields["OrderDate"] == date(2026, 1, 5)
    assert record.fields["Customer.Guid"] == guid(1)
    first, second = record.children["SalesOrderLines"]
    assert first.parent == second.parent == guid(3)
    assert (first.fields["LineNumber"], second.fields["LineNumber"]) == (1, 2)
    assert first.fields["Product.Guid"] == guid(50)
    assert (first.fields["OrderQuantity"], second.fields["UnitPrice"]) == (3, Decimal("0.07"))
    assert first.fields["SalesOrder.Guid"] == guid(3)
    lines = shape("sales_order_line")
    assert live.client.read("", lines, [first.key, f"{guid(3)}/{guid(8)}"]) == {
        first.key: first,
        f"{guid(3)}/{guid(8)}": None,
    }
    assert {line.key for line in all_of(live, lines)} == {first.key, second.key}


def test_a_deleted_order_is_told(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    product(live)
    since = made(order(live, 3)).stamp
    made(order(live, 4))
    live.clock.advance(5)
    live.edit("delete", "SalesOrders", guid(3))
    assert [gone.key for gone in live.client.deleted("", "SalesOrders", since)] == [guid(3)]
    assert [record.key for record in all_of(live, ORDER)] == [guid(4)]
    assert live.client.read("", ORDER, [guid(3)])[guid(3)].deleted


def test_products_change_both_ways(live: Any) -> None:
    product(live)
    (record,) = all_of(live, PRODUCT)
    assert record.fields == {
        "ProductCode": "CHAI",
        "ProductDescription": "Chai",
        "IsSellable": True,
        "UnitOfMeasure": None,
        "DefaultSellPrice": 18,
    }
    assert made(update(live, PRODUCT, record, DefaultSellPrice=Decimal("18.5"))).fields["DefaultSellPrice"] == Decimal(
        "18.5"
    )


def test_obsolete_customers_stay_in_sight(live: Any) -> None:
    made(create(live, CUSTOMER, 1, CustomerName="Acme"))
    live.edit("update", "Customers", guid(1), Obsolete=True)
    assert [record.fields["Obsolete"] for record in all_of(live, CUSTOMER)] == [True]


def test_a_cursor_brings_each_change_once(opened: Any) -> None:
    live = opened(page_size="2")
    for number in range(1, 6):
        live.clock.advance(1)
        made(create(live, CUSTOMER, number, CustomerName=f"N{number}"))
    pages = list(live.client.pages("", CUSTOMER, None))
    assert [len(page.records) for page in pages] == [2, 2, 1]
    keys = [record.key for page in pages for record in page.records]
    assert keys == [guid(number) for number in range(1, 6)]
    cursor = pages[-1].cursor
    live.clock.advance(1)
    live.edit("update", "Customers", guid(2), FaxNumber="1")
    assert [record.key for record in all_of(live, CUSTOMER, cursor)] == [guid(5), guid(2)]
    live.clock.advance(86_400 * 3)
    later = Cursor(live.clock.now())
    assert all_of(live, CUSTOMER, later) == []


def test_an_edit_between_two_pages_hides_nobody(opened: Any) -> None:
    live = opened(page_size="2")
    for number in range(1, 6):
        live.clock.advance(1)
        made(create(live, CUSTOMER, number, CustomerName=f"N{number}"))

    def meddle(request: HttpRequest) -> HttpResponse | None:
        if "/Customers/2" in request.url:
            live.clock.advance(1)
            live.edit("update", "Customers", guid(1), FaxNumber="1")
        return None

    live.transport.before = meddle
    assert {record.key for record in all_of(live, CUSTOMER)} == {guid(number) for number in range(1, 6)}


def test_a_new_customer_between_two_pages_hides_nobody(opened: Any) -> None:
    live = opened(page_size="2")
    for number in range(1, 6):
        made(create(live, CUSTOMER, number, CustomerName=f"N{number}", CustomerCode=f"N{number}"))
    more = iter("AB")

    def meddle(request: HttpRequest) -> HttpResponse | None:
        if "/Customers/2" in request.url and (code := next(more, "")):
            live.edit("create", "Customers", "", CustomerCode=code, CustomerName=code)
        return None

    live.transport.before = meddle
    names = [record.fields["CustomerName"] for record in all_of(live, CUSTOMER)]
    assert sorted(map(str, names)) == ["A", "B", "N1", "N2", "N3", "N4", "N5"]


def test_the_month_is_used_up(opened: Any) -> None:
    live = opened(profile=Profile(monthly_quota=2))
    live.client.check()
    live.client.check()
    with pytest.raises(RateLimited) as limited:
        live.client.check()
    assert limited.value.retry_after is None
    with pytest.raises(RateLimited):
        create(live, CUSTOMER, 1, CustomerName="Acme")


def test_strange_keys_do_no_harm(live: Any) -> None:
    keys = ["", "../Salespersons", "x?y=1", f"{guid(1)}/{guid(2)}"]
    assert live.client.read("", CUSTOMER, keys) == dict.fromkeys(keys)
    assert live.client.read("", CONTACT, ["", guid(2)]) == {"": None, guid(2): None}
    assert live.transport.asked == []
    with pytest.raises(PermanentError):
        live.client.options("", "../Customers")
