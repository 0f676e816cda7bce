"""Ingest jobs: rows by CSV, worked off in parts, each row with its own result."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tieline_sandbox.org import ids
from tieline_sandbox.org.bulk import jobs
from tieline_sandbox.org.bulk.jobs import FINISHED, Job, Uploads
from tieline_sandbox.org.bulk.table import BadTable, lines, record, rows_of
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError, SeveralFound
from tieline_sandbox.org.records.delete import delete
from tieline_sandbox.org.records.recycle import purge
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.rest.answers import body_of, empty, table
from tieline_sandbox.org.schema.types import Kind, ObjectType
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.state import Transaction
from tieline_sandbox.wire import Request, Response, json_response

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
PART = 200
MAX_UPLOAD = 150 * 1024 * 1024
_CSV = (("Content-Type", "text/csv; charset=UTF-8"),)
_KIND = "V2Ingest"
_log = logging.getLogger(__name__)


class Ingest:
    """The ingest jobs of one org. With a folder they run in the background, in memory at once."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._uploads = Uploads(org)
        self._running: set[str] = set()
        self._lock = threading.Lock()

    # -- resources --------------------------------------------------

    def create(self, call: Call) -> Response:
        body = table(body_of(call.request))
        kind = call.access.object(call.schema, str(body.get("object", "")))
        if body.get("operation") not in OPERATIONS:
            raise OrgError("INVALIDJOB", f"operation must be one of {', '.join(OPERATIONS)}")
        if kind is None:
            raise OrgError(
                "INVALIDENTITY", f"InvalidEntity : Entity '{body.get('object')}' is not supported by the Bulk API."
            )
        key = str(body.get("externalIdFieldName") or "")
        field = call.access.field(kind, key)
        if body["operation"] == "upsert" and (field is None or not (field.external_id or field.kind is Kind.ID)):
            text = f"InvalidJob : Field name provided, {key} does not match an External ID, Salesforce Id,"
            raise OrgError("INVALIDJOB", f"{text} or indexed field for {kind.name}")
        call.parsed("bulk.create", kind.name)
        with call.writing() as tx:
            job = {**jobs.new_job(call, tx, body, _KIND), "object": kind.name, "numberRecordsFailed": 0, "parts": 0}
            job |= {"contentUrl": f"services/data/v{call.version}/jobs/ingest/{job['id']}/batches"}
            job |= {"externalIdFieldName": key} if key else {}
            jobs.keep(tx, job)
        return json_response(200, _shown(job))

    def upload(self, call: Call, ident: str) -> Response:
        job = jobs.find(self._org, ident, _KIND)
        if job["state"] != "Open":
            raise OrgError("INVALIDJOBSTATE", f"Job is {job['state']}: data can only be put into an open job")
        if len(call.request.body) > MAX_UPLOAD:
            raise OrgError("EXCEEDED_MAX_SIZE_REQUEST", "The data is larger than 150 MB; split it", status=413)
        call.parsed("bulk.upload", job["object"], job["id"])
        self._uploads.put(job["id"], call.request.body)
        return empty(201)

    def change(self, call: Call, ident: str) -> Response:
        job = jobs.find(self._org, ident, _KIND)
        state = table(body_of(call.request)).get("state")
        if state not in ("UploadComplete", "Aborted"):
            raise OrgError("INVALIDJOBSTATE", "state must be UploadComplete or Aborted")
        if job["state"] in FINISHED or (state == "UploadComplete" and job["state"] != "Open"):
            raise OrgError("INVALIDJOBSTATE", f"The job is {job['state']} and can't become {state}")
        call.parsed("bulk.close", job["object"], job["id"])
        job["state"] = state
        with call.writing() as tx:
            jobs.keep(tx, job)
        self._ensure(job)
        return json_response(200, _shown(job))

    def status(self, call: Call, ident: str) -> Response:
        job = jobs.find(self._org, ident, _KIND)
        call.parsed("bulk.status", job["object"], job["id"])
        self._ensure(job)
        return json_response(200, _shown(jobs.find(self._org, ident, _KIND)))

    def all(self, call: Call) -> Response:
        call.parsed("bulk.list")
        shown = [_shown(job) for job in jobs.listed(self._org, _KIND)]
        return json_response(200, {"done": True, "records": shown, "nextRecordsUrl": None})

    def delete(self, call: Call, ident: str) -> Response:
        job = jobs.find(self._org, ident, _KIND)
        if job["state"] not in FINISHED:
            raise OrgError("INVALIDJOBSTATE", "A job can be deleted when it is JobComplete, Failed or Aborted")
        call.parsed("bulk.delete", job["object"], job["id"])
        with call.writing() as tx:
            jobs.forget(tx, job)
        self._uploads.drop(job["id"])
        return empty()

    def results(self, call: Call, ident: str, which: str) -> Response:
        """`which` is successfulresults, failedresults or unprocessedrecords."""
        job = jobs.find(self._org, ident, _KIND)
        call.parsed("bulk.results", job["object"], job["id"])
        try:
            header, rows = rows_of(job, self._uploads.get(job["id"]))
            text = (
                self._unprocessed(job, header, rows)
                if which == "unprocessedrecords"
                else self._kept(job, header, which)
            )
        except BadTable:
            text = ""
        return Response(200, _CSV, text.encode("utf-8"))

    def _unprocessed(self, job: Job, header: list[str], rows: Iterator[list[str]]) -> str:
        if job["state"] not in ("Failed", "Aborted"):
            return lines(job, [header])
        return lines(job, [header, *islice(rows, job["numberRecordsProcessed"], None)])

    def _kept(self, job: Job, header: list[str], which: str) -> str:
        name, second = ("good", "sf__Created") if which == "successfulresults" else ("bad", "sf__Error")
        with self._org.state.reading() as reader:
            parts = [reader.setting(f"job:{job['id']}:{name}:{part}", "") for part in range(job["parts"])]
        return lines(job, [["sf__Id", second, *header]]) + "".join(parts)

    # -- work --------------------------------------------------

    def _ensure(self, job: Job) -> None:
        """See that a handed-over job is worked on; after a restart it goes on where it stopped."""
        if job["state"] not in ("UploadComplete", "InProgress"):
            return
        with self._lock:
            if job["id"] in self._running:
                return
            self._running.add(job["id"])
        if self._org.folder is None:
            self._work(job["id"])
        else:
            threading.Thread(target=self._work, args=(job["id"],), name=f"bulk {job['id']}", daemon=True).start()

    def _work(self, ident: str) -> None:
        try:
            self._run(ident)
        except sqlite3.ProgrammingError:
            _log.info("the org was closed while job %s ran; it goes on after the next start", ident)
        finally:
            with self._lock:
                self._running.discard(ident)

    def _run(self, ident: str) -> None:
        job = jobs.find(self._org, ident, _KIND)
        caller = self._org.caller(job["createdById"])
        assert caller is not None
        try:
            header, rows = rows_of(job, self._uploads.get(ident))
            self._check_header(caller, job, header)
            rows = islice(rows, job["numberRecordsProcessed"], None)
            while part := list(islice(rows, PART)):
                if self._org.setting(f"job:{ident}")["state"] == "Aborted":
                    return
                self._part(caller, job, header, part)
            job["state"] = "JobComplete"
        except BadTable as error:
            job |= {"state": "Failed", "errorMessage": str(error)}
        with self._org.state.transaction(actor=caller.username, operation="bulk") as tx:
            jobs.keep(tx, job)

    def _check_header(self, caller: Caller, job: Job, header: list[str]) -> None:
        access = self._org.access(caller.user_id)
        kind = self._org.schema.objects[job["object"].casefold()]
        for name in header:
            known = "." in name or access.field(kind, name) is not None
            if not known:
                raise BadTable(f"InvalidBatch : Field name not found : {name}")

    def _part(self, caller: Caller, job: Job, header: list[str], part: list[list[str]]) -> None:
        """Up to 200 rows in one transaction, their results with them."""
        call = Call(self._org, Request("POST", "/"), caller)
        call.parsed(f"bulk.{job['operation']}", job["object"], job["id"])
        good: list[list[str]] = []
        bad: list[list[str]] = []
        with call.writing() as tx:
            kind = call.schema.objects[job["object"].casefold()]
            for row in part:
                if len(row) != len(header):
                    raise BadTable(f"InvalidBatch : a row has {len(row)} cells, the header has {len(header)}")
                self._row(call, tx, kind, job, record(header, row), row, good, bad)
            self._book(tx, job, len(part), good, bad)

    def _row(
        self, call: Call, tx: Transaction, kind: ObjectType, job: Job, sent: dict[str, Any], row: list[str],
        good: list[list[str]], bad: list[list[str]],
    ) -> None:  # fmt: skip
        try:
            with call.writing():
                ident, created = _perform(Writer(call, tx), kind, job, sent)
        except OrgError as error:
            told = f"{error.code}:{error.message}:{','.join(error.fields or [])} --"
            bad.append([str(sent.get("Id", "")), told, *row])
        else:
            good.append([ident, str(created).lower(), *row])

    def _book(self, tx: Transaction, job: Job, count: int, good: list[list[str]], bad: list[list[str]]) -> None:
        part = job["parts"]
        for name, rows in (("good", good), ("bad", bad)):
            if rows:
                tx.set_setting(f"job:{job['id']}:{name}:{part}", lines(job, rows))
        job |= {
            "parts": part + 1, "numberRecordsProcessed": job["numberRecordsProcessed"] + count,
            "numberRecordsFailed": job["numberRecordsFailed"] + len(bad), "state": "InProgress",
        }  # fmt: skip
        jobs.keep(tx, job)


def _perform(writer: Writer, kind: ObjectType, job: Job, sent: dict[str, Any]) -> tuple[str, bool]:
    """One row; its id and whether it was created."""
    operation = job["operation"]
    if operation == "insert":
        return writer.create(kind, sent), True
    if operation == "upsert":
        return _upsert(writer, kind, job["externalIdFieldName"], sent)
    given = {name.casefold(): value for name, value in sent.items()}
    ident = ids.full(str(given.get("id", "")))
    if ident is None:
        raise OrgError("MISSING_ARGUMENT", f"Id not specified in an {operation} call", [])
    if operation == "update":
        writer.update(kind, ident, sent)
    else:
        delete(writer, kind, ident)
    if operation == "hardDelete" and kind.undeletable:
        purge(writer, kind, ident)
    return ident, False


def _upsert(writer: Writer, kind: ObjectType, name: str, sent: dict[str, Any]) -> tuple[str, bool]:
    key = writer.access.field(kind, name)
    assert key is not None
    value = next((each for field, each in sent.items() if field.casefold() == name.casefold()), None)
    rest = {field: each for field, each in sent.items() if field.casefold() != name.casefold()}
    if value is None:
        raise OrgError("MISSING_ARGUMENT", f"{name} not specified", [])
    try:
        return writer.upsert(kind, key, value, rest)
    except SeveralFound as found:
        text = f"{name}: more than one record found for external id field: [{', '.join(found.idents)}]"
        raise OrgError("DUPLICATE_EXTERNAL_ID", text, []) from None


def _shown(job: Job) -> Job:
    return {name: value for name, value in job.items() if name != "parts"}
