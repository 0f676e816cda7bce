"""Plan, apply, plan again: against an org in memory."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Component, Misconfigured, PermanentError, Unconfirmed
from tieline.package import fields as make
from tieline.package.apply import Applied, apply_package, plan_package
from tieline.package.ledger import read_ledger
from tieline.package.plan import Plan, Sign

SETS = ("Tieline_Acme",)


def planned(bench: Any, components: Any = None, system: str = "acme") -> Plan:
    declared = bench.package() if components is None else components
    return plan_package(bench.org, declared, read_ledger(bench.store, "org", system), assign=SETS)


def applied(bench: Any, plan: Plan, **more: Any) -> Applied:
    return apply_package(bench.installation, plan, **more)


def test_a_plan_after_apply_is_empty(bench: Any) -> None:
    plan = planned(bench)
    assert {step.sign for step in plan.steps} == {Sign.ADD}
    assert len(plan.steps) == len(bench.package()) + 1
    done = applied(bench, plan)
    assert done.assigned == SETS
    assert planned(bench).is_empty


def test_the_check_comes_first_and_changes_nothing(bench: Any) -> None:
    held: list[int] = []
    bench.org.after_check = lambda: held.append(len(bench.org.held))
    applied(bench, planned(bench))
    assert (held, bench.org.checks, bench.org.installs) == ([0], 1, 1)


def test_a_refusal_names_the_component_in_the_orgs_words(bench: Any) -> None:
    bench.org.refuse = {"Account.Rank__c": "There is already a field named Rank on Account."}
    with pytest.raises(PermanentError, match=r"CustomField Account\.Rank__c: There is already a field named Rank"):
        applied(bench, planned(bench))
    assert bench.org.held == {}
    assert bench.org.assigned == []
    assert not bench.folder.exists()
    assert not read_ledger(bench.store, "org", "acme").complete


def test_many_refusals_are_counted(bench: Any) -> None:
    bench.org.refuse = {component.name: "no" for component in bench.package()}
    with pytest.raises(PermanentError, match="and 2 more"):
        applied(bench, planned(bench))


def test_an_org_that_says_nothing_of_components_is_quoted(bench: Any) -> None:
    class Tired:
        success, components, errors, id, status = False, (), ("the org is tired",), "", "Failed"

    bench.org.deploy = lambda *_a, **_k: Tired()
    with pytest.raises(PermanentError, match="the org is tired"):
        applied(bench, planned(bench))


def test_only_what_changed_is_sent(bench: Any) -> None:
    applied(bench, planned(bench))
    plan = planned(bench, bench.package("Standing"))
    (step,) = plan.steps
    assert (step.sign, step.name) == (Sign.CHANGE, "Account.Rank__c")
    (change,) = step.changes
    assert (change.property, change.before, change.after) == ("label", "Rank", "Standing")
    applied(bench, plan)
    assert bench.org.sent == [("CustomField", "Account.Rank__c")]
    assert planned(bench, bench.package("Standing")).is_empty


def test_what_an_administrator_added_to_our_component_stays(bench: Any) -> None:
    applied(bench, planned(bench))
    key = ("CustomField", "Account.Rank__c")
    bench.org.held[key] = {**bench.org.held[key], "description": ("Ask Ann.",)}
    assert planned(bench).is_empty
    applied(bench, planned(bench, bench.package("Standing")))
    assert bench.org.held[key]["description"] == ("Ask Ann.",)


def test_an_administrators_label_stays_until_ours_changes(bench: Any) -> None:
    applied(bench, planned(bench))
    key = ("CustomField", "Account.Rank__c")
    bench.org.held[key] = {**bench.org.held[key], "label": ("Grade",)}
    plan = planned(bench)
    assert plan.is_empty
    ((kept, (change,)),) = [(each.name, each.changes) for each in plan.kept]
    assert (kept, change.before, change.after) == ("Account.Rank__c", "Rank", "Grade")
    longer = tuple(make.text("Account", "Rank__c", "Rank", 40) if x.name == key[1] else x for x in bench.package())
    applied(bench, planned(bench, longer))
    assert (bench.org.held[key]["label"], bench.org.held[key]["length"]) == (("Grade",), ("40",))
    assert planned(bench, longer).is_empty
    applied(bench, planned(bench, bench.package("Standing")))
    assert bench.org.held[key]["label"] == ("Standing",)


def test_a_crash_before_the_ledger_is_healed_by_the_next_run(bench: Any) -> None:
    def crash() -> None:
        raise KeyboardInterrupt

    bench.org.after_install = crash
    with pytest.raises(KeyboardInterrupt):
        applied(bench, planned(bench))
    bench.org.after_install = lambda: None
    plan = planned(bench)
    assert [step.kind for step in plan.steps] == ["PermissionSetAssignment"]
    assert applied(bench, plan).deployment == ""
    assert bench.org.installs == 1
    assert planned(bench).is_empty


def test_progress_is_told(bench: Any) -> None:
    seen: list[tuple[str, int, int]] = []
    applied(bench, planned(bench), progress=lambda *told: seen.append(told))
    assert [what for what, _, _ in seen] == ["checking", "installing"]
    assert seen[-1][1] == seen[-1][2] == len(bench.package())


def test_what_was_there_before_is_kept(bench: Any) -> None:
    applied(bench, planned(bench))
    done = applied(bench, planned(bench, bench.package("Standing")))
    assert done.pre_image is not None
    with zipfile.ZipFile(done.pre_image) as kept:
        note = json.loads(kept.read("tieline.json"))
        assert b"<label>Rank</label>" in kept.read("objects/Account.object")
    assert note["changed"] == [["CustomField", "Account.Rank__c"]]
    assert (note["system"], note["added"], note["removed"]) == ("acme", [], [])


def test_fields_with_data_go_only_when_confirmed(bench: Any) -> None:
    applied(bench, planned(bench))
    fewer = tuple(part for part in bench.package() if part.name != "Account.Rank__c")
    plan = planned(bench, fewer)
    assert [(step.sign, step.name, step.loses_data) for step in plan.steps] == [(Sign.REMOVE, "Account.Rank__c", True)]
    with pytest.raises(Unconfirmed, match=r"Account\.Rank__c would be lost"):
        applied(bench, plan)
    applied(bench, plan, remove=True)
    assert ("CustomField", "Account.Rank__c") not in bench.org.held
    assert planned(bench, fewer).is_empty


def test_a_removed_object_takes_its_parts_along(bench: Any) -> None:
    applied(bench, planned(bench))
    fewer = tuple(part for part in bench.package() if not part.name.startswith("Tie__c"))
    assert [step.describe() for step in planned(bench, fewer).steps] == ["- CustomObject Tie__c"]


def test_views_go_without_a_question(bench: Any) -> None:
    applied(bench, planned(bench))
    fewer = tuple(part for part in bench.package() if part.kind != "ListView")
    applied(bench, planned(bench, fewer))
    assert ("ListView", "Tie__c.All") not in bench.org.held


def test_what_others_made_is_never_removed(bench: Any) -> None:
    bench.org.held["CustomField", "Account.Theirs__c"] = {"type": ("Text",)}
    applied(bench, planned(bench))
    assert planned(bench, ()).count(Sign.REMOVE) > 0
    assert "Account.Theirs__c" not in [step.name for step in planned(bench, ()).steps]


def test_what_another_system_needs_stays(bench: Any) -> None:
    applied(bench, planned(bench))
    applied(bench, planned(bench, bench.package()[:3], system="brio"))
    left = [step.name for step in planned(bench, ()).steps]
    assert "Account.Rank__c" not in left
    assert "Tie__c" not in left
    assert "Tie__c.State__c" in left


def test_bad_metadata_is_caught_before_anything_is_sent(bench: Any) -> None:
    bad = replace(make.text("Account", "Bad__c", "Bad"), properties={"label": "Bad", "type": "Texty", "lenght": 3})
    with pytest.raises(PermanentError, match=r"CustomField has no element lenght") as caught:
        applied(bench, planned(bench, (bad,)))
    assert "'Texty' is no FieldType" in str(caught.value)
    assert bench.org.checks == 0


def test_without_a_writer_nothing_is_sent(bench: Any) -> None:
    silent = replace(bench.installation, write=lambda _c, _r: None)
    with pytest.raises(Misconfigured, match="no plugin writes metadata files"):
        apply_package(silent, planned(bench))


def test_the_page_of_an_object_that_comes_along_comes_in_the_same_run(bench: Any) -> None:
    """The org makes an object's first page by itself: if ours came later, a second run would have to add it."""
    column: dict[str, Any] = {"layoutItems": ({"behavior": "Readonly", "field": "State__c"},)}
    section: dict[str, Any] = {"label": "Acme", "customLabel": True, "style": "OneColumn", "layoutColumns": (column,)}
    page = Component("Layout", "Tie__c-*", {"layoutSections": (section,)}, shared=True)
    plan = planned(bench, (*bench.package(), page))
    applied(bench, plan)
    assert ("Layout", "Tie__c-Tie Layout") in bench.org.held
    assert planned(bench, (*bench.package(), page)).is_empty


def test_nothing_is_laid_over_an_object_without_a_page(bench: Any) -> None:
    page = Component("Layout", "Nobody__c-*", {}, shared=True)
    assert "Layout" not in {step.kind for step in planned(bench, (*bench.package(), page)).steps}
