"""Where the org's pages show what we add."""

from __future__ import annotations

from tieline.contract import Layout, Mapping
from tieline_unleashed.mappings import CUSTOMERS, PRODUCTS
from tieline_unleashed.names import SYSTEM

SECTION = "Unleashed"


def _section(mapping: Mapping) -> Layout:
    own = tuple(field.crm for field in mapping.fields if field.crm.endswith("__c"))
    return Layout(SYSTEM, mapping.crm_object, SECTION, own)


LAYOUTS = (_section(CUSTOMERS), _section(PRODUCTS))
