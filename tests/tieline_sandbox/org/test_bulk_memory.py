"""A hundred thousand rows in flat memory, failed ones with the service's codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS, BAD_EVERY = 100_000, 1_000
MOST_MEGABYTES = 400
PROGRAM = """
import json, sys, threading
from pathlib import Path
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import build
from tieline_sandbox.wire import Request

folder, rows, bad = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
app = build(folder, Clock(), Randomness(), None)
token = app.credentials()["access_token"]

def send(method, path, body=b""):
    headers = (("Authorization", f"Bearer {token}"),)
    answer = app.handle(Request(method, f"/services/data/v60.0/jobs/ingest{path}", headers, body))
    assert answer.status < 300, answer.body
    return answer

job = send("POST", "", b'{"object": "Account", "operation": "insert"}').json()["id"]
lines = ["Name,Phone,NumberOfEmployees"]
lines += [f"Account {n},0{n},{'many' if n % bad == 0 else n}" for n in range(rows)]
send("PUT", f"/{job}/batches", "\\n".join(lines).encode())
del lines
send("PATCH", f"/{job}", b'{"state": "UploadComplete"}')
for thread in [each for each in threading.enumerate() if each.name.startswith("bulk")]:
    thread.join()
told = send("GET", f"/{job}").json()
failed = send("GET", f"/{job}/failedResults").body.decode().splitlines()
good = send("GET", f"/{job}/successfulResults").body.count(b"\\n")
peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
print(json.dumps({"job": told, "failed": failed[:2], "bad": len(failed) - 1, "good": good - 1, "peak": peak}))
app.state.close()
"""


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process starts with is told by Linux only")
def test_a_hundred_thousand_rows_fit_into_memory(tmp_path: Path) -> None:
    """The most that getrusage tells would be the test runner's own: a process starts with that of who started it."""
    given = [sys.executable, "-c", PROGRAM, str(tmp_path), str(ROWS), str(BAD_EVERY)]
    told = json.loads(subprocess.run(given, check=True, capture_output=True, text=True).stdout)
    assert told["job"]["state"] == "JobComplete"
    assert told["job"]["numberRecordsProcessed"] == ROWS
    assert told["job"]["numberRecordsFailed"] == told["bad"] == ROWS // BAD_EVERY
    assert told["good"] == ROWS - told["bad"]
    assert told["failed"][0] == '"sf__Id","sf__Error","Name","Phone","NumberOfEmployees"'
    assert "JSON_PARSER_ERROR" in told["failed"][1]
    assert told["peak"] < MOST_MEGABYTES
