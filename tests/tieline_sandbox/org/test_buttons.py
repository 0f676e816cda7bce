"""Pressing a deployed quick action as a user."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_sandbox.application import EditRefused

ACTION = (
    "<fieldOverrides><field>Action__c</field><formula>&quot;shop.order&quot;</formula></fieldOverrides>"
    "<fieldOverrides><field>Record_Id__c</field><formula>Account.Id</formula></fieldOverrides>"
    "<label>Order</label><optionsCreateFeedItem>false</optionsCreateFeedItem>"
    "<targetObject>Request__c</targetObject><targetParentField>Account__c</targetParentField><type>Create</type>"
)


@pytest.fixture
def button(users: dict[str, Any], words: Any) -> dict[str, Any]:
    """Account.Order makes a Request__c; the administrator and Camille hold the permission set, Sam does not."""
    admin = users["admin"]
    text = "<length>40</length>"
    link = "<referenceTo>Account</referenceTo><relationshipName>Requests</relationshipName>"
    fields = {
        "Action__c": ("Text", text),
        "Record_Id__c": ("Text", text),
        "Note__c": ("Text", text),
        "Account__c": ("Lookup", link),
    }
    inner = "".join(words.field(name, kind, more) for name, (kind, more) in fields.items())
    names = [f"Request__c.{name}" for name in fields]
    number = "<type>AutoNumber</type><displayFormat>R-{0000}</displayFormat>"
    files = words.package({"Request__c": words.custom_object(inner, "ReadWrite", number)}, names)
    members = {"CustomObject": ["*"], "PermissionSet": ["*"], "QuickAction": ["Account.Order"]}
    files["package.xml"] = words.manifest(members)
    files["quickActions/Account.Order.quickAction"] = f'<QuickAction xmlns="{words.metadata}">{ACTION}</QuickAction>'
    admin.install(files, "Grants")
    admin.assign("Grants", users["camille"].user_id)
    return users


def test_a_press_makes_a_row_as_the_user(button: dict[str, Any]) -> None:
    camille = button["camille"]
    account = camille.create("Account", Name="Firm")
    listed = camille.ok("GET", "/sobjects/Account/quickActions")
    assert [(each["name"], each["label"], each["type"]) for each in listed] == [("Account.Order", "Order", "Create")]
    answer = camille.ok(
        "POST", "/sobjects/Account/quickActions/Order", {"contextId": account, "record": {"Note__c": "soon"}}
    )
    row = camille.get("Request__c", answer["ids"][0])
    told = [row[name] for name in ("Name", "Action__c", "Record_Id__c", "Account__c", "Note__c", "CreatedById")]
    assert told == ["R-0001", "shop.order", account, account, "soon", camille.user_id]


def test_the_plane_presses_too(button: dict[str, Any]) -> None:
    admin, camille, sam = button["admin"], button["camille"], button["sam"]
    account = admin.create("Account", Name="Firm")
    ident = admin.app.edit(camille.user["username"], "press", "Account.Order", account, {})
    assert admin.get("Request__c", ident)["CreatedById"] == camille.user_id
    with pytest.raises(EditRefused, match="NOT_FOUND"):
        admin.app.edit(sam.user["username"], "press", "Account.Order", account, {})
    with pytest.raises(EditRefused, match="NOT_FOUND"):
        admin.app.edit(camille.user["username"], "press", "Account.Nothing", account, {})


def test_default_values_fill_the_form(button: dict[str, Any]) -> None:
    admin = button["admin"]
    account = admin.create("Account", Name="Firm")
    told = admin.ok("GET", f"/sobjects/Account/quickActions/Order/defaultValues/{account}")
    assert told == {
        "attributes": {"type": "Request__c"}, "Action__c": "shop.order", "Record_Id__c": account, "Account__c": account,
    }  # fmt: skip
    missing = "/sobjects/Account/quickActions/Order/defaultValues/001000000000000AAA"
    assert admin.refused("GET", missing)[:2] == (404, "NOT_FOUND")
