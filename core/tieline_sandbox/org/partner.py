"""The partner SOAP calls that REST has no twin for: merge, undelete, emptyRecycleBin."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from tieline_sandbox.org import ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.tree import elements, local
from tieline_sandbox.org.records.merge import merge
from tieline_sandbox.org.records.recycle import purge, undelete
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.soap import PARTNER, XSI, SoapCall, element_text, envelope, tag, text_of
from tieline_sandbox.wire import Response

MAX_ROWS = 200


def serve(call: Call, asked: SoapCall) -> Response:
    """One call; OrgError for a call this org does not have."""
    handler = _CALLS.get(asked.operation)
    if handler is None:
        raise OrgError("INVALID_TYPE", f"The partner API of this org has no call {asked.operation}")
    results = "".join(f"<result>{each}</result>" for each in handler(call, asked.body))
    return envelope(f"<{asked.operation}Response>{results}</{asked.operation}Response>", PARTNER)


def _merge(call: Call, body: etree._Element) -> list[str]:
    return [_one_merge(call, each) for each in elements(body) if local(each) == "request"]


def _one_merge(call: Call, request: etree._Element) -> str:
    sent = next((each for each in elements(request) if local(each) == "masterRecord"), None)
    losers = [element_text(each) for each in elements(request) if local(each) == "recordToMergeIds"]
    ident = (text_of(sent, "Id") or "") if sent is not None else ""
    try:
        if sent is None:
            raise OrgError("MISSING_ARGUMENT", "masterRecord not specified", [])
        kind = call.object(text_of(sent, "type") or "")
        call.parsed("merge", kind.name, ident)
        with call.writing() as tx:
            full = [ids.full(each) or each for each in losers]
            moved = merge(Writer(call, tx), kind, ids.full(ident) or ident, full, _fields(sent))
    except OrgError as error:
        return _failed(error) + tag("id", ident) + tag("success", False)
    merged = "".join(tag("mergedRecordIds", each) for each in full)
    updated = "".join(tag("updatedRelatedIds", each) for each in moved)
    return tag("id", ids.full(ident)) + merged + tag("success", True) + updated


def _fields(sent: etree._Element) -> dict[str, str | None]:
    """The values of the record that stays; `fieldsToNull` names those to blank."""
    values: dict[str, str | None] = {}
    for each in elements(sent):
        name = local(each)
        if name == "fieldsToNull":
            values[element_text(each)] = None
        elif name not in ("type", "Id"):
            values[name] = None if each.get(f"{{{XSI}}}nil") in ("true", "1") else element_text(each)
    return values


def _each_row(work: Callable[[Writer, ObjectType, str], None]) -> Callable[[Call, etree._Element], list[str]]:
    """A call over `ids`, each row for itself."""

    def done(call: Call, body: etree._Element) -> list[str]:
        wanted = [element_text(each) for each in elements(body) if local(each) == "ids"]
        if len(wanted) > MAX_ROWS:
            raise OrgError("EXCEEDED_ID_LIMIT", f"This call takes at most {MAX_ROWS} ids")
        call.parsed(work.__name__)
        return [_one_row(call, work, each) for each in wanted]

    return done


def _one_row(call: Call, work: Callable[[Writer, ObjectType, str], None], text: str) -> str:
    ident = ids.full(text)
    try:
        kind = call.schema.by_prefix(ident) if ident else None
        if ident is None or kind is None or not call.access.rights(kind).read:
            raise OrgError("MALFORMED_ID", f"bad id {text}", [])
        with call.writing() as tx:
            work(Writer(call, tx), kind, ident)
    except OrgError as error:
        return _failed(error) + tag("id", text) + tag("success", False)
    return tag("id", ident) + tag("success", True)


def _failed(error: OrgError) -> str:
    fields = "".join(tag("fields", name) for name in error.fields or ())
    return f"<errors>{fields}{tag('message', error.message)}{tag('statusCode', error.code)}</errors>"


_CALLS: Mapping[str, Callable[[Call, etree._Element], list[str]]] = {
    "merge": _merge,
    "undelete": _each_row(undelete),
    "emptyRecycleBin": _each_row(purge),
}
