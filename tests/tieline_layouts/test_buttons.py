"""Buttons become quick actions that create a request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Day, Declarations, Flag, ManagedList, Option, Parameter, PermanentError
from tieline_layouts.render import render

BUTTON = "Opportunity.Acme_Create_Order"


def test_a_press_creates_a_request_with_everything_prefilled(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    button = named(components, BUTTON, "QuickAction").properties
    assert (button["type"], button["targetObject"], button["label"]) == ("Create", "ERP_Request__c", "Create order")
    assert button["targetParentField"] == "Opportunity__c"
    filled = {each["field"]: each["formula"] for each in button["fieldOverrides"]}
    assert filled == {"Action__c": '"acme.create_order"', "Record_Id__c": "Opportunity.Id"}
    assert named(components, "ERP_Request__c.Opportunity__c").properties["referenceTo"] == "Opportunity"


def test_parameters_are_fields_of_the_request_and_of_the_form(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    form = named(components, BUTTON, "QuickAction").properties["quickActionLayout"]
    shown = [
        (item["field"], item["uiBehavior"])
        for column in form["quickActionLayoutColumns"]
        for item in column["quickActionLayoutItems"]
    ]
    assert shown == [("Acme_Payment_Term__c", "Required"), ("Due_Date__c", "Edit"), ("Accounting_Entity__c", "Edit")]
    assert named(components, "ERP_Request__c.Acme_Payment_Term__c").properties["referenceTo"] == "Acme_Payment_Term__c"
    assert named(components, "ERP_Request__c.Due_Date__c").properties["type"] == "Date"


def test_a_form_is_never_empty(acme_declared: Any, named: Any) -> None:
    """Nor does it ask for an entity where a back office has one alone."""
    single = tuple(replace(one, one_entity=True) for one in acme_declared.whole.systems)
    components = render(replace(acme_declared.whole, systems=single))
    form = named(components, "Account.Acme_Promote").properties["quickActionLayout"]
    items = form["quickActionLayoutColumns"][0]["quickActionLayoutItems"]
    assert [item["field"] for item in items] == ["Account__c"]


def test_two_actions_may_ask_for_one_list(acme_declared: Any, named: Any) -> None:
    term = Parameter("term", "Term", Option("terms"))
    first = acme_declared.action(parameters=(term,))
    actions = (first, replace(first, name="create_quote", label="Create quote"))
    lists = (ManagedList("acme", "terms", "Payment term", "Payment terms"),)
    components = render(Declarations((acme_declared.system(),), (), lists, actions))
    named(components, "ERP_Request__c.Acme_Payment_Term__c")


def test_parameters_of_one_name_and_two_kinds_are_refused(acme_declared: Any) -> None:
    actions = tuple(acme_declared.action(parameters=(Parameter("when", "When", kind),)) for kind in (Day(), Flag()))
    with pytest.raises(PermanentError, match=r"ERP_Request__c\.When__c is declared in two ways"):
        render(Declarations((acme_declared.system(),), (), (), actions))


def test_an_unknown_list_is_named(acme_declared: Any) -> None:
    bad = acme_declared.action(parameters=(Parameter("term", "Term", Option("terms")),))
    with pytest.raises(PermanentError, match=r"acme\.create_order\.term refers to terms"):
        render(Declarations((acme_declared.system(),), (), (), (bad,)))


def test_a_form_asks_for_the_back_office_where_there_are_several(acme_declared: Any, named: Any) -> None:
    several = tuple(replace(one, several_back_offices=True) for one in acme_declared.whole.systems)
    for button in (BUTTON, "Account.Acme_Promote"):
        form = named(render(replace(acme_declared.whole, systems=several)), button).properties["quickActionLayout"]
        last = form["quickActionLayoutColumns"][-1]["quickActionLayoutItems"][-2:]
        asked = [(item["field"], item["uiBehavior"]) for item in last]
        assert asked == [("Back_Office__c", "Required"), ("Accounting_Entity__c", "Edit")]
