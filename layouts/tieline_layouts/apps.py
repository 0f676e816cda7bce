"""An application in the org's launcher for each system: what people work with, in one row of tabs."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Component, Declarations, System
from tieline.contract.naming import DOCUMENT_OBJECT, LINK_OBJECT, REQUEST_OBJECT, permission_set

APPLICATION = "CustomApplication"
_TABS = ("standard-Account", "standard-Contact", "standard-Opportunity", DOCUMENT_OBJECT, REQUEST_OBJECT, LINK_OBJECT)


def app_name(system: System) -> str:
    """Two systems of one org have one each."""
    return f"{permission_set(system.prefix)}_App"


def apps(declarations: Declarations) -> Iterator[Component]:
    for system in declarations.systems:
        properties = {
            "label": system.label,
            "description": f"Records that are tied to {system.label}, and what became of pressed buttons.",
            "formFactors": ("Large",),
            "navType": "Standard",
            "uiType": "Lightning",
            "tabs": _TABS,
        }
        yield Component(APPLICATION, app_name(system), properties)
