"""One request and its answer over a connection that stands. Whatever fails here, the request may have taken effect."""

from __future__ import annotations

import contextlib
import http.client
import socket
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from tieline.contract import HttpRequest, HttpResponse, PermanentError
from tieline.net.destinations import Destination
from tieline.net.timed_socket import TimedSocket

_CHUNK = 256 * 1024
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection"})


class CutShort(Exception):
    """The answer ended before it was whole, or is larger than allowed."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    response: HttpResponse
    reusable: bool


class Exchange:
    """`prepare` refuses what cannot be sent; `perform` sends it and reads the whole answer.

    `perform` raises OSError, http.client.HTTPException or CutShort.
    """

    def __init__(self, sock: TimedSocket, to: Destination) -> None:
        self._connection = http.client.HTTPConnection(to.host, to.port)
        self._connection.auto_open = 0  # a second connection would blur what was sent
        self._connection.sock = cast("socket.socket", sock)
        self._to = to

    def prepare(self, request: HttpRequest) -> None:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS}
        names = {name.lower() for name in headers}
        try:
            self._connection.putrequest(request.method, self._to.target, skip_host=True, skip_accept_encoding=True)
            self._connection.putheader("Host", self._to.authority)
            if "accept-encoding" not in names:
                self._connection.putheader("Accept-Encoding", "gzip")
            if request.body or request.method in {"POST", "PUT", "PATCH"}:
                self._connection.putheader("Content-Length", str(len(request.body)))
            for name, value in headers.items():
                self._connection.putheader(name, value)
        except (ValueError, http.client.HTTPException):
            # http.client quotes the header's value, which may be a token.
            what = "the request cannot be written as HTTP: its address or a header holds a forbidden character"
            raise PermanentError(what, where=self._to.host) from None

    def perform(self, body: bytes, max_bytes: int) -> Exchanged:
        # It may have answered early (413) and hung up; without an answer to read, the next line raises.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._connection.endheaders(body or None)
        answer = self._connection.getresponse()
        content = _read(answer, max_bytes)
        return Exchanged(
            HttpResponse(answer.status, _headers(answer), _decoded(answer, content, max_bytes)), not answer.will_close
        )


def _read(answer: http.client.HTTPResponse, max_bytes: int) -> bytes:
    parts, size = [], 0
    for part in _parts(answer):
        size += len(part)
        if size > max_bytes:
            raise CutShort(f"the answer is larger than {max_bytes} bytes")
        parts.append(part)
    # read1 takes an early end for the end; `length` still holds what was promised and did not come.
    if answer.length:
        raise CutShort(f"{answer.length} bytes of the answer are missing")
    return b"".join(parts)


def _parts(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while part := answer.read1(_CHUNK):
        yield part


def _headers(answer: http.client.HTTPResponse) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in answer.getheaders():
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _decoded(answer: http.client.HTTPResponse, content: bytes, max_bytes: int) -> bytes:
    """gzip undone, never to more than `max_bytes`."""
    if not content or (answer.getheader("Content-Encoding") or "").strip().lower() != "gzip":
        return content
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = decoder.decompress(content, max_bytes + 1)
    except zlib.error as error:
        raise CutShort(f"the answer's compression is broken ({error})") from None
    if len(plain) > max_bytes:
        raise CutShort(f"the answer is larger than {max_bytes} bytes")
    if not decoder.eof:
        raise CutShort("the compressed answer is cut short")
    return plain
