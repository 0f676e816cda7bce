"""The month's transactions: one count for all clients that share a meter, a new one each month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tieline.contract import ForgetfulMeter, RateLimited
from tieline_intacct.budget import Budget
from tieline_simulation.world import World


def test_a_client_made_anew_goes_on_counting() -> None:
    clock, meter = World(datetime(2026, 1, 31, 23, tzinfo=UTC)), ForgetfulMeter()
    Budget(clock, 3, meter).spend(2)
    with pytest.raises(RateLimited, match="3 transactions of this month") as told:
        Budget(clock, 3, meter).spend(2)
    assert told.value.retry_after == 3600
    Budget(clock, 3, meter).spend(1)
    assert meter.used("2026-01") == 3  # what was refused is not counted


def test_a_month_begins_with_nothing() -> None:
    clock, meter = World(datetime(2026, 1, 31, 23, tzinfo=UTC)), ForgetfulMeter()
    Budget(clock, 1, meter).spend(1)
    clock.tick(3600)
    Budget(clock, 1, meter).spend(1)
    assert (meter.used("2026-01"), meter.used("2026-02")) == (1, 1)
