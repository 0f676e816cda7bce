"""The plugin as the host sees it."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pluggy
import pytest

import tieline_intacct
from tieline.contract import PROJECT, Declarations, Direction, ErpPlugin, Option, Person, Policy, Reference
from tieline.contract.hooks import Extras
from tieline.host.declared_words import declared_words
from tieline.host.validation import problems
from tieline_intacct.actions import ACTIONS, MESSAGES
from tieline_intacct.layouts import LAYOUTS
from tieline_intacct.lists import LISTS
from tieline_intacct.mappings import CONTACTS, CUSTOMERS, MAPPINGS, PROJECTS, TASKS
from tieline_intacct.options import SOURCES
from tieline_intacct.package import project_objects
from tieline_intacct.system import INTACCT
from tieline_intacct.translations import FRENCH

plugin: ErpPlugin = tieline_intacct
DECLARED = Declarations((INTACCT,), MAPPINGS, LISTS, ACTIONS, LAYOUTS)


def test_every_hook_is_known_to_the_host() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(ErpPlugin)
    manager.add_hookspecs(Extras)
    manager.register(plugin)
    manager.check_pending()
    assert [len(rows) for rows in manager.hook.register_mappings()] == [len(MAPPINGS)]
    assert manager.hook.register_systems() == [(INTACCT,)]


def test_the_host_finds_nothing_wrong() -> None:
    assert [one.sentence() for one in problems(DECLARED, Declarations(), DECLARED)] == []


def test_references_lists_and_parents_exist() -> None:
    names, lists = {mapping.name for mapping in MAPPINGS}, {managed.name for managed in LISTS}
    for mapping in MAPPINGS:
        for field in mapping.fields:
            if isinstance(field.kind, Reference):
                assert field.kind.mapping in names
            if isinstance(field.kind, (Option, Person)):
                assert field.kind.list in lists


def test_pages_of_objects_that_come_along_show_every_field() -> None:
    """Their first page is empty but for the name: nobody would see what is synced."""
    shown = {layout.crm_object: layout.fields for layout in LAYOUTS}
    for mapping in (PROJECTS, TASKS):
        assert set(shown[mapping.crm_object]) == {field.crm for field in mapping.fields}


def test_there_are_the_vendors_twelve_lists() -> None:
    assert {managed.name for managed in LISTS} == set(SOURCES)
    assert len(LISTS) == 12


def test_accounts_and_contacts_are_not_made_of_customers_unless_somebody_says_so() -> None:
    assert not CUSTOMERS.create_in_crm
    assert not CONTACTS.create_in_crm
    assert INTACCT.demo is not None
    assert INTACCT.demo.new_in_crm == (CUSTOMERS.name, CONTACTS.name)


def test_an_empty_look_up_never_clears_the_contact_that_intacct_has() -> None:
    """A field that only goes to Intacct would, at the first match."""
    rows = {field.erp: field for field in CUSTOMERS.fields}
    for name in ("BILLTO.CONTACTNAME", "SHIPTO.CONTACTNAME"):
        assert (rows[name].direction, rows[name].policy) == (Direction.BOTH, Policy.ERP_WINS)


def test_rows_that_the_vendor_locks_are_locked() -> None:
    """As far as the vendor's own table could be read."""
    rows = {field.erp: field for field in PROJECTS.fields}
    assert rows["PROJECTID"].locked
    assert rows["NAME"].locked
    for formula in ("PERCENTCOMPLETE", "ACTUALQTY", "APPROVEDQTY", "ESTQTY", "REMAININGQTY"):
        assert (rows[formula].direction, rows[formula].locked) == (Direction.TO_CRM, True)
    for free in ("BEGINDATE", "CUSTOMERID", "SFDCKEY", "PARENTID", "PROJECTSTATUS"):
        assert (rows[free].direction, rows[free].locked) == (Direction.BOTH, False)


def test_the_package_brings_projects_only_where_they_are_mapped() -> None:
    brought = {(part.kind, part.name) for part in project_objects(DECLARED)}
    assert ("CustomObject", "ERP_Project__c") in brought
    assert ("CustomTab", "ERP_Project_Task__c") in brought
    assert project_objects(Declarations(mappings=(CUSTOMERS,))) == []


def test_passwords_are_secrets_and_the_sandbox_is_lazy() -> None:
    assert {one.name for one in INTACCT.settings if one.secret} == {"sender_password", "user_password"}
    assert INTACCT.sandbox is not None
    assert callable(INTACCT.sandbox())


def test_settings_of_a_sandbox() -> None:
    assert INTACCT.describe_sandbox is not None
    told = {
        "tls_url": "https://localhost:1/", "sender_id": "s", "sender_password": "p", "company_id": "C", "user_id": "u",
        "user_password": "q", "entities": ["100-US"], "ca_file": "/tmp/ca.pem", "plane_url": "x",
    }  # fmt: skip
    assert INTACCT.describe_sandbox(told) == {
        "endpoint": "https://localhost:1/ia/xml/xmlgw.phtml", "sender_id": "s", "sender_password": "p",
        "company_id": "C", "user_id": "u", "user_password": "q", "ca_file": "/tmp/ca.pem", "default_location": "100-US",
        "changes_every": "0", "lists_every": "300",
    }  # fmt: skip


def _words() -> Iterator[str]:
    yield from declared_words(DECLARED)
    yield from MESSAGES


@pytest.mark.parametrize("word", sorted({word for word in _words() if word}))
def test_french_is_complete_and_keeps_placeholders(word: str) -> None:
    french = FRENCH.texts[word]
    assert french
    assert _placeholders(french) == _placeholders(word)


def test_every_field_has_a_label_that_fits() -> None:
    assert all(0 < len(field.label) <= 40 for mapping in MAPPINGS for field in mapping.fields)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_rows_of_the_settings_reach_nothing_that_a_button_decides() -> None:
    made = [one.fillable for one in ACTIONS if one.fillable]
    assert len(made) == 4
    for fillable in made:
        assert {"CUSTVENDID", "CREATEDFROM", "OPPORTUNITY", "DOCPARID", "ITEMID"} <= set(fillable.reserved)
        assert not set(fillable.reserved) & {*fillable.header, *fillable.line}
