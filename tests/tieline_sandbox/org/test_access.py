"""Who may see and change what."""

from __future__ import annotations

from typing import Any

import pytest


def edit_access(desk: Any, user_id: str, ident: str) -> bool:
    where = f"UserId = '{user_id}' AND RecordId = '{ident}'"
    return bool(desk.rows(f"SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE {where}")[0]["HasEditAccess"])


def test_profiles_decide_about_standard_objects(users: dict[str, Any]) -> None:
    admin, sam, rita = users["admin"], users["sam"], users["rita"]
    ident = sam.create("Account", Name="By Sam")
    assert rita.get("Account", ident)["Name"] == "By Sam"
    assert rita.refused("PATCH", f"/sobjects/Account/{ident}", {"Name": "x"})[1] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert rita.refused("POST", "/sobjects/Account", {"Name": "x"})[1] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert sam.refused("POST", "/sobjects/Product2", {"Name": "x"})[1] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    mine = admin.create("Account", Name="By Ada")
    sam.ok("PATCH", f"/sobjects/Account/{mine}", {"Phone": "1"})
    assert sam.refused("DELETE", f"/sobjects/Account/{mine}")[1] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert [edit_access(admin, users[name].user_id, mine) for name in ("admin", "sam", "rita")] == [True, True, False]
    assert rita.ok("GET", "/sobjects/Account/describe")["updateable"] is False


def test_custom_fields_are_seen_with_a_permission_set_only(users: dict[str, Any], words: Any) -> None:
    admin, sam = users["admin"], users["sam"]
    admin.install(words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"]), "Grants")
    ident = admin.create("Account", Name="a", Key__c="K")
    assert "Key__c" not in sam.get("Account", ident)
    assert sam.bad_query("SELECT Id FROM Account WHERE Key__c = 'K'")[0] == "INVALID_FIELD"
    assert sam.refused("GET", "/sobjects/Account/Key__c/K")[1] == "NOT_FOUND"
    given = admin.assign("Grants", sam.user_id)
    assert sam.get("Account", ident)["Key__c"] == "K"
    admin.ok("DELETE", f"/sobjects/PermissionSetAssignment/{given}")
    assert "Key__c" not in sam.get("Account", ident)


def test_readable_is_not_editable(users: dict[str, Any], words: Any) -> None:
    admin = users["admin"]
    files = words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"])
    files["permissionsets/Grants.permissionset"] = words.permission_set(["Account.Key__c"], editable=False)
    admin.install(files, "Grants")
    assert (
        admin.refused("POST", "/sobjects/Account", {"Name": "a", "Key__c": "K"})[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    )
    fields = {each["name"]: each for each in admin.ok("GET", "/sobjects/Account/describe")["fields"]}
    assert (fields["Key__c"]["createable"], fields["Key__c"]["updateable"]) == (False, False)


def test_an_assignment_is_made_once(users: dict[str, Any], words: Any) -> None:
    admin = users["admin"]
    admin.install(words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"]), "Grants")
    row = admin.rows("SELECT PermissionSetId, AssigneeId FROM PermissionSetAssignment")[0]
    assert admin.refused("POST", "/sobjects/PermissionSetAssignment", row)[1] == "DUPLICATE_VALUE"
    assert (
        users["sam"].refused("POST", "/sobjects/PermissionSetAssignment", row)[1]
        == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    )


@pytest.mark.parametrize(
    ("sharing", "reads", "edits"), [("ReadWrite", True, True), ("Read", True, False), ("Private", False, False)]
)
def test_sharing_decides_about_others_rows(
    users: dict[str, Any], words: Any, sharing: str, reads: bool, edits: bool
) -> None:
    admin, sam, camille = users["admin"], users["sam"], users["camille"]
    assert sam.refused("GET", "/sobjects/Thing__c/describe")[1] == "NOT_FOUND"
    admin.install(words.package({"Thing__c": words.custom_object("", sharing)}, []))
    assert sam.refused("GET", "/sobjects/Thing__c/describe")[1] == "NOT_FOUND"
    for desk in (sam, camille):
        admin.assign("Grants", desk.user_id)
    ident = sam.create("Thing__c", Name="Sam's")
    assert camille.send("GET", f"/sobjects/Thing__c/{ident}").status == (200 if reads else 404)
    assert camille.query("SELECT COUNT() FROM Thing__c")["totalSize"] == (1 if reads else 0)
    assert camille.send("PATCH", f"/sobjects/Thing__c/{ident}", {"Name": "x"}).status == (
        204 if edits else 400 if reads else 404
    )
    assert edit_access(camille, camille.user_id, ident) is edits
    admin.ok("PATCH", f"/sobjects/Thing__c/{ident}", {"OwnerId": camille.user_id})
    assert edit_access(camille, camille.user_id, ident) is True


def test_details_follow_their_master(users: dict[str, Any], words: Any) -> None:
    admin, sam, camille = users["admin"], users["sam"], users["camille"]
    admin.install(words.package({"Thing__c": words.custom_object("", "Private")}, []))
    link = words.field(
        "Thing__c", "MasterDetail", "<referenceTo>Thing__c</referenceTo><relationshipName>Parts</relationshipName>"
    )
    files = words.package(
        {"Part__c": words.custom_object(link, "ControlledByParent")}, ["Part__c.Thing__c"], ["Thing__c.Nothing"]
    )
    files["permissionsets/Grants.permissionset"] = words.permission_set([], ["Thing__c", "Part__c"])
    admin.install(files)
    for desk in (sam, camille):
        admin.assign("Grants", desk.user_id)
    thing = sam.create("Thing__c", Name="Sam's")
    part = sam.create("Part__c", Name="p", Thing__c=thing)
    assert "OwnerId" not in sam.get("Part__c", part)
    assert camille.send("GET", f"/sobjects/Part__c/{part}").status == 404
    assert (
        camille.refused("POST", "/sobjects/Part__c", {"Name": "x", "Thing__c": thing})[1]
        == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    )
    assert (
        sam.refused("PATCH", f"/sobjects/Part__c/{part}", {"Thing__c": thing})[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    )
    sam.ok("DELETE", f"/sobjects/Thing__c/{thing}")
    assert sam.refused("GET", f"/sobjects/Part__c/{part}")[1] == "ENTITY_IS_DELETED"


def test_an_inactive_user_can_not_own(users: dict[str, Any]) -> None:
    admin, sam = users["admin"], users["sam"]
    admin.ok("PATCH", f"/sobjects/User/{sam.user_id}", {"IsActive": False})
    assert (
        admin.refused("POST", "/sobjects/Account", {"Name": "x", "OwnerId": sam.user_id})[1]
        == "OP_WITH_INVALID_USER_TYPE_EXCEPTION"
    )
