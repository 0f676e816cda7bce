"""An administrator arranges things to their liking; the package is upgraded around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PAGE = "layouts/Account-Account Layout.layout"
LAYOUT = "Account-Account Layout"
XML = "{http://soap.sforce.com/2006/04/metadata}"
MORE = '\n    Field("{prefix}_More__c", "more", Text(30), label="More"),'


def actions(root: Any) -> list[str]:
    rows = sorted(root.iter(f"{XML}platformActionListItems"), key=lambda row: int(row.findtext(f"{XML}sortOrder")))
    return [row.findtext(f"{XML}actionName") for row in rows]


def fields(root: Any) -> list[str]:
    return [item.text for item in root.iter(f"{XML}field")]


def move_to_the_end(root: Any, name: str) -> None:
    for row in root.iter(f"{XML}platformActionListItems"):
        if row.findtext(f"{XML}actionName") == name:
            row.find(f"{XML}sortOrder").text = "99"


def take_off(root: Any, name: str) -> None:
    for row in list(root.iter(f"{XML}platformActionListItems")):
        if row.findtext(f"{XML}actionName") == name:
            row.getparent().remove(row)


def rename(root: Any, field: str, label: str) -> None:
    for each in root.findall(f"{XML}fields"):
        if each.findtext(f"{XML}fullName") == field:
            each.find(f"{XML}label").text = label


@pytest.fixture
def arranged(place: Any, door: Any, source: Callable[..., str]) -> Any:
    """Installed, then: one button moved, one taken off, a field renamed, one of their own added."""
    place.plugin("acme", source("acme"))
    place.package("apply", "--yes", system="acme").ok()
    assert actions(door.file(PAGE))[:2] == ["Account.Acme_Promote", "Account.Acme_Check"]
    page, account = door.file(PAGE), door.file("objects/Account.object")
    move_to_the_end(page, "Account.Acme_Promote")
    take_off(page, "Account.Acme_Check")
    rename(account, "Acme_Rank__c", "Grade")
    own = account.makeelement(f"{XML}fields")
    for name, text in (("fullName", "Mood__c"), ("label", "Mood"), ("length", "20"), ("type", "Text")):
        child = own.makeelement(f"{XML}{name}")
        child.text = text
        own.append(child)
    account.append(own)
    door.change({PAGE: page, "objects/Account.object": account})
    return place


def upgraded(place: Any, source: Callable[..., str]) -> Any:
    place.plugin("acme", source("acme", extra=MORE), "2.0")
    return place.package("upgrade", "--yes", system="acme").ok()


@pytest.mark.deep
def test_drift_names_it(arranged: Any) -> None:
    ran = arranged.package("drift", system="acme")
    assert ran.code == 1
    assert {(each["what"], each["kind"], each["name"], each["property"]) for each in ran.document["drift"]} == {
        ("added", "CustomField", "Account.Mood__c", ""),
        ("changed", "CustomField", "Account.Acme_Rank__c", "label"),
        ("moved", "Layout", LAYOUT, "platformActionList[Account.Acme_Promote]"),
        ("taken off", "Layout", LAYOUT, "platformActionList[Account.Acme_Check]"),
    }


@pytest.mark.deep
def test_the_plan_says_what_stays(arranged: Any) -> None:
    ran = arranged.package("plan", system="acme")
    assert (ran.code, ran.document["empty"]) == (0, True)
    kept = {(each["name"], change["property"]) for each in ran.document["kept"] for change in each["changes"]}
    assert kept == {("Account.Acme_Rank__c", "label"), (LAYOUT, "platformActionList[Account.Acme_Check]")}


@pytest.mark.deep
def test_an_upgrade_changes_nothing_of_it(arranged: Any, door: Any, source: Callable[..., str]) -> None:
    named = arranged.package("drift", system="acme").document
    before = door.components()
    upgraded(arranged, source)
    page, after = door.file(PAGE), door.components()
    assert "Acme_More__c" in fields(page)
    assert actions(page) == ["Edit", "Delete", "Clone", "Account.Acme_Promote"]
    assert b"Grade" in after["fields", "Account.Acme_Rank__c"]
    assert after["fields", "Account.Mood__c"] == before["fields", "Account.Mood__c"]
    assert arranged.package("drift", system="acme").document == named
    assert arranged.package("plan", system="acme").code == 0


@pytest.mark.deep
def test_going_back_from_the_upgrade(arranged: Any, door: Any, source: Callable[..., str]) -> None:
    before = door.components()
    upgraded(arranged, source)
    arranged.package("rollback", "--yes", system="acme").ok()
    assert door.components() == before


@pytest.mark.deep
def test_uninstalling_leaves_what_is_theirs(arranged: Any, door: Any) -> None:
    arranged.package("uninstall", "--yes", system="acme").ok()
    left = door.components()
    assert ("fields", "Account.Mood__c") in left
    assert not [key for key in left if "Acme" in key[1] or "ERP_" in key[1]]
    assert not [name for name in fields(door.file(PAGE)) if name.endswith("__c")]
    assert actions(door.file(PAGE)) == []
