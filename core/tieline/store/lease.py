"""The proof of a lease, the same in every store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lease:
    """`token` rises with every change of owner, so a paused worker's token is known to be old."""

    name: str
    owner: str
    token: int
