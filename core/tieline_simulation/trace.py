"""The fingerprint of a history: what really changed, in order, and what the engine wrote down about it.

Two runs of one seed must give one fingerprint, whatever the process, the number of processes or the order of sets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tieline_simulation.world import Change

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm

_dump = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


def fingerprint(storm: Storm, broken: str = "") -> bytes:
    """Over the ground truth, the audit's head (its hash covers every entry) and the invariant that broke."""
    digest = hashlib.sha256()
    for change in storm.world.log:
        digest.update(_dump(_told(change)).encode())
    with storm.store.reading() as tx:
        last = tx.audit("books", limit=1, newest=True)
    digest.update((last[0].hash if last else "").encode())
    digest.update(broken.encode())
    return digest.digest()


def combined(fingerprints: Iterable[bytes]) -> str:
    """One hash over all histories of a run, in the order of their seeds."""
    digest = hashlib.sha256()
    for one in fingerprints:
        digest.update(one)
    return digest.hexdigest()


def _told(change: Change) -> list[object]:
    return [
        change.system, change.action, change.obj, change.key, change.engine, change.values, change.origin,
        change.entity,
    ]  # fmt: skip


def line(change: Change, before: dict[str, object]) -> str:
    """One change as people read it: who, where, what became of what."""
    who = "engine" if change.engine else "user"
    where = f"{change.system}{'/' + change.entity if change.entity else ''} {change.obj} {change.key}"
    moved = {n: v for n, v in sorted(change.values.items()) if before.get(n) != v}
    told = ", ".join(f"{name}={before[name]!r}->{value!r}" if name in before else f"{name}={value!r}"
                     for name, value in moved.items())  # fmt: skip
    return f"{who} {change.action} {where}: {told}".rstrip(": ")
