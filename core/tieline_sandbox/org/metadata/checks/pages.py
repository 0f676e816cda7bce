"""Layouts, quick actions, tabs and applications (texts [K])."""

from __future__ import annotations

from tieline_sandbox.org.metadata.checks.base import BadComponent, Known, developer_name, need, one_of
from tieline_sandbox.org.metadata.tree import Body, below, flag, one, tables, texts


def check_layout(known: Known, full_name: str, body: Body) -> None:
    owner, dash, _ = full_name.partition("-")
    if not dash:
        raise BadComponent(f"Layout name must be the object, a dash and a name: {full_name}")
    kind = known.object(owner, "layout")
    items = below(body, "layoutSections", "layoutColumns", "layoutItems")
    shown = [one(item, "field") for item in items if one(item, "field")]
    for name in shown:
        known.field(f"{owner}.{name}")
    doubled = next((name for name in shown if shown.count(name) > 1), None)
    if doubled:
        raise BadComponent(f"Duplicate field on layout: {doubled}")
    for field in kind.fields.values():
        compound = field.compound or field.name
        if (
            (field.required or (field.name_field and field.createable))
            and field.name not in shown
            and compound not in shown
        ):
            raise BadComponent(f"Layout must contain an item for required layout field: {field.name}")
    _buttons(known, owner, body)


def _buttons(known: Known, owner: str, body: Body) -> None:
    for name in texts(body, "customButtons"):
        known.component("WebLink", f"{owner}.{name}", "customButtons")
    for item in below(body, "platformActionList", "platformActionListItems"):
        if one(item, "actionType") == "QuickAction":
            _action_exists(known, one(item, "actionName"), "actionName")
    for item in below(body, "quickActionList", "quickActionListItems"):
        _action_exists(known, one(item, "quickActionName"), "quickActionName")
    for entry in tables(body, "relatedLists"):
        _related(known, owner, one(entry, "relatedList"), entry)


_STANDARD_ACTIONS = (
    "LogACall", "NewAccount", "NewContact", "NewEvent", "NewOpportunity", "NewTask", "SendEmail",
)  # fmt: skip


def _action_exists(known: Known, name: str, element: str) -> None:
    if not name.startswith("FeedItem.") and name not in _STANDARD_ACTIONS:
        known.component("QuickAction", name, element)


def _related(known: Known, owner: str, name: str, entry: Body) -> None:
    if not name.endswith("__c"):
        return
    object_name, _, field_name = name.partition(".")
    child = known.schema.object(object_name)
    field = child.field(field_name) if child else None
    if child is None or field is None or owner not in field.reference_to:
        raise BadComponent(f"Cannot find related list:{name}")
    for column in texts(entry, "fields"):
        if column.endswith("__c"):
            known.field(f"{object_name}.{column}", "fields")


_ACTION_TYPES = (
    "Create VisualforcePage Post SendEmail LogACall SocialPost Canvas Update LightningComponent LightningWebComponent"
    " Flow MobileExtension Quip SendConversationMessage"
)


def check_quick_action(known: Known, full_name: str, body: Body) -> None:
    owner, dot, name = full_name.rpartition(".")
    if dot:
        known.object(owner, "fullName")
    developer_name(name, "Action Name")
    need(body, "type")
    one_of(one(body, "type"), "QuickActionType", _ACTION_TYPES)
    if "optionsCreateFeedItem" not in body:
        need(body, "optionsCreateFeedItem")
    if one(body, "type") == "Create":
        need(body, "targetObject")
    target = one(body, "targetObject") or owner
    if target:
        known.object(target, "targetObject")
    for entry in tables(body, "fieldOverrides"):
        known.field(f"{target}.{one(entry, 'field')}")
    if one(body, "targetParentField"):
        known.field(f"{target}.{one(body, 'targetParentField')}", "targetParentField")
    for item in below(body, "quickActionLayout", "quickActionLayoutColumns", "quickActionLayoutItems"):
        if one(item, "field"):
            known.field(f"{target}.{one(item, 'field')}")


def check_tab(known: Known, full_name: str, body: Body) -> None:
    if flag(body, "customObject"):
        known.object(full_name, "fullName")
    elif not any(name in body for name in ("url", "page", "flexiPage", "lwcComponent")):
        raise BadComponent("Required field is missing: url, page or customObject")


def check_application(known: Known, _full_name: str, body: Body) -> None:
    need(body, "label")
    for name in texts(body, "tabs"):
        if not name.startswith("standard-"):
            known.component("CustomTab", name, "tabs")
