"""Several callers at once, and work that goes on after a restart."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import build


def test_one_of_many_upserts_of_a_new_key_creates(keyed: Any) -> None:
    def upsert(number: int) -> int:
        return int(keyed.send("PATCH", "/sobjects/Account/Key__c/K", {"Name": f"n{number}"}).status)

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(upsert, range(24)))
    assert answers == [200] * 23 + [201]
    assert keyed.query("SELECT COUNT() FROM Account")["totalSize"] == 1


def test_rights_follow_a_rollback_while_others_read(users: dict[str, Any], words: Any) -> None:
    """A permission set that was assigned and taken back at once never shows its field to anybody."""
    admin, sam = users["admin"], users["sam"]
    admin.install(words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"]), "Grants")
    granted = admin.rows("SELECT PermissionSetId FROM PermissionSetAssignment")[0]["PermissionSetId"]
    base = "/services/data/v60.0/sobjects/"
    assignment = {"PermissionSetId": granted, "AssigneeId": sam.user_id}
    parts = [
        {"method": "POST", "url": base + "PermissionSetAssignment", "referenceId": "a", "body": assignment},
        {"method": "POST", "url": base + "Account", "referenceId": "b", "body": {}},
    ]
    stop = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not stop.is_set():
            seen.append(sam.send("GET", "/query?q=SELECT+Key__c+FROM+Account").status)

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for _ in range(20):
            admin.ok("POST", "/composite", {"allOrNone": True, "compositeRequest": parts})
        stop.set()
        for reader in readers:
            reader.result()
    assert set(seen) == {400}


def test_a_bulk_job_goes_on_after_a_restart(tmp_path: Path, words: Any) -> None:
    first = build(tmp_path, Clock(), Randomness(), None)
    user = first.credentials()["users"][0]
    desk = words.desk(first, user)
    job = desk.ok("POST", "/jobs/ingest", {"object": "Account", "operation": "insert"})["id"]
    rows = "".join(f"row {number}\n" for number in range(1000))
    desk.send("PUT", f"/jobs/ingest/{job}/batches", raw=f"Name\n{rows}".encode())
    desk.ok("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    first.state.close()  # the worker finds the org gone in the middle of its work
    _join_workers()
    second = build(tmp_path, Clock(), Randomness(), None)
    again = words.desk(second, user)
    again.ok("GET", f"/jobs/ingest/{job}")
    _join_workers()
    told = again.ok("GET", f"/jobs/ingest/{job}")
    assert (told["state"], told["numberRecordsProcessed"]) == ("JobComplete", 1000)
    assert again.query("SELECT COUNT() FROM Account")["totalSize"] == 1000
    good = again.send("GET", f"/jobs/ingest/{job}/successfulResults").body.decode().splitlines()
    assert len(good) == len(set(good)) == 1001
    second.state.close()


def _join_workers() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("bulk "):
            thread.join(30)
