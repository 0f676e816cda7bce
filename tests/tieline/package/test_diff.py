"""What counts as a difference."""

from __future__ import annotations

from typing import Any

from tieline.contract import Component
from tieline.contract.component import Property
from tieline.package import fields as make
from tieline.package.canonical import Table, of_component
from tieline.package.diff import changes, overlay
from tieline.package.rights import on_field, on_object, permission_set


def found(wanted: Component, present: Table) -> list[tuple[str, str, str]]:
    return [(each.property, each.before, each.after) for each in changes(wanted.kind, of_component(wanted), present)]


def picklist(*values: str) -> Component:
    return make.picklist("Account", "State__c", "State", values)


def rights(**more: Any) -> Component:
    return permission_set("Set", "Set", "About.", **more)


def test_the_same_is_no_change() -> None:
    component = picklist("A", "B")
    assert found(component, of_component(component)) == []


def test_the_orgs_own_additions_are_no_change() -> None:
    component = make.text("Account", "A__c", "A")
    assert found(component, {**of_component(component), "trackHistory": ("true",), "description": ("x",)}) == []


def test_left_out_falsehoods_are_no_change() -> None:
    component = make.checkbox("Account", "A__c", "A")
    present = {name: nodes for name, nodes in of_component(component).items() if name != "defaultValue"}
    assert found(component, present) == []


def test_a_changed_property_has_both_values() -> None:
    wanted = make.number("Account", "A__c", "A", 4)
    assert found(wanted, of_component(make.number("Account", "A__c", "A"))) == [("scale", "2", "4")]


def test_a_missing_picklist_value_is_named() -> None:
    ((path, before, after), *_) = found(picklist("A", "B"), of_component(picklist("A")))
    assert (path, before, after) == ("valueSet.valueSetDefinition.value[B].fullName", "", "B")


def test_further_picklist_values_are_the_administrators() -> None:
    assert found(picklist("A"), of_component(picklist("A", "Theirs"))) == []


def test_an_overlay_keeps_further_values_and_properties() -> None:
    merged = overlay(of_component(picklist("A", "B")), {**of_component(picklist("A", "Theirs")), "x": ("1",)})
    (value_set,) = merged["valueSet"]
    assert not isinstance(value_set, str)
    (definition,) = value_set["valueSetDefinition"]
    assert not isinstance(definition, str)
    names = [node["fullName"] for node in definition["value"] if not isinstance(node, str)]
    assert names == [("A",), ("B",), ("Theirs",)]
    assert merged["x"] == ("1",)


def test_a_right_taken_away_is_named() -> None:
    wanted = rights(fields=[on_field("Account.A__c", edit=True)])
    present = of_component(rights(fields=[on_field("Account.A__c")]))
    assert found(wanted, present) == [("fieldPermissions[Account.A__c].editable", "false", "true")]


def test_a_right_nobody_declared_is_named() -> None:
    present = of_component(rights(objects=[on_object("Account", delete=True)]))
    ((path, before, after),) = found(rights(), present)
    assert (path, after) == ("objectPermissions[Account]", "")
    assert before == "allowDelete, allowEdit, allowRead"


def test_entries_that_give_nothing_are_no_right() -> None:
    nothing = {"field": ("Account.A__c",), "readable": ("false",), "editable": ("false",)}
    assert found(rights(), {**of_component(rights()), "fieldPermissions": (nothing,)}) == []


def test_the_order_of_entries_does_not_matter() -> None:
    wanted = rights(fields=[on_field("Account.A__c"), on_field("Account.B__c")])
    present = dict(of_component(wanted))
    present["fieldPermissions"] = tuple(reversed(present["fieldPermissions"]))
    assert found(wanted, present) == []


def test_the_order_of_columns_does() -> None:
    wanted = Component("ListView", "A__c.All", {"label": "All", "columns": ("NAME", "B__c")})
    assert found(wanted, {"label": ("All",), "columns": ("B__c", "NAME")}) == [("columns", "B__c, NAME", "NAME, B__c")]


def test_forms_compare_by_place() -> None:
    def form(*fields: str) -> Component:
        items: tuple[Property, ...] = tuple({"field": name, "uiBehavior": "Edit"} for name in fields)
        layout: Property = {
            "layoutSectionStyle": "OneColumn",
            "quickActionLayoutColumns": ({"quickActionLayoutItems": items},),
        }
        return Component("QuickAction", "Account.A", {"quickActionLayout": layout})

    ((path, before, after),) = found(form("A__c", "B__c"), of_component(form("A__c", "C__c")))
    assert path == "quickActionLayout.quickActionLayoutColumns.quickActionLayoutItems[2].field"
    assert (before, after) == ("C__c", "B__c")
    ((path, _, _),) = found(form("A__c"), of_component(form("A__c", "C__c")))
    assert path == "quickActionLayout.quickActionLayoutColumns.quickActionLayoutItems"
