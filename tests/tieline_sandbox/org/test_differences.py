"""What the local org does otherwise than the real service; docs/reference/local-org.md names each of these."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.application import EditRefused
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import build
from tieline_sandbox.wire import Request

PARTNER = "/services/Soap/u/60.0"


def test_sessions_do_not_age(admin: Any, clock: Clock) -> None:
    clock.advance(400 * 86400)
    assert admin.send("GET", "/limits").status == 200


def test_a_deploy_is_done_at_once(admin: Any, words: Any) -> None:
    files = words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"])
    zipped = words.zipped(files)
    ident = admin.soap(f"<deploy><ZipFile>{zipped}</ZipFile></deploy>").findtext(".//id")
    told = admin.soap(f"<checkDeployStatus><asyncProcessId>{ident}</asyncProcessId></checkDeployStatus>")
    assert told.findtext(".//status") == "Succeeded"


@pytest.mark.parametrize("kind", ["ApexClass", "ApexTrigger", "Flow", "LightningComponentBundle", "DuplicateRule"])
def test_code_is_refused_by_name(admin: Any, words: Any, kind: str) -> None:
    result = admin.deploy({"package.xml": words.manifest({kind: ["X"]})})
    assert words.problems(result) == [f"Unknown type name '{kind}' specified in package.xml"]


@pytest.mark.parametrize("inner", [("Number", "<formula>1</formula>"), ("Summary", "")])
def test_computed_fields_are_refused(admin: Any, words: Any, inner: tuple[str, str]) -> None:
    files = words.package({"Account": words.standard_object(words.field("A__c", *inner))}, ["Account.A__c"])
    assert any("not supported by this local org" in each for each in words.problems(admin.deploy(files)))


def test_one_broken_rule_is_told(admin: Any, words: Any) -> None:
    rules = "".join(
        f"<validationRules><fullName>{name}</fullName><active>true</active><errorConditionFormula>TRUE"
        f"</errorConditionFormula><errorMessage>{name}</errorMessage></validationRules>"
        for name in ("One", "Two")
    )
    manifest = words.manifest({"ValidationRule": ["Account.One", "Account.Two"]})
    admin.install({"objects/Account.object": words.standard_object(rules), "package.xml": manifest})
    assert [each["message"] for each in admin.send("POST", "/sobjects/Account", {"Name": "A"}).json()] == ["One"]


def test_purged_rows_are_not_listed(admin: Any, clock: Clock) -> None:
    ident = admin.create("Account", Name="A")
    admin.ok("DELETE", f"/sobjects/Account/{ident}")
    clock.advance(120)
    window = "start=2026-03-10T12:00:00Z&end=2026-03-10T12:02:00Z"
    assert len(admin.ok("GET", f"/sobjects/Account/deleted?{window}")["deletedRecords"]) == 1
    admin.app.edit(admin.user["username"], "purge", "Account", ident, {})
    assert admin.ok("GET", f"/sobjects/Account/deleted?{window}")["deletedRecords"] == []


def test_locators_do_not_survive_a_restart(tmp_path: Path, words: Any) -> None:
    first = build(tmp_path, Clock(), Randomness(), None)
    desk = words.desk(first, first.credentials()["users"][0])
    rows = [{"attributes": {"type": "Account"}, "Name": str(number)} for number in range(200)]
    for _ in range(2):
        desk.ok("POST", "/composite/sobjects", {"records": rows})
    page = desk.ok("GET", "/query?q=SELECT+Id+FROM+Account", headers=(("Sforce-Query-Options", "batchSize=200"),))
    first.state.close()
    second = build(tmp_path, Clock(), Randomness(), None)
    again = words.desk(second, second.credentials()["users"][0])
    assert again.refused("GET", page["nextRecordsUrl"])[1] == "INVALID_QUERY_LOCATOR"
    second.state.close()


def test_only_rest_calls_count(admin: Any) -> None:
    first = admin.ok("GET", "/limits")["DailyApiRequests"]
    admin.soap("<describeMetadata/>")
    second = admin.ok("GET", "/limits")["DailyApiRequests"]
    assert first["Max"] == 1_000_000
    assert first["Remaining"] - second["Remaining"] == 1


def test_other_actions_cannot_be_pressed(admin: Any, words: Any) -> None:
    action = "<label>Mail</label><type>SendEmail</type><optionsCreateFeedItem>false</optionsCreateFeedItem>"
    files = {
        "quickActions/Account.Mail.quickAction": f'<QuickAction xmlns="{words.metadata}">{action}</QuickAction>',
        "package.xml": words.manifest({"QuickAction": ["Account.Mail"]}),
    }
    admin.install(files)
    ident = admin.create("Account", Name="A")
    with pytest.raises(EditRefused, match="type Create, not SendEmail"):
        admin.app.edit(admin.user["username"], "press", "Account.Mail", ident, {})


@pytest.mark.parametrize(
    "path",
    [
        "/services/async/60.0/job",
        "/services/data/v60.0/search",
        "/services/apexrest/x",
        "/services/data/v60.0/analytics",
    ],
)
def test_other_services_are_not_there(admin: Any, path: str) -> None:
    assert admin.refused("GET", path)[:2] == (404, "NOT_FOUND")


@pytest.mark.parametrize("call", ["create", "update", "query", "describeSObject", "convertLead"])
def test_the_partner_api_is_small(admin: Any, call: str) -> None:
    assert f"no call {call}" in admin.soap(f"<{call}/>", PARTNER).findtext(".//faultstring")


def test_versions_behave_alike(admin: Any) -> None:
    def shown(version: int) -> Any:
        return admin.ok("GET", f"/services/data/v{version}.0/sobjects/Account/describe")["fields"]

    assert shown(31) == shown(60) == shown(68)
    headers = (("Authorization", "Bearer x"),)
    assert admin.app.handle(Request("GET", "/services/data/v30.0/limits", headers)).status == 410
