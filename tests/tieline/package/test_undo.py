"""Going back, taking out, naming what people changed: against an org in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tieline.contract import Component, PermanentError, Unconfirmed
from tieline.package import fields as make
from tieline.package.apply import Applied, apply_package, plan_package
from tieline.package.drift import find_drift
from tieline.package.ledger import read_ledger
from tieline.package.objects import Sharing, numbered
from tieline.package.plan import Plan, Purpose, Sign
from tieline.package.rollback import plan_rollback

PAGE, BUTTON = ("Layout", "Account-Account Layout"), "platformActionList[Account.Promote]"


class Life:
    """One system's package through its life."""

    def __init__(self, bench: Any, system: str = "acme") -> None:
        self.bench, self.org, self.system = bench, bench.org, system

    @property
    def ledger(self) -> Any:
        return read_ledger(self.bench.store, "org", self.system)

    def plan(self, components: tuple[Component, ...]) -> Plan:
        return plan_package(self.org, components, self.ledger, assign=("Tieline_Acme",))

    def apply(self, components: tuple[Component, ...] | None = None, **more: Any) -> Applied:
        return self._do(self.plan(self.bench.with_pages() if components is None else components), **more)

    def uninstall(self, **more: Any) -> Applied:
        return self._do(plan_package(self.org, (), self.ledger, purpose=Purpose.UNINSTALL), **more)

    def roll_back(self, **more: Any) -> Plan:
        images = self.bench.installation.pre_images
        image = images.latest("org", self.system)
        plan = plan_rollback(self.org, image, self.ledger)
        self._do(plan, **more)
        for name, users in image.holders.items():
            self.org.give(name, users)
        images.finished(image)
        return plan

    def drift(self) -> list[str]:
        return [each.describe() for each in find_drift(self.org, self.ledger)]

    def _do(self, plan: Plan, **more: Any) -> Applied:
        return apply_package(self.bench.installation, plan, **more)

    def held(self) -> Mapping[Any, Any]:
        return dict(self.org.held)

    def move_the_button(self) -> None:
        """To the end of the list."""
        (block,) = self.org.held[PAGE]["platformActionList"]
        first, *rest = block["platformActionListItems"]
        moved = (*rest, {**first, "sortOrder": ("99",)})
        self.org.held[PAGE] = {
            **self.org.held[PAGE],
            "platformActionList": ({**block, "platformActionListItems": moved},),
        }

    def take_off_the_button(self) -> None:
        (block,) = self.org.held[PAGE]["platformActionList"]
        left = block["platformActionListItems"][1:]
        self.org.held[PAGE] = {
            **self.org.held[PAGE],
            "platformActionList": ({**block, "platformActionListItems": left},),
        }

    def rename(self, label: str) -> None:
        key = ("CustomField", "Account.Rank__c")
        self.org.held[key] = {**self.org.held[key], "label": (label,)}


@pytest.fixture
def life(bench: Any) -> Life:
    bench.org.held |= {("Layout", name): bench.page for name in (PAGE[1], "Account-Sales")}
    return Life(bench)


def shows_button(life: Life, page: str = PAGE[1]) -> bool:
    return "Account.Promote" in str(life.org.held["Layout", page])


def test_every_layout_of_the_object_gets_our_parts(life: Life) -> None:
    plan = life.plan(life.bench.with_pages())
    pages = [step for step in plan.steps if step.kind == "Layout"]
    assert [(step.sign, step.name) for step in pages] == [
        (Sign.CHANGE, "Account-Account Layout"),
        (Sign.CHANGE, "Account-Sales"),
    ]
    assert [(change.property, change.after) for change in pages[0].changes] == [
        ("layoutSections[Acme].Rank__c", "shown"),
        (BUTTON, "shown"),
    ]
    life.apply()
    assert shows_button(life)
    assert shows_button(life, "Account-Sales")
    assert life.plan(life.bench.with_pages()).is_empty


def test_layouts_of_other_vendors_packages_are_theirs(life: Life) -> None:
    theirs = ("Layout", "Account-vendor__Account Layout")
    life.org.held[theirs] = life.org.held[PAGE]
    life.apply()
    assert "Promote" not in str(life.org.held[theirs])


def test_a_button_taken_off_stays_off_through_an_upgrade(life: Life) -> None:
    life.apply()
    life.take_off_the_button()
    upgrade = life.bench.with_pages(extra=(make.text("Account", "More__c", "More"),))
    plan = life.plan(upgrade)
    assert [step.name for step in plan.steps] == ["Account.More__c"]
    assert [(kept.name, [change.property for change in kept.changes]) for kept in plan.kept] == [(PAGE[1], [BUTTON])]
    life.apply(upgrade)
    life.apply(upgrade)
    assert not shows_button(life)
    assert shows_button(life, "Account-Sales")


def test_uninstalling_leaves_the_org_as_it_was_found(life: Life) -> None:
    before = life.held()
    life.apply()
    life.uninstall()
    assert life.held() == before
    assert life.org.people == {}
    assert not life.ledger.complete
    assert life.ledger.pages == {}


def test_uninstalling_keeps_what_people_put_on_our_pages(life: Life) -> None:
    life.apply()
    page = life.org.held[PAGE]
    (section,) = [each for each in page["layoutSections"] if each["label"] == ("Acme",)]
    (column,) = section["layoutColumns"]
    own = {**column, "layoutItems": (*column["layoutItems"], {"behavior": ("Edit",), "field": ("Mood__c",)})}
    information = page["layoutSections"][0]
    life.org.held[PAGE] = {**page, "layoutSections": (information, {**section, "layoutColumns": (own,)})}
    life.uninstall()
    assert "Mood__c" in str(life.org.held[PAGE])
    assert "Rank__c" not in str(life.org.held[PAGE])


def test_uninstalling_refuses_while_data_would_be_lost(life: Life) -> None:
    life.apply()
    life.org.rows = {"Tie__c": 3, "Account.Rank__c": 1}
    before = life.held()
    with pytest.raises(Unconfirmed, match=r"Account\.Rank__c \(1 rows\), Tie__c \(3 rows\).*--confirm acme"):
        life.uninstall()
    with pytest.raises(Unconfirmed):
        life.uninstall(confirmed="acmee")
    assert life.held() == before
    assert life.org.people != {}
    life.uninstall(confirmed="acme")
    assert ("CustomObject", "Tie__c") not in life.org.held


def test_people_keep_their_rights_when_the_org_refuses(life: Life) -> None:
    life.apply()
    life.org.people["Tieline_Acme"] = ["u1", "u2"]
    life.org.refuse = {PAGE[1]: "the org is tired"}
    with pytest.raises(Exception, match="the org is tired"):
        life.uninstall()
    assert life.org.people["Tieline_Acme"] == ["u1", "u2"]


def test_what_another_system_needs_stays_on_the_page_too(life: Life) -> None:
    before = life.held()
    other = Life(life.bench, "brio")
    life.apply()
    other.apply((*life.bench.package(), *(x for x in life.bench.with_pages() if x.kind in ("Layout", "QuickAction"))))
    life.uninstall()
    assert shows_button(life)
    assert ("CustomField", "Account.Rank__c") in life.org.held
    other.uninstall()
    assert life.held() == before


def test_going_back_from_an_installation(life: Life) -> None:
    before = life.held()
    life.apply()
    life.roll_back()
    assert life.held() == before
    assert not life.ledger.complete
    assert life.bench.installation.pre_images.latest("org", "acme") is None


def test_going_back_from_an_upgrade_and_then_further(life: Life) -> None:
    empty = life.held()
    life.apply()
    first = life.held()
    upgrade = tuple(
        x for x in life.bench.with_pages("Account.Other") if x.name not in ("Account.Rank__c", "Tie__c.All")
    )
    life.apply(upgrade, remove=True)
    assert life.held() != first
    life.roll_back()
    assert life.held() == first
    assert life.plan(life.bench.with_pages()).is_empty
    life.roll_back()
    assert life.held() == empty


def test_going_back_from_an_uninstallation(life: Life) -> None:
    life.apply()
    before = life.held()
    life.org.people["Tieline_Acme"] = ["u1", "u2"]
    life.uninstall()
    life.roll_back()
    assert life.held() == before
    assert life.org.people["Tieline_Acme"] == ["u1", "u2"]
    assert life.plan(life.bench.with_pages()).is_empty


def test_fields_of_theirs_on_our_objects_come_back_with_the_object(life: Life) -> None:
    life.apply()
    life.org.held["CustomField", "Tie__c.Mood__c"] = {"type": ("Text",), "label": ("Mood",)}
    life.org.held["Layout", "Tie__c-Theirs"] = life.bench.page
    life.uninstall()
    assert ("CustomField", "Tie__c.Mood__c") not in life.org.held
    del life.org.held["Layout", "Tie__c-Theirs"]  # an org takes pages away with their object
    life.roll_back()
    assert life.org.held["CustomField", "Tie__c.Mood__c"]["label"] == ("Mood",)
    assert life.org.held["Layout", "Tie__c-Theirs"] == life.bench.page


def test_objects_that_hold_on_to_one_another_let_go_first(life: Life) -> None:
    other = numbered("Knot__c", "Knot", "Knots", "K-{000}", Sharing.READ, "About knots.")
    to_tie = make.lookup("Knot__c", "Tie__c", "Tie", "Tie__c", "Knots")
    to_account = make.lookup("Knot__c", "Account__c", "Account", "Account", "Knots")
    life.apply((*life.bench.package(), other, to_tie, to_account))
    plan = plan_package(life.org, (), life.ledger, purpose=Purpose.UNINSTALL)
    gone = {step.name for step in plan.steps}
    assert {"Knot__c", "Tie__c", "Knot__c.Tie__c"} <= gone
    assert "Knot__c.Account__c" not in gone


def test_an_object_the_org_does_not_have_is_named_before_anything_is_sent(life: Life) -> None:
    fields = (make.text("Quote", "Rank__c", "Rank"), make.lookup("Account", "Case__c", "Case", "Case", "Accounts"))
    with pytest.raises(PermanentError, match="the org has no Case, Quote"):
        life.apply((*life.bench.package(), *fields))
    assert life.org.checks == 0


def test_going_back_keeps_what_people_did_to_a_page_since(life: Life) -> None:
    life.apply()
    page = life.org.held[PAGE]
    own = {"relatedList": ("Own__c.Account__c",), "fields": ("NAME",)}
    life.org.held[PAGE] = {**page, "relatedLists": (own,)}
    life.roll_back()
    assert life.org.held[PAGE]["relatedLists"] == (own,)
    assert not shows_button(life)
    assert "Rank__c" not in str(life.org.held[PAGE])


def test_going_back_puts_a_part_exactly_where_it_stood(life: Life) -> None:
    """Between two things of theirs, from where an upgrade took it."""
    life.apply()
    (block,) = life.org.held[PAGE]["platformActionList"]
    theirs = {"actionName": ("Account.Theirs",), "actionType": ("QuickAction",), "sortOrder": ("50",)}
    listed = {**block, "platformActionListItems": (*block["platformActionListItems"], theirs)}
    life.org.held[PAGE] = {**life.org.held[PAGE], "platformActionList": (listed,)}
    before = life.held()
    life.apply(life.bench.with_pages("Account.Other"))
    life.roll_back()
    assert life.held() == before


def test_going_back_restores_values_that_were_changed(life: Life) -> None:
    key = ("CustomField", "Account.Rank__c")
    theirs = {"label": ("Their rank",), "type": ("Text",), "length": ("9",), "description": ("Ask Ann.",)}
    life.org.held[key] = theirs
    life.apply()
    assert life.org.held[key]["length"] == ("30",)
    plan = life.roll_back()
    assert [step.sign for step in plan.steps if (step.kind, step.name) == key] == [Sign.CHANGE]
    restored = {name: nodes for name, nodes in life.org.held[key].items() if name in theirs}
    assert restored == theirs


def test_nothing_changed_is_no_drift(life: Life) -> None:
    life.apply()
    assert life.drift() == []


def test_drift_names_what_people_changed_also_after_an_upgrade(life: Life) -> None:
    life.org.held["CustomField", "Account.Old__c"] = {"type": ("Text",)}
    life.apply()
    life.move_the_button()
    life.rename("Grade")
    life.org.held["CustomField", "Account.Mood__c"] = {"type": ("Text",)}
    life.org.held["CustomField", "Contact.Mood__c"] = {"type": ("Text",)}
    del life.org.held["ListView", "Tie__c.All"]
    named = [
        "CustomField Account.Mood__c added",
        "CustomField Account.Rank__c label changed: Rank -> Grade",
        f"Layout {PAGE[1]} {BUTTON} moved",
    ]
    assert life.drift() == [*named, "ListView Tie__c.All missing"]
    upgrade = life.bench.with_pages(extra=(make.text("Account", "More__c", "More"),))
    life.apply(upgrade)
    assert life.drift() == named


def test_drift_names_a_field_under_another_heading(life: Life) -> None:
    life.apply()
    page = life.org.held[PAGE]
    sections = tuple(
        {**each, "label": ("Money",)} if each["label"] == ("Acme",) else each for each in page["layoutSections"]
    )
    life.org.held[PAGE] = {**page, "layoutSections": sections}
    assert life.drift() == [f"Layout {PAGE[1]} layoutSections[Rank__c] moved"]


def test_drift_names_what_was_taken_off(life: Life) -> None:
    life.apply()
    life.take_off_the_button()
    assert life.drift() == [f"Layout {PAGE[1]} {BUTTON} taken off"]


@pytest.mark.parametrize("at", ["holders", "take", "deploy", "store"])
def test_a_run_that_was_killed_is_ended_by_the_next(life: Life, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An uninstallation, killed at each of its steps."""
    before = life.held()
    life.apply()

    def die(*_told: Any, **_more: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        if at == "store":
            killing.setattr("tieline.package.apply.save_ledger", die)
        else:
            killing.setattr(life.org, at, die)
        with pytest.raises(KeyboardInterrupt):
            life.uninstall()
    life.uninstall()
    assert life.held() == before
    assert not life.ledger.complete


def test_people_keep_their_rights_through_a_killed_uninstallation(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.apply()
    life.org.people["Tieline_Acme"] = ["u1", "u2"]

    def die(*_told: Any, **_more: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(life.org, "deploy", die)
        with pytest.raises(KeyboardInterrupt):
            life.uninstall()
    assert "Tieline_Acme" not in life.org.people
    life.uninstall()
    life.roll_back()
    assert life.org.people["Tieline_Acme"] == ["u1", "u2"]


def test_a_first_installation_that_was_killed_can_be_taken_out(life: Life) -> None:
    before = life.held()

    def die() -> None:
        raise KeyboardInterrupt

    life.org.after_install = die
    with pytest.raises(KeyboardInterrupt):
        life.apply()
    life.org.after_install = lambda: None
    assert life.held() != before
    life.uninstall()
    assert life.held() == before


def test_an_administrators_columns_stay(life: Life) -> None:
    life.apply()
    view = ("ListView", "Tie__c.All")
    life.org.held[view] = {**life.org.held[view], "columns": ("NAME", "Mood__c")}
    plan = life.plan(life.bench.with_pages())
    assert plan.is_empty
    assert [(kept.name, kept.changes[0].after) for kept in plan.kept] == [("Tie__c.All", "NAME, Mood__c")]
    assert life.drift() == ["ListView Tie__c.All columns changed: NAME, State__c -> NAME, Mood__c"]


def test_components_of_a_killed_upgrade_are_known_as_ours(life: Life) -> None:
    life.apply()

    def die() -> None:
        raise KeyboardInterrupt

    life.org.after_install = die
    with pytest.raises(KeyboardInterrupt):
        life.apply(life.bench.with_pages(extra=(make.text("Account", "More__c", "More"),)))
    life.org.after_install = lambda: None
    plan = life.plan(life.bench.with_pages())
    assert [step.describe() for step in plan.steps] == ["- CustomField Account.More__c"]
