"""The real engine between a local org and local companies of Intacct, over loopback HTTP, inside this process.

What a test believes it reads from the systems' own state, never from the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tieline.actions.promote import request_promotion
from tieline.contract import Shape
from tieline.effects import SerialExecutor, SystemClock, SystemRandomness
from tieline.host.connecting import Said, connect
from tieline.host.runtime import Runtime
from tieline.sync.context import Options
from tieline.workers.assemble import Engine, assemble
from tieline.workers.embedded import run_once
from tieline.workers.packages import Installer
from tieline_intacct.sandbox import build
from tieline_sandbox.effects import Clock
from tieline_sandbox.fault_rules import read_rule
from tieline_sandbox.org import build as build_org
from tieline_sandbox.runner import RunningSandbox, start

pytestmark = pytest.mark.deep
OFFICES = ("north", "south")
SHAPE = Shape("CUSTOMER", ("DISPLAYCONTACT.FAX",))
ENTITIES = ("100-US", "200-DE")
WHO = ("admin", "sam")
OPTIONS = Options(overlap=timedelta(seconds=2), lists_every=timedelta(0), retry_first=timedelta(0))


class Ahead(SystemClock):
    """Real time plus what was waited."""

    ahead = 0.0

    def now(self) -> Any:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)


@dataclass
class Tied:
    """One org, two companies of two entities each."""

    runtime: Runtime
    org: RunningSandbox
    companies: dict[str, RunningSandbox]
    clock: Ahead
    sandbox_clock: Clock

    def engine(self, office: str) -> Engine:
        made = assemble(self.runtime, office, options=OPTIONS)
        return replace(made, context=replace(made.context, executor=SerialExecutor()))

    def settle(self) -> list[str]:
        """Cycles of both back offices until nothing moves in any system."""
        told: list[str] = []
        for _ in range(10):
            before = self.places()
            for office in OFFICES:
                told += run_once(self.engine(office), lambda _counts: True).problems
            if before == self.places():
                return told
            self.later(3)
        raise AssertionError(f"still writing: {told}")

    def later(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.sandbox_clock.advance(seconds)

    def places(self) -> list[int]:
        return [int(box.application.state.last_mutation()) for box in (self.org, *self.companies.values())]

    def account(self, **values: Any) -> str:
        user = next(one["username"] for one in self.org.document["users"] if one["username"].startswith("sam@"))
        return str(self.org.application.edit(user, "create", "Account", "", values))

    def edit_account(self, ident: str, **values: Any) -> None:
        user = next(one["username"] for one in self.org.document["users"] if one["username"].startswith("sam@"))
        self.org.application.edit(user, "update", "Account", ident, values)

    def held(self, kind: str, ident: str) -> dict[str, Any]:
        with self.org.application.state.reading() as reader:
            return dict(reader.get(kind, ident) or {})

    def rows(self, kind: str) -> list[dict[str, Any]]:
        with self.org.application.state.reading() as reader:
            return [dict(values) for _, values in reader.all(kind)]

    def customers(self, office: str) -> list[dict[str, Any]]:
        with self.companies[office].application.state.reading() as reader:
            return [dict(values) for _, values in reader.all("CUSTOMER")]

    def promote(self, office: str, entity: str, account: str) -> None:
        request_promotion(self.engine(office).context, "customer", account, entity)


def _connected(runtime: Runtime, office: str, box: RunningSandbox) -> None:
    connect(runtime, "intacct", office, Said(box.document_path, {"entities": ",".join(ENTITIES)}))


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tied]:
    folder = tmp_path_factory.mktemp("intacct")
    clock, sandbox_clock = Ahead(), Clock()
    with ExitStack() as leaving:
        org = leaving.enter_context(start(build_org, "org", folder / "org", clock=sandbox_clock))
        companies = {
            office: leaving.enter_context(start(build, "intacct", folder / office, clock=sandbox_clock))
            for office in OFFICES
        }
        runtime = leaving.enter_context(
            Runtime(_state(folder), environment={}, clock=clock, randomness=SystemRandomness(), say=_silent)
        )
        connect(runtime, "org", "org", Said(org.document_path))
        for office, box in companies.items():
            _connected(runtime, office, box)
        installer = Installer(runtime, "intacct")
        installer.apply(installer.plan())
        made = Tied(runtime, org, companies, clock, sandbox_clock)
        made.settle()
        yield made


def _state(folder: Path) -> Path:
    return folder / "state"


def _silent(_line: str) -> None:
    return None


def test_two_companies_of_two_entities_are_kept_apart(tied: Tied) -> None:
    account = tied.account(Name="Shared", Website="https://a.example")
    tied.promote("north", "100-US", account)
    tied.promote("south", "200-DE", account)
    assert tied.settle() == []
    assert [(one["NAME"], one["MEGAENTITYID"]) for one in tied.customers("north")] == [("Shared", "100-US")]
    assert [(one["NAME"], one["MEGAENTITYID"]) for one in tied.customers("south")] == [("Shared", "200-DE")]
    panels = [row for row in tied.rows("ERP_Link__c") if row.get("Account__c") == account]
    assert {(row["Back_Office__c"], row["Accounting_Entity__c"]) for row in panels if row["ERP_Id__c"]} == {
        ("north", "100-US"), ("south", "200-DE"),
    }  # fmt: skip
    (ours,) = tied.customers("south")
    tied.companies["south"].application.edit(
        "Bea", "update", "CUSTOMER", ours["CUSTOMERID"], {"DISPLAYCONTACT.FAX": "77"}
    )
    tied.later(5)
    assert tied.settle() == []
    assert tied.held("Account", account)["Fax"] == "77"
    seen = tied.engine("north").context.erp.read("100-US", SHAPE, [tied.customers("north")[0]["CUSTOMERID"]])
    assert [one.fields for one in seen.values() if one] == [{"DISPLAYCONTACT.FAX": "77"}]


def test_a_customer_of_one_company_never_shows_in_the_other(tied: Tied) -> None:
    accounts = len(tied.rows("Account"))
    tied.companies["north"].application.edit(
        "Bea",
        "create",
        "CUSTOMER",
        "",
        {"CUSTOMERID": "N-1", "NAME": "Northern", "DISPLAYCONTACT.PRINTAS": "Northern", "MEGAENTITYID": "100-US"},
    )
    tied.later(5)
    assert tied.settle() == []
    assert "Northern" not in [one["NAME"] for one in tied.customers("south")]
    assert len(tied.rows("Account")) == accounts  # customers make no accounts unless somebody says so


def test_lists_of_both_companies_and_all_entities_stand_side_by_side(tied: Tied) -> None:
    keys = {str(row["Key__c"]) for row in tied.rows("Intacct_AR_Term__c")}
    assert {f"{office}/{entity}/N30" for office in OFFICES for entity in ENTITIES} <= keys


def test_a_gateway_that_gives_up_after_the_commit_leaves_one_customer(tied: Tied) -> None:
    account = tied.account(Name="Slow edge")
    rule = {
        "at": "after_commit",
        "do": {"status": {"code": 524}},
        "times": 1,
        "nth": 0,
        "match": {"object": "CUSTOMER", "operation": "create"},
    }
    faults = tied.companies["north"].plane.faults
    (planned,) = faults.plan([read_rule(rule)])
    tied.promote("north", "200-DE", account)
    tied.settle()
    tied.later(60)
    tied.settle()
    fired = sum(one.fired for one in faults.listed() if one.id == planned.id)
    faults.clear()
    assert fired == 1
    made = [one for one in tied.customers("north") if one["NAME"] == "Slow edge"]
    assert [one["MEGAENTITYID"] for one in made] == ["200-DE"]
    assert tied.held("Account", account)["AccountNumber"] == made[0]["CUSTOMERID"]


def test_a_project_of_an_opportunity_arrives_with_its_tasks_where_its_account_is(tied: Tied) -> None:
    account = tied.account(Name="Builders")
    tied.promote("north", "200-DE", account)
    assert tied.settle() == []
    admin, sam = (next(one for one in tied.org.document["users"] if one["username"].startswith(f"{n}@")) for n in WHO)
    (rights,) = [row["Id"] for row in tied.rows("PermissionSet") if row["Name"] == "Tieline_Intacct_User"]
    given = {"PermissionSetId": rights, "AssigneeId": sam["user_id"]}
    tied.org.application.edit(admin["username"], "create", "PermissionSetAssignment", "", given)
    deal = {"Name": "New hall", "AccountId": account, "StageName": "Closed Won", "CloseDate": "2026-05-05"}
    opportunity = str(tied.org.application.edit(sam["username"], "create", "Opportunity", "", deal))
    template = next(
        str(row["Id"]) for row in tied.rows("Intacct_Project_Template__c") if row["Key__c"] == "north/200-DE/TPL-IMPL"
    )
    press = {
        "Action__c": "intacct.create_project", "Record_Id__c": opportunity, "Opportunity__c": opportunity,
        "Back_Office__c": "north", "Intacct_Project_Template__c": template,
    }  # fmt: skip
    tied.org.application.edit(sam["username"], "create", "ERP_Request__c", "", press)
    assert tied.settle() == []
    (project,) = [row for row in tied.rows("ERP_Project__c") if row["Name"] == "New hall"]
    assert (project["Account__c"], project["Opportunity_Key__c"]) == (account, opportunity)
    with tied.companies["north"].application.state.reading() as reader:
        (made,) = [row for _, row in reader.all("PROJECT") if row["NAME"] == "New hall"]
    assert (made["MEGAENTITYID"], made["SFDCKEY"]) == ("200-DE", opportunity)
    tasks = [row["Name"] for row in tied.rows("ERP_Project_Task__c") if row["Project__c"] == project["Id"]]
    assert sorted(tasks) == ["Go live", "Kick-off"]
