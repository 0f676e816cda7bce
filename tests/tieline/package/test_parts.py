"""The small parts: uniting what plugins say, reading files, showing plans, zips, names, XML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tieline.contract import Component, Declarations, PermanentError
from tieline.package import fields as make
from tieline.package import names, schema
from tieline.package.archive import pack
from tieline.package.desired import desired_components
from tieline.package.inspect import read_file
from tieline.package.ledger import Ledger
from tieline.package.plan import make_plan
from tieline.package.rights import entries, on_field, on_object, permission_set
from tieline.package.show import plan_as_json, render_plan
from tieline.xml import parse


def desired(*contributions: Any) -> tuple[Component, ...]:
    return desired_components(Declarations(), lambda _declarations: contributions)


def test_shares_in_one_permission_set_are_united() -> None:
    own = permission_set("Set", "Set", "About.", objects=[on_object("A__c")], fields=[on_field("A__c.B__c")])
    share = permission_set("Set", objects=[on_object("A__c", edit=True), on_object("C__c")])
    for order in ([own], [share]), ([share], [own]):
        (united,) = desired(*order)
        assert united.properties["label"] == "Set"
        rights = {str(entry["object"]): entry["allowEdit"] for entry in entries(united, "objectPermissions")}
        assert rights == {"A__c": True, "C__c": False}
        assert len(entries(united, "fieldPermissions")) == 1


def test_the_same_component_from_two_plugins_is_one() -> None:
    assert len(desired([make.text("A__c", "B__c", "B")], [make.text("A__c", "B__c", "B")])) == 1


def test_two_different_components_of_a_name_are_refused() -> None:
    with pytest.raises(PermanentError, match=r"two plugins declare the CustomField A__c\.B__c differently"):
        desired([make.text("A__c", "B__c", "B")], [make.text("A__c", "B__c", "Bee")])


def test_all_bad_names_are_told_at_once() -> None:
    bad = [make.text("A__c", "B-__c", "B"), make.text("A__c", "C__c", "x" * 41), make.text("A__c", "D__c", "a\x00")]
    with pytest.raises(PermanentError) as caught:
        desired(bad)
    said = str(caught.value)
    assert "'B-__c' is no API name" in said
    assert "has 41 characters; at most 40 fit" in said
    assert "control character" in said


@pytest.mark.parametrize("name", ["a" * 41 + "__c", "1a__c", "a__b__c", "_a__c", "é__c", "A__c\n"])
def test_bad_api_names(name: str) -> None:
    assert list(names.problems(make.text("Account", name, "A")))


def test_layouts_may_have_names_of_their_own() -> None:
    assert list(names.problems(Component("Layout", "Account-Account Layout", {}))) == []


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"nonsense": "x"}, "CustomField has no element nonsense"),
        ({"type": "Sausage"}, "'Sausage' is no FieldType"),
        ({"length": "many"}, "'many' is no whole number"),
        ({"unique": "maybe"}, "'maybe' is no boolean"),
        ({"valueSet": "A"}, "must be a ValueSet, not a text"),
        ({"label": {"a": "b"}}, "must be a string"),
        ({"valueSet": {"restricted": True, "x": "y"}}, "ValueSet has no element x"),
    ],
)
def test_the_schema_knows_better(properties: Any, problem: str) -> None:
    (said,) = schema.problems(Component("CustomField", "Account.A__c", properties))
    assert problem in said


def test_unknown_kinds_of_metadata() -> None:
    assert list(schema.problems(Component("Sausage", "A", {}))) == ["A: Sausage is no kind of metadata"]


def test_the_same_files_give_the_same_zip() -> None:
    assert pack({"a": b"1", "b": b"2"}) == pack({"b": b"2", "a": b"1"})


def test_files_of_unknown_kinds_are_passed_over() -> None:
    assert list(read_file("classes/A.cls", b"class A {}")) == []
    assert list(read_file("unpackaged/objects/A__c.object", b"<CustomObject/>")) == []


def test_a_field_file_does_not_hold_its_object() -> None:
    data = b"<CustomObject><fields><fullName>B__c</fullName><label>B</label></fields></CustomObject>"
    assert list(read_file("objects/A__c.object", data)) == [(("CustomField", "A__c.B__c"), {"label": ("B",)})]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<a", "is no XML"),
        (b"", "is no XML"),
        (b"<!DOCTYPE a><a/>", "carries a document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "carries a document type"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "carries a document type"),
    ],
)
def test_bad_xml_is_refused_by_name(data: bytes, problem: str) -> None:
    with pytest.raises(PermanentError, match=f"objects/A.object: {problem}"):
        parse(data, "objects/A.object")


def test_too_much_xml_is_refused() -> None:
    with pytest.raises(PermanentError, match="larger than 10 bytes"):
        parse(b"<a>" + b" " * 20 + b"</a>", "x", max_bytes=10)


def test_a_plan_reads_well_and_is_json(bench: Any) -> None:
    key = ("CustomField", "Account.Rank__c")
    old = ("CustomField", "Account.Old__c")
    present = {key: {"type": ("Text",), "length": ("30",), "label": ("Old",)}, old: {"type": ("Text",)}}
    ledger = Ledger("org", "acme", {old: {}}, complete=True)
    plan = make_plan(bench.package()[1:3], present, ledger)
    assert render_plan(plan).splitlines() == [
        "+ CustomField Account.ERP_Key__c",
        "- CustomField Account.Old__c (its data is lost)",
        "~ CustomField Account.Rank__c",
        "    label: Old -> Rank",
        "acme: 1 to add, 1 to change, 1 to remove.",
    ]
    document = json.loads(json.dumps(plan_as_json(plan)))
    assert document["counts"] == {"add": 1, "change": 1, "remove": 1}
    assert document["steps"][-1]["changes"] == [{"property": "label", "before": "Old", "after": "Rank"}]
    assert document["empty"] is False


def test_an_empty_plan_is_one_sentence() -> None:
    plan = make_plan((), {}, Ledger("org", "acme"))
    assert render_plan(plan) == "acme: nothing to do, the org holds what is declared."
    assert plan_as_json(plan)["steps"] == []
