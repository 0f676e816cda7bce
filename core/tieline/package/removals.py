"""What of ours goes: what we installed, nobody declares any more, and still stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tieline.package.canonical import Table
from tieline.package.fields import CUSTOM_FIELD
from tieline.package.ledger import Key, Ledger
from tieline.package.objects import CUSTOM_OBJECT

ASSIGNMENT = "PermissionSetAssignment"
HOLD_DATA = (CUSTOM_OBJECT, CUSTOM_FIELD)


def removed_keys(wanted: Collection[Key], present: Mapping[Key, Table], ledger: Ledger) -> list[Key]:
    """In order of kind and name."""
    return without_parts({key for key in ledger.ours if key in present and key not in wanted}, present)


def without_parts(gone: Collection[Key], present: Mapping[Key, Table]) -> list[Key]:
    """Parts of an object go with it, but for its look-ups to other objects that go: those hold on to one another."""
    objects = {name for kind, name in gone if kind == CUSTOM_OBJECT}
    return sorted(
        key
        for key in gone
        if key[0] == CUSTOM_OBJECT or key[1].partition(".")[0] not in objects or _holds(present[key], objects)
    )


def object_of(key: Key) -> str:
    """The object whose going takes a component along: `Tie__c` for its fields, views, tab and pages."""
    return key[1].partition("-")[0].partition(".")[0]


def _holds(part: Table, objects: Collection[str]) -> bool:
    return any(node in objects for node in part.get("referenceTo", ()) if isinstance(node, str))
