"""How much of a month's billed calls a back office has used, for those whose client counts them."""

from __future__ import annotations

from dataclasses import dataclass

from tieline.host.runtime import BackOffice, Runtime

_MUCH = 0.8


@dataclass(frozen=True, slots=True)
class Bill:
    """Of one month (UTC). `limit` 0 is none."""

    month: str
    used: int
    limit: int

    @property
    def is_high(self) -> bool:
        return bool(self.limit) and self.used >= _MUCH * self.limit

    def sentence(self) -> str:
        words = f"{self.used} billed calls are used in {self.month}; no limit is set"
        if self.limit:
            words = f"{self.used} of {self.limit} billed calls are used in {self.month}"
        return words


def bill_of(runtime: Runtime, office: BackOffice) -> Bill | None:
    """None for a system that bills nothing."""
    name = office.system.monthly_limit
    if not name:
        return None
    default = next((one.default for one in office.system.settings if one.name == name), "")
    limit = office.connection.settings.get(name) or default
    month = f"{runtime.clock.now():%Y-%m}"
    return Bill(month, runtime.clients.meter(office.name).used(month), int(limit) if limit.isdigit() else 0)
