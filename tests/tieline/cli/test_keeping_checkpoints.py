"""Checkpoints of the audit are kept beside the sync and never stop it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tieline.cli.cycle_report import keep_checkpoint
from tieline.effects import SystemClock, SystemRandomness
from tieline.host.runtime import Runtime
from tieline.sync.act import Tally
from tieline.sync.cycle import Report


@pytest.mark.parametrize("spoil", ["forged", "folder"])
def test_what_is_wrong_with_them_is_told_as_a_problem_of_the_cycle(tmp_path: Path, spoil: str) -> None:
    with Runtime(tmp_path, environment={}, clock=SystemClock(), randomness=SystemRandomness(), say=str) as runtime:
        path = runtime.checkpoints().path
        if spoil == "forged":
            path.write_text('{"mac": "0"}\n')
        else:
            path.mkdir()
        told: Any = SimpleNamespace(runtime=runtime)
        engine: Any = SimpleNamespace(context=SimpleNamespace(back_office="books"))
        report = Report(writes=Tally(crm=1))
        keep_checkpoint(told, engine, report)
        assert len(report.problems) == 1
        assert str(path) in report.problems[0]
