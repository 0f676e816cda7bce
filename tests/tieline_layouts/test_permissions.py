"""Permission sets follow directions, and give nothing more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Component
from tieline.package.rights import entries
from tieline_layouts.render import render


@pytest.fixture
def sets(acme_declared: Any, named: Any) -> dict[str, Component]:
    components = render(acme_declared.whole)
    return {name: named(components, name) for name in ("Tieline_Acme", "Tieline_Acme_User")}


def fields(component: Component) -> dict[str, str]:
    return {
        str(entry["field"]): "edit" if entry["editable"] else "read" for entry in entries(component, "fieldPermissions")
    }


def objects(component: Component) -> dict[str, str]:
    words = {"allowCreate": "c", "allowRead": "r", "allowEdit": "u", "allowDelete": "d"}
    return {
        str(entry["object"]): "".join(letter for right, letter in words.items() if entry[right])
        for entry in entries(component, "objectPermissions")
    }


def test_the_integration_user_writes_what_flows_to_the_crm(sets: dict[str, Component]) -> None:
    given = fields(sets["Tieline_Acme"])
    assert given["Account.Acme_Rank__c"] == "edit"
    assert given["Account.Acme_Credit__c"] == "edit"
    assert given["Account.Acme_Remark__c"] == "read"
    assert given["Account.Acme_Blocked__c"] == "read"
    assert given["Account.ERP_Key__c"] == "edit"


def test_people_write_what_flows_to_the_erp(sets: dict[str, Component]) -> None:
    given = fields(sets["Tieline_Acme_User"])
    assert given["Account.Acme_Rank__c"] == "read"
    assert given["Account.Acme_Remark__c"] == "edit"
    assert given["Account.Acme_Credit__c"] == "edit"
    assert given["Account.Acme_Blocked__c"] == "read"
    assert given["Account.ERP_Key__c"] == "read"


def test_standard_fields_are_given_only_where_the_platform_lets_us(sets: dict[str, Component]) -> None:
    given = fields(sets["Tieline_Acme"])
    assert given["Account.Phone"] == "edit"
    assert given["Account.BillingAddress"] == "edit"
    assert "Account.Name" not in given
    assert "Account.BillingStreet" not in given
    assert not [name for name in fields(sets["Tieline_Acme_User"]) if not name.endswith("__c")]


def test_what_handlers_read_is_readable(sets: dict[str, Component]) -> None:
    given = fields(sets["Tieline_Acme"])
    assert given["Opportunity.Amount"] == "read"
    assert given["Opportunity.Own__c"] == "read"
    assert "Opportunity.Name" not in given


def test_object_rights_are_the_least_that_works(sets: dict[str, Component]) -> None:
    assert objects(sets["Tieline_Acme"]) == {
        "Account": "cru",
        "ERP_Document_Line__c": "crud",
        "ERP_Document__c": "cru",
        "ERP_Link__c": "cru",
        "ERP_Request__c": "ru",
        "Opportunity": "r",
    }
    assert objects(sets["Tieline_Acme_User"]) == {
        "ERP_Document_Line__c": "r",
        "ERP_Document__c": "r",
        "ERP_Link__c": "ru",
        "ERP_Request__c": "cr",
    }


def test_nobody_sees_or_changes_everything(sets: dict[str, Component]) -> None:
    for component in sets.values():
        for entry in entries(component, "objectPermissions"):
            assert not entry["viewAllRecords"]
            assert not entry["modifyAllRecords"]


def test_people_ask_and_the_host_answers(sets: dict[str, Component]) -> None:
    host, people = fields(sets["Tieline_Acme"]), fields(sets["Tieline_Acme_User"])
    for asked in ("Action__c", "Record_Id__c", "Opportunity__c", "Acme_Payment_Term__c"):
        assert (host[f"ERP_Request__c.{asked}"], people[f"ERP_Request__c.{asked}"]) == ("read", "edit")
    for answer in ("Status__c", "Message__c", "Result_Id__c", "ERP_Key__c"):
        assert (host[f"ERP_Request__c.{answer}"], people[f"ERP_Request__c.{answer}"]) == ("edit", "read")


def test_master_detail_fields_carry_no_permission(sets: dict[str, Component]) -> None:
    assert all("ERP_Document_Line__c.Document__c" not in fields(component) for component in sets.values())


def test_only_the_integration_user_gets_the_api(sets: dict[str, Component]) -> None:
    assert [entry["name"] for entry in entries(sets["Tieline_Acme"], "userPermissions")] == ["ApiEnabled"]
    assert not entries(sets["Tieline_Acme_User"], "userPermissions")


def test_records_nobody_creates_in_the_crm_need_no_create(acme_declared: Any, named: Any) -> None:
    customer = replace(acme_declared.whole.mappings[0], create_in_crm=False)
    components = render(replace(acme_declared.whole, mappings=(customer,)))
    assert objects(named(components, "Tieline_Acme"))["Account"] == "ru"


def test_people_choose_the_entity_of_a_link_where_there_is_more_than_one(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    given = fields(named(components, "Tieline_Acme_User"))
    assert [name for name, right in given.items() if name.startswith("ERP_Link__c.") and right == "edit"] == [
        "ERP_Link__c.Accounting_Entity__c"
    ]
    only = replace(acme_declared.whole, systems=tuple(replace(s, one_entity=True) for s in acme_declared.whole.systems))
    alone = named(render(only), "Tieline_Acme_User")
    assert fields(alone)["ERP_Link__c.Accounting_Entity__c"] == "read"
    assert objects(alone)["ERP_Link__c"] == "r"
