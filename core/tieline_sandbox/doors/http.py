"""HTTP/1.1 on one stream: bytes in, a request out; an answer in, bytes out. The protocol itself is h11's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

import h11

from tieline_sandbox.doors.delivery import deliver
from tieline_sandbox.doors.stream import Stream
from tieline_sandbox.wire import Headers, Response

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_NO_BODY = frozenset({204, 304})
_PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, waits in seconds."""

    headers: int = 64 * 1024
    body: int = 200 * 1024 * 1024
    idle: float = 75.0
    busy: float = 30.0
    linger: float = 2.0


class Unanswerable(Exception):
    """A request that gets a refusal from the door itself and the end of its connection."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status

    def as_bytes(self) -> bytes:
        text = f"{self}\n".encode()
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + text


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came, before the door decides what its target means. `host` may be empty (HTTP/1.0)."""

    method: str
    target: str
    headers: Headers
    body: bytes
    host: str


class Conversation:
    """One connection's requests and answers, strictly in turn: pipelined requests cannot get mixed up."""

    def __init__(self, stream: Stream, limits: Limits) -> None:
        self._stream, self._limits = stream, limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.headers)
        self._asked_head_only = False

    async def receive(self) -> Asked | None:
        """The next request, or None when the caller is gone. Raises Unanswerable, TimeoutError when idle."""
        try:
            head = await self._head()
            if head is None:
                return None
            headers = self._checked(head)
            body = await self._body()
        except h11.RemoteProtocolError as error:
            raise Unanswerable(error.error_status_hint, f"Malformed HTTP: {error}.") from None
        method = head.method.decode("ascii")
        self._asked_head_only = method == "HEAD"
        return Asked(method, head.target.decode("latin-1"), headers, body, _host(headers))

    async def send(self, response: Response) -> bool:
        """Deliver an answer; True when the connection can take another request. Raises Unanswerable."""
        silent = response.delivery.close_after == 0
        try:
            head, body = (b"", b"") if silent else self._framed(response)
        except h11.LocalProtocolError as error:
            raise Unanswerable(500, f"The sandbox made an answer that is no HTTP: {error}.") from None
        await deliver(self._stream, head, body, response.delivery, self._limits.busy)
        if response.delivery.close_after is not None or self._http.our_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def refuse(self, refusal: Unanswerable) -> None:
        """Answer what the door cannot pass on, and close so that the caller can read it."""
        await self._stream.write(refusal.as_bytes(), self._limits.busy)
        await self._stream.close(self._limits.linger)

    @property
    def ran_ahead(self) -> bool:
        """Whether the caller sent more before it got the answer."""
        return bool(self._http.trailing_data[0])

    async def _head(self) -> h11.Request | None:
        if (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._stream.read(self._limits.idle))
            event = await self._next()
        return event if isinstance(event, h11.Request) else None  # else the connection was closed in order

    async def _body(self) -> bytes:
        body = bytearray()
        while not isinstance(event := await self._next(), h11.EndOfMessage):
            if isinstance(event, h11.Data):
                body += event.data
                self._check_size(len(body))
        return bytes(body)

    async def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event of a request that has begun; a caller that stops half-way gets 408."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                going_on = self._http.send(h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue"))
                await self._stream.write(going_on or b"", self._limits.busy)
            try:
                self._http.receive_data(await self._stream.read(self._limits.busy))
            except TimeoutError:
                raise Unanswerable(408, "The rest of the request did not come in time.") from None
        return event

    def _checked(self, head: h11.Request) -> Headers:
        """The headers as text. h11 caps only what is incomplete, so a head that came in one piece is capped here."""
        if sum(len(name) + len(value) + 4 for name, value in head.headers.raw_items()) > self._limits.headers:
            raise Unanswerable(431, f"The headers are larger than {self._limits.headers} bytes.")
        for name, value in head.headers:
            if name == b"content-length":
                self._check_size(int(value))
        return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())

    def _check_size(self, size: int) -> None:
        if size > self._limits.body:
            raise Unanswerable(413, f"The body is larger than {self._limits.body} bytes.")

    def _framed(self, response: Response) -> tuple[bytes, bytes]:
        """Head and body as bytes, the conversation's state moved past both. The framing headers are the door's."""
        headers = [(name, value) for name, value in response.headers if name.lower() not in _FRAMING]
        has_body = response.status not in _NO_BODY
        if has_body:
            headers.append(("Content-Length", str(len(response.body))))
        reason = _PHRASES.get(response.status, b"")
        answer = h11.Response(status_code=response.status, headers=_encoded(headers), reason=reason)
        head = self._http.send(answer) or b""
        body = response.body if has_body and not self._asked_head_only else b""
        self._http.send(h11.Data(data=body))
        self._http.send(h11.EndOfMessage())
        return head, body


def _encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    try:
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
    except UnicodeEncodeError as error:
        raise h11.LocalProtocolError(f"a header holds {error.object[error.start]!r}") from None


def _host(headers: Headers) -> str:
    host = next((value for name, value in headers if name.lower() == "host"), "")
    if host and not is_host(host):
        raise Unanswerable(400, "Malformed HTTP: the Host header is no host.")
    return host


def is_host(text: str) -> bool:
    """Whether a text is a host with an optional port, fit to be built into addresses."""
    return _HOST.fullmatch(text) is not None
