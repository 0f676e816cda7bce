"""What declarations become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import Declarations, Field, ManagedList, Mapping, Number, Option, PermanentError, Reference, Text
from tieline.package import names, schema
from tieline.store.nouns import Status
from tieline_layouts.render import render


def test_the_platform_knows_every_element_and_word(acme_declared: Any) -> None:
    problems = [text for component in render(acme_declared.whole) for text in schema.problems(component)]
    assert problems == []


def test_names_and_labels_fit(acme_declared: Any) -> None:
    assert [text for component in render(acme_declared.whole) for text in names.problems(component)] == []


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Acme_Rank__c", {"type": "Text", "length": 30, "inlineHelpText": "How dear they are."}),
        ("Acme_Remark__c", {"type": "LongTextArea", "length": 2000, "visibleLines": 4}),
        ("Acme_Note__c", {"type": "TextArea"}),
        ("Acme_Mail__c", {"type": "Email"}),
        ("Acme_Page__c", {"type": "Url"}),
        ("Acme_Credit__c", {"type": "Number", "precision": 18, "scale": 4}),
        ("Acme_Blocked__c", {"type": "Checkbox", "defaultValue": False}),
        ("Acme_Since__c", {"type": "Date"}),
        ("Acme_Seen__c", {"type": "DateTime"}),
        ("Acme_Term__c", {"type": "Lookup", "referenceTo": "Acme_Payment_Term__c"}),
        ("Acme_Payer__c", {"type": "Lookup", "referenceTo": "Account"}),
        ("Acme_Manager__c", {"type": "Lookup", "referenceTo": "User"}),
    ],
)
def test_fields_follow_their_kind(acme_declared: Any, named: Any, field: str, expected: dict[str, Any]) -> None:
    properties = named(render(acme_declared.whole), f"Account.{field}").properties
    assert {name: properties.get(name) for name in expected} == expected


def test_a_choice_is_a_restricted_picklist(acme_declared: Any, named: Any) -> None:
    chosen = named(render(acme_declared.whole), "Account.Acme_Class__c").properties["valueSet"]
    assert chosen["restricted"] is True
    assert [value["fullName"] for value in chosen["valueSetDefinition"]["value"]] == ["A", "B & C"]


def test_mapped_objects_get_the_birth_marker_once(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    marker = named(components, "Account.ERP_Key__c").properties
    assert (marker["unique"], marker["externalId"], marker["caseSensitive"]) == (True, True, True)
    named(components, "ERP_Document__c.ERP_Key__c")


def test_fields_of_the_org_and_of_the_host_are_not_made_again(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    assert not [each for each in components if each.name == "Account.Phone"]
    assert named(components, "ERP_Document_Line__c.Document__c").properties["type"] == "MasterDetail"


def test_links_point_to_objects_with_a_panel(acme_declared: Any, named: Any) -> None:
    components = render(acme_declared.whole)
    assert named(components, "ERP_Link__c.Account__c").properties["relationshipName"] == "ERP_Links"
    assert named(components, "ERP_Link__c.ERP_Document__c").properties["referenceTo"] == "ERP_Document__c"
    assert not [each for each in components if each.name == "ERP_Link__c.ERP_Document_Line__c"]
    values = named(components, "ERP_Link__c.Sync_Status__c").properties["valueSet"]["valueSetDefinition"]["value"]
    assert [value["fullName"] for value in values] == [str(status) for status in Status]


def test_without_declarations_only_our_own_objects_stand() -> None:
    owners = {each.name.partition(".")[0].partition("-")[0] for each in render(Declarations())}
    assert owners == {"ERP_Link__c", "ERP_Request__c", "ERP_Document__c", "ERP_Document_Line__c"}


def test_ways_back_are_unique_for_each_target(acme_declared: Any) -> None:
    seen: set[tuple[str, str]] = set()
    for each in render(acme_declared.whole):
        if "relationshipName" in each.properties:
            way = str(each.properties["referenceTo"]), str(each.properties["relationshipName"])
            assert way not in seen or each.name.startswith("ERP_Request__c")
            seen.add(way)


def test_one_field_declared_in_two_ways_names_both_mappings(acme_declared: Any) -> None:
    other = Mapping("acme", "site", "Site", "Account", "Sites", (Field("Acme_Rank__c", "rank", Number(0)),))
    declared = replace(acme_declared.whole, mappings=(*acme_declared.whole.mappings, other))
    with pytest.raises(PermanentError, match=r"acme\.customer and acme\.site declare the field Account\.Acme_Rank__c"):
        render(declared)


def test_one_field_declared_alike_twice_is_one_field(acme_declared: Any, named: Any) -> None:
    rank = Field("Acme_Rank__c", "level", Text(30), label="Rank", help="How dear they are.")
    other = Mapping("acme", "site", "Site", "Account", "Sites", (rank,))
    named(render(replace(acme_declared.whole, mappings=(*acme_declared.mappings(), other))), "Account.Acme_Rank__c")


@pytest.mark.parametrize("kind", [Option("nothing"), Reference("nothing")])
def test_unknown_references_are_named(acme_declared: Any, kind: Option | Reference) -> None:
    bad = Mapping("acme", "bad", "Bad", "Account", "Bad", (Field("X__c", "x", kind, label="X"),))
    with pytest.raises(PermanentError, match=r"acme\.bad\.X__c refers to nothing"):
        render(Declarations((acme_declared.system(),), (bad,)))


def test_two_systems_do_not_collide(acme_declared: Any) -> None:
    other = acme_declared.system("brio", "Brio")
    lists = (*acme_declared.whole.lists, ManagedList("brio", "terms", "Payment term", "Payment terms"),
             ManagedList("brio", "people", "Person", "People"))  # fmt: skip
    fields = tuple(
        replace(field, crm=field.crm.replace("Acme", "Brio")) for field in acme_declared.whole.mappings[0].fields
    )
    customer = replace(acme_declared.mappings("brio")[0], fields=fields)
    both = Declarations((acme_declared.system(), other), (*acme_declared.mappings(), customer), lists)
    found = {each.name for each in render(both)}
    assert {"Account.Acme_Term__c", "Account.Brio_Term__c", "Tieline_Acme", "Tieline_Brio"} <= found
