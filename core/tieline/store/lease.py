"""Leases: who may write for a name until when, and the token that tells a former holder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tieline.store.protocol import Fence, Fenced


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as stored, and the fence its holder shows. `token` rises with every change of owner, so a paused
    worker's token is known to be old. An empty owner: released."""

    name: str
    owner: str
    token: int
    until: datetime

    def fits(self, fence: Fence) -> bool:
        return (self.owner, self.token) == (fence.owner, fence.token)

    def released(self) -> Lease:
        return replace(self, owner="")


def next_lease(held: Lease | None, name: str, owner: str, now: datetime, seconds: float) -> Lease | None:
    """The lease after `owner` asked for it; None while another owner holds it."""
    until = now + timedelta(seconds=seconds)
    if held is None:
        return Lease(name, owner, 1, until)
    if held.owner == owner:
        return replace(held, until=until)
    if held.owner and now < held.until:
        return None
    return Lease(name, owner, held.token + 1, until)


def lost(fence: Fence) -> Fenced:
    return Fenced(f"{fence.owner!r} no longer holds the lease {fence.name!r}; nothing of this transaction was kept.")
