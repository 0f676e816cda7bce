"""Buttons that make documents: the definition that was chosen, what an administrator fills, parts, one of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.deep
QUOTE, ORDER, INVOICE = "create_sales_quote", "create_sales_order", "create_sales_invoice"
ROWS = """\
back_offices:
  books:
    actions:
      create_sales_order:
        header:
          - {erp: WHENDUE, crm: CloseDate}
          - {erp: MESSAGE, value: "record.Name + ' of ' + record.Account.Name"}
          - {erp: CRM_ID, crm: Id, custom: true}
          - {erp: TRACKINGNUMBER, crm: NextStep, default: none}
        lines:
          - {erp: MEMO, value: "line.Description == null ? 'as agreed' : line.Description"}
"""


@pytest.fixture
def rows(office: Any) -> Iterator[Any]:
    file = office.runtime.folder.settings
    file.write_text(ROWS, "utf-8")
    yield office
    file.unlink()


def _lines(office: Any, docid: str) -> list[tuple[str, str]]:
    lines = office.kept("SODOCUMENTENTRY", DOCHDRID=docid)
    return [(str(row["ITEMID"]), str(row["UIQTY"])) for row in lines]


def test_the_definition_that_was_chosen_is_used(office: Any) -> None:
    office.edit("create", "SODOCUMENTPARAMS", "", DOCID="Rush Order", DOCCLASS="Order", NUMBERFORMAT="RO{:04}")
    account, products = office.sold(1)
    usual, rush = (office.opportunity(account, *products) for _ in range(2))
    told = office.answered(
        office.press(ORDER, "Opportunity", usual),
        office.press(ORDER, "Opportunity", rush, Order_Definition__c="Rush Order"),
    )
    office.settle()
    assert [row["Result_Id__c"].partition("-")[0] for row in told] == ["Sales Order", "Rush Order"]
    (mirror,) = office.rows("ERP_Document__c", Opportunity__c=rush)
    assert (mirror["Type__c"], mirror["Intacct_Definition__c"]) == ("Sales Order", "Rush Order")
    (opportunity,) = office.rows("Opportunity", Id=rush)
    assert opportunity["Intacct_Amount__c"] == 37.5


def test_what_the_administrator_fills_stands_on_the_document(rows: Any) -> None:
    office = rows
    office.edit("create", "CustomField", "", OBJECT="SODOCUMENT", NAME="CRM_ID")
    account, products = office.sold(2)
    deal = office.opportunity(account, *products, Name="Seats & <tables>")
    (line, _) = office.rows("OpportunityLineItem", OpportunityId=deal)
    office.change("OpportunityLineItem", line["Id"], Description="in blue")
    told = office.pressed(ORDER, "Opportunity", deal)
    assert told["Status__c"] == "Done"
    (document,) = office.documents(deal)
    (name,) = (row["Name"] for row in office.rows("Account", Id=account))
    assert document["MESSAGE"] == f"Seats & <tables> of {name}"
    assert (document["WHENDUE"], document["CRM_ID"], document["TRACKINGNUMBER"]) == ("06/01/2026", deal, "none")
    lines = office.kept("SODOCUMENTENTRY", DOCHDRID=told["Result_Id__c"])
    assert sorted(str(row["MEMO"]) for row in lines) == ["as agreed", "in blue"]


def test_a_quote_in_part_then_the_rest_and_the_amounts_come_back(office: Any) -> None:
    account, products = office.sold(1)
    deal = office.opportunity(account, *products)
    quote = office.pressed(QUOTE, "Opportunity", deal)
    (line,) = office.rows("OpportunityLineItem", OpportunityId=deal)
    office.settle()
    office.change("OpportunityLineItem", line["Id"], Quantity=1)
    first = office.pressed(ORDER, "Opportunity", deal)
    office.settle()
    assert _state(office, quote) == "Partially Converted"
    office.change("OpportunityLineItem", line["Id"], Quantity=3)
    second = office.pressed(ORDER, "Opportunity", deal)
    office.settle()
    assert _state(office, quote) == "Converted"
    item = office.rows("Product2", Id=products[0])[0]["ProductCode"]
    made = [_lines(office, row["Result_Id__c"]) for row in (first, second)]
    assert made == [[(item, "1")], [(item, "2")]]
    (opportunity,) = office.rows("Opportunity", Id=deal)
    assert opportunity["Intacct_Amount__c"] == 37.5  # all its orders


def _state(office: Any, request: Any) -> str:
    (document,) = office.kept("SODOCUMENT", DOCID=request["Result_Id__c"])
    return str(document["STATE"])


def test_two_presses_at_once_make_one_order_where_one_is_allowed(office: Any) -> None:
    office.configure(one_to_one="yes")
    account, products = office.sold(1)
    deal = office.opportunity(account, *products)
    presses = [office.press(ORDER, "Opportunity", deal, who) for who in ("sam", "camille")]
    told = office.answered(*presses)
    office.settle()
    third = office.pressed(ORDER, "Opportunity", deal)
    office.configure(one_to_one="no")
    assert [row["Status__c"] for row in (*told, third)] == ["Done", "Refused", "Refused"]
    assert told[1]["Message__c"].startswith("Un document est justement en cours de création")
    assert told[0]["Result_Number__c"] in third["Message__c"]
    assert len(office.documents(deal)) == 1


def test_a_running_engine_takes_rows_and_switches_from_the_next_cycle_on(office: Any) -> None:
    engine, file = office.engine(), office.runtime.folder.settings
    account, _ = office.sold(0)
    deal = office.opportunity(account)
    before = office.answered_by(engine, office.press(ORDER, "Opportunity", deal))
    off = "back_offices: {books: {actions: {create_sales_order: {enabled: false}}}}"
    file.write_text(off, "utf-8")
    during = office.answered_by(engine, office.press(ORDER, "Opportunity", deal))
    file.unlink()
    after = office.answered_by(engine, office.press(ORDER, "Opportunity", deal))
    assert [row["Status__c"] for row in (before, during, after)] == ["Refused"] * 3
    assert during["Message__c"] == "This button is switched off. Ask your administrator."
    assert before["Message__c"] == after["Message__c"] != during["Message__c"]  # it has no products
