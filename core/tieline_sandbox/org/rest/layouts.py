"""`/sobjects/X/describe/layouts[/recordTypeId]`: the pages of an object as they were deployed (shapes [K])."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from tieline_sandbox.org import describe, errors, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.describe import MASTER_TYPE, describe_field
from tieline_sandbox.org.metadata.tree import Body, below, flag, one, tables, texts
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.wire import Response, json_response

Row = dict[str, Any]


def record_types(call: Call, kind: ObjectType) -> list[Row]:
    """The RecordTypeInfos of an object, the master type last."""
    with call.reading() as reader:
        rows = [row for _, row in reader.find("RecordType", "SobjectType", kind.name)]
    own = [describe.record_type(kind, call.data, row) for row in rows]
    return [*own, describe.master_type(kind, call.data)]


def described(call: Call, name: str, record_type: str | None = None) -> Response:
    """All layouts with the record types they stand for, or the one of a record type."""
    kind = call.object(name)
    call.parsed("layouts", kind.name)
    if not kind.layoutable:
        raise errors.not_found()
    types = record_types(call, kind)
    shown = _layouts(call, kind)
    if record_type is not None:
        if (ids.full(record_type) or record_type) not in {each["recordTypeId"] for each in types}:
            raise errors.not_found()
        return json_response(200, shown[0] if shown else {})
    chosen = shown[0]["id"] if shown else None
    mappings = [
        {**each, "layoutId": chosen, "picklistsForRecordType": [],
         "urls": {"layout": f"{call.data}/sobjects/{kind.name}/describe/layouts/{each['recordTypeId']}"}}
        for each in types
    ]  # fmt: skip
    needed = [len([each for each in types if each["recordTypeId"] != MASTER_TYPE]) > 1]
    told = {"layouts": shown, "recordTypeMappings": mappings, "recordTypeSelectorRequired": needed}
    return json_response(200, told)


def _layouts(call: Call, kind: ObjectType) -> list[Row]:
    """The object's layouts, the one changed last first: without assignments by profile it is everybody's."""
    with call.reading() as reader:
        found = [row for name, row in reader.all(f"{COMPONENT}Layout") if name.startswith(f"{kind.name}-")]
    found.sort(key=lambda row: str(row["modified"]), reverse=True)
    return [_layout(call, kind, row) for row in found]


def _layout(call: Call, kind: ObjectType, row: Row) -> Row:
    body: Body = row["body"]
    sections = [_section(call, kind, each) for each in tables(body, "layoutSections")]
    buttons = [{"custom": True, "name": name, "label": name} for name in texts(body, "customButtons")]
    return {
        "id": row["id"], "buttonLayoutSection": {"detailButtons": buttons}, "detailLayoutSections": sections,
        "editLayoutSections": sections, "feedView": None, "highlightsPanelLayoutSection": None,
        "multirowEditLayoutSections": [], "offlineLinks": [], "saveOptions": [],
        "quickActionList": {"quickActionListItems": _actions(call, body)},
        "relatedContent": None, "relatedLists": [_related(each) for each in tables(body, "relatedLists")],
    }  # fmt: skip


def _section(call: Call, kind: ObjectType, section: Body) -> Row:
    columns = [tables(each, "layoutItems") for each in tables(section, "layoutColumns")]
    rows = [[_item(call, kind, each) for each in line] for line in zip_longest(*columns, fillvalue={})]
    return {
        "columns": max(len(columns), 1), "rows": len(rows), "heading": one(section, "label"),
        "useCollapsibleSection": flag(section, "detailHeading"), "useHeading": flag(section, "detailHeading"),
        "layoutRows": [{"layoutItems": row, "numItems": len(row)} for row in rows], "tabOrder": "TopToBottom",
    }  # fmt: skip


def _item(call: Call, kind: ObjectType, item: Body) -> Row:
    """One place; empty where there is no field, or none the caller sees."""
    field = call.access.field(kind, one(item, "field")) if one(item, "field") else None
    if field is None:
        empty = {"label": "", "layoutComponents": [], "placeholder": True, "required": False}
        return {**empty, "editableForNew": False, "editableForUpdate": False}
    behavior = one(item, "behavior")
    details = describe_field(kind, field, call.access)
    component = {"type": "Field", "value": field.name, "displayLines": 1, "tabOrder": 1, "details": details}
    editable = behavior != "Readonly"
    return {
        "label": field.label, "layoutComponents": [component], "placeholder": False,
        "required": behavior == "Required", "editableForNew": editable and details["createable"],
        "editableForUpdate": editable and details["updateable"],
    }  # fmt: skip


def _actions(call: Call, body: Body) -> list[Row]:
    """The quick actions on the page, with their own labels."""
    names = [
        one(each, "actionName") for each in below(body, "platformActionList", "platformActionListItems")
        if one(each, "actionType") == "QuickAction"
    ]  # fmt: skip
    names += [one(each, "quickActionName") for each in below(body, "quickActionList", "quickActionListItems")]
    with call.reading() as reader:
        found = {name: reader.get(f"{COMPONENT}QuickAction", name) for name in dict.fromkeys(names)}
    return [
        {"quickActionName": name, "label": one(row["body"], "label") if row else name,
         "targetSobjectType": one(row["body"], "targetObject") or None if row else None,
         "type": one(row["body"], "type") if row else "", "accessLevelRequired": None}
        for name, row in found.items()
    ]  # fmt: skip


def _related(entry: Body) -> Row:
    name = one(entry, "relatedList")
    columns = [{"field": each, "name": each, "label": each} for each in texts(entry, "fields")]
    owner, _, field = name.rpartition(".")
    return {"name": name, "label": name, "sobject": owner or None, "field": field or None, "columns": columns,
            "custom": name.endswith("__c"), "limitRows": 5, "sort": []}  # fmt: skip
