"""Short words for custom objects of ours, with their tab and their list view."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from tieline.contract.component import Component, Property

CUSTOM_OBJECT = "CustomObject"
CUSTOM_TAB = "CustomTab"
LIST_VIEW = "ListView"


class Sharing(StrEnum):
    """The org-wide default of an object: who reaches rows of others, within the rights a person has at all."""

    READ = "Read"
    READ_WRITE = "ReadWrite"
    BY_PARENT = "ControlledByParent"


def numbered(name: str, label: str, plural: str, pattern: str, sharing: Sharing, about: str) -> Component:
    """An object whose rows get a running number (`R-{000000}`) as their name."""
    naming: Property = {"label": label, "type": "AutoNumber", "displayFormat": pattern}
    return _object(name, label, plural, naming, sharing, about)


def named(name: str, label: str, plural: str, sharing: Sharing, about: str) -> Component:
    """An object whose rows have a written name (80 characters)."""
    return _object(name, label, plural, {"label": "Name", "type": "Text"}, sharing, about)


def _object(name: str, label: str, plural: str, naming: Property, sharing: Sharing, about: str) -> Component:
    properties: dict[str, Property] = {
        "label": label,
        "pluralLabel": plural,
        "nameField": naming,
        "deploymentStatus": "Deployed",
        "sharingModel": str(sharing),
        "description": about,
    }
    return Component(CUSTOM_OBJECT, name, properties)


def tab(name: str, motif: str = "Custom18: Form") -> Component:
    return Component(CUSTOM_TAB, name, {"customObject": True, "motif": motif})


def list_view(owner: str, columns: Sequence[str]) -> Component:
    """The view of all rows."""
    properties: dict[str, Property] = {"label": "All", "filterScope": "Everything", "columns": tuple(columns)}
    return Component(LIST_VIEW, f"{owner}.All", properties)
