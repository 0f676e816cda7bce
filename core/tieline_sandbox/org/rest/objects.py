"""The global describe, an object's own pages."""

from __future__ import annotations

from tieline_sandbox.org import describe
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.rest import layouts
from tieline_sandbox.org.rest.answers import empty
from tieline_sandbox.org.rest.conditional import not_modified
from tieline_sandbox.org.translation import translated
from tieline_sandbox.wire import Response, json_response


def everything(call: Call) -> Response:
    call.parsed("describeGlobal")
    if not_modified(call.request, _changed(call)):
        return empty(304)
    shown = [
        describe.summary(kind, call.access, call.data)
        for kind in call.schema.objects.values() if call.access.rights(kind).read
    ]  # fmt: skip
    return json_response(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})


def about(call: Call, name: str) -> Response:
    kind = call.object(name)
    call.parsed("describe", kind.name)
    return json_response(200, {"objectDescribe": describe.summary(kind, call.access, call.data), "recentItems": []})


def described(call: Call, name: str) -> Response:
    kind = call.object(name)
    call.parsed("describe", kind.name)
    if not_modified(call.request, _changed(call)):
        return empty(304)
    told = describe.full(kind, call.schema, call.access, call.data)
    told["recordTypeInfos"] = layouts.record_types(call, kind)
    return json_response(200, translated(call, told))


def _changed(call: Call) -> str:
    return str(call.org.setting("schema_changed"))
