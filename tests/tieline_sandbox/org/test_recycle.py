"""Merges, undeletes, locks and commits that show late: by SOAP and through the plane."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tieline_sandbox.application import EditRefused
from tieline_sandbox.effects import Clock
from tieline_sandbox.faults import Faults
from tieline_sandbox.plane import Plane
from tieline_sandbox.wire import Request, Response

PARTNER = "/services/Soap/u/60.0"


def edit(desk: Any, action: str, kind: str, ident: str, values: dict[str, Any] | None = None) -> str:
    return str(desk.app.edit(desk.user["username"], action, kind, ident, values or {}))


def bin_rows(desk: Any, kind: str) -> dict[str, dict[str, Any]]:
    found = desk.ok("GET", f"/queryAll?q=SELECT+Id,IsDeleted,MasterRecordId+FROM+{kind}")["records"]
    return {row["Id"]: row for row in found}


# -- merge -------------------------------------------------------------------------------------------------------------


def test_a_merge_moves_the_children_and_names_the_master(admin: Any) -> None:
    winner, loser = admin.create("Account", Name="Stays"), admin.create("Account", Name="Goes")
    contact = admin.create("Contact", LastName="Child", AccountId=loser)
    child = admin.create("Account", Name="Below", ParentId=loser)
    edit(admin, "merge", "Account", winner, {"losers": [loser[:15]], "values": {"Phone": "1"}})
    rows = bin_rows(admin, "Account")
    assert (rows[loser]["IsDeleted"], rows[loser]["MasterRecordId"]) == (True, winner)
    assert (rows[winner]["IsDeleted"], rows[winner]["MasterRecordId"]) == (False, None)
    assert admin.get("Contact", contact)["AccountId"] == winner
    assert admin.get("Account", child)["ParentId"] == winner
    assert admin.get("Account", winner)["Phone"] == "1"
    assert admin.refused("GET", f"/sobjects/Account/{loser}")[:2] == (404, "ENTITY_IS_DELETED")


def test_the_master_does_not_become_its_own_parent(admin: Any) -> None:
    loser = admin.create("Account", Name="Goes")
    winner = admin.create("Account", Name="Stays", ParentId=loser)
    edit(admin, "merge", "Account", winner, {"losers": [loser]})
    assert admin.get("Account", winner)["ParentId"] is None


def test_a_merge_over_soap(admin: Any) -> None:
    winner, first, second = (admin.create("Contact", LastName=name) for name in "abc")
    asked = (
        f"<merge><request><masterRecord><type>Contact</type><Id>{winner}</Id><fieldsToNull>Title</fieldsToNull>"
        f"<LastName>Z</LastName></masterRecord><recordToMergeIds>{first}</recordToMergeIds>"
        f"<recordToMergeIds>{second}</recordToMergeIds></request></merge>"
    )
    result = admin.soap(asked, PARTNER).find(".//result")
    assert (result.findtext("id"), result.findtext("success")) == (winner, "true")
    assert [each.text for each in result.findall("mergedRecordIds")] == [first, second]
    assert admin.get("Contact", winner)["LastName"] == "Z"
    assert all(bin_rows(admin, "Contact")[each]["MasterRecordId"] == winner for each in (first, second))


@pytest.mark.parametrize("count", [0, 3])
def test_a_merge_takes_one_or_two_others(admin: Any, count: int) -> None:
    winner, *losers = (admin.create("Account", Name=str(number)) for number in range(count + 1))
    with pytest.raises(EditRefused, match="one or 2"):
        edit(admin, "merge", "Account", winner, {"losers": losers})


def test_what_cannot_be_merged(users: Any) -> None:
    admin, rita = users["admin"], users["rita"]
    one, two = (admin.create("Account", Name=name) for name in "ab")
    with pytest.raises(EditRefused, match="can't be merged"):
        edit(admin, "merge", "Product2", one, {"losers": [two]})
    with pytest.raises(EditRefused, match="INSUFFICIENT_ACCESS"):
        edit(rita, "merge", "Account", one, {"losers": [two]})
    with pytest.raises(EditRefused, match="losers"):
        edit(admin, "merge", "Account", one, {"losers": "x"})
    assert not bin_rows(admin, "Account")[two]["IsDeleted"]


# -- undelete ----------------------------------------------------------------------------------------------------------


def test_an_undelete_brings_back_what_went_along(admin: Any) -> None:
    account = admin.create("Account", Name="A")
    kept, gone = (admin.create("Contact", LastName=name, AccountId=account) for name in ("kept", "gone"))
    below = admin.create("Account", Name="Below", ParentId=account)
    admin.ok("DELETE", f"/sobjects/Contact/{gone}")
    admin.ok("DELETE", f"/sobjects/Account/{account}")
    assert admin.get("Account", below)["ParentId"] is None
    result = admin.soap(f"<undelete><ids>{account}</ids><ids>{gone}x</ids></undelete>", PARTNER).findall(".//result")
    assert [each.findtext("success") for each in result] == ["true", "false"]
    assert result[1].findtext("errors/statusCode") == "MALFORMED_ID"
    assert admin.get("Contact", kept)["AccountId"] == account
    assert admin.get("Account", below)["ParentId"] == account
    assert admin.refused("GET", f"/sobjects/Contact/{gone}")[1] == "ENTITY_IS_DELETED"


def test_an_undelete_that_breaks_a_rule_is_refused(keyed: Any) -> None:
    first = keyed.create("Account", Name="A", Key__c="K")
    keyed.ok("DELETE", f"/sobjects/Account/{first}")
    keyed.create("Account", Name="B", Key__c="K")
    with pytest.raises(EditRefused, match="DUPLICATE_VALUE"):
        edit(keyed, "undelete", "Account", first)


def test_the_bin_is_kept_for_fifteen_days(admin: Any, clock: Clock) -> None:
    account = admin.create("Account", Name="A")
    with pytest.raises(EditRefused, match="recycle bin"):
        edit(admin, "undelete", "Account", account)
    admin.ok("DELETE", f"/sobjects/Account/{account}")
    clock.advance(16 * 86400)
    with pytest.raises(EditRefused, match="UNDELETE_FAILED"):
        edit(admin, "undelete", "Account", account)


def test_a_detail_comes_back_after_its_master_only(admin: Any, words: Any) -> None:
    inner = "<referenceTo>Account</referenceTo><relationshipName>Things</relationshipName>"
    fields = words.field("Owner__c", "MasterDetail", inner)
    custom = words.custom_object(fields, "ControlledByParent")
    admin.install(words.package({"Thing__c": custom}, ["Thing__c.Owner__c"], ["Account.Phone"]), None)
    account = admin.create("Account", Name="A")
    thing = admin.create("Thing__c", Name="T", Owner__c=account)
    admin.ok("DELETE", f"/sobjects/Account/{account}")
    with pytest.raises(EditRefused, match="undelete it first"):
        edit(admin, "undelete", "Thing__c", thing)
    edit(admin, "undelete", "Account", account)
    assert admin.get("Thing__c", thing)["Owner__c"] == account


def test_an_emptied_bin_holds_nothing(admin: Any) -> None:
    account = admin.create("Account", Name="A")
    contact = admin.create("Contact", LastName="C", AccountId=account)
    admin.ok("DELETE", f"/sobjects/Account/{account}")
    admin.soap(f"<emptyRecycleBin><ids>{account}</ids></emptyRecycleBin>", PARTNER)
    assert account not in bin_rows(admin, "Account")
    assert contact not in bin_rows(admin, "Contact")


# -- locks -------------------------------------------------------------------------------------------------------------


def test_a_locked_row_takes_no_write_until_it_is_free(admin: Any, clock: Clock) -> None:
    account = admin.create("Account", Name="A")
    edit(admin, "lock", "Account", account, {"seconds": 30})
    told = (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
    assert admin.refused("PATCH", f"/sobjects/Account/{account}", {"Phone": "1"}) == told
    assert admin.refused("DELETE", f"/sobjects/Account/{account}") == told
    assert admin.refused("POST", "/sobjects/Contact", {"LastName": "C", "AccountId": account}) == told
    assert admin.get("Account", account)["Name"] == "A"
    item = {"attributes": {"type": "Account"}, "Id": account, "Phone": "1"}
    assert admin.ok("PATCH", "/composite/sobjects", {"records": [item]})[0]["errors"][0]["statusCode"] == told[1]
    clock.advance(31)
    admin.ok("PATCH", f"/sobjects/Account/{account}", {"Phone": "1"})


def test_a_lock_can_be_taken_off(admin: Any) -> None:
    account = admin.create("Account", Name="A")
    edit(admin, "lock", "Account", account, {"seconds": 30})
    edit(admin, "lock", "Account", account, {"seconds": 0})
    admin.ok("PATCH", f"/sobjects/Account/{account}", {"Phone": "1"})


@pytest.mark.parametrize("seconds", [-1, True, "x", None, 1e99])
def test_seconds_must_be_seconds(admin: Any, seconds: Any) -> None:
    account = admin.create("Account", Name="A")
    with pytest.raises(EditRefused, match="seconds"):
        edit(admin, "lock", "Account", account, {"seconds": seconds})


# -- late commits ------------------------------------------------------------------------------------------------------


def test_a_late_commit_lies_behind_the_cursor(admin: Any) -> None:
    first = admin.create("Account", Name="A")
    cursor = admin.get("Account", first)["SystemModstamp"]
    late = edit(admin, "late", "Account", "", {"seconds": 120, "values": {"Name": "Late"}})
    assert admin.get("Account", late)["SystemModstamp"] == "2026-03-10T11:58:30.000+0000" < cursor
    edit(admin, "late", "Account", first, {"seconds": 60, "values": {"Phone": "1"}})
    row = admin.get("Account", first)
    assert (row["Phone"], row["LastModifiedDate"]) == ("1", "2026-03-10T11:59:30.000+0000")


# -- the rest of the plane ---------------------------------------------------------------------------------------------


def test_strange_edits_are_refused(admin: Any) -> None:
    for action, kind, values in (
        ("fly", "Account", {}), ("expire", "Account", {}), ("lock", "Account", {"seconds": 1}),
        ("configure", "ConnectedApp", {"client_id": "x"}), ("configure", "Limits", {"api_max": True}),
        ("late", "Account", {"seconds": 1, "values": []}),
    ):  # fmt: skip
        with pytest.raises(EditRefused):
            edit(admin, action, kind, "nothing", values)


def test_the_day_can_be_made_short(admin: Any) -> None:
    edit(admin, "configure", "Limits", "", {"api_max": 1})
    admin.send("GET", "/limits")
    assert admin.refused("GET", "/limits")[:2] == (403, "REQUEST_LIMIT_EXCEEDED")


def test_one_session_ends_by_its_token(admin: Any) -> None:
    edit(admin, "expire", "Session", admin.user["access_token"])
    assert admin.refused("GET", "/limits")[1] == "INVALID_SESSION_ID"


def test_hard_deletes_leave_nothing(admin: Any) -> None:
    account = admin.create("Account", Name="A")
    job = admin.ok("POST", "/jobs/ingest", {"object": "Account", "operation": "hardDelete"})["id"]
    csv = (("Content-Type", "text/csv"),)
    assert admin.send("PUT", f"/jobs/ingest/{job}/batches", headers=csv, raw=f"Id\n{account}\n".encode()).status == 201
    admin.ok("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    assert admin.ok("GET", f"/jobs/ingest/{job}")["numberRecordsFailed"] == 0
    assert account not in bin_rows(admin, "Account")


def test_the_plane_lets_the_orgs_own_actions_through(admin: Any, clock: Clock) -> None:
    plane = Plane(admin.app, "token", Faults(), clock)
    account = admin.create("Account", Name="A")

    def ask(**given: Any) -> Response:
        body = json.dumps({"user": admin.user["username"], "object": "Account", **given}).encode()
        return plane.handle(Request("POST", "/__sandbox__/as_user", (("X-Sandbox-Token", "token"),), body))

    assert ask(action="lock", id=account, values={"seconds": 5}).json() == {"id": account}
    assert ask(action="late", values={"seconds": 5, "values": {"Name": "B"}}).status == 200
    assert ask(action="create", values={"Name": "C"}).status == 200
    assert ask(action="press", object="Account.Nothing", id=account).status == 422
    assert ask(action="fly", id=account).status == 400
