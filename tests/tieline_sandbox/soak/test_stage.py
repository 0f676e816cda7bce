"""When a run has come to rest: no record still waits for its next attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tieline_sandbox.soak.stage import wait_after

STARTED = datetime(2026, 1, 1, tzinfo=UTC)
NOW = STARTED + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("due", "wait"),
    [(None, None), (30, 28.0), (1, 0.0), (-5, None), (3600, None)],
    ids=["nothing waits", "soon", "due during the cycle", "tried by the cycle", "for long"],
)
def test_a_record_that_waits_is_waited_for(due: float | None, wait: float | None) -> None:
    told = None if due is None else (STARTED + timedelta(seconds=due)).isoformat()
    assert wait_after(STARTED, [{"next_retry": None}, {"next_retry": told}], NOW) == wait
