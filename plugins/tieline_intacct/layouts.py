"""Where the org's pages show what we add."""

from __future__ import annotations

from tieline.contract import Layout, Mapping
from tieline_intacct.mappings import AMOUNTS, CONTACTS, CUSTOMERS, ITEMS
from tieline_intacct.names import SYSTEM

SECTION = "Sage Intacct"


def _section(mapping: Mapping) -> Layout:
    own = tuple(field.crm for field in mapping.fields if field.crm.endswith("__c"))
    return Layout(SYSTEM, mapping.crm_object, SECTION, own)


LAYOUTS = (_section(CUSTOMERS), _section(CONTACTS), _section(ITEMS), _section(AMOUNTS))
