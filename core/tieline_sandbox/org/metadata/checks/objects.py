"""Objects, fields, value sets and what else lies in an object's file (texts [K])."""

from __future__ import annotations

from collections.abc import Mapping

from tieline_sandbox.org.formulas.parse import BadFormula, parse
from tieline_sandbox.org.metadata.checks.base import BadComponent, Known, developer_name, need, one_of
from tieline_sandbox.org.metadata.tree import Body, flag, one, tables, texts
from tieline_sandbox.org.schema.custom import FIELD_KINDS, whole
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import COMPONENT


def check_object(known: Known, full_name: str, body: Body) -> None:
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


def check_field(known: Known, full_name: str, body: Body) -> None:
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


def check_part_of_object(known: Known, full_name: str, _body: Body) -> None:
    owner, _, name = full_name.partition(".")
    known.object(owner)
    developer_name(name.removesuffix("__c"), "Name")


def check_list_view(known: Known, full_name: str, body: Body) -> None:
    check_part_of_object(known, full_name, body)
    need(body, "label", "filterScope")
    owner = full_name.partition(".")[0]
    for column in texts(body, "columns"):
        if column.endswith("__c"):
            known.field(f"{owner}.{column}", "columns")


def check_web_link(known: Known, full_name: str, body: Body) -> None:
    check_part_of_object(known, full_name, body)
    need(body, "availability", "displayType", "linkType", "masterLabel")
    one_of(one(body, "linkType"), "WebLinkType", "url sControl javascript page flow")
    one_of(one(body, "displayType"), "WebLinkDisplayType", "link button massActionButton")


def check_value_set(known: Known, full_name: str, body: Body) -> None:
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


def check_validation_rule(known: Known, full_name: str, body: Body) -> None:
    check_part_of_object(known, full_name, body)
    need(body, "errorConditionFormula", "errorMessage")
    owner = full_name.partition(".")[0]
    kind = known.object(owner, "fullName")
    try:
        formula = parse(one(body, "errorConditionFormula"))
    except BadFormula as error:
        raise BadComponent(f"Formula syntax error: {error}") from None
    for name in sorted(formula.fields):
        found = kind.field(name)
        if found is None or found.name != name:
            raise BadComponent(f"Field {name} does not exist. Check spelling.")
    if one(body, "errorDisplayField"):
        known.field(f"{owner}.{one(body, 'errorDisplayField')}", "errorDisplayField")
