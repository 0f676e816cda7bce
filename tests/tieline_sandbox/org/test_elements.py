"""Metadata files are held to the types of the service."""

from __future__ import annotations

from typing import Any

import pytest

METADATA = "{http://soap.sforce.com/2006/04/metadata}"
TEXT = "<length>9</length>"


def failures(desk: Any, words: Any, fields: str) -> list[tuple[str, str]]:
    """Problem and line of each failure; the object starts on line 2."""
    files = {
        "objects/Account.object": "<?xml version='1.0'?>\n" + words.standard_object(f"\n{fields}"),
        "package.xml": words.manifest({"CustomField": ["Account.A__c"]}),
    }
    result = desk.deploy(files)
    rows = result.findall(".//componentFailures")
    return [(row.findtext("problem"), row.findtext("lineNumber")) for row in rows if row.findtext("lineNumber")]


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        (TEXT + "<color>red</color>", f"Element {METADATA}color invalid at this location in type CustomField"),
        (TEXT + "<length>8</length>", f"Element {METADATA}length is duplicated at this location in type CustomField"),
        (TEXT + "<required>maybe</required>", "'maybe' is not a valid value for the type xsd:boolean"),
        (
            TEXT + "<deleteConstraint>Boom</deleteConstraint>",
            "'Boom' is not a valid value for the enum 'DeleteConstraint'",
        ),
        (
            "<valueSet><values>x</values></valueSet>",
            f"Element {METADATA}values invalid at this location in type ValueSet",
        ),
    ],
)
def test_what_the_type_does_not_know_is_refused(admin: Any, words: Any, inner: str, problem: str) -> None:
    found = failures(admin, words, words.field("A__c", "Text", inner))
    assert (f"Error parsing file: {problem}", "3") in found


def test_nothing_of_a_refused_file_is_installed(admin: Any, words: Any) -> None:
    failures(admin, words, words.field("A__c", "Text", TEXT) + words.field("B__c", "Text", TEXT + "<color>red</color>"))
    assert "A__c" not in {each["name"] for each in admin.ok("GET", "/sobjects/Account/describe")["fields"]}


def test_a_manifest_is_held_to_its_type_too(admin: Any, words: Any) -> None:
    bad = words.manifest({}).replace("<version>", "<colour>red</colour><version>")
    assert any("colour invalid" in each for each in words.problems(admin.deploy({"package.xml": bad})))


def test_created_metadata_is_held_to_its_type(admin: Any) -> None:
    body = '<metadata xsi:type="CustomTab"><fullName>X__c</fullName><wheels>4</wheels></metadata>'
    fault = admin.soap(f"<createMetadata>{body}</createMetadata>").findtext(".//faultstring")
    assert "wheels invalid at this location in type CustomTab" in fault
