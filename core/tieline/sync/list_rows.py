"""A managed list's row as its object in the org."""

from __future__ import annotations

from collections.abc import Mapping

from tieline.contract import ManagedList, Shape, Value
from tieline.contract.naming import attribute_field, list_key
from tieline.store.nouns import StoredRow
from tieline.sync.identity import fingerprint

KEY_FIELD = "Key__c"
OWNER_FIELD = "Back_Office__c"
ACTIVE_FIELD = "Active__c"


def row_fields(managed: ManagedList, row: StoredRow, ids: Mapping[str, str]) -> dict[str, Value]:
    """What the org should hold. `ids` are the CRM ids of the list's rows by key; a parent that is not there yet is
    filled in by the next pass."""
    fields: dict[str, Value] = {
        KEY_FIELD: list_key(row.back_office, row.entity, row.key),
        "Name": row.label[:80],
        "ERP_Id__c": row.key,
        OWNER_FIELD: row.back_office,
        "Accounting_Entity__c": row.entity or None,
        ACTIVE_FIELD: row.active,
    }
    fields |= {attribute_field(name): row.attributes.get(name) or None for name in managed.attributes}
    if managed.hierarchy:
        fields["Parent__c"] = ids.get(row.parent) or None
    return fields


def row_shape(managed: ManagedList, obj: str) -> Shape:
    """To read the rows back."""
    names = [KEY_FIELD, "Name", "ERP_Id__c", OWNER_FIELD, "Accounting_Entity__c", ACTIVE_FIELD]
    names += [attribute_field(name) for name in managed.attributes]
    return Shape(obj, (*names, *(["Parent__c"] if managed.hierarchy else [])))


def row_print(managed: ManagedList, row: StoredRow, ids: Mapping[str, str]) -> str:
    return fingerprint(row_fields(managed, row, ids))
