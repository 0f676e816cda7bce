"""The contract's own vectors and unmodified clients, over the real doors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.org import build
from tieline_sandbox.runner import RunningSandbox, start

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the contract vectors lie next to the repository, not in it"
)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSandbox]:
    with start(build, "org", tmp_path / "org", document=tmp_path / "org.json") as sandbox:
        yield sandbox


def run(*command: Any) -> str:
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, env=kept, timeout=110, check=False
    )
    bad = [line for line in done.stdout.splitlines() if not line.startswith("ok")]
    assert done.returncode == 0, "\n".join(bad) + done.stderr
    return done.stdout


@needs_shared
@pytest.mark.parametrize("door", ["http", "tls"])
def test_the_contract_vectors_hold(running: RunningSandbox, door: str) -> None:
    vectors = SHARED / "vectors"
    out = run(vectors / "replay.py", vectors / "salesforce.yaml", running.document_path, "--door", door)
    assert out.strip().endswith(", 0 failed")


@needs_shared
@pytest.mark.parametrize("door", ["tls", "proxy"])
def test_an_unmodified_client_program_passes(running: RunningSandbox, door: str) -> None:
    assert run(SHARED / "clients" / "salesforce_py.py", running.document_path, door).strip().endswith(", 0 failed")


def test_simple_salesforce_reads_and_writes(running: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    simple_salesforce = pytest.importorskip("simple_salesforce")
    told = running.document
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", told["ca_bundle"])
    monkeypatch.setenv("NO_PROXY", "*")
    org = simple_salesforce.Salesforce(session_id=told["access_token"], instance_url=told["tls_url"], version="60.0")
    try:
        made = org.Account.create({"Name": "Über den Draht"})
        assert org.Account.get(made["id"])["Name"] == "Über den Draht"
        assert org.query_all("SELECT Name FROM Account")["totalSize"] == 1
        with pytest.raises(simple_salesforce.SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING"):
            org.Contact.create({})
    finally:
        org.session.close()
