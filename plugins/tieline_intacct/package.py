"""Projects and tasks have no standard object in the org, so the package brings them."""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import Component, Declarations
from tieline.contract.component import Property
from tieline_intacct.mappings.work import PROJECT_OBJECT, TASK_OBJECT

_OBJECTS = {PROJECT_OBJECT: ("ERP project", "Custom53: Bell"), TASK_OBJECT: ("ERP project task", "Custom18: Form")}


def project_objects(declarations: Declarations) -> Sequence[Component]:
    """The objects that a mapping of these declarations stands on, with their tabs."""
    wanted = {mapping.crm_object for mapping in declarations.mappings}
    return [part for name in _OBJECTS if name in wanted for part in _object(name, *_OBJECTS[name])]


def _object(name: str, label: str, motif: str) -> Sequence[Component]:
    properties: dict[str, Property] = {
        "label": label,
        "pluralLabel": f"{label}s",
        "nameField": {"label": "Name", "type": "Text"},
        "deploymentStatus": "Deployed",
        "sharingModel": "ReadWrite",
        "description": f"An {label} as it stands in the back office and here.",
    }
    tab = Component("CustomTab", name, {"customObject": True, "motif": motif})
    return Component("CustomObject", name, properties), tab
