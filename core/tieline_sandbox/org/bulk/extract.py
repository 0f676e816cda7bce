"""Query jobs: results as CSV, page by page behind a locator."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from tieline_sandbox.org.bulk import jobs
from tieline_sandbox.org.bulk.jobs import FINISHED, Job
from tieline_sandbox.org.bulk.table import cell, lines
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.rest.answers import body_of, empty, params, table
from tieline_sandbox.org.rest.queries import runner
from tieline_sandbox.org.soql.parse import parse
from tieline_sandbox.org.soql.shape import is_aggregate, is_count
from tieline_sandbox.org.soql.tree import Path, Query, Selected
from tieline_sandbox.wire import Response, json_response

OPERATIONS = ("query", "queryAll")
DEFAULT_PAGE = 50_000
_STEP = 2000
_KIND = "V2Query"


def create(call: Call) -> Response:
    """The rows are found at once; what is answered is what a queue would say."""
    body = table(body_of(call.request))
    if body.get("operation") not in OPERATIONS:
        raise OrgError("INVALIDJOB", "operation must be query or queryAll")
    asked = parse(str(body.get("query") or ""))
    call.parsed("bulk.query", asked.object)
    _check(asked)
    with call.writing() as tx:
        found = runner(call, tx, body["operation"] == "queryAll").run(asked)
        kind = call.object(asked.object)
        job = {**jobs.new_job(call, tx, body, _KIND), "object": kind.name, "state": "UploadComplete"}
        stored = {**job, "state": "JobComplete", "numberRecordsProcessed": len(found.idents), "text": asked.text}
        jobs.keep(tx, stored)
        tx.set_setting(f"job:{job['id']}:rows", found.idents)
    return json_response(200, job)


def _check(asked: Query) -> None:
    plain = all(isinstance(item, Selected) and isinstance(item.expression, Path) for item in asked.items)
    if is_count(asked) or is_aggregate(asked) or not plain:
        raise OrgError("API_ERROR", "The Bulk API takes no aggregates, functions or sub-selects")


def status(call: Call, ident: str) -> Response:
    job = jobs.find(call.org, ident, _KIND)
    call.parsed("bulk.status", job["object"], job["id"])
    return json_response(200, _shown(job))


def listed(call: Call) -> Response:
    call.parsed("bulk.list")
    shown = [_shown(job) for job in jobs.listed(call.org, _KIND)]
    return json_response(200, {"done": True, "records": shown, "nextRecordsUrl": None})


def change(call: Call, ident: str) -> Response:
    job = jobs.find(call.org, ident, _KIND)
    if table(body_of(call.request)).get("state") != "Aborted":
        raise OrgError("INVALIDJOBSTATE", "state must be Aborted")
    call.parsed("bulk.abort", job["object"], job["id"])
    if job["state"] in FINISHED:
        raise OrgError("INVALIDJOBSTATE", f"The job is {job['state']} and can't be aborted")
    return json_response(200, _shown(job))


def delete(call: Call, ident: str) -> Response:
    job = jobs.find(call.org, ident, _KIND)
    call.parsed("bulk.delete", job["object"], job["id"])
    with call.writing() as tx:
        jobs.forget(tx, job)
    return empty()


def results(call: Call, ident: str) -> Response:
    """`?maxRecords=&locator=`; the locator of the last page is the word null."""
    job = jobs.find(call.org, ident, _KIND)
    call.parsed("bulk.results", job["object"], job["id"])
    given = params(call.request)
    start, count = _offset(given.get("locator", "")), _count(given.get("maxRecords", ""))
    rows: list[str] = call.org.setting(f"job:{job['id']}:rows") or []
    chosen = rows[start : start + count]
    locator = _locator(start + count) if start + count < len(rows) else "null"
    text = "".join(_pages(call, job, chosen))
    headers = (
        ("Content-Type", "text/csv; charset=UTF-8"), ("Sforce-Locator", locator),
        ("Sforce-NumberOfRecords", str(len(chosen))),
    )  # fmt: skip
    return Response(200, headers, text.encode("utf-8"))


def _pages(call: Call, job: Job, idents: list[str]) -> list[str]:
    asked = parse(job["text"])
    with call.reading() as reader:
        run = runner(call, reader, True)
        names = run.labels(asked)
        out = [lines(job, [names])]
        for start in range(0, len(idents), _STEP):
            records = run.show(asked, idents[start : start + _STEP])
            out.append(lines(job, [[cell(_dig(row, name)) for name in names] for row in records]))
    return out


def _dig(row: Any, name: str) -> Any:
    for part in name.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def _shown(job: Job) -> Job:
    return {name: value for name, value in job.items() if name != "text"}


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str) -> int:
    if not locator:
        return 0
    try:
        return int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (ValueError, binascii.Error):
        raise OrgError("INVALID_QUERY_LOCATOR", "invalid locator") from None


def _count(text: str) -> int:
    if not text:
        return DEFAULT_PAGE
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 1:
        raise OrgError("INVALID_INPUT", "maxRecords must be a positive number")
    return int(text)
