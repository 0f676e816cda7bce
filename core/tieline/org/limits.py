"""How much of the org's allowance is used, as its answers tell."""

from __future__ import annotations

import re
from threading import Lock

from tieline.contract import HttpResponse

_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


class Limits:
    """`used` and `max` of the last 24 hours by the last answer (0 before the first), `calls` made by this process."""

    def __init__(self) -> None:
        self.used = self.max = self.calls = 0
        self._lock = Lock()

    def count(self) -> None:
        with self._lock:
            self.calls += 1

    def note(self, answer: HttpResponse) -> None:
        """Read `Sforce-Limit-Info: api-usage=18/15000`."""
        found = _USAGE.search(answer.header("Sforce-Limit-Info"))
        if found:
            with self._lock:
                self.used, self.max = int(found[1]), int(found[2])
