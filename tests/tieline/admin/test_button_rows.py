"""Rows that fill what buttons make, in the settings file: every mistake at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieline.admin.catalogue import catalogue, parsed
from tieline.admin.faults import BadSettings
from tieline.admin.file import SettingsFile
from tieline.contract import Action, ActionInput, Decision, Decline, Fillable


def _decline(_given: ActionInput) -> Decision:
    return Decline("No.")


ORDER = Fillable(("PO", "MEMO"), ("PRICE",), "Lines", custom=True, reserved=("BUYER",))
ACTIONS = (
    Action("toy", "order", "Order", "Deal", _decline, fillable=ORDER),
    Action("toy", "strict", "Strict", "Opportunity", _decline, fillable=Fillable(("PO",))),
    Action("toy", "promote", "Promote", "Account", _decline),
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.yaml", {"books": ()}, actions={"books": ACTIONS})


GOOD = """\
back_offices:
  books:
    actions:
      order:
        header:
          - {erp: PO, crm: PO_Number__c, default: none}
          - {erp: MEMO, value: "record.Name + ' / ' + parameters.Term"}
          - {erp: CRM_ID, crm: Account.Owner.Name, custom: true}
        lines:
          - {erp: PRICE, value: "line.UnitPrice * record.Factor__c"}
"""

BAD = """\
back_offices:
  books:
    actions:
      nobody: {}
      promote: {header: [{erp: PO, default: x}], otherwise: No.}
      order:
        header:
          - {erp: XX, crm: A__c}
          - {erp: PO, custom: true, crm: A__c}
          - {erp: MEMO}
          - {erp: MEMO, crm: A__c, value: record.B__c}
          - {erp: CRM_ID, custom: true, value: "record.("}
          - {erp: CRM_NO, custom: true, crm: "not a name"}
        lines:
          - {erp: PRICE, value: "secrets.Password"}
      strict:
        when: "line.Name == 'x'"
        header:
          - {erp: MINE, custom: true, crm: A__c}
          - {erp: PO, value: "line.Name"}
"""


def test_rows_are_read(file: SettingsFile) -> None:
    chosen = file.checked(GOOD).settings.of("books").actions["order"]
    assert [(row.erp, row.crm, row.custom) for row in chosen.header] == [
        ("PO", "PO_Number__c", False), ("MEMO", "", False), ("CRM_ID", "Account.Owner.Name", True),
    ]  # fmt: skip
    assert chosen.lines[0].value == "line.UnitPrice * record.Factor__c"


def test_every_button_can_be_switched_off(file: SettingsFile) -> None:
    chosen = file.checked("back_offices: {books: {actions: {promote: {enabled: false}}}}").settings.of("books").actions
    assert not chosen["promote"].enabled
    settings = file.checked("back_offices: {books: {actions: {promote: {enabled: false}}}}").settings
    entries = {one.name: one for one in catalogue(settings, file.declared, file.lists, file.actions)}
    off = entries["back_offices.books.actions.promote.enabled"]
    assert (off.value, off.is_set, parsed(off, "true")) == (False, True, True)
    assert entries["back_offices.books.actions.order.enabled"].value is True


def test_every_mistake_of_the_rows_is_told_with_its_line(file: SettingsFile) -> None:
    with pytest.raises(BadSettings) as caught:
        file.checked(BAD)
    told = {(fault.line, fault.what.partition(" (")[0]) for fault in caught.value.faults}
    assert told == {
        (4, "there is no such button"),
        (5, "this button makes no document that could be filled"),
        (5, "there is no condition that it belongs to"),
        (8, "there is no such field to fill"),
        (9, "PO is no field of your own"),
        (10, "nothing says what it is filled with"),
        (11, "MEMO is filled already"),
        (11, "it is filled from a field and by an expression"),
        (12, "the expression cannot be read"),
        (13, "'not a name' is no API name"),
        (15, "there is no 'secrets' to look at"),
        (17, "there is no 'line' to look at"),
        (17, "nothing says what is answered when it does not hold"),
        (19, "this button fills no fields of your own"),
        (20, "there is no 'line' to look at"),
    }


@pytest.mark.parametrize("part", ["header", "lines"])
def test_what_the_button_itself_decides_is_no_field_of_ones_own(file: SettingsFile, part: str) -> None:
    row = "{erp: BUYER, crm: A__c, custom: true}"
    with pytest.raises(BadSettings) as caught:
        file.checked(f"back_offices: {{books: {{actions: {{order: {{{part}: [{row}]}}}}}}}}")
    assert [fault.what for fault in caught.value.faults] == ["BUYER is decided by the button itself"]
