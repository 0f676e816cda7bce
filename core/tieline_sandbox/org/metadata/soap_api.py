"""The SOAP face of the Metadata API."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from lxml import etree

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata import crud, deploy, retrieve
from tieline_sandbox.org.metadata.kinds import TOP_KINDS
from tieline_sandbox.org.metadata.tree import BadXml, elements, flag, local, one, read_body, tables, texts
from tieline_sandbox.org.soap import METADATA, SoapCall, element_text, envelope, tag, text_of
from tieline_sandbox.wire import Response

Handler: TypeAlias = Callable[[Call, Any], str]
_MAX_QUERIES = 3


def serve(call: Call, asked: SoapCall) -> Response:
    """One call; OrgError becomes a fault."""
    handler = _HANDLERS.get(asked.operation)
    if handler is None:
        raise OrgError("INVALID_TYPE", f"The Metadata API of this org has no call {asked.operation}")
    call.parsed(asked.operation)
    try:
        results = handler(call, asked.body)
    except BadXml as error:
        raise OrgError("INVALID_TYPE", f"The request can't be read: {error}") from None
    return envelope(f"<{asked.operation}Response>{results}</{asked.operation}Response>", METADATA)


def _result(inner: str) -> str:
    return f"<result>{inner}</result>"


def _child(body: etree._Element, *names: str) -> etree._Element | None:
    return next((each for each in elements(body) if local(each) in names), None)


def _deploy(call: Call, body: etree._Element) -> str:
    data = text_of(body, "ZipFile") or text_of(body, "zipFile") or ""
    chosen = _child(body, "DeployOptions", "deployOptions")
    given = {local(each): element_text(each) for each in elements(chosen)} if chosen is not None else {}
    try:
        content = base64.b64decode(data, validate=False)
    except (binascii.Error, ValueError):
        raise OrgError("INVALID_ARGUMENT", "ZipFile is not base64") from None
    result = deploy.deploy(call, content, deploy.Options.of(given))
    return _result(tag("done", False) + tag("id", result["id"]) + tag("state", "Queued"))


def _deploy_validated(call: Call, body: etree._Element) -> str:
    result = deploy.quick_deploy(call, text_of(body, "validationID") or text_of(body, "validationId") or "")
    return tag("result", result["id"])


def _wants_details(body: etree._Element) -> bool:
    """`<includeDetails>true</includeDetails>`, or with a child `details` inside. [C]"""
    told = _child(body, "includeDetails")
    if told is None:
        return False
    return "".join(str(each) for each in told.itertext()).strip().casefold() in ("true", "1")


def _deploy_status(call: Call, body: etree._Element) -> str:
    result = deploy.result_of(call, text_of(body, "asyncProcessId") or "")
    details = ""
    if _wants_details(body):
        rows = "".join(f"<{name}>{_plain(row)}</{name}>" for name, row in deploy.messages(result))
        tests = "".join(tag(name, value) for name, value in result["details"]["runTestResult"].items())
        details = f"<details>{rows}<runTestResult>{tests}</runTestResult></details>"
    shown = {name: value for name, value in result.items() if name not in ("details", "options")}
    before = {name: value for name, value in shown.items() if name < "details"}
    after = {name: value for name, value in shown.items() if name > "details"}
    return _result(_plain(before) + details + _plain(after))


def _plain(row: Mapping[str, Any]) -> str:
    return "".join(tag(name, value) for name, value in row.items())


def _cancel(call: Call, body: etree._Element) -> str:
    result = deploy.result_of(call, text_of(body, "String") or text_of(body, "asyncProcessId") or "")
    return _result(tag("done", True) + tag("id", result["id"]))


def _retrieve(call: Call, body: etree._Element) -> str:
    asked = _child(body, "retrieveRequest", "request")
    wish = read_body(asked) if asked is not None else {}
    package = next(iter(tables(wish, "unpackaged")), {})
    wanted = [(one(entry, "name"), texts(entry, "members")) for entry in tables(package, "types")]
    result = retrieve.retrieve(call, wanted, one(wish, "apiVersion") or call.version, flag(wish, "singlePackage"))
    return _result(tag("done", False) + tag("id", result["id"]) + tag("state", "Queued"))


def _retrieve_status(call: Call, body: etree._Element) -> str:
    result = retrieve.result_of(call, text_of(body, "asyncProcessId") or "")
    rows = "".join(f"<fileProperties>{_plain(row)}</fileProperties>" for row in result["fileProperties"])
    problems = "".join(f"<messages>{_plain(row)}</messages>" for row in result["messages"])
    include = (text_of(body, "includeZip") or "true").casefold() != "false"
    return _result(
        tag("done", True) + rows + tag("id", result["id"]) + problems + tag("status", result["status"])
        + tag("success", True) + (tag("zipFile", result["zipFile"]) if include else "")
    )  # fmt: skip


def _check_status(_call: Call, body: etree._Element) -> str:
    """The old way to ask; one client's retrieve still needs it. [C]"""
    idents = [element_text(each) for each in elements(body)]
    return "".join(_result(tag("done", True) + tag("id", ident) + tag("state", "Completed")) for ident in idents)


def _describe(_call: Call, _body: etree._Element) -> str:
    kinds = "".join(
        "<metadataObjects>"
        + "".join(tag("childXmlNames", child) for child in kind.children.values())
        + tag("directoryName", kind.folder) + tag("inFolder", False) + tag("metaFile", False)
        + tag("suffix", kind.suffix) + tag("xmlName", kind.name)
        + "</metadataObjects>"
        for kind in TOP_KINDS
    )  # fmt: skip
    return _result(
        kinds + tag("organizationNamespace", "") + tag("partialSaveAllowed", True) + tag("testRequired", False)
    )


def _list(call: Call, body: etree._Element) -> str:
    queries = [each for each in elements(body) if local(each) == "queries"]
    if len(queries) > _MAX_QUERIES:
        raise OrgError("LIMIT_EXCEEDED", f"listMetadata takes at most {_MAX_QUERIES} queries")
    names = [text_of(query, "type") or "" for query in queries]
    return "".join(_result(_plain(row)) for name in names for row in retrieve.listed(call, name))


_HANDLERS: Mapping[str, Handler] = {
    "deploy": _deploy,
    "checkDeployStatus": _deploy_status,
    "cancelDeploy": _cancel,
    "deployRecentValidation": _deploy_validated,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _retrieve_status,
    "checkStatus": _check_status,
    "describeMetadata": _describe,
    "listMetadata": _list,
    "readMetadata": crud.read,
    "createMetadata": crud.create,
    "updateMetadata": crud.update,
    "upsertMetadata": crud.upsert,
    "deleteMetadata": crud.delete,
}
