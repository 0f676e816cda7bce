"""Files: whole XML whatever the labels hold, and the same bytes every time."""

from __future__ import annotations

import string
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import Component, PermanentError
from tieline.package import fields as make
from tieline.package.inspect import read_file
from tieline.xml import local_name, parse
from tieline_layouts.files import files
from tieline_layouts.render import render

HOSTILE = [
    "<b>",
    "A & B",
    "\"quoted\" 'too'",
    "]]>",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "<!-- -->",
    "&amp;",
    "<![CDATA[x",
]


def shape(data: bytes) -> Counter[str]:
    return Counter(local_name(element) for element in parse(data, "test").iter())


def label_of(data: bytes) -> str:
    ((_, table),) = read_file("objects/Account.object", data)
    (text,) = table["label"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(label: str) -> None:
    tame = files([make.text("Account", "A__c", "Label", hint="Help")])["objects/Account.object"]
    wild = files([make.text("Account", "A__c", label, hint=label)])["objects/Account.object"]
    assert shape(wild) == shape(tame)
    assert label_of(wild) == label


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40))
def test_any_label_survives(label: str) -> None:
    if "\ufffe" in label or "\uffff" in label:
        return
    wild = files([make.text("Account", "A__c", label)])["objects/Account.object"]
    assert label_of(wild) == label.strip()


def test_control_characters_are_refused() -> None:
    with pytest.raises(PermanentError, match="control character"):
        files([make.text("Account", "A__c", "bell\x07")])


def test_the_order_of_components_does_not_matter(acme_declared: Any) -> None:
    components = render(acme_declared.whole)
    assert files(components) == files(tuple(reversed(components)))


def test_the_manifest_names_every_component(acme_declared: Any) -> None:
    components = render(acme_declared.whole)
    root = parse(files(components)["package.xml"], "package.xml")
    named = {
        (group.findtext("{*}name"), member.text)
        for group in root.iter("{*}types")
        for member in group.iter("{*}members")
    }
    assert named == {(each.kind, each.name) for each in components}
    assert root.findtext("{*}version") == "60.0"


def test_files_read_back_are_the_components(acme_declared: Any) -> None:
    components = render(acme_declared.whole)
    back = {key for path, data in files(components).items() for key, _ in read_file(path, data)}
    assert back == {(each.kind, each.name) for each in components}


def test_fields_and_views_live_in_the_file_of_their_object(acme_declared: Any) -> None:
    found = files(render(acme_declared.whole))
    assert {path.partition("/")[0] for path in found} == {"applications", "layouts"} | {
        "package.xml",
        "objects",
        "permissionsets",
        "quickActions",
        "tabs",
    }
    root = parse(found["objects/ERP_Request__c.object"], "request")
    assert {local_name(child) for child in root} >= {"fields", "listViews", "nameField", "sharingModel"}
    assert {local_name(child) for child in parse(found["objects/Account.object"], "account")} == {"fields"}


def test_deletions_go_into_their_own_manifest() -> None:
    gone = [Component("CustomField", "Account.Old__c", {})]
    found = files([], gone)
    assert set(found) == {"package.xml", "destructiveChangesPost.xml"}
    assert b"<members>Account.Old__c</members>" in found["destructiveChangesPost.xml"]
    assert b"members" not in found["package.xml"]


def test_text_is_never_indented_into_values() -> None:
    words = string.ascii_letters * 3
    data = files([make.text("Account", "A__c", "A", hint=words)])["objects/Account.object"]
    assert f"<inlineHelpText>{words}</inlineHelpText>".encode() in data
