"""Bad weather: a share of all requests goes wrong, in ways drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from tieline_sandbox.soak.planes import Plane

_BUSY = {"headers": {"Retry-After": "0"}}
BEFORE: Sequence[Any] = (
    {"status": {"code": 503, **_BUSY}}, {"status": {"code": 429, **_BUSY}}, {"status": {"code": 500}}, "reset",
)  # fmt: skip
"""Nothing was done."""
AFTER: Sequence[Any] = ("drop_response", {"close_mid": {"bytes": 40}}, {"status": {"code": 502}})
"""It may have been done; the answer is lost."""
_AHEAD = 600
"""So many requests ahead are planned for; a round is shorter."""


class Weather:
    """Faults on some planes. `share` of the requests are struck before the work, half as many again after it."""

    def __init__(self, planes: Sequence[Plane], share: float, seed: int) -> None:
        self._planes, self._share, self._draw = planes, share, random.Random(seed)  # noqa: S311 - seeded on purpose
        self.faults = 0

    def turn(self) -> None:
        """New faults for the next stretch, in place of what is left of the last."""
        for plane in self._planes:
            self.faults += plane.calm()
            if self._share:
                plane.plan([*self._rules("accepted", BEFORE, 0.5), *self._rules("responding", AFTER, 0.5)])

    def clear(self) -> None:
        for plane in self._planes:
            self.faults += plane.calm()

    def _rules(self, hook: str, kinds: Sequence[Any], part: float) -> Iterator[dict[str, Any]]:
        at = 0
        while (at := at + self._gap(self._share * part)) < _AHEAD:
            do = self._draw.choice(kinds)
            if hook == "responding" and isinstance(do, dict) and "status" in do:
                yield {"at": "after_commit", "nth": at // 8, "do": do}  # about one request in eight changes something
            else:
                yield {"at": hook, "nth": at, "do": do}

    def _gap(self, chance: float) -> int:
        """How many requests go by until the next fault, each struck with the same chance."""
        gap = 1
        while self._draw.random() >= chance:
            gap += 1
        return gap
