"""The transport every client gets: `contract.Transport` over sockets of our own.

It never retries, follows no redirect and listens to no environment variable. Built on http.client, because what was
sent when a connection broke must be known exactly, and because it was measured cheapest of the blocking clients.
"""

from __future__ import annotations

import http.client
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from tieline.contract import AnswerLost, Clock, HttpRequest, HttpResponse
from tieline.net.destinations import AllowList, Destination
from tieline.net.dialing import Dialler, checked_proxy, trusting
from tieline.net.exchange import CutShort, Exchange
from tieline.net.timed_socket import TimedSocket

_IDLE_PER_ORIGIN = 8
_MEND_LOST = "Look at the other side before repeating it."


@dataclass(frozen=True, slots=True)
class TransportPolicy:
    """What one connection may do. Times are seconds: `patience` for each wait, `connect` for connection and
    handshake; the whole call ends with the request's own timeout. `max_bytes` caps an answer."""

    hosts: Sequence[str]
    allow_local: bool = False
    allow_private: bool = False
    ca_file: str = ""
    proxy: str = ""
    connect: float = 10.0
    patience: float = 60.0
    max_bytes: int = 64 * 1024 * 1024


class HttpTransport:
    """Safe between threads. Close it, or use it as a context manager, to drop idle connections."""

    def __init__(self, policy: TransportPolicy, clock: Clock) -> None:
        self._policy, self._clock = policy, clock
        self._allowed = AllowList(policy.hosts, policy.allow_local, policy.allow_private)
        self._dialler = Dialler(self._allowed, trusting(policy.ca_file), clock.monotonic, checked_proxy(policy.proxy))
        self._idle: defaultdict[tuple[str, str, int], list[TimedSocket]] = defaultdict(list)
        self._lock = Lock()
        self._calls = 0

    @property
    def calls(self) -> int:
        """Requests put on the wire so far."""
        return self._calls

    def send(self, request: HttpRequest) -> HttpResponse:
        """See `contract.Transport.send`."""
        to = self._allowed.destination(request.url)
        deadline = self._clock.monotonic() + request.timeout
        sock = self._reused(to) or self._dialler.connect(to, deadline, self._policy.connect)
        keep = False
        try:
            sock.allow(deadline, self._policy.patience)
            response, keep = self._exchanged(Exchange(sock, to), request, to)
            return response
        finally:
            self._put_back(to, sock, keep)

    def close(self) -> None:
        with self._lock:
            idle = [sock for socks in self._idle.values() for sock in socks]
            self._idle.clear()
        for sock in idle:
            sock.hang_up()

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchanged(self, exchange: Exchange, request: HttpRequest, to: Destination) -> tuple[HttpResponse, bool]:
        exchange.prepare(request)
        with self._lock:
            self._calls += 1
        try:
            done = exchange.perform(request.body, self._policy.max_bytes)
        except (CutShort, OSError, http.client.HTTPException) as error:
            raise AnswerLost(f"no whole answer came back ({_words(error)})", where=to.host, mend=_MEND_LOST) from None
        return done.response, done.reusable

    def _reused(self, to: Destination) -> TimedSocket | None:
        with self._lock:
            waiting = self._idle[to.origin]
            while waiting:
                sock = waiting.pop()
                if not sock.went_stale():
                    return sock
                sock.hang_up()
        return None

    def _put_back(self, to: Destination, sock: TimedSocket, keep: bool) -> None:
        with self._lock:
            waiting = self._idle[to.origin]
            if keep and len(waiting) < _IDLE_PER_ORIGIN:
                waiting.append(sock)
                return
        sock.hang_up()


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "time ran out"
    return str(error) or type(error).__name__


def policy_from(settings: Mapping[str, str], hosts: Sequence[str]) -> TransportPolicy:
    """The policy of a saved connection; see `host.connections` for the settings every connection may have."""
    return TransportPolicy(
        hosts=hosts,
        allow_local=settings.get("allow_local", "") == "yes",
        allow_private=settings.get("allow_private", "") == "yes",
        ca_file=settings.get("ca_file", ""),
        proxy=settings.get("proxy", ""),
    )
