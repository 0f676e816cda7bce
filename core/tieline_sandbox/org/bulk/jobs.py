"""Jobs of both kinds: kept in the settings, uploads in the org's folder."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError, not_found
from tieline_sandbox.org.service import Org
from tieline_sandbox.state import Transaction

Job = dict[str, Any]
DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
FINISHED = ("JobComplete", "Failed", "Aborted")


def new_job(call: Call, tx: Transaction, body: dict[str, Any], kind: str) -> Job:
    """What jobs of both kinds have; defaults for what a client leaves out. [C]"""
    short = "750000" + call.org.randomness.text(9, ids.ALPHABET)
    now = moments.stamp(tx.now)
    return {
        "id": short + ids.checksum(short), "operation": body.get("operation"), "object": body.get("object"),
        "createdById": call.caller.user_id, "createdDate": now, "systemModstamp": now, "state": "Open",
        "concurrencyMode": "Parallel", "contentType": _choice(body, "contentType", ("CSV",), "CSV"),
        "apiVersion": float(call.version), "lineEnding": _choice(body, "lineEnding", tuple(LINE_ENDINGS), "LF"),
        "columnDelimiter": _choice(body, "columnDelimiter", tuple(DELIMITERS), "COMMA"), "jobType": kind,
        "numberRecordsProcessed": 0, "retries": 0, "totalProcessingTime": 0,
    }  # fmt: skip


def _choice(body: dict[str, Any], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = body.get(name) or default
    if value not in allowed:
        raise OrgError("INVALIDJOB", f"{name} {value} is not supported; use one of {', '.join(allowed)}")
    return str(value)


def keep(tx: Transaction, job: Job) -> None:
    """Store a job; new ones are listed."""
    name = f"job:{job['id']}"
    if tx.setting(name) is None:
        tx.set_setting("jobs", [*tx.setting("jobs", []), job["id"]])
    tx.set_setting(name, {**job, "systemModstamp": moments.stamp(tx.now)})


def find(org: Org, ident: str, kind: str) -> Job:
    """A job of that kind; 404 otherwise."""
    job = org.setting(f"job:{ids.full(ident) or ident}")
    if not job or (job["jobType"] == "V2Query") != (kind == "V2Query"):
        raise not_found()
    return dict(job)


def listed(org: Org, kind: str) -> list[Job]:
    with org.state.reading() as reader:
        jobs = [reader.setting(f"job:{ident}") for ident in reader.setting("jobs", [])]
    return [job for job in jobs if job and job["jobType"] == kind]


def forget(tx: Transaction, job: Job) -> None:
    tx.set_setting(f"job:{job['id']}", None)
    tx.set_setting("jobs", [ident for ident in tx.setting("jobs", []) if ident != job["id"]])
    for part in range(int(job.get("parts", 0))):
        for name in ("good", "bad"):
            tx.set_setting(f"job:{job['id']}:{name}:{part}", None)
    tx.set_setting(f"job:{job['id']}:rows", None)


class Uploads:
    """Uploaded CSV: files in the org's folder, or memory for an org without one."""

    def __init__(self, org: Org) -> None:
        self._folder = org.folder / "jobs" if org.folder else None
        self._held: dict[str, bytes] = {}

    def put(self, ident: str, content: bytes) -> None:
        if self._folder is None:
            self._held[ident] = content
            return
        self._folder.mkdir(exist_ok=True)
        (self._folder / f"{ident}.csv").write_bytes(content)

    def get(self, ident: str) -> bytes:
        if self._folder is None:
            return self._held.get(ident, b"")
        path = self._folder / f"{ident}.csv"
        return path.read_bytes() if path.exists() else b""

    def drop(self, ident: str) -> None:
        self._held.pop(ident, None)
        if self._folder is not None:
            (self._folder / f"{ident}.csv").unlink(missing_ok=True)
