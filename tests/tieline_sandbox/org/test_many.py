"""Collections, composite requests, bulk jobs and windows of change."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tieline_sandbox.effects import Clock
from tieline_sandbox.hooks import FaultInjected, Hook, Tags
from tieline_sandbox.wire import Response

NO_TAGS = Tags()


def account(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


def codes(items: list[Any]) -> list[str]:
    return ["ok" if item["success"] else item["errors"][0]["statusCode"] for item in items]


def test_each_row_of_a_collection_stands_for_itself(keyed: Any) -> None:
    rows: list[Any] = [
        account(Name="a", Key__c="1"),
        account(Name="b", Key__c="1"),
        account(),
        {"Name": "c"},
        account(Name="d", Bogus__c=1),
        "e",
        {"attributes": {"type": "Nothing"}, "Name": "f"},
    ]
    answer = keyed.ok("POST", "/composite/sobjects", {"allOrNone": False, "records": rows})
    assert codes(answer) == [
        "ok",
        "DUPLICATE_VALUE",
        "REQUIRED_FIELD_MISSING",
        "INVALID_TYPE",
        "INVALID_FIELD",
        "JSON_PARSER_ERROR",
        "INVALID_TYPE",
    ]
    assert keyed.values("SELECT Name FROM Account") == ["a"]


def test_upserts_of_a_collection(keyed: Any) -> None:
    keyed.create("Account", Name="old", Key__c="A")
    for _ in range(2):
        keyed.create("Account", Name="twin", Group__c="T")
    path = "/composite/sobjects/Account/Key__c"
    rows = [
        account(Name="new", Key__c="a"),
        account(Name="b", Key__c="B"),
        account(Name="again", Key__c="b"),
        account(Name="blank", Key__c=""),
    ]
    answer = keyed.ok("PATCH", path, {"records": rows})
    assert codes(answer) == ["ok", "ok", "DUPLICATE_VALUE", "ok"]
    assert [item.get("created") for item in answer] == [False, True, None, True]
    twins = keyed.ok("PATCH", path.replace("Key", "Group"), {"records": [account(Name="x", Group__c="T")]})
    assert codes(twins) == ["DUPLICATE_EXTERNAL_ID"]


def test_a_missing_row_in_a_collection_is_a_bad_reference(admin: Any) -> None:
    gone = admin.create("Account", Name="gone")
    admin.ok("DELETE", f"/sobjects/Account/{gone}")
    rows = [
        account(Id="001000000000000AAA", Name="x"),
        account(Id=gone, Name="x"),
        account(Name="x"),
        account(Id="abc"),
    ]
    answer = admin.ok("PATCH", "/composite/sobjects", {"records": rows})
    assert codes(answer) == ["INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED", "MISSING_ARGUMENT", "MALFORMED_ID"]


def test_all_or_none_deletes(admin: Any) -> None:
    ident = admin.create("Account", Name="a")
    path = f"/composite/sobjects?ids={ident},001000000000000AAA&allOrNone=true"
    assert codes(admin.ok("DELETE", path)) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert admin.get("Account", ident)["IsDeleted"] is False


def test_a_composite_request_is_one_transaction_and_one_commit(admin: Any) -> None:
    seen: list[Hook] = []
    desk = type(admin)(admin.app, admin.user, lambda hook, _tags=NO_TAGS: seen.append(hook))
    part = {"method": "POST", "url": "/services/data/v60.0/sobjects/Account", "body": {"Name": "x"}}
    parts = [{**part, "referenceId": f"r{number}"} for number in range(3)]
    desk.ok("POST", "/composite", {"allOrNone": True, "compositeRequest": parts})
    assert seen == [Hook.PARSED, Hook.BEFORE_COMMIT, Hook.AFTER_COMMIT]
    assert admin.query("SELECT COUNT() FROM Account")["totalSize"] == 3


def test_a_reference_to_a_failed_part_fails(admin: Any) -> None:
    base = "/services/data/v60.0/sobjects/"
    parts = [
        {"method": "POST", "url": base + "Account", "body": {}, "referenceId": "firm"},
        {
            "method": "POST",
            "url": base + "Contact",
            "body": {"LastName": "x", "AccountId": "@{firm.id}"},
            "referenceId": "person",
        },
        {"method": "GET", "url": "/elsewhere", "referenceId": "other"},
    ]
    answer = admin.ok("POST", "/composite", {"compositeRequest": parts})["compositeResponse"]
    assert [each["httpStatusCode"] for each in answer] == [400, 400, 404]
    assert answer[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_a_fault_before_the_commit_undoes_and_after_it_does_not(admin: Any) -> None:
    def striking(at: Hook) -> Any:
        def probe(hook: Hook, _tags: Tags = NO_TAGS) -> None:
            if hook is at:
                raise FaultInjected(Response(503))

        return type(admin)(admin.app, admin.user, probe)

    for at, left in ((Hook.PARSED, 0), (Hook.BEFORE_COMMIT, 0), (Hook.AFTER_COMMIT, 1)):
        with pytest.raises(FaultInjected):
            striking(at).send("POST", "/sobjects/Account", {"Name": "x"})
        assert admin.query("SELECT COUNT() FROM Account")["totalSize"] == left, at


def test_tags_name_operation_object_key_and_actor(keyed: Any) -> None:
    seen: list[Tags] = []
    desk = type(keyed)(keyed.app, keyed.user, lambda _hook, tags=NO_TAGS: seen.append(tags))
    desk.ok("PATCH", "/sobjects/Account/Key__c/K%201", {"Name": "x"})
    desk.query("SELECT Id FROM account")
    assert set(seen) == {
        Tags("upsert", "Account", "K 1", keyed.user["username"]),
        Tags("query", "account", "", keyed.user["username"]),
    }


def test_windows_of_change(admin: Any, clock: Clock) -> None:
    first, second = admin.create("Account", Name="a"), admin.create("Account", Name="b")
    clock.advance(60)
    admin.ok("DELETE", f"/sobjects/Account/{second}")
    clock.advance(60)
    window = "start=2026-03-10T12:00:00Z&end=2026-03-10T12:02:00%2B00:00"
    told = admin.ok("GET", f"/sobjects/Account/updated/?{window}")
    assert told == {"ids": [first], "latestDateCovered": "2026-03-10T12:02:00.000+0000"}
    gone = admin.ok("GET", f"/sobjects/Account/deleted/?{window}")
    assert gone["deletedRecords"] == [{"id": second, "deletedDate": "2026-03-10T12:01:30.000+0000"}]
    for bad in (
        "start=2026-03-10T12:00:00Z&end=2026-03-10T12:00:30Z",
        "start=2026-01-01T00:00:00Z&end=2026-03-10T12:00:30Z",
        "start=x&end=y",
        "",
    ):
        assert admin.refused("GET", f"/sobjects/Account/updated?{bad}")[1] == "INVALID_REPLICATION_DATE"


def ingest(desk: Any, text: str, **job: str) -> dict[str, Any]:
    """A finished ingest job; in memory the work is done at once."""
    ident = desk.ok("POST", "/jobs/ingest", {"object": "Account", **job})["id"]
    assert desk.send("PUT", f"/jobs/ingest/{ident}/batches", raw=text.encode()).status == 201
    desk.ok("PATCH", f"/jobs/ingest/{ident}", {"state": "UploadComplete"})
    return dict(desk.ok("GET", f"/jobs/ingest/{ident}"))


def results(desk: Any, job: dict[str, Any], which: str) -> list[str]:
    answer = desk.send("GET", f"/jobs/ingest/{job['id']}/{which}")
    return str(answer.body.decode()).splitlines()


def test_bulk_rows_have_results_of_their_own(keyed: Any) -> None:
    text = 'Key__c,Name,Phone\n1,"A, ""a""",030\n2,,\n3,C,#N/A\n'
    job = ingest(keyed, text, operation="upsert", externalIdFieldName="Key__c")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 3, 1)
    assert (
        results(keyed, job, "failedResults")[1]
        == '"","REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --","2","",""'
    )
    again = ingest(keyed, "Key__c,Name,Phone\n1,,\n3,Cc,\n", operation="upsert", externalIdFieldName="Key__c")
    assert [line.split(",")[1] for line in results(keyed, again, "successfulResults")[1:]] == ['"false"', '"false"']
    assert keyed.rows("SELECT Name, Phone FROM Account ORDER BY Name") == [
        {"Name": 'A, "a"', "Phone": "030"},
        {"Name": "Cc", "Phone": None},
    ]


def test_bulk_jobs_that_fail_as_a_whole(keyed: Any) -> None:
    bogus = ingest(keyed, "Bogus\n1\n", operation="insert")
    assert (bogus["state"], bogus["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : Bogus")
    assert results(keyed, bogus, "unprocessedrecords") == ['"Bogus"', '"1"']
    ending = ingest(keyed, "Name\r\na\r\n", operation="insert")
    assert "LineEnding is invalid on user data" in ending["errorMessage"]
    wide = ingest(keyed, "Name\na,b\n", operation="insert")
    assert wide["state"] == "Failed"
    assert keyed.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_bulk_update_and_delete(admin: Any) -> None:
    idents = [admin.create("Account", Name=name) for name in "ab"]
    job = ingest(admin, f"Id,Phone\n{idents[0]},1\nx,2\n", operation="update")
    assert job["numberRecordsFailed"] == 1
    assert admin.get("Account", idents[0])["Phone"] == "1"
    ingest(admin, f"Id\n{idents[0]}\n{idents[1]}\n", operation="delete")
    assert admin.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_jobs_refuse_what_they_can_not_do(admin: Any) -> None:
    for body, code in (
        ({"object": "Account", "operation": "guess"}, "INVALIDJOB"),
        ({"object": "Nothing", "operation": "insert"}, "INVALIDENTITY"),
        ({"object": "Account", "operation": "upsert", "externalIdFieldName": "Phone"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "insert", "lineEnding": "CR"}, "INVALIDJOB"),
    ):
        assert admin.refused("POST", "/jobs/ingest", body)[1] == code
    assert (
        admin.refused("POST", "/jobs/query", {"operation": "query", "query": "SELECT COUNT() FROM Account"})[1]
        == "API_ERROR"
    )
    job = ingest(admin, "Name\na\n", operation="insert")
    assert admin.refused("PATCH", f"/jobs/ingest/{job['id']}", {"state": "Aborted"})[1] == "INVALIDJOBSTATE"


def test_bulk_query_writes_parents_and_booleans(admin: Any) -> None:
    account_id = admin.create("Account", Name="Firm")
    admin.create("Contact", LastName="x", AccountId=account_id)
    job = admin.ok(
        "POST",
        "/jobs/query",
        {"operation": "query", "query": "SELECT LastName, Account.Name, IsDeleted, CreatedDate, Phone FROM Contact"},
    )
    answer = admin.send("GET", f"/jobs/query/{job['id']}/results")
    assert (
        answer.body.decode() == '"LastName","Account.Name","IsDeleted","CreatedDate","Phone"\n'
        '"x","Firm","false","2026-03-10T12:00:30.000Z",""\n'
    )
    assert answer.header("Sforce-Locator") == "null"


def test_keys_in_addresses_are_decoded_once(keyed: Any) -> None:
    for key in ("a/b", "100%", "ü ö", "a+b", "?&#"):
        assert keyed.send("PATCH", f"/sobjects/Account/Key__c/{quote(key, safe='')}", {"Name": "x"}).status == 201
        assert keyed.ok("GET", f"/sobjects/Account/Key__c/{quote(key, safe='')}")["Key__c"] == key
