"""Documents as the older function takes them: definitions, the company's own fields, parts that are converted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import Done, Operation, Refused
from tieline_intacct.names import INVOICE, ORDER, QUOTE
from tieline_intacct.transactions import transaction

LINES = "SODOCUMENTENTRY"
KINDS = {QUOTE: "quote", ORDER: "order", INVOICE: "invoice"}


@pytest.fixture
def selling(opened: Any) -> Any:
    """A customer with a term, two items, and two definitions of orders."""
    live = opened(order_definition="Sales Order, Rush Order")
    live.edit("create", "SODOCUMENTPARAMS", "", DOCID="Rush Order", DOCCLASS="Order", NUMBERFORMAT="RO{:04}")
    live.create("customer", "c", NAME="Acme", CUSTOMERID="C-1", TERMNAME="N30")
    for key in ("I-1", "I-2"):
        live.create("item", key, ITEMID=key, NAME=key, ITEMTYPE="Non-Inventory")
    return live


def _sell(live: Any, make_write: Any, mapping: str, name: str, *lines: Any, **header: Any) -> Any:
    given = {"WHENCREATED": date(2026, 1, 5), "CUSTVENDID": "C-1", **header}
    rows = tuple({"PRICE": Decimal(2), **line} for line in lines)
    (outcome,) = live.write(
        mapping, make_write(Operation.CREATE, "", name, given, children={f"{LINES}.{KINDS[mapping]}": rows})
    )
    return outcome


def _line(item: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"ITEMID": item, "QUANTITY": Decimal(quantity), **more}


def _quantities(live: Any, mapping: str, key: str) -> list[tuple[str, Decimal]]:
    lines = live.read(mapping, key).children[f"{LINES}.{KINDS[mapping]}"]
    return [(line.fields["ITEMID"], Decimal(line.fields["QUANTITY"])) for line in lines]


def test_documents_of_all_definitions_of_a_kind_are_of_that_kind(selling: Any, make_write: Any) -> None:
    usual = _sell(selling, make_write, ORDER, "a", _line("I-1", 1))
    rush = _sell(selling, make_write, ORDER, "b", _line("I-1", 1), DOCPARID="Rush Order")
    assert (usual.key, rush.key) == ("Sales Order-SO0001", "Rush Order-RO0001")
    pages = selling.client.pages("", selling.shape(ORDER), None)
    assert [record.key for page in pages for record in page.records] == [usual.key, rush.key]
    assert rush.record.fields["DOCPARID"] == "Rush Order"


def test_fields_of_the_company_s_own_go_into_their_block(selling: Any, make_write: Any) -> None:
    selling.edit("create", "CUSTOMFIELD", "", OBJECT="SODOCUMENT", NAME="CRM_NOTE")
    selling.edit("create", "CUSTOMFIELD", "", OBJECT=LINES, NAME="CRM_LINE", DATATYPE="decimal")
    told = {"CRM_NOTE": "A & <B> \U0001f600", "NEEDBYDATE": date(2026, 2, 3), "CUSTOMERPONUMBER": "PO-7"}
    made = _sell(selling, make_write, ORDER, "a", _line("I-1", 1, CRM_LINE=Decimal("1.50")), **told)
    assert isinstance(made, Done)
    with selling.transport.intacct.state.reading() as reader:
        (document,) = [dict(row) for _, row in reader.all("SODOCUMENT")]
        (line,) = [dict(row) for _, row in reader.all(LINES)]
    assert (document["CRM_NOTE"], document["CUSTOMERPONUMBER"]) == ("A & <B> \U0001f600", "PO-7")
    assert document["NEEDBYDATE"] == "02/03/2026"
    assert Decimal(line["CRM_LINE"]) == Decimal("1.5")


def test_a_field_that_the_company_does_not_have_is_refused_and_nothing_is_made(selling: Any, make_write: Any) -> None:
    made = _sell(selling, make_write, ORDER, "a", _line("I-1", 1), NOT_THERE="x")
    assert isinstance(made, Refused)
    assert "NOT_THERE" in made.reason
    pages = selling.client.pages("", selling.shape(ORDER), None)
    assert [page.records for page in pages if page.records] == []


def test_of_a_line_converted_in_part_the_rest_is_taken_and_of_a_spent_one_nothing(
    selling: Any, make_write: Any
) -> None:  # fmt: skip
    quote = _sell(selling, make_write, QUOTE, "q", _line("I-1", 5), _line("I-2", 4)).key
    first = _sell(selling, make_write, ORDER, "a", _line("I-1", 2), _line("I-2", 4), CREATEDFROM=quote)
    assert isinstance(first, Done)
    assert selling.read(QUOTE, quote).fields["STATE"] == "Partially Converted"
    rest = _sell(selling, make_write, ORDER, "b", _line("I-1", 5), _line("I-2", 4), CREATEDFROM=quote)
    assert _quantities(selling, ORDER, rest.key) == [("I-1", Decimal(3))]
    assert selling.read(QUOTE, quote).fields["STATE"] == "Converted"


def test_more_than_was_quoted_is_refused_and_what_was_not_quoted_is_added(selling: Any, make_write: Any) -> None:
    quote = _sell(selling, make_write, QUOTE, "q", _line("I-1", 5)).key
    more = _sell(selling, make_write, ORDER, "a", _line("I-1", 6), CREATEDFROM=quote)
    assert isinstance(more, Refused)
    assert "left to convert" in more.reason
    wider = _sell(selling, make_write, ORDER, "b", _line("I-1", 5), _line("I-2", 1), CREATEDFROM=quote)
    assert _quantities(selling, ORDER, wider.key) == [("I-1", Decimal(5)), ("I-2", Decimal(1))]


def test_where_nothing_is_left_nothing_is_made(selling: Any, make_write: Any) -> None:
    quote = _sell(selling, make_write, QUOTE, "q", _line("I-1", 5), _line("I-2", 1)).key
    _sell(selling, make_write, ORDER, "a", _line("I-1", 5), CREATEDFROM=quote)
    again = _sell(selling, make_write, ORDER, "b", _line("I-1", 5), CREATEDFROM=quote)
    assert isinstance(again, Refused)
    assert (again.code, "is left to convert" in again.reason) == ("nothing_left", True)


def test_a_document_in_another_currency_than_its_customer_s_is_refused_before_anything_is_sent(
    selling: Any, make_write: Any
) -> None:
    selling.edit("update", "CUSTOMER", "C-1", CURRENCY="USD")
    place, asked = selling.transport.intacct.state.last_mutation(), selling.calls
    made = _sell(selling, make_write, ORDER, "a", _line("I-1", 1), CURRENCY="EUR", TERMNAME="N30")
    assert isinstance(made, Refused)
    assert (made.code, made.reason) == ("other_currency", "this is in EUR, and the customer in USD")
    assert made.mend.startswith("Sell in the customer's currency")
    assert selling.transport.intacct.state.last_mutation() == place
    assert not [one for one in selling.transport.asked[asked:] if b"create_sotransaction" in one.body]
    same = _sell(selling, make_write, ORDER, "b", _line("I-1", 1), CURRENCY="USD")
    assert isinstance(same, Done)


def test_amounts_are_in_the_document_s_own_currency(selling: Any, make_write: Any) -> None:
    selling.edit("update", "CUSTOMER", "C-1", CURRENCY="EUR")
    told = {"CURRENCY": "EUR", "OPPORTUNITY": "006000000000001AAA"}
    made = _sell(selling, make_write, ORDER, "a", _line("I-1", 10), **told)  # a euro is 1.1 dollars here
    shown = made.record
    assert (shown.fields["CURRENCY"], shown.fields["TOTAL"], shown.fields["SUBTOTAL"]) == ("EUR", "20", "20")
    assert shown.fields["TAX"] == 0
    (line,) = shown.children[f"{LINES}.order"]
    assert (line.fields["PRICE"], line.fields["TOTAL"]) == ("2", "20")
    with selling.transport.intacct.state.reading() as reader:
        assert [row["TOTAL"] for _, row in reader.all("SODOCUMENT")] == ["22"]
    amount = selling.read("opportunity_amount", "006000000000001AAA")
    assert amount.fields["TOTAL"] == Decimal(20)


def test_a_day_that_a_row_of_the_settings_gives_as_a_text_is_sent_as_a_day(selling: Any, make_write: Any) -> None:
    """Expressions and defaults know no days: `record.CloseDate` in one is a text."""
    header = {"CUSTVENDID": "C-1", "TERMNAME": "N30", "NEEDBYDATE": "2026-02-03"}
    write = make_write(Operation.CREATE, "", "a", header)
    access = selling.client._access  # the sandbox takes other forms too; what is sent counts
    made = transaction(access, "", ("Sales Order",), write, [_line("I-1", 1, REVRECSTARTDATE="2026-04-05")])
    for name, parts in (("needbydate", ["2026", "02", "03"]), ("revrecstartdate", ["2026", "04", "05"])):
        (sent,) = made.iter(name)
        assert [(part.tag, part.text) for part in sent] == list(zip(("year", "month", "day"), parts, strict=True))


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "02/03/2026"])
def test_a_text_that_is_no_day_is_refused_with_the_field(selling: Any, make_write: Any, text: str) -> None:
    made = _sell(selling, make_write, ORDER, "a", _line("I-1", 1), NEEDBYDATE=text)
    assert isinstance(made, Refused)
    assert "NEEDBYDATE" in made.reason
    assert made.code == "no_day"
