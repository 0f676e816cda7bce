"""`/metadata/deployRequest`: the REST twin of deploy. [C]"""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.deploy import Options, Result, deploy, quick_deploy, result_of
from tieline_sandbox.org.rest.answers import body_of, flag, params, read_json, table
from tieline_sandbox.wire import Request, Response, json_response


def start(call: Call) -> Response:
    """A zip in a form; or as JSON the id of a deploy that was only validated."""
    if call.request.header("Content-Type").casefold().startswith("application/json"):
        ident = table(body_of(call.request)).get("validatedDeployRequestId")
        call.parsed("deploy", key=str(ident))
        return _started(quick_deploy(call, str(ident)), Options())
    parts = _multipart(call.request)
    if "file" not in parts or "entity_content" not in parts:
        raise OrgError("INVALID_MULTIPART_REQUEST", "The form needs the parts entity_content and file")
    told = table(read_json(parts["entity_content"])).get("deployOptions")
    options = Options.of(told if isinstance(told, dict) else {})
    call.parsed("deploy")
    return _started(deploy(call, parts["file"], options), options)


def _started(result: Result, options: Options) -> Response:
    pending = {"id": result["id"], "status": "Pending", "done": False, "success": False}
    return json_response(201, {"id": result["id"], "deployOptions": options.json(), "deployResult": pending})


def status(call: Call, ident: str) -> Response:
    call.parsed("checkDeployStatus", key=ident)
    result = result_of(call, ident)
    shown = {name: value for name, value in result.items() if name != "options"}
    if not flag(params(call.request), "includeDetails"):
        shown.pop("details")
    return json_response(200, {"id": result["id"], "deployResult": shown, "deployOptions": result["options"]})


def change(call: Call, ident: str) -> Response:
    """Deploys here are done at once: there is nothing left to cancel."""
    wanted = table(body_of(call.request)).get("deployResult")
    call.parsed("cancelDeploy", key=ident)
    result = result_of(call, ident)
    if not isinstance(wanted, dict) or wanted.get("status") != "Canceling":
        raise OrgError("INVALID_INPUT", "The only change of a deploy is the status Canceling")
    raise OrgError("INVALID_ID_FIELD", f"Deployment {result['id']} is already completed")


def _multipart(request: Request) -> dict[str, bytes]:
    """The parts of a form by name; OrgError when it is none."""
    media, boundary = request.header("Content-Type"), b""
    for piece in media.split(";")[1:]:
        name, _, value = piece.strip().partition("=")
        if name.casefold() == "boundary":
            boundary = value.strip('"').encode()
    if not media.casefold().startswith("multipart/form-data") or not boundary:
        raise OrgError("UNSUPPORTED_MEDIA_TYPE", "The body must be multipart/form-data with a boundary", status=415)
    out: dict[str, bytes] = {}
    for piece_bytes in (b"\r\n" + request.body).split(b"\r\n--" + boundary)[1:]:
        head, found, content = piece_bytes.partition(b"\r\n\r\n")
        name = _part_name(head.decode("utf-8", "replace"))
        if found and name:
            out[name] = content
    return out


def _part_name(head: str) -> str:
    for line in head.split("\r\n"):
        if line.casefold().startswith("content-disposition:"):
            fields: dict[str, Any] = dict(each.strip().partition("=")[::2] for each in line.split(";")[1:])
            return str(fields.get("name", "")).strip('"')
    return ""
