"""Rows of an administrator's that fill what a button makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tieline.actions.expressions import fields_of, value_of
from tieline.actions.filling import SWITCHED_OFF, Fill, Filling, filled, only_when, switched_off
from tieline.contract import Action, ActionInput, CreateDocument, Decision, Decline, Fillable, PermanentError, Values

ROWS = "OpportunityLineItems"


def _make(given: ActionInput) -> Decision:
    lines = tuple({"item": row["Product2Id"], "memo": "plugin"} for row in given.children[ROWS])
    return CreateDocument("order", {"number": "1", "date": given.now.date()}, {"lines": lines})


ACTION = Action(
    "toy", "order", "Order", "Opportunity", _make, reads=("Name",), children={ROWS: ("Product2Id",)},
    fillable=Fillable(("number", "date", "memo"), ("memo", "price"), ROWS, custom=True),
)  # fmt: skip


def _given(record: Values, *rows: Values) -> ActionInput:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return ActionInput("R1", "O1", record, {ROWS: rows}, {"Term": "N30"}, {}, {}, now)


def _made(
    filling: Filling, record: dict[str, Any], *rows: dict[str, Any]
) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    made = filled(ACTION, filling).handler(_given(record, *rows))
    assert isinstance(made, CreateDocument)
    return made.fields, list(made.children["lines"])


def test_a_field_is_taken_as_it_is_and_fills_what_the_plugin_said() -> None:
    rows = Filling((Fill("date", crm="CloseDate"), Fill("memo", crm="Account.Site")), (Fill("price", crm="Price__c"),))
    record = {"CloseDate": date(2026, 3, 1), "Account.Site": "Rome"}
    header, (line,) = _made(rows, record, {"Product2Id": "P1", "Price__c": Decimal("0.10")})
    assert (header["date"], header["memo"], header["number"]) == (date(2026, 3, 1), "Rome", "1")
    assert line == {"item": "P1", "memo": "plugin", "price": Decimal("0.10")}


def test_what_is_empty_takes_the_default_else_leaves_the_plugins_value() -> None:
    rows = Filling((Fill("memo", crm="Memo__c", default="none"), Fill("number", crm="Number__c"), Fill("x", default=3)))
    header, _ = _made(rows, {"Memo__c": None, "Number__c": ""}, {"Product2Id": "P1"})
    assert (header["memo"], header["number"], header["x"]) == ("none", "1", 3)


def test_expressions_see_the_record_its_parents_the_line_and_what_was_filled_in() -> None:
    rows = Filling(
        (Fill("memo", value="record.Name + ' at ' + record.Account.Name + ', ' + parameters.Term"),),
        (Fill("price", value="line.Quantity * 1.5"), Fill("memo", value="record.Name + ': ' + line.Note")),
    )
    record = {"Name": "Deal", "Account.Name": "Acme"}
    header, lines = _made(rows, record, *({"Product2Id": "P", "Quantity": Decimal(n), "Note": "n"} for n in (2, 3)))
    assert header["memo"] == "Deal at Acme, N30"
    assert [line["price"] for line in lines] == [Decimal("3.0"), Decimal("4.5")]
    assert lines[0]["memo"] == "Deal: n"


def test_the_action_loads_what_its_rows_look_at() -> None:
    rows = Filling(
        (Fill("date", crm="CloseDate"), Fill("memo", value="record.Account.Name.size() > 3 ? record.A__c : ''")),
        (Fill("price", crm="Price__c"), Fill("memo", value="record.B__c + line.C__c")),
    )
    wider = filled(ACTION, rows)
    assert wider.reads == ("Name", "CloseDate", "Account.Name", "A__c", "B__c")
    assert wider.children == {ROWS: ("Product2Id", "Price__c", "C__c")}


def test_an_expression_that_fails_refuses_the_press_and_names_the_field() -> None:
    rows = Filling((Fill("memo", value="record.Name + record.Missing__c"),))
    with pytest.raises(PermanentError, match="memo cannot be filled") as caught:
        _made(rows, {"Name": "Deal"}, {"Product2Id": "P1"})
    assert caught.value.code == "bad_expression"


@pytest.mark.parametrize("expression", ["[1, 2]", "{'a': 1}", "1 / 0", "1.0 / 0.0", "0.0 / 0.0", "1e308 * 10.0"])
def test_what_no_field_holds_is_no_value(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_of(expression, {})


def test_a_refusal_and_an_action_without_rows_stay_as_they_are() -> None:
    no = Decline("No.")
    declining = Action("toy", "order", "Order", "Opportunity", lambda _given: no, fillable=ACTION.fillable)
    assert filled(declining, Filling((Fill("memo", default="x"),))).handler(_given({})) is no
    assert filled(ACTION, Filling()) is ACTION


def test_fields_of_an_expression_leave_out_methods_and_other_variables() -> None:
    text = "record.Name.startsWith('x') && line.Q__c > 1 ? record.Account.Owner.Name : recorder.No"
    assert fields_of(text, "record") == ("Name", "Account.Owner.Name")
    assert fields_of(text, "line") == ("Q__c",)


@pytest.mark.parametrize(
    "expression",
    ["record.Name + ' see record.No__c'", 'record.Name + "it\'s record.No__c \\" record.No__c"',
     "parameters.record.No__c + record.Name", "record.Name // or record.No__c", "'//' + record.Name"],
)  # fmt: skip
def test_words_and_remarks_of_an_expression_are_no_fields(expression: str) -> None:
    assert fields_of(expression, "record") == ("Name",)


def test_a_button_that_is_switched_off_loads_nothing_and_says_so() -> None:
    off = switched_off(ACTION)
    assert off.handler(_given({})) is SWITCHED_OFF
    assert (off.id, off.on, off.reads, off.children, off.parameters) == (ACTION.id, ACTION.on, (), {}, ())


def test_a_condition_of_the_administrator_s_answers_for_the_others() -> None:
    ready = only_when(ACTION, "record.Stage__c in ['Won', 'Sold'] && record.Account.Site != ''", "Win it first {0}.")
    assert ready.reads == ("Name", "Stage__c", "Account.Site")
    won = {"Stage__c": "Won", "Account.Site": "Rome"}
    assert isinstance(ready.handler(_given(won, {"Product2Id": "P1"})), CreateDocument)
    told = ready.handler(_given({**won, "Stage__c": "Lost"}))
    assert isinstance(told, Decline)
    assert told.message.format(**told.values) == "Win it first {0}."
    with pytest.raises(PermanentError, match="condition of this button"):
        ready.handler(_given({"Stage__c": "Won"}))
    assert only_when(ACTION, "", "") is ACTION


@pytest.mark.parametrize("condition", ["record.Stage__c", "'false'", "1", "[]"])
def test_a_condition_that_is_neither_true_nor_false_lets_nobody_press(condition: str) -> None:
    with pytest.raises(PermanentError, match="neither true nor false"):
        only_when(ACTION, condition, "No.").handler(_given({"Stage__c": "Lost"}, {"Product2Id": "P1"}))


def test_a_condition_over_an_empty_field_does_not_hold() -> None:
    told = only_when(ACTION, "record.Ready__c", "No.").handler(_given({"Ready__c": None}, {"Product2Id": "P1"}))
    assert isinstance(told, Decline)
