"""What the vendor bills: a record written, or a reading call, is one transaction [W].

Counted by the month (UTC), before a call is sent; the host keeps the sum. Others who use the company are not in it, so
it is a brake and not an account: the company's own dashboard tells what is billed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tieline.contract import Clock, ForgetfulMeter, Meter, RateLimited


@dataclass
class Budget:
    """`limit` 0 is none."""

    clock: Clock
    limit: int
    meter: Meter = field(default_factory=ForgetfulMeter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, transactions: int) -> None:
        """Raises RateLimited before anything is sent, until the next month."""
        now = self.clock.now().astimezone(UTC)
        month = f"{now:%Y-%m}"
        with self._lock:
            if self.limit and self.meter.used(month) + transactions > self.limit:
                raise self._used_up(now)
            self.meter.add(month, transactions)

    def _used_up(self, now: datetime) -> RateLimited:
        year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
        return RateLimited(
            f"the {self.limit} transactions of this month are used up",
            where="setting monthly_calls",
            mend="Raise the limit, or wait for the next month.",
            code="monthly_calls",
            retry_after=(datetime(year, month, 1, tzinfo=UTC) - now).total_seconds(),
        )
