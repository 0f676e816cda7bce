"""The contract vectors, kept beside the repository, replay clean over real HTTP."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tieline_intacct.sandbox import build
from tieline_sandbox.runner import start

VECTORS = Path(__file__).parents[4] / "shared" / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the contract vectors are not beside the repository")


@pytest.mark.parametrize("door", ["http", "tls"])
def test_the_contract_vectors_replay_clean(tmp_path: Path, door: str) -> None:
    pytest.importorskip("yaml", reason="the replay needs PyYAML")
    with start(build, "intacct", tmp_path) as running:
        files = [str(VECTORS / "intacct.yaml"), str(running.document_path)]
        command = [sys.executable, str(VECTORS / "replay.py"), *files, "--door", door]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    failed = [line for line in done.stdout.splitlines() if not line.startswith("ok ")]
    assert done.returncode == 0, "\n".join([*failed, done.stderr])
