"""Two companies of Sage Intacct, each with a top level and two entities, at one org: nothing crosses.

What is believed of a company, its own log below the API says.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.deep
OFFICES = ("north", "south")
PLACES = ("top", "100-US", "200-DE")
DIRECTION = "back_offices.north.objects.customer.fields.Fax.direction"
RESTING = (
    "item", "price_list", "price", "project", "task", "quote", "quote_line", "sales_order", "sales_order_line",
    "invoice", "invoice_line", "other_document", "other_document_line", "opportunity_amount",
)  # fmt: skip
"""Objects that this test can do without."""
IDLE = 25
"""Calls of two or three cycles in which nothing happens."""


@dataclass
class Group:
    """One org, two companies, the product between them. `world` is the kit's own."""

    tieline: Any
    org: Any
    admin: Any
    sam: Any
    companies: dict[str, Any]
    watching: Any = None

    def watch(self) -> None:
        """Let the product work from now on."""
        if self.watching is None:
            self.watching = self.tieline.start("sync", "--watch", "--yes", "--interval", "0.1")

    def rest(self) -> None:
        """End it in order: other commands want its place."""
        if self.watching is not None:
            assert self.watching.interrupt(60, by=signal.SIGTERM) == 0, self.watching.err
            self.watching = None

    def settle(self) -> None:
        """Wait until some cycles of both companies went by in which no system's log grew."""
        self.watch()
        assert self.watching is not None
        place, calls = self.lasts(), self.calls()
        for _ in range(600):
            assert self.watching.running, self.watching.err
            if self.lasts() != place:
                place, calls = self.lasts(), self.calls()
            elif all(now - then > IDLE for now, then in zip(self.calls(), calls, strict=True)):
                return
            threading.Event().wait(0.1)
        raise AssertionError("they write to and fro")

    def calls(self) -> list[int]:
        return [plane.calls() for plane in self.companies.values()]

    def lasts(self) -> list[int]:
        return [plane.last() for plane in (self.org, *self.companies.values())]

    def made(self, office: str) -> dict[str, str]:
        """Names of customers that came over the API, and where they belong."""
        log = self.companies[office].log()
        ours = [one for one in log if (one["kind"], one["action"], one["actor"]) == ("CUSTOMER", "insert", "api")]
        return {one["after"]["NAME"]: one["after"].get("MEGAENTITYID") or "top" for one in ours}

    def written(self, office: str, since: int) -> list[tuple[str, str]]:
        """What the API changed of customers there."""
        log = self.companies[office].log(since)
        return [
            (one["action"], one["after"]["NAME"]) for one in log if (one["kind"], one["actor"]) == ("CUSTOMER", "api")
        ]

    def rows(self, account: str) -> dict[str, dict[str, Any]]:
        """The account's rows of the panel, by company."""
        fields = "Id, Back_Office__c, Accounting_Entity__c, ERP_Id__c, Sync_Status__c, Notes__c"
        found = self.admin.query(f"SELECT {fields} FROM ERP_Link__c WHERE Account__c = '{account}'")
        return {row["Back_Office__c"]: row for row in found}

    def choose(self, account: str, office: str, entity: str) -> None:
        self.sam.edit("ERP_Link__c", self.rows(account)[office]["Id"], Accounting_Entity__c=entity)

    def press(self, account: str, office: str, **more: str) -> str:
        told = {"Action__c": "intacct.sync_account", "Record_Id__c": account, "Account__c": account}
        return str(self.sam.create("ERP_Request__c", **told, Back_Office__c=office, **more))

    def answer(self, request: str) -> tuple[str, str]:
        (row,) = self.admin.query(f"SELECT Status__c, Message__c FROM ERP_Request__c WHERE Id = '{request}'")
        return row["Status__c"], row["Message__c"]


@pytest.fixture(scope="module")
def group(
    tmp_path_factory: pytest.TempPathFactory, make_tieline: Any, make_plane: Any, make_user: Any, eventually: Any
) -> Iterator[Group]:
    folder = tmp_path_factory.mktemp("group")
    with ExitStack() as leaving:
        tieline = make_tieline(folder / "state")
        documents = {"org": _sandbox(tieline, "org", leaving, eventually)}
        for office in OFFICES:
            documents[office] = _sandbox(make_tieline(folder / office), "intacct", leaving, eventually)
        planes = {name: make_plane(document) for name, document in documents.items()}
        # one number and one name in both companies, for firms that have nothing to do with one another
        for office, entity in (("north", "100-US"), ("south", "200-DE")):
            planes[office].edit("Bea", "CUSTOMER", "", **_customer("10001", f"Only in {office}", entity))
            planes[office].edit("Bea", "CUSTOMER", "", **_customer("10002", "One name", entity))
        tieline("connect", "org", "org", "--from", folder / "state" / "org.json", "--json").ok()
        for office in OFFICES:
            place = folder / office / "intacct.json"
            told = ("--set", f"entities={','.join(PLACES)}", "--json")
            tieline("connect", "intacct", office, "--from", place, *told).ok()
        off = {"objects": {name: {"enabled": False} for name in RESTING}}
        settings = {"back_offices": dict.fromkeys(OFFICES, off)}
        (folder / "state" / "settings.yaml").write_text(json.dumps(settings))  # which is YAML too
        tieline("package", "apply", "--system", "intacct", "--yes", "--json").ok()
        admin, sam = (make_user(documents["org"], name) for name in ("admin", "sam"))
        rights = admin.query("SELECT Id FROM PermissionSet WHERE Name = 'Tieline_Intacct_User'")
        admin.create("PermissionSetAssignment", PermissionSetId=rights[0]["Id"], AssigneeId=sam.user_id)
        yield Group(tieline, planes["org"], admin, sam, {office: planes[office] for office in OFFICES})


def _sandbox(tieline: Any, name: str, leaving: ExitStack, eventually: Any) -> dict[str, Any]:
    leaving.callback(tieline.stop)
    tieline.start("sandbox", name)
    place: Path = tieline.state / f"{name}.json"
    eventually(place.exists, f"{name} writes its document")
    return dict(tieline.document(name))


def _customer(number: str, name: str, entity: str) -> dict[str, Any]:
    return {"CUSTOMERID": number, "NAME": name, "DISPLAYCONTACT.PRINTAS": name, "MEGAENTITYID": entity}


def test_nothing_crosses(group: Group) -> None:
    named = ("Alpha", "Beta", "Gamma", "One name")
    alpha, beta, gamma, same = (group.sam.create("Account", Name=name) for name in named)
    twin = group.sam.create("Account", Name="Only in north", AccountNumber="10001")
    group.settle()
    assert [group.rows(twin)[office]["ERP_Id__c"] for office in OFFICES] == ["10001", None]
    group.choose(alpha, "north", "100-US")
    group.choose(alpha, "south", "Germany")  # by its label
    group.choose(beta, "north", "200-DE")
    group.choose(gamma, "south", "300-FR")
    presses = [group.press(alpha, "north"), group.press(alpha, "south"), group.press(beta, "north")]
    presses += [group.press(beta, "south", Accounting_Entity__c="100-US"), group.press(same, "south")]
    refused = group.press(gamma, "south", Accounting_Entity__c="300-FR")
    group.settle()
    assert [group.answer(one)[0] for one in presses] == ["Done"] * 5
    assert group.answer(refused)[0] == "Refused"
    assert "Choose one of" in group.rows(gamma)["south"]["Notes__c"]
    assert group.made("north") == {"Alpha": "100-US", "Beta": "200-DE"}
    assert group.made("south") == {"Alpha": "200-DE", "Beta": "100-US", "One name": "top"}
    _edited_on_all_sides(group, alpha)
    assert group.watching.err.count("problem") == 0


def _edited_on_all_sides(group: Group, alpha: str) -> None:
    """An edit in one company reaches the other by way of the org alone, and touches no other record."""
    rows = group.rows(alpha)
    since = {office: group.companies[office].last() for office in OFFICES}
    group.companies["south"].edit("Bea", "CUSTOMER", rows["south"]["ERP_Id__c"], CREDITLIMIT="500", **{
        "DISPLAYCONTACT.PHONE1": "0301",
    })  # fmt: skip
    group.companies["north"].edit("Bea", "CUSTOMER", "10001", **{"DISPLAYCONTACT.FAX": "10"})
    group.settle()
    (account,) = group.admin.query(
        f"SELECT Phone, AccountNumber, Intacct_Credit_Limit__c FROM Account WHERE Id = '{alpha}'"
    )
    assert account["Phone"] == "0301"
    assert (account["AccountNumber"], account["Intacct_Credit_Limit__c"]) == (rows["north"]["ERP_Id__c"], None)
    assert group.written("north", since["north"]) == [("update", "Alpha")]
    assert group.written("south", since["south"]) == []


def test_lists_stand_side_by_side(group: Group) -> None:
    group.settle()
    rows = group.admin.query("SELECT Back_Office__c, Accounting_Entity__c, ERP_Id__c FROM Intacct_AR_Term__c")
    found = {(row["Back_Office__c"], row["Accounting_Entity__c"] or "top") for row in rows if row["ERP_Id__c"] == "N30"}
    assert found == {(office, place) for office in OFFICES for place in PLACES}


def test_a_connection_led_to_the_other_company_is_refused(group: Group) -> None:
    group.rest()
    before = group.lasts()
    place = group.tieline.state.parent / "south" / "intacct.json"
    said = group.tieline("connect", "intacct", "north", "--from", place)
    assert said.code == 1
    assert "this connection belongs to" in said.err
    assert group.lasts() == before


def test_a_company_that_is_disconnected_and_connected_again_goes_on(group: Group) -> None:
    """Settings, links and numbers stay; what changed meanwhile arrives; nothing is made twice."""
    (beta,) = [row["Id"] for row in group.admin.query("SELECT Id FROM Account WHERE Name = 'Beta'")] or [
        group.sam.create("Account", Name="Beta")
    ]
    group.settle()
    group.rest()
    group.tieline("settings", "set", DIRECTION, "to_crm", "--json").ok()
    tied, made = group.rows(beta), {office: group.made(office) for office in OFFICES}
    group.tieline("connections", "remove", "north", "--json").ok()
    group.sam.edit("Account", beta, Website="https://meanwhile.example")
    ran = group.tieline("sync", "--once", "--json", "--back-office", "south").ok()  # the other one goes on
    assert ran["problems"] == []
    place = group.tieline.state.parent / "north" / "intacct.json"
    told = ("--set", f"entities={','.join(PLACES)}", "--json")
    group.tieline("connect", "intacct", "north", "--from", place, *told).ok()
    group.settle()
    assert {office: row["ERP_Id__c"] for office, row in group.rows(beta).items()} == {
        office: row["ERP_Id__c"] for office, row in tied.items()
    }
    assert {office: group.made(office) for office in OFFICES} == made
    kept = group.tieline("settings", "get", DIRECTION, "--json").ok()
    assert "to_crm" in str(kept)
