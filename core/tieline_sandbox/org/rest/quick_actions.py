"""`/sobjects/X/quickActions`: the buttons of an object, and pressing one (shapes [K])."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org import buttons
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.tree import Body, one
from tieline_sandbox.org.rest.answers import body_of, table
from tieline_sandbox.wire import Response, json_response


def listed(call: Call, name: str) -> Response:
    kind = call.object(name)
    call.parsed("quickActions", kind.name)
    return json_response(200, [_shown(call, *each) for each in buttons.actions_of(call, kind)])


def described(call: Call, name: str, action: str) -> Response:
    full_name = _full_name(call, name, action)
    call.parsed("quickAction", name, full_name)
    body = buttons.action(call, full_name)
    more = {"targetSobjectType": one(body, "targetObject"), "targetParentField": one(body, "targetParentField") or None}
    return json_response(200, {**_shown(call, full_name, body), **more})


def defaults(call: Call, name: str, action: str, record_id: str) -> Response:
    full_name = _full_name(call, name, action)
    call.parsed("quickAction", name, full_name)
    with call.reading() as reader:
        values = buttons.defaults(call, reader, full_name, record_id)
    kind = one(buttons.action(call, full_name), "targetObject")
    return json_response(200, {"attributes": {"type": kind}, **values})


def press(call: Call, name: str, action: str) -> Response:
    """`{"contextId": ..., "record": {...}}` makes the row as the caller."""
    full_name = _full_name(call, name, action)
    body = table(body_of(call.request))
    context, record = body.get("contextId"), body.get("record") or {}
    if not isinstance(context, str) or not isinstance(record, dict):
        raise OrgError(
            "JSON_PARSER_ERROR", "The request needs contextId, an id, and record, an object [line:1, column:1]"
        )
    call.parsed("press", full_name, context)
    ident = buttons.press(call, full_name, context, record)
    answer = {"contextId": context, "created": True, "errors": [], "feedItemIds": None, "ids": [ident], "success": True}
    return json_response(201, answer)


def _full_name(call: Call, name: str, action: str) -> str:
    return f"{call.object(name).name}.{action.rpartition('.')[2]}"


def _shown(call: Call, full_name: str, body: Body) -> dict[str, Any]:
    owner, _, name = full_name.partition(".")
    address = f"{call.data}/sobjects/{owner}/quickActions/{name}"
    return {
        "name": full_name,
        "label": one(body, "label"),
        "type": one(body, "type"),
        "urls": {
            "quickAction": address,
            "describe": f"{address}/describe",
            "defaultValues": f"{address}/defaultValues",
        },
    }
