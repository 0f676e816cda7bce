"""A connected socket on which no wait is longer than the patience left before a deadline.

A plain socket time-out restarts with every byte, so a peer that trickles keeps a caller for ever. http.client only
needs `makefile`, `sendall` and `close`; all three are here.
"""

from __future__ import annotations

import io
import select
import socket
from collections.abc import Callable
from typing import Any


class TimedSocket:
    def __init__(self, raw: socket.socket, now: Callable[[], float]) -> None:
        self._raw, self._now = raw, now
        self._deadline, self._patience = 0.0, 0.0

    def allow(self, deadline: float, patience: float) -> None:
        """For the next exchange: `patience` seconds for each wait, all together until `deadline`."""
        self._deadline, self._patience = deadline, patience

    def sendall(self, data: Any) -> None:
        self._wait_within()
        self._raw.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(_Incoming(self), 64 * 1024)

    def receive_into(self, buffer: Any) -> int:
        self._wait_within()
        return self._raw.recv_into(buffer)

    def close(self) -> None:
        """http.client closes before the body is read; `hang_up` really ends it."""

    def hang_up(self) -> None:
        self._raw.close()

    def went_stale(self) -> bool:
        """An idle connection on which anything arrived is closed or out of step."""
        try:
            return bool(select.select([self._raw], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def _wait_within(self) -> None:
        left = self._deadline - self._now()
        if left <= 0:
            raise TimeoutError("the time allowed for the whole call is used up")
        self._raw.settimeout(min(left, self._patience))


class _Incoming(io.RawIOBase):
    def __init__(self, source: TimedSocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._source.receive_into(buffer)
