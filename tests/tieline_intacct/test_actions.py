"""What a press decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tieline.contract import Action, ActionInput, CreateDocument, Decline, Promote, UnderWay, Values
from tieline_intacct import actions
from tieline_intacct.actions import ACTIONS, ITEMS, MADE
from tieline_intacct.names import CUSTOMER, INVOICE, ITEM, ORDER, QUOTE

BY_NAME = {action.name: action for action in ACTIONS}
LINE = {"Product2Id": "P1", "Quantity": Decimal(3), "UnitPrice": Decimal("12.5"), "Discount": Decimal(10)}
KEYS = {(CUSTOMER, "A1"): "C-1", (ITEM, "P1"): "I-1"}


def _made(
    ident: str, kind: str, number: str, state: str = "Pending", office: str = "books", entity: str = ""
) -> Values:
    return {
        "Id": ident, "Type__c": kind, "Number__c": number, "State__c": state, "Back_Office__c": office,
        "Accounting_Entity__c": entity,
    }  # fmt: skip


def _given(*made: Values, keys: dict[tuple[str, str], str] | None = None, **more: Any) -> ActionInput:
    told: dict[str, Any] = {
        "record": {"AccountId": "A1", "Name": "Big deal", "Description": None},
        "children": {ITEMS: (LINE,), MADE: made},
        "parameters": {},
        **more,
    }
    return ActionInput(
        request="R1", record_id="O1", keys={**KEYS, **(keys or {})}, lists={}, now=datetime(2026, 1, 5, tzinfo=UTC),
        back_office="books", **told,
    )  # fmt: skip


def _press(name: str, given: ActionInput) -> Any:
    return BY_NAME[name].handler(given)


def test_sync_to_intacct_promotes_the_record() -> None:
    syncing = [action for action in ACTIONS if action.label == "Sync to Intacct"]
    assert {(one.on, _promoted(one)) for one in syncing} == {
        ("Account", "customer"), ("Contact", "contact"), ("Product2", "item"), ("ERP_Project__c", "project"),
        ("ERP_Project_Task__c", "task"),
    }  # fmt: skip


def _promoted(action: Action) -> str:
    decision = action.handler(_given())
    assert isinstance(decision, Promote)
    return decision.mapping


def test_a_quote_holds_the_opportunitys_lines() -> None:
    made = _press("create_sales_quote", _given(parameters={"AR_Term": "N30", "Location": "100-US"}))
    assert isinstance(made, CreateDocument)
    assert (made.mapping, made.origin) == (QUOTE, {"Opportunity__c": "O1"})
    assert (made.fields["CUSTVENDID"], made.fields["TERMNAME"]) == ("C-1", "N30")
    (line,) = made.children["SODOCUMENTENTRY.quote"]
    assert (line["ITEMID"], line["QUANTITY"], line["PRICE"], line["DISCOUNTPERCENT"], line["LOCATIONID"]) == (
        "I-1", Decimal(3), Decimal("12.5"), Decimal(10), "100-US",
    )  # fmt: skip


def test_an_order_converts_the_newest_open_quote() -> None:
    quotes = (
        _made("D1", "Sales Quote", "SQ1"), _made("D2", "Sales Quote", "SQ2"),
        _made("D3", "Sales Quote", "SQ3", "Converted"),
    )  # fmt: skip
    keys = {(QUOTE, f"D{n}"): f"Sales Quote-SQ{n}" for n in (1, 2, 3)}
    assert _press("create_sales_order", _given(*quotes, keys=keys)).fields["CREATEDFROM"] == "Sales Quote-SQ2"
    assert not _press("create_sales_order", _given()).fields["CREATEDFROM"]


def test_documents_of_another_company_or_entity_are_not_converted() -> None:
    theirs = (
        _made("D1", "Sales Order", "SO1", office="other"),
        _made("D2", "Sales Order", "SO2", entity="200-DE"),
    )
    keys = {(ORDER, "D1"): "Sales Order-SO1", (ORDER, "D2"): "Sales Order-SO2"}
    given = _given(*theirs, keys=keys)
    assert not _press("create_sales_invoice", given).fields["CREATEDFROM"]
    there = _press("create_sales_invoice", _given(*theirs, keys=keys, entity="200-DE"))
    assert (there.mapping, there.fields["CREATEDFROM"]) == (INVOICE, "Sales Order-SO2")


def test_one_to_one_allows_one_of_a_kind() -> None:
    made = _made("D1", "Sales Quote", "SQ1", "Closed")
    settings = {"one_to_one": "yes"}
    again = _press("create_sales_quote", _given(made, settings=settings))
    assert again == Decline(actions.ONE_ONLY, {"number": "SQ1"})
    assert isinstance(_press("create_sales_order", _given(made, settings=settings)), CreateDocument)
    assert isinstance(_press("create_sales_quote", _given(made)), CreateDocument)


def test_other_documents_want_a_definition() -> None:
    assert _press("create_other_document", _given()) == Decline(actions.NO_DEFINITION)
    settings = {"other_definitions": "Service Agreement"}
    assert isinstance(_press("create_other_document", _given(settings=settings)), CreateDocument)


def test_the_usual_definition_is_taken_unless_another_allowed_one_is_chosen() -> None:
    settings = {"order_definition": "Sales Order, Rush Order"}
    assert _press("create_sales_order", _given()).fields["DOCPARID"] == "Sales Order"
    assert _press("create_sales_order", _given(settings=settings)).fields["DOCPARID"] == "Sales Order"
    rush = _given(settings=settings, parameters={"order_definition": "Rush Order"})
    assert _press("create_sales_order", rush).fields["DOCPARID"] == "Rush Order"
    other = _given(settings=settings, parameters={"order_definition": "Secret Order"})
    assert _press("create_sales_order", other) == Decline(
        actions.NOT_ALLOWED, {"name": "Secret Order", "names": "Sales Order, Rush Order"}
    )


def test_one_to_one_counts_by_definition() -> None:
    made = {**_made("D1", "Sales Order", "SO1"), "Intacct_Definition__c": "Rush Order"}
    settings = {"one_to_one": "yes", "order_definition": "Sales Order,Rush Order"}
    assert isinstance(_press("create_sales_order", _given(made, settings=settings)), CreateDocument)
    rush = _given(made, settings=settings, parameters={"order_definition": "Rush Order"})
    assert _press("create_sales_order", rush) == Decline(actions.ONE_ONLY, {"number": "SO1"})


def test_the_currency_is_told_where_the_org_has_several() -> None:
    record = {"AccountId": "A1", "Name": "Big deal", "CurrencyIsoCode": "EUR"}
    assert _press("create_sales_order", _given(record=record)).fields["CURRENCY"] == "EUR"
    assert _press("create_sales_order", _given()).fields["CURRENCY"] is None


def test_one_to_one_counts_what_is_under_way() -> None:
    settings = {"one_to_one": "yes"}
    order = (UnderWay(ORDER, {"DOCPARID": "Sales Order"}),)
    assert _press("create_sales_order", _given(settings=settings, under_way=order)) == Decline(actions.ONE_UNDER_WAY)
    assert isinstance(_press("create_sales_quote", _given(settings=settings, under_way=order)), CreateDocument)
    assert isinstance(_press("create_sales_order", _given(under_way=order)), CreateDocument)


Change = Callable[[], ActionInput]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: _given(record={"AccountId": None}), actions.NO_ACCOUNT),
        (lambda: _given(record={"AccountId": "A2"}), actions.ACCOUNT_NOT_TIED),
        (lambda: _given(children={}), actions.NO_LINES),
        (lambda: _given(children={ITEMS: ({**LINE, "Quantity": None},)}), actions.NO_QUANTITY),
        (lambda: _given(children={ITEMS: ({**LINE, "Product2Id": "P2"},)}), actions.PRODUCT_NOT_TIED),
    ],
)
def test_what_is_missing_is_said(given: Change, message: str) -> None:
    for name in ("create_sales_quote", "create_sales_order", "create_sales_invoice"):
        decision = _press(name, given())
        assert isinstance(decision, Decline)
        assert decision.message == message


def test_a_project_is_tagged_with_its_opportunity() -> None:
    chosen = {"Project_Template": "TPL-IMPL", "Project_Type": None, "Begin_Date": date(2026, 2, 1)}
    made = _press("create_project", _given(parameters=chosen))
    assert isinstance(made, CreateDocument)
    assert (made.mapping, dict(made.fields)) == (
        "project",
        {
            "NAME": "Big deal", "PROJECTCATEGORY": "Contract", "CUSTOMERID": "C-1", "SFDCKEY": "O1",
            "BEGINDATE": date(2026, 2, 1), "MADEAFTER": "TPL-IMPL",
        },
    )  # fmt: skip
    untied = _press("create_project", _given(record={"AccountId": "A9", "Name": "Big deal"}))
    assert untied == Decline(actions.ACCOUNT_NOT_TIED)
