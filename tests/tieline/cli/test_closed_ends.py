"""A command whose words nobody can take: the work goes on, and the exit code tells how it ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(state: Path, ends: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = f"exec {sys.executable} -m tieline {' '.join(arguments)} --state {state} {ends}"
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("end", ["2>&-", "2>/dev/full"])
def test_a_refusal_nobody_hears(tmp_path: Path, end: str) -> None:
    done = run(tmp_path, end, "sync", "--once", "--json")
    assert done.returncode in (1, 120)  # 120: Python could not flush what was left
    assert '"kind": "Misconfigured"' in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_result_nobody_takes(tmp_path: Path) -> None:
    done = run(tmp_path, ">&-", "status", "--json")
    assert (done.returncode, done.stderr) == (0, "")
