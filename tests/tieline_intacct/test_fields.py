"""The page of fields tells what is declared, and nothing of the reference is passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tieline.contract import Direction, Field
from tieline_intacct.mappings import MAPPINGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "intacct-fields.md").read_text()
WAYS = {Direction.BOTH: "both ways", Direction.TO_CRM: "from Intacct", Direction.TO_ERP: "to Intacct"}
SECTIONS = {
    "customer": "Customer and Account", "contact": "Contact", "item": "Item and Product",
    "price_list": "Price list and price book", "price": "Price and price book entry", "project": "Project",
    "task": "Task", "quote": "Document, mirrored", "ar_invoice": "AR invoice", "ar_payment": "AR payment",
    "contract": "Contract", "contract_line": "Contract line",
}  # fmt: skip
REFERENCE = {
    "CUSTOMER": "Customer and Account", "CONTACT": "Contact", "ITEM": "Item and Product",
    "SOPRICELIST": "Price list and price book", "SODOCUMENT_header": "A document that a button makes",
    "CONTRACT": "Contract", "CONTRACTDETAIL": "Contract line",
    "SODOCUMENT_line": "A document that a button makes", "SODOCUMENT_back": "Document, mirrored",
}  # fmt: skip
SPELLED = {"MAILADDRESS.ADDRESS1": "MAILADDRESS.STREET", "entry itemid": "ITEMID", "entry value": "VALUE"}
"""The reference's words for fields that we spell in another way."""


def _section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found.group(1)


def _row(field: Field) -> str:
    locked = "locked" if field.locked or field.required or field.key else ""
    return f"| `{field.erp}` | `{field.crm}` | {WAYS[field.direction]} | {locked} |"


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_tells_every_field_as_it_is_declared(name: str) -> None:
    (mapping,) = [one for one in MAPPINGS if one.name == name]
    table = _section(SECTIONS[name]).split("| left out |")[0]
    assert [line for line in table.splitlines() if line.startswith("| `")] == [_row(one) for one in mapping.fields]


@pytest.fixture(scope="module")
def reference() -> MappingType[str, Any]:
    file = ROOT.parent / "shared" / "reference" / "intacct" / "field_mappings.yaml"
    if not file.is_file():
        pytest.skip(f"the reference is not at {file}")
    return dict(YAML(typ="safe").load(file.read_text()))


def test_every_row_of_the_reference_is_there_or_left_out_with_a_reason(reference: MappingType[str, Any]) -> None:
    missing = []
    for kind, title in REFERENCE.items():
        for row in reference["suggested_defaults"][kind]:
            told = str(row["intacct"])
            for former, ours in SPELLED.items():
                told = told.replace(former, ours)
            section = _section(title) + (_section("Price and price book entry") if kind == "SOPRICELIST" else "")
            if told not in section and not (kind == "SOPRICELIST" and told == "NAME" and "`BOOK`" in section):
                missing.append(f"{kind}.{row['intacct']}")
    assert missing == []


def test_the_vendors_rows_of_projects_are_all_there(reference: MappingType[str, Any]) -> None:
    """Their direction and their locks too, as far as the table could be read."""
    (projects,) = [one for one in MAPPINGS if one.name == "project"]
    declared = {field.erp: field for field in projects.fields}
    for row in reference["standard_mappings"]["PROJECT"]["rows"]:
        field = declared[row["intacct"]]
        wanted = Direction.TO_CRM if row["rule"] == "From Intacct" else Direction.BOTH
        assert field.direction is wanted, row
        assert field.locked or row["mark"] == "free", row


def test_rows_that_the_reference_locks_are_locked(reference: MappingType[str, Any]) -> None:
    declared = {(one.erp_object, field.erp): field for one in MAPPINGS for field in one.fields}
    locked = [
        (kind, row["intacct"]) for kind in ("CUSTOMER", "ITEM") for row in reference["suggested_defaults"][kind]
        if row.get("locked")
    ]  # fmt: skip
    assert ("CUSTOMER", "NAME") in locked
    for key in locked:
        assert declared[key].locked or declared[key].required, key
