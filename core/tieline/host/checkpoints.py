"""Checkpoints of the audit: how far each chain reached and its hash there, kept apart from the chain.

The chain alone shows no cut-off tail when its head was rewritten too; a checkpoint does. Each is signed with a key
derived from the one that seals secrets, so that a copy kept elsewhere cannot be forged without it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from tieline.contract import Misconfigured
from tieline.host.key import Key
from tieline.store.nouns import AuditEntry
from tieline.store.protocol import Transaction

FILE = "audit-checkpoints.jsonl"
EVERY = 1000
"""So many entries at the most before a cycle keeps the next checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Entry `seq` of this back office's chain had this hash at this time."""

    back_office: str
    seq: int
    hash: str
    at: str


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """A file of signed lines, only ever added to."""

    path: Path
    key: Key

    def read(self) -> list[Checkpoint]:
        """Raises Misconfigured, naming the line that is not as it was written. A last line without its end is what a
        killed process, or a full disk, left of one: it was never kept."""
        if not self.path.exists():
            return []
        text = self.path.read_text("utf-8", errors="replace")
        whole = text[: text.rfind("\n") + 1].splitlines()
        return [self._read(number, line) for number, line in enumerate(whole, 1)]

    def keep(self, tx: Transaction, back_offices: Iterable[str], at: datetime, after: int = 1) -> list[Checkpoint]:
        """Add one for each chain that grew by `after` entries since its last; returns those added."""
        known = {one.back_office: one.seq for one in self.read()}
        heads = (head(tx, name, at) for name in back_offices)
        fresh = [one for one in heads if one is not None and one.seq - known.get(one.back_office, 0) >= after]
        self.add(fresh)
        return fresh

    def add(self, checkpoints: Iterable[Checkpoint]) -> None:
        lines = "".join(f"{json.dumps({**asdict(one), 'mac': self._mac(one)})}\n" for one in checkpoints)
        if lines:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                file.seek(file.read().rfind(b"\n") + 1)
                file.truncate()
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())

    def _read(self, number: int, line: str) -> Checkpoint:
        try:
            said = json.loads(line)
            mac = str(said.pop("mac"))
            found = Checkpoint(**said)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._spoiled(number) from None
        if not hmac.compare_digest(mac, self._mac(found)):
            raise self._spoiled(number)
        return found

    def _spoiled(self, number: int) -> Misconfigured:
        return Misconfigured(
            f"line {number} is no checkpoint signed with this key",
            where=str(self.path),
            mend="Compare with a copy kept elsewhere: `tieline audit verify --checkpoint FILE`.",
            code="checkpoint",
        )

    def _mac(self, one: Checkpoint) -> str:
        derived = hmac.digest(self.key.material, b"tieline audit checkpoint", "sha256")
        return hmac.new(derived, json.dumps(asdict(one), sort_keys=True).encode(), hashlib.sha256).hexdigest()


def head(tx: Transaction, back_office: str, at: datetime) -> Checkpoint | None:
    """Where a chain ends now; None while it is empty."""
    last = _last(tx, back_office)
    return Checkpoint(back_office, last.seq, last.hash, at.isoformat()) if last else None


def _last(tx: Transaction, back_office: str) -> AuditEntry | None:
    return next(iter(tx.audit(back_office, limit=1, newest=True)), None)


def first_broken(tx: Transaction, back_office: str, kept: Iterable[Checkpoint]) -> int | None:
    """The number of the first entry that is not what a checkpoint says, or that is missing; None when all agree."""
    for one in sorted((one for one in kept if one.back_office == back_office), key=lambda one: one.seq):
        there = tx.audit(back_office, after=one.seq - 1, limit=1)
        if not there or there[0].seq != one.seq:
            last = _last(tx, back_office)
            return min(last.seq + 1 if last else 1, one.seq)
        if there[0].hash != one.hash:
            return one.seq
    return None
