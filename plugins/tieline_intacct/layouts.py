"""Where the org's pages show what we add."""

from __future__ import annotations

from tieline.contract import Layout, Mapping
from tieline_intacct.mappings import AMOUNTS, CONTACTS, CUSTOMERS, ITEMS, PROJECTS, TASKS
from tieline_intacct.names import SYSTEM

SECTION = "Sage Intacct"


def _section(mapping: Mapping) -> Layout:
    own = tuple(field.crm for field in mapping.fields if field.crm.endswith("__c"))
    return Layout(SYSTEM, mapping.crm_object, SECTION, own)


def _whole(mapping: Mapping) -> Layout:
    """An object that the package brings has a page with nothing on it until somebody puts its fields there."""
    return Layout(SYSTEM, mapping.crm_object, mapping.label, tuple(field.crm for field in mapping.fields))


LAYOUTS = (
    _section(CUSTOMERS),
    _section(CONTACTS),
    _section(ITEMS),
    _section(AMOUNTS),
    _whole(PROJECTS),
    _whole(TASKS),
)
