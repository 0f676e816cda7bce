"""What a connection has used of calls that are billed: one small file in the state directory.

It is written before each call, by every process that makes one, so that neither an end by force nor a second process
loses a count. It is not forced onto the disk: a loss of power may cost the last moments.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tieline.contract import Misconfigured

_KEPT = 13  # periods: a year of months and the present one
_LARGEST = 4096


class FileMeter:
    """Implements `tieline.contract.Meter`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def used(self, period: str) -> int:
        return self.sums().get(period, 0)

    def sums(self) -> dict[str, int]:
        """By period; empty before the first call."""
        try:
            with self._held(os.O_RDONLY, fcntl.LOCK_SH) as file:
                return _read(os.pread(file, _LARGEST, 0), self.path)
        except FileNotFoundError:
            return {}

    def add(self, period: str, count: int) -> int:
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        with self._held(os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as file:
            before = os.pread(file, _LARGEST, 0)
            sums = _read(before, self.path)
            sums[period] = sums.get(period, 0) + count
            kept = json.dumps(dict(sorted(sums.items())[-_KEPT:])).encode()
            os.pwrite(file, kept.ljust(len(before)), 0)  # one write: killed before or after it, the file is whole
        return sums[period]

    @contextmanager
    def _held(self, flags: int, lock: int) -> Iterator[int]:
        file = os.open(self.path, flags | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, lock)
            yield file
        finally:
            os.close(file)


def _read(content: bytes, path: Path) -> dict[str, int]:
    """Raises Misconfigured for a file that somebody spoiled: starting at nothing would lift the limit."""
    try:
        found = json.loads(content or b"{}")
        return {str(name): int(sum_) for name, sum_ in found.items()}
    except (ValueError, TypeError, AttributeError):
        raise Misconfigured(
            "the count of billed calls cannot be read", where=str(path),
            mend="Mend the file, or delete it to count from nothing.", code="meter_unreadable",
        ) from None  # fmt: skip
