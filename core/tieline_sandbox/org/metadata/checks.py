"""What makes a component bad: the sentences of the service (texts [K])."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tieline_sandbox.org.metadata.tree import Body, flag, one, tables, texts
from tieline_sandbox.org.schema.custom import FIELD_KINDS, whole
from tieline_sandbox.org.schema.types import Field, ObjectType, Schema
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Reader

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*", re.ASCII)


class BadComponent(Exception):
    """A component that can't be deployed; the text is what the service says."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the org holds while a deploy is under way."""

    schema: Schema
    reader: Reader

    def object(self, name: str, element: str = "object") -> ObjectType:
        kind = self.schema.object(name)
        if kind is None or kind.name != name:
            raise BadComponent(f"In field: {element} - no CustomObject named {name} found")
        return kind

    def field(self, full_name: str, element: str = "field") -> Field:
        owner, _, name = full_name.partition(".")
        kind = self.schema.object(owner)
        found = kind.field(name) if kind else None
        if found is None:
            raise BadComponent(f"In field: {element} - no CustomField named {full_name} found")
        return found

    def component(self, kind: str, full_name: str, element: str) -> None:
        if self.reader.get(COMPONENT + kind, full_name) is None:
            raise BadComponent(f"In field: {element} - no {kind} named {full_name} found")


Check = Callable[[Known, str, Body], None]


def check(known: Known, kind: str, full_name: str, body: Body) -> None:
    """BadComponent when the component can't stand in this org."""
    if not full_name or len(full_name) > 200:
        raise BadComponent("Required field is missing: fullName")
    checker = _CHECKS.get(kind)
    if checker:
        checker(known, full_name, body)


def need(body: Body, *names: str) -> None:
    for name in names:
        if not body.get(name) or body[name][0] == "":
            raise BadComponent(f"Required field is missing: {name}")


def one_of(value: str, enum: str, allowed: str) -> None:
    if value and value not in allowed.split():
        raise BadComponent(f"'{value}' is not a valid value for the enum '{enum}'")


def developer_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > 80:
        raise BadComponent(
            f'The {what}: "{name}" is used to refer to the component. It can only contain alphanumeric characters, must begin'
            " with a letter, cannot end with an underscore or contain two consecutive underscore characters."
        )


# -- objects and fields --------------------------------------------------------------------------------------------------


def _object(known: Known, full_name: str, body: Body) -> None:
    if not full_name.endswith("__c"):
        known.object(full_name, "fullName")
        return
    developer_name(full_name.removesuffix("__c"), "Object Name")
    need(body, "label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel")
    one_of(
        one(body, "sharingModel"),
        "SharingModel",
        "Private Read ReadWrite ReadWriteTransfer FullAccess ControlledByParent",
    )
    one_of(one(body, "deploymentStatus"), "DeploymentStatus", "InDevelopment Deployed")
    name_field = next(iter(tables(body, "nameField")), {})
    one_of(one(name_field, "type") or "none", "FieldType", "Text AutoNumber")
    if one(name_field, "type") == "AutoNumber" and "{0" not in one(name_field, "displayFormat"):
        raise BadComponent("Must specify 'displayFormat' for a nameField of type AutoNumber")


_FIELD_NEEDS: Mapping[str, tuple[str, ...]] = {
    "Text": ("length",), "LongTextArea": ("length", "visibleLines"), "Html": ("length", "visibleLines"),
    "Number": ("precision", "scale"), "Currency": ("precision", "scale"), "Percent": ("precision", "scale"),
    "Checkbox": ("defaultValue",), "Picklist": ("valueSet",), "MultiselectPicklist": ("valueSet", "visibleLines"),
    "Lookup": ("referenceTo",), "MasterDetail": ("referenceTo", "relationshipName"), "AutoNumber": ("displayFormat",),
}  # fmt: skip
_LENGTHS = {"Text": (1, 255), "LongTextArea": (256, 131_072), "Html": (256, 131_072)}


def _field(known: Known, full_name: str, body: Body) -> None:
    owner, _, name = full_name.partition(".")
    kind = known.schema.object(owner)
    if kind is None:
        raise BadComponent(f"Entity Enumeration Or ID: bad value for restricted picklist field: {owner}")
    if not name.endswith("__c"):
        if kind.field(name) is None:
            raise BadComponent("Could not resolve standard field's name.")
        return
    developer_name(name.removesuffix("__c"), "Field Name")
    kind_name = one(body, "type")
    need(body, "type", "label")
    if "formula" in body or kind_name == "Summary":
        raise BadComponent("Formula and roll-up summary fields are not supported by this local org")
    one_of(kind_name, "FieldType", " ".join(FIELD_KINDS))
    for element in _FIELD_NEEDS.get(kind_name, ()):
        if not body.get(element) or body[element][0] == "":
            raise BadComponent(f"Must specify '{element}' for a CustomField of type {kind_name}")
    _sizes(kind_name, body)
    _picklist(known, kind_name, body)
    _relation(known, kind, name, body)
    _marks(kind_name, body)
    _same_type(known, full_name, kind_name)


def _sizes(kind: str, body: Body) -> None:
    low, high = _LENGTHS.get(kind, (0, 0))
    if high and not low <= whole(one(body, "length"), -1) <= high:
        raise BadComponent(f"Length must be between {low} and {high} for a CustomField of type {kind}")
    if kind in ("Number", "Currency", "Percent"):
        precision, scale = whole(one(body, "precision"), -1), whole(one(body, "scale"), -1)
        if not 1 <= precision <= 18 or not 0 <= scale < precision + 1:
            raise BadComponent("Precision must be between 1 and 18, and scale not larger than precision")


def _picklist(known: Known, kind: str, body: Body) -> None:
    if kind not in ("Picklist", "MultiselectPicklist"):
        return
    chosen = next(iter(tables(body, "valueSet")), {})
    named = one(chosen, "valueSetName")
    if named:
        known.component("GlobalValueSet", named, "valueSetName")
        return
    rows = [row for entry in tables(chosen, "valueSetDefinition") for row in tables(entry, "value")]
    _values(rows)


def _values(rows: list[Body]) -> None:
    names = [one(row, "fullName") for row in rows]
    if not names or not all(names):
        raise BadComponent("Picklist values must be specified: every value needs a fullName")
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled:
        raise BadComponent(f"Duplicate picklist value: {doubled}")


def _relation(known: Known, owner: ObjectType, name: str, body: Body) -> None:
    if one(body, "type") not in ("Lookup", "MasterDetail", "Hierarchy"):
        return
    target = known.schema.object(one(body, "referenceTo"))
    if target is None or target.computed:
        raise BadComponent(
            f"referenceTo value of '{one(body, 'referenceTo')}' does not resolve to a valid sObject type"
        )
    one_of(one(body, "deleteConstraint"), "DeleteConstraint", "Cascade Restrict SetNull")
    children = one(body, "relationshipName")
    if not children:
        return
    developer_name(children, "Child Relationship Name")
    for child in known.schema.children_of(target.name):
        other = (child.object, child.field.name) != (owner.name, name)
        if other and child.name == children + "__r":
            raise BadComponent(f"Duplicate Child Relationship Name: {children} is already used on {target.name}")


def _marks(kind: str, body: Body) -> None:
    if flag(body, "externalId") and kind not in ("Text", "Number", "Email", "AutoNumber"):
        raise BadComponent(f"externalId is not allowed for a CustomField of type {kind}")
    if flag(body, "unique") and kind not in ("Text", "Number", "Email"):
        raise BadComponent(f"unique is not allowed for a CustomField of type {kind}")


def _same_type(known: Known, full_name: str, kind: str) -> None:
    """Some changes are allowed by the service; this org allows none, so that nobody leans on them."""
    stored = known.reader.get(COMPONENT + "CustomField", full_name)
    before = one(stored["body"], "type") if stored else kind
    if before != kind:
        raise BadComponent(f"Cannot change the type of the field {full_name} from {before} to {kind}")


def _part_of_object(known: Known, full_name: str, _body: Body) -> None:
    owner, _, name = full_name.partition(".")
    known.object(owner)
    developer_name(name.removesuffix("__c"), "Name")


def _list_view(known: Known, full_name: str, body: Body) -> None:
    _part_of_object(known, full_name, body)
    need(body, "label", "filterScope")
    owner = full_name.partition(".")[0]
    for column in texts(body, "columns"):
        if column.endswith("__c"):
            known.field(f"{owner}.{column}", "columns")


def _web_link(known: Known, full_name: str, body: Body) -> None:
    _part_of_object(known, full_name, body)
    need(body, "availability", "displayType", "linkType", "masterLabel")
    one_of(one(body, "linkType"), "WebLinkType", "url sControl javascript page flow")
    one_of(one(body, "displayType"), "WebLinkDisplayType", "link button massActionButton")


def _value_set(known: Known, full_name: str, body: Body) -> None:
    developer_name(full_name.removesuffix("__gvs"), "Value Set Name")
    need(body, "masterLabel")
    rows = tables(body, "customValue")
    _values(rows)
    kept = {one(row, "fullName") for row in rows}
    stored = known.reader.get(COMPONENT + "GlobalValueSet", full_name)
    gone = {one(row, "fullName") for row in tables(stored["body"], "customValue")} - kept if stored else set()
    used = next((name for name in sorted(gone) if _value_used(known, full_name, name)), None)
    if used is not None:
        raise BadComponent(f"Cannot remove the value {used}: it is in use by records")


def _value_used(known: Known, full_name: str, value: str) -> bool:
    for field_name, component in known.reader.all(COMPONENT + "CustomField"):
        chosen = next(iter(tables(component["body"], "valueSet")), {})
        if one(chosen, "valueSetName") == full_name:
            owner, _, name = field_name.partition(".")
            if any(value in str(row.get(name, "")).split(";") for _, row in known.reader.all(owner)):
                return True
    return False


# -- permission sets -----------------------------------------------------------------------------------------------------


def _permission_set(known: Known, full_name: str, body: Body) -> None:
    developer_name(full_name, "Permission Set Name")
    need(body, "label")
    for entry in tables(body, "objectPermissions"):
        _object_permission(known, entry)
    for entry in tables(body, "fieldPermissions"):
        _field_permission(known, entry)
    for entry in tables(body, "tabSettings"):
        name = one(entry, "tab")
        if not name.startswith("standard-"):
            known.component("CustomTab", name, "tab")
    for entry in tables(body, "applicationVisibilities"):
        name = one(entry, "application")
        if not name.startswith("standard__"):
            known.component("CustomApplication", name, "application")


def _object_permission(known: Known, entry: Body) -> None:
    need(entry, "object")
    name = one(entry, "object")
    known.object(name)
    if flag(entry, "allowRead"):
        return
    for right in ("Create", "Edit", "Delete"):
        if flag(entry, f"allow{right}"):
            raise BadComponent(f"Permission {right} {name} depends on permission(s): Read {name}")


def _field_permission(known: Known, entry: Body) -> None:
    need(entry, "field")
    name = one(entry, "field")
    field = known.field(name)
    if field.required or field.master or field.name_field:
        raise BadComponent(f"You cannot deploy to a required field: {name}")
    if flag(entry, "editable") and not flag(entry, "readable"):
        raise BadComponent(f"Field {name}: editable depends on readable")


# -- pages ---------------------------------------------------------------------------------------------------------------


def _layout(known: Known, full_name: str, body: Body) -> None:
    owner, dash, _ = full_name.partition("-")
    if not dash:
        raise BadComponent(f"Layout name must be the object, a dash and a name: {full_name}")
    kind = known.object(owner, "layout")
    items = [item for section in tables(body, "layoutSections") for column in tables(section, "layoutColumns") for item in tables(column, "layoutItems")]  # fmt: skip
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
    for name in [one(entry, "actionName") for entries in tables(body, "platformActionList") for entry in tables(entries, "platformActionListItems") if one(entry, "actionType") == "QuickAction"]:  # fmt: skip
        _action_exists(known, name, "actionName")
    for name in [one(item, "quickActionName") for entry in tables(body, "quickActionList") for item in tables(entry, "quickActionListItems")]:  # fmt: skip
        _action_exists(known, name, "quickActionName")
    for entry in tables(body, "relatedLists"):
        _related(known, owner, one(entry, "relatedList"), entry)


def _action_exists(known: Known, name: str, element: str) -> None:
    standard = name.startswith("FeedItem.") or name in ("NewTask", "NewEvent", "LogACall", "SendEmail", "NewContact", "NewOpportunity", "NewAccount")  # fmt: skip
    if not standard:
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


def _quick_action(known: Known, full_name: str, body: Body) -> None:
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
    columns = [
        column for entry in tables(body, "quickActionLayout") for column in tables(entry, "quickActionLayoutColumns")
    ]
    for item in (item for column in columns for item in tables(column, "quickActionLayoutItems")):
        if one(item, "field"):
            known.field(f"{target}.{one(item, 'field')}")


def _tab(known: Known, full_name: str, body: Body) -> None:
    if flag(body, "customObject"):
        known.object(full_name, "fullName")
    elif not any(name in body for name in ("url", "page", "flexiPage", "lwcComponent")):
        raise BadComponent("Required field is missing: url, page or customObject")


def _application(known: Known, _full_name: str, body: Body) -> None:
    need(body, "label")
    for name in texts(body, "tabs"):
        if not name.startswith("standard-"):
            known.component("CustomTab", name, "tabs")


# -- translations --------------------------------------------------------------------------------------------------------


def _object_translation(known: Known, full_name: str, body: Body) -> None:
    owner, dash, language = full_name.rpartition("-")
    if not dash:
        raise BadComponent(f"Translation name must be the object, a dash and a language: {full_name}")
    known.object(owner, "fullName")
    _language(language)
    for entry in tables(body, "fields"):
        known.field(f"{owner}.{one(entry, 'name')}", "name")
    for element, kind in (("quickActions", "QuickAction"), ("webLinks", "WebLink")):
        for entry in tables(body, element):
            known.component(kind, f"{owner}.{one(entry, 'name')}", "name")


def _translation(known: Known, full_name: str, body: Body) -> None:
    _language(full_name)
    for entry in tables(body, "customLabels"):
        known.component("CustomLabel", one(entry, "name"), "name")


def _language(code: str) -> None:
    if not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", code):
        raise BadComponent(f"Not a supported language: {code}")


def _label(_known: Known, full_name: str, body: Body) -> None:
    developer_name(full_name, "Label Name")
    need(body, "language", "protected", "shortDescription", "value")


_CHECKS: Mapping[str, Check] = {
    "CustomObject": _object, "CustomField": _field, "ListView": _list_view, "WebLink": _web_link,
    "ValidationRule": _part_of_object, "RecordType": _part_of_object, "FieldSet": _part_of_object,
    "CompactLayout": _part_of_object, "BusinessProcess": _part_of_object, "GlobalValueSet": _value_set,
    "PermissionSet": _permission_set, "Layout": _layout, "QuickAction": _quick_action, "CustomTab": _tab,
    "CustomApplication": _application, "CustomObjectTranslation": _object_translation, "Translations": _translation,
    "CustomLabel": _label,
}  # fmt: skip
