"""Buttons: quick actions that create an `ERP_Request__c`. No code in the org, no call into our network; the org itself
proves who pressed (contract §11)."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Action, Component, Declarations, Parameter, PermanentError
from tieline.contract.component import Property
from tieline.contract.naming import REQUEST_OBJECT, lookup_field, quick_action, request_field
from tieline_layouts.kinds import Wanted, of_kind

QUICK_ACTION = "QuickAction"
CANVAS_HEIGHT, CANVAS_WIDTH = 500, 700
"""Pixels."""


def request_fields(declarations: Declarations) -> Iterator[Component]:
    """The fields that hold what users fill in."""
    for action in declarations.actions:
        for parameter in action.parameters:
            yield _parameter(action, parameter, declarations)


def buttons(declarations: Declarations) -> Iterator[Component]:
    for action in declarations.actions:
        yield _button(action, declarations)


def _parameter(action: Action, parameter: Parameter, declarations: Declarations) -> Component:
    declared = f"{action.id}.{parameter.name}"
    name = parameter_field(action, parameter, declarations)
    wanted = Wanted(REQUEST_OBJECT, name, parameter.label, "", declared, action.system)
    return of_kind(wanted, parameter.kind, declarations, "ERP_Requests")


def parameter_field(action: Action, parameter: Parameter, declarations: Declarations) -> str:
    """The parameter's field; PermanentError for a list the system does not have."""
    try:
        return request_field(declarations.system(action.system), parameter, declarations.lists)
    except KeyError as missing:
        raise PermanentError(
            f"{action.id}.{parameter.name} refers to {missing.args[0]}, which {action.system} does not declare",
            where="package",
            mend=f"Declare the list {missing.args[0]} or correct the name.",
            code="unknown_reference",
        ) from None


def _button(action: Action, declarations: Declarations) -> Component:
    system = declarations.system(action.system)
    properties = _canvas(action) if action.canvas else _create(action, declarations)
    if action.help:
        properties["description"] = action.help
    return Component(QUICK_ACTION, f"{action.on}.{quick_action(system, action.name)}", properties)


def _canvas(action: Action) -> dict[str, Property]:
    """A signed page of ours; the connected app is the administrator's to install."""
    size: dict[str, Property] = {"height": CANVAS_HEIGHT, "width": CANVAS_WIDTH}
    return {"type": "Canvas", "label": action.label, "canvas": action.canvas, "optionsCreateFeedItem": False, **size}


def _create(action: Action, declarations: Declarations) -> dict[str, Property]:
    return {
        "type": "Create",
        "label": action.label,
        "targetObject": REQUEST_OBJECT,
        "targetParentField": lookup_field(action.on),
        "optionsCreateFeedItem": False,
        "fieldOverrides": _predefined(action),
        "quickActionLayout": _form(action, declarations),
        "successMessage": "Sent. The answer appears on the request.",
    }


def _predefined(action: Action) -> Property:
    """What the button fills in by itself; text fields take formulas [P]."""
    return (
        {"field": "Action__c", "formula": f'"{action.id}"'},
        {"field": "Record_Id__c", "formula": f"{action.on}.Id"},
    )


def _form(action: Action, declarations: Declarations) -> Property:
    shown = [(parameter_field(action, each, declarations), each.required) for each in action.parameters]
    system = declarations.system(action.system)
    if system.several_back_offices:
        shown.append(("Back_Office__c", True))
    if not system.one_entity:
        shown.append(("Accounting_Entity__c", False))
    # a form must show something: the record itself, when there is nothing to fill in
    shown = shown or [(lookup_field(action.on), False)]
    items = [
        {"emptySpace": False, "field": name, "uiBehavior": "Required" if required else "Edit"}
        for name, required in shown
    ]
    columns = ({"quickActionLayoutItems": tuple(items)},)
    return {"layoutSectionStyle": "OneColumn", "quickActionLayoutColumns": columns}
