"""What was asked of a sandbox: a bounded log of requests and the counts of calls. No queries, bodies or credentials."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from threading import Lock

from tieline_sandbox.effects import Clock
from tieline_sandbox.wire import Request, Response

KEPT = 10_000
_KINDS_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Served:
    """One request served; `status` 0 means that no answer was sent."""

    seq: int
    at: str
    method: str
    path: str
    status: int


class RequestLog:
    """The last requests and, since the start, the number of all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._served: deque[Served] = deque(maxlen=KEPT)
        self._seq = 0
        self._calls: Counter[str] = Counter()

    def add(self, request: Request, response: Response) -> None:
        status = 0 if response.delivery.close_after == 0 else response.status
        path, at = request.path, self._clock.now().isoformat()
        with self._lock:
            self._seq += 1
            self._served.append(Served(self._seq, at, request.method, path, status))
            self._calls[self._kind(request.method, path)] += 1

    def since(self, seq: int) -> list[Served]:
        """The requests kept that came after `seq`, oldest first."""
        with self._lock:
            return [served for served in self._served if served.seq > seq]

    def calls(self) -> tuple[int, dict[str, int]]:
        """All requests since the start, and how many of them per `METHOD /first-segment`."""
        with self._lock:
            return self._seq, dict(sorted(self._calls.items()))

    def _kind(self, method: str, path: str) -> str:
        kind = f"{method} /{path.strip('/').partition('/')[0]}"
        return kind if kind in self._calls or len(self._calls) < _KINDS_COUNTED else "other"
