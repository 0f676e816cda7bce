"""Conditional requests: tags on Account rows, dates on all rows and descriptions. [D5]"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tieline_sandbox.org import moments
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.wire import Request


def tag(row: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).digest()[:27]
    return f'"{base64.b64encode(digest).decode()}--gzip"'


def unchanged(request: Request, kind: ObjectType, row: Mapping[str, Any]) -> bool:
    """Whether a read may be answered with 304."""
    wanted = _tags(request, "If-None-Match")
    if kind.etag and wanted:
        return "*" in wanted or tag(row) in wanted
    return not_modified(request, str(row["LastModifiedDate"]))


def not_modified(request: Request, changed: str) -> bool:
    since = moments.read_http_date(request.header("If-Modified-Since"))
    moment = moments.read_moment(changed)
    return since is not None and moment is not None and moment <= since


def check(request: Request, kind: ObjectType, row: Mapping[str, Any]) -> None:
    """Refuse a write whose condition does not hold: 412; 400 when it can't be read."""
    wanted = _tags(request, "If-Match")
    if kind.etag and wanted and "*" not in wanted and tag(row) not in wanted:
        raise _failed()
    since = _date(request, "If-Unmodified-Since")
    moment = moments.read_moment(str(row["LastModifiedDate"]))
    if since is not None and moment is not None and moment > since:
        raise _failed()
    modified = _date(request, "If-Modified-Since")
    if modified is not None and moment is not None and moment <= modified:
        raise _failed()


def _failed() -> OrgError:
    return OrgError("PRECONDITION_FAILED", "The record was changed since the condition was made", status=412)


def _tags(request: Request, name: str) -> list[str]:
    return [each.strip().removeprefix("W/") for each in request.header(name).split(",") if each.strip()]


def _date(request: Request, name: str) -> datetime | None:
    text = request.header(name)
    if not text:
        return None
    moment = moments.read_http_date(text)
    if moment is None:
        raise OrgError("INVALID_HEADER", f"Invalid value for header {name}: {text}")
    return moment
