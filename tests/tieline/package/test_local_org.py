"""The whole package of Unleashed on the local org, through the org client and its real doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

import tieline_layouts
import tieline_managed_lists
import tieline_unleashed
from tieline.contract import Component, Declarations, PermanentError
from tieline.effects import SystemClock, SystemRandomness
from tieline.org import Org, OrgSettings, open_org
from tieline.package import fields as make
from tieline.package.apply import Installation, apply_package, plan_package
from tieline.package.desired import desired_components
from tieline.package.ledger import read_ledger
from tieline.package.plan import Plan, Sign
from tieline.package.preimage import PreImages
from tieline.store.memory import MemoryStore
from tieline.workers.packages import OrgPeople
from tieline_sandbox.org.application import build
from tieline_sandbox.runner import start


def declared() -> Declarations:
    return Declarations(
        tuple(tieline_unleashed.register_systems()),
        tuple(tieline_unleashed.register_mappings()),
        tuple(tieline_unleashed.register_managed_lists()),
        tuple(tieline_unleashed.register_actions()),
        tuple(tieline_unleashed.register_layouts()),
    )


def rendered() -> tuple[Component, ...]:
    plugins = (tieline_layouts, tieline_managed_lists)
    return desired_components(declared(), lambda found: [plugin.render_package(found) for plugin in plugins])


@dataclass(frozen=True)
class Local:
    document: Mapping[str, Any]
    org: Org
    store: MemoryStore
    installation: Installation

    def as_user(self, profile: str) -> tuple[str, Callable[..., requests.Response]]:
        """Another user's id, and REST calls in that user's name."""
        user = next(each for each in self.document["users"] if each["profile"] == profile)
        base = f"{self.document['tls_url']}/services/data/v60.0"
        headers = {"Authorization": f"Bearer {user['access_token']}"}

        def call(method: str, path: str, body: Any = None) -> requests.Response:
            return requests.request(
                method, base + path, json=body, headers=headers, verify=self.document["ca_file"], timeout=30
            )

        return str(user["user_id"]), call

    def plan(self, components: tuple[Component, ...]) -> Plan:
        ledger = read_ledger(self.store, "org", "unleashed")
        return plan_package(self.org.metadata, components, ledger, assign=("Tieline_Unleashed",))


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    clock, store = SystemClock(), MemoryStore()
    with start(build, "org", tmp_path / "org") as running:
        settings = OrgSettings.from_document(running.document)
        with open_org(settings, clock=clock, randomness=SystemRandomness()) as org:
            pre_images = PreImages(tmp_path / "packages")
            writer = tieline_layouts.write_package
            people, count = OrgPeople(org), org.records.row_count
            installation = Installation(org.metadata, writer, people, count, store, pre_images, clock)
            yield Local(running.document, org, store, installation)


def fields_of(org: Org, name: str) -> set[str]:
    return set(org.describer.object(name).fields)


def test_installed_once_and_nothing_to_do_then(local: Local) -> None:
    components = rendered()
    plan = local.plan(components)
    pages = [step.name for step in plan.steps if step.sign is Sign.CHANGE]
    assert pages == [f"{name}-{name} Layout" for name in ("Account", "Contact", "Opportunity")] + [
        "Product2-Product Layout"
    ]
    assert plan.count(Sign.ADD) == len(components) - len(pages) + 1
    done = apply_package(local.installation, plan)
    assert done.assigned == ("Tieline_Unleashed",)
    assert local.plan(components).is_empty

    upgraded = (*components, make.text("Account", "Unleashed_Extra__c", "Extra"))
    plan = local.plan(upgraded)
    assert [step.describe() for step in plan.steps] == ["+ CustomField Account.Unleashed_Extra__c"]
    apply_package(local.installation, plan)
    assert local.plan(upgraded).is_empty
    plan = local.plan(components)
    assert [step.describe() for step in plan.steps] == ["- CustomField Account.Unleashed_Extra__c"]
    apply_package(local.installation, plan, remove=True)
    assert local.plan(components).is_empty


def test_the_integration_user_sees_what_was_installed(local: Local) -> None:
    apply_package(local.installation, local.plan(rendered()))
    assert {"ERP_Key__c", "Sync_Status__c", "Account__c", "Contact__c"} <= fields_of(local.org, "ERP_Link__c")
    assert {"ERP_Key__c", "Account_Manager__c"} <= fields_of(local.org, "Account")
    rows: list[dict[str, Any]] = [
        {"Key__c": "main//W1", "Name": "Main", "ERP_Id__c": "W1", "Back_Office__c": "main", "Active__c": True}
    ]
    outcomes = [local.org.records.upsert("Unleashed_Warehouse__c", "Key__c", rows) for _ in range(2)]
    assert all(type(outcome).__name__ == "Done" for answers in outcomes for outcome in answers)
    found = list(local.org.records.query("SELECT Name, Active__c FROM Unleashed_Warehouse__c"))
    assert [(row["Name"], row["Active__c"]) for row in found] == [("Main", True)]


def test_a_refusal_is_the_orgs_and_changes_nothing(local: Local) -> None:
    bad = make.picklist("Account", "Twice__c", "Twice", ("A", "A"))
    good = make.text("Account", "Fine__c", "Fine")
    with pytest.raises(PermanentError, match=r"CustomField Account\.Twice__c: Duplicate picklist value: A"):
        apply_package(local.installation, local.plan((bad, good)))
    assert "Account.Fine__c" not in local.org.metadata.list_components("CustomField")


def test_people_press_and_read_but_do_not_answer(local: Local) -> None:
    apply_package(local.installation, local.plan(rendered()))
    user, call = local.as_user("Standard User")
    press = {"Action__c": "unleashed.promote", "Record_Id__c": "001000000000001AAA"}
    assert call("POST", "/sobjects/ERP_Request__c", press).status_code == 404
    local.org.records.assign_permission_set("Tieline_Unleashed_User", user)
    pressed = call("POST", "/sobjects/ERP_Request__c", press)
    assert pressed.status_code == 201, pressed.text
    path = f"/sobjects/ERP_Request__c/{pressed.json()['id']}"
    shown = call("GET", path).json()
    assert (shown["Status__c"], shown["Action__c"], shown["CreatedById"]) == ("New", "unleashed.promote", user)
    assert call("PATCH", path, {"Status__c": "Done"}).status_code in (400, 403)
    assert call("POST", "/sobjects/ERP_Link__c", {"Back_Office__c": "x"}).status_code in (400, 403)


def test_the_hosts_set_is_enough_for_the_host(local: Local) -> None:
    """Without being an administrator: links, list rows, documents, answers on requests of others."""
    apply_package(local.installation, local.plan(rendered()))
    user, call = local.as_user("Standard User")
    asked = local.org.session.write_safely(
        "POST", local.org.session.data("sobjects", "ERP_Request__c"), {"Status__c": "New"}
    )
    local.org.records.assign_permission_set("Tieline_Unleashed", user)
    for name, key in (("ERP_Link__c", "ERP_Key__c"), ("Unleashed_Tax__c", "Key__c"), ("ERP_Document__c", "ERP_Key__c")):
        answer = call("PATCH", f"/sobjects/{name}/{key}/k1", {"Back_Office__c": "main"})
        assert answer.status_code in (200, 201), (name, answer.text)
    path = f"/sobjects/ERP_Request__c/{asked['id']}"
    assert call("PATCH", path, {"Status__c": "Done", "Message__c": "Made."}).status_code == 204
    assert call("PATCH", path, {"Action__c": "other"}).status_code in (400, 403)
    assert call("DELETE", path).status_code in (400, 403)
