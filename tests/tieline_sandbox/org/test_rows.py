"""Creating, changing and deleting rows, and what the org refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_sandbox.effects import Clock

NOBODY = "001000000000000AAA"


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        ("Account", {}, "REQUIRED_FIELD_MISSING"),
        ("Account", {"Name": "  "}, "REQUIRED_FIELD_MISSING"),
        ("Account", {"Name": "x" * 256}, "STRING_TOO_LONG"),
        ("Account", {"Name": 5}, "JSON_PARSER_ERROR"),
        ("Account", {"Name": "x", "Bogus__c": 1}, "INVALID_FIELD"),
        ("Account", {"Name": "x", "CreatedDate": "2020-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Account", {"Name": "x", "Id": NOBODY}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Account", {"Name": "x", "NumberOfEmployees": 1e12}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("Account", {"Name": "x", "NumberOfEmployees": "many"}, "JSON_PARSER_ERROR"),
        ("Account", {"Name": "x", "ParentId": "abc"}, "MALFORMED_ID"),
        ("Account", {"Name": "x", "ParentId": NOBODY}, "INVALID_CROSS_REFERENCE_KEY"),
        ("Contact", {"FirstName": "x"}, "REQUIRED_FIELD_MISSING"),
        ("Contact", {"LastName": "x", "Email": "nobody"}, "INVALID_EMAIL_ADDRESS"),
        ("Contact", {"LastName": "x", "Name": "y"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Contact", {"LastName": "x", "Birthdate": "soon"}, "JSON_PARSER_ERROR"),
        ("Opportunity", {"Name": "x", "StageName": "Prospecting"}, "REQUIRED_FIELD_MISSING"),
        (
            "Opportunity",
            {"Name": "x", "StageName": "Prospecting", "CloseDate": "9999-01-01"},
            "NUMBER_OUTSIDE_VALID_RANGE",
        ),
        ("Profile", {"Name": "x"}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    ],
)
def test_bad_values_are_refused(admin: Any, kind: str, values: dict[str, Any], code: str) -> None:
    assert admin.refused("POST", f"/sobjects/{kind}", values)[:2] == (400, code)
    assert admin.query(f"SELECT COUNT() FROM {kind}")["totalSize"] == (3 if kind == "Profile" else 0)


def test_a_reference_of_the_wrong_kind_is_named(admin: Any) -> None:
    contact = admin.create("Contact", LastName="x")
    status, code, text = admin.refused("POST", "/sobjects/Contact", {"LastName": "y", "AccountId": contact})
    assert (status, code) == (400, "FIELD_INTEGRITY_EXCEPTION")
    assert "id value of incorrect type" in text


def test_values_are_kept_as_the_platform_keeps_them(admin: Any) -> None:
    ident = admin.create(
        "Account",
        name="  Zoë ",
        BillingCity="Berlin",
        AnnualRevenue="12.6",
        NumberOfEmployees=3,
        Phone="",
        Website=None,
    )
    row = admin.get("Account", ident)
    assert row["Name"] == "Zoë"
    assert row["Phone"] is None
    assert row["AnnualRevenue"] == 13.0
    assert row["NumberOfEmployees"] == 3
    assert row["BillingAddress"]["city"] == "Berlin"
    assert row["ShippingAddress"] is None
    assert row["CreatedDate"] == row["SystemModstamp"] == "2026-03-10T12:00:30.000+0000"
    assert row["OwnerId"] == row["CreatedById"] == admin.user_id


def test_an_update_moves_the_stamps_even_when_nothing_changes(admin: Any, clock: Clock) -> None:
    ident = admin.create("Account", Name="Same")
    clock.advance(61)
    assert admin.send("PATCH", f"/sobjects/Account/{ident}", {"Name": "Same"}).status == 204
    row = admin.get("Account", ident)
    assert row["SystemModstamp"] == row["LastModifiedDate"] == "2026-03-10T12:01:31.000+0000"
    assert row["CreatedDate"] == "2026-03-10T12:00:30.000+0000"


def test_a_contact_is_named_by_its_parts(admin: Any) -> None:
    ident = admin.create("Contact", FirstName="Maria", LastName="Anders")
    admin.ok("PATCH", f"/sobjects/Contact/{ident}", {"FirstName": None})
    assert admin.get("Contact", ident)["Name"] == "Anders"


def test_parents_may_be_named_by_their_key(keyed: Any) -> None:
    account = keyed.create("Account", Name="Parent", Key__c="P1")
    contact = keyed.create("Contact", LastName="Child", Account={"Key__c": "P1"})
    assert keyed.get("Contact", contact)["AccountId"] == account
    assert (
        keyed.refused("POST", "/sobjects/Contact", {"LastName": "x", "Account": {"Key__c": "?"}})[1] == "INVALID_FIELD"
    )


def test_deleting_an_account_takes_its_people_and_deals_along(admin: Any) -> None:
    parent = admin.create("Account", Name="Parent")
    child = admin.create("Account", Name="Child", ParentId=parent)
    contact = admin.create("Contact", LastName="x", AccountId=parent)
    deal = admin.create("Opportunity", Name="x", StageName="Prospecting", CloseDate="2026-05-01", AccountId=parent)
    assert admin.send("DELETE", f"/sobjects/Account/{parent}").status == 204
    for kind, ident in (("Account", parent), ("Contact", contact), ("Opportunity", deal)):
        assert admin.refused("GET", f"/sobjects/{kind}/{ident}") == (404, "ENTITY_IS_DELETED", "entity is deleted")
    assert admin.get("Account", child)["ParentId"] is None
    actions = [each.action for each in admin.app.state.mutations() if each.id == parent]
    assert actions == ["insert", "delete"]


def test_a_reference_to_a_deleted_row_is_refused(admin: Any) -> None:
    parent = admin.create("Account", Name="Parent")
    admin.ok("DELETE", f"/sobjects/Account/{parent}")
    assert admin.refused("POST", "/sobjects/Contact", {"LastName": "x", "AccountId": parent})[1] == "ENTITY_IS_DELETED"


def test_a_unique_value_is_free_again_after_a_delete(keyed: Any) -> None:
    first = keyed.create("Account", Name="a", Key__c="K")
    assert keyed.refused("POST", "/sobjects/Account", {"Name": "b", "Key__c": "k"})[1] == "DUPLICATE_VALUE"
    keyed.ok("DELETE", f"/sobjects/Account/{first}")
    keyed.create("Account", Name="b", Key__c="K")


def test_tags_hold_back_a_stale_write_on_accounts_only(admin: Any) -> None:
    ident = admin.create("Account", Name="a")
    tag = admin.send("GET", f"/sobjects/Account/{ident}").header("ETag")
    assert admin.send("PATCH", f"/sobjects/Account/{ident}", {"Name": "b"}, (("If-Match", tag),)).status == 204
    assert admin.send("PATCH", f"/sobjects/Account/{ident}", {"Name": "c"}, (("If-Match", tag),)).status == 412
    contact = admin.create("Contact", LastName="a")
    assert not admin.send("GET", f"/sobjects/Contact/{contact}").header("ETag")
    assert admin.send("PATCH", f"/sobjects/Contact/{contact}", {"LastName": "b"}, (("If-Match", tag),)).status == 204


def test_if_unmodified_since_guards_every_object(admin: Any, clock: Clock) -> None:
    ident = admin.create("Contact", LastName="a")
    clock.advance(10)
    late, early = "Tue, 10 Mar 2026 12:00:30 GMT", "Tue, 10 Mar 2026 12:00:29 GMT"
    path = f"/sobjects/Contact/{ident}"
    assert admin.send("PATCH", path, {"LastName": "b"}, (("If-Unmodified-Since", early),)).status == 412
    assert admin.send("PATCH", path, {"LastName": "b"}, (("If-Unmodified-Since", late),)).status == 204
    assert admin.send("PATCH", path, {"LastName": "c"}, (("If-Unmodified-Since", "yesterday"),)).status == 400


def test_edits_through_the_plane_obey_the_same_rules(users: dict[str, Any]) -> None:
    from tieline_sandbox.application import EditRefused

    sam, app = users["sam"], users["sam"].app
    ident = app.edit(sam.user["username"], "create", "Account", "", {"Name": "By hand"})
    app.edit(sam.user["username"], "update", "Account", ident[:15], {"Phone": "1"})
    row = users["admin"].get("Account", ident)
    assert (row["Phone"], row["LastModifiedById"]) == ("1", sam.user_id)
    assert {each.actor for each in app.state.mutations() if each.id == ident} == {sam.user["username"]}
    with pytest.raises(EditRefused, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        app.edit(users["rita"].user["username"], "update", "Account", ident, {"Phone": "2"})
    with pytest.raises(EditRefused, match="nobody"):
        app.edit("nobody", "update", "Account", ident, {"Phone": "2"})
    app.edit(sam.user["username"], "delete", "Account", ident, {})
