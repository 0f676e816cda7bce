"""Layouts, record types and quick actions follow what was deployed."""

from __future__ import annotations

from typing import Any

import pytest

ACTION = (
    "<label>Create Contact</label><type>Create</type><targetObject>Contact</targetObject>"
    "<optionsCreateFeedItem>false</optionsCreateFeedItem><targetParentField>AccountId</targetParentField>"
)
LAYOUT = """
<Layout xmlns="{metadata}">
<layoutSections><customLabel>true</customLabel><detailHeading>true</detailHeading><editHeading>true</editHeading>
<label>Basics</label><layoutColumns><layoutItems><behavior>Required</behavior><field>Name</field></layoutItems>
<layoutItems><behavior>Readonly</behavior><field>Phone</field></layoutItems></layoutColumns>
<layoutColumns><layoutItems><behavior>Edit</behavior><field>Secret__c</field></layoutItems></layoutColumns>
<style>TwoColumnsTopToBottom</style></layoutSections>
<platformActionList><actionListContext>Record</actionListContext><platformActionListItems>
<actionName>Account.Make</actionName><actionType>QuickAction</actionType><sortOrder>0</sortOrder>
</platformActionListItems></platformActionList>
<relatedLists><fields>FULL_NAME</fields><relatedList>RelatedContactList</relatedList></relatedLists>
</Layout>"""
TYPES = (
    "<recordTypes><fullName>Shop</fullName><active>true</active><label>A shop</label></recordTypes>"
    "<recordTypes><fullName>Old</fullName><active>false</active><label>Old</label></recordTypes>"
)


@pytest.fixture
def laid(admin: Any, words: Any) -> Any:
    secret = words.field("Secret__c", "Text", "<length>9</length>")
    files = words.package({"Account": words.standard_object(secret + TYPES)}, ["Account.Secret__c"])
    files["layouts/Account-Ours.layout"] = LAYOUT.format(metadata=words.metadata)
    files["quickActions/Account.Make.quickAction"] = f'<QuickAction xmlns="{words.metadata}">{ACTION}</QuickAction>'
    members = {
        "CustomField": ["Account.Secret__c"], "PermissionSet": ["Grants"], "Layout": ["Account-Ours"],
        "QuickAction": ["Account.Make"], "RecordType": ["Account.Shop", "Account.Old"],
    }  # fmt: skip
    files["package.xml"] = words.manifest(members)
    admin.app.org.clock.advance(5)
    admin.install(files, "Grants")
    return admin


def test_a_deployed_layout_is_described(laid: Any) -> None:
    told = laid.ok("GET", "/sobjects/Account/describe/layouts")
    layout = told["layouts"][0]
    (section,) = layout["detailLayoutSections"]
    assert (section["heading"], section["columns"], section["rows"]) == ("Basics", 2, 2)
    (name, secret), (phone, nothing) = (row["layoutItems"] for row in section["layoutRows"])
    assert (name["required"], name["editableForNew"]) == (True, True)
    assert secret["layoutComponents"][0]["value"] == "Secret__c"
    assert (phone["editableForUpdate"], nothing["placeholder"]) == (False, True)
    actions = layout["quickActionList"]["quickActionListItems"]
    assert [(each["quickActionName"], each["label"]) for each in actions] == [("Account.Make", "Create Contact")]
    assert [each["name"] for each in layout["relatedLists"]] == ["RelatedContactList"]
    assert {each["layoutId"] for each in told["recordTypeMappings"]} == {layout["id"]}


def test_a_field_that_may_not_be_seen_leaves_its_place_empty(laid: Any, users: Any) -> None:
    told = users["sam"].ok("GET", "/sobjects/Account/describe/layouts/")
    row = told["layouts"][0]["detailLayoutSections"][0]["layoutRows"][0]
    assert [each["placeholder"] for each in row["layoutItems"]] == [False, True]


def test_an_object_has_a_layout_by_itself(admin: Any) -> None:
    told = admin.ok("GET", "/sobjects/Contact/describe/layouts/012000000000000AAA")
    assert told["detailLayoutSections"][0]["heading"] == "Information"
    assert admin.refused("GET", "/sobjects/Contact/describe/layouts/012000000000009AAA")[0] == 404


def test_record_types_are_rows_and_stand_in_describe(laid: Any) -> None:
    found = laid.rows("SELECT Id, DeveloperName, Name, IsActive FROM RecordType WHERE SobjectType = 'Account'")
    assert {(row["DeveloperName"], row["Name"], row["IsActive"]) for row in found} == {
        ("Shop", "A shop", True), ("Old", "Old", False),
    }  # fmt: skip
    infos = laid.ok("GET", "/sobjects/Account/describe")["recordTypeInfos"]
    assert [each["developerName"] for each in infos] == ["Shop", "Old", "Master"]


def test_a_record_carries_a_record_type_of_its_object(laid: Any) -> None:
    rows = laid.rows("SELECT Id, DeveloperName FROM RecordType")
    types = {row["DeveloperName"]: row["Id"] for row in rows}
    ident = laid.create("Account", Name="A", RecordTypeId=types["Shop"])
    assert laid.values("SELECT Name FROM Account WHERE RecordType.DeveloperName = 'Shop'") == ["A"]
    refused = laid.refused("PATCH", f"/sobjects/Account/{ident}", {"RecordTypeId": types["Old"]})
    assert refused[1] == "INVALID_CROSS_REFERENCE_KEY"
    contact = laid.refused("POST", "/sobjects/Contact", {"LastName": "C", "RecordTypeId": types["Shop"]})
    assert contact[1] == "INVALID_FIELD"


def test_a_removed_record_type_is_gone(laid: Any, words: Any) -> None:
    types = {"RecordType": ["Account.Shop", "Account.Old"]}
    files = {"package.xml": words.manifest({}), "destructiveChanges.xml": words.manifest(types)}
    assert laid.deploy(files).findtext("status") == "Succeeded"
    assert laid.values("SELECT Id FROM RecordType") == []
    names = {each["name"] for each in laid.ok("GET", "/sobjects/Account/describe")["fields"]}
    assert "RecordTypeId" not in names
