"""A managed list as metadata."""

from __future__ import annotations

from typing import Any

from tieline.contract import ClientContext, Component, Declarations, ManagedList, System
from tieline.package import names, schema
from tieline.package.rights import entries
from tieline_managed_lists.objects import list_components


def no_client(_context: ClientContext) -> Any:
    raise AssertionError("rendering needs no client")


ACME = System("acme", "Acme", "Acme", (), no_client, ())
DEPARTMENTS = ManagedList("acme", "departments", "Department", "Departments", ("cost_center",), hierarchy=True)
NAME = "Acme_Department__c"


def built(system: System = ACME, *lists: ManagedList) -> dict[tuple[str, str], Component]:
    found = list_components(Declarations((system,), (), lists or (DEPARTMENTS,)))
    return {(each.kind, each.name): each for each in found}


def test_the_platform_takes_them() -> None:
    for component in built().values():
        assert [*schema.problems(component), *names.problems(component)] == []


def test_a_list_is_an_object_keyed_by_the_back_office() -> None:
    found = built()
    own = found["CustomObject", NAME].properties
    assert (own["label"], own["pluralLabel"], own["sharingModel"]) == (
        "Department (Acme)",
        "Departments (Acme)",
        "Read",
    )
    key = found["CustomField", f"{NAME}.Key__c"].properties
    assert (key["externalId"], key["unique"], key["caseSensitive"]) == (True, True, True)
    fields = {name for kind, name in found if kind == "CustomField"}
    expected = (
        "Key__c",
        "ERP_Id__c",
        "Back_Office__c",
        "Accounting_Entity__c",
        "Active__c",
        "Cost_Center__c",
        "Parent__c",
    )
    assert fields == {f"{NAME}.{field}" for field in expected}
    assert found["CustomField", f"{NAME}.Parent__c"].properties["referenceTo"] == NAME


def test_a_flat_list_has_no_parent() -> None:
    flat = ManagedList("acme", "departments", "Department", "Departments")
    assert ("CustomField", f"{NAME}.Parent__c") not in built(ACME, flat)


def test_people_read_and_the_host_writes() -> None:
    found = built()
    for name, writes in (("Tieline_Acme", True), ("Tieline_Acme_User", False)):
        component = found["PermissionSet", name]
        (right,) = entries(component, "objectPermissions")
        assert [right[each] for each in ("allowRead", "allowCreate", "allowEdit", "allowDelete")] == [
            True, writes, writes, False,
        ]  # fmt: skip
        assert {entry["editable"] for entry in entries(component, "fieldPermissions")} == {writes}


def test_a_long_system_name_leaves_the_label_alone() -> None:
    long = System("acme", "Acme " * 10, "Acme", (), no_client, ())
    assert built(long)["CustomObject", NAME].properties["label"] == "Department"


def test_a_system_without_lists_needs_nothing() -> None:
    assert list_components(Declarations((ACME,))) == []
