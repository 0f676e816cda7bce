"""One TCP connection, plain or under TLS, with what a door needs: timeouts, whole writes, and a real reset."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import ssl
import struct
import sys
import termios
from collections.abc import Callable
from typing import cast

_LINGER_NONE = struct.pack("ii", 1, 0)
_READ_AHEAD = 1024 * 1024
_FAREWELL = 1.0
_BLINK = 0.001


class Stream(asyncio.Protocol):
    """Reads are pulled, writes wait for the reader."""

    def __init__(self, begin: Callable[[Stream], None]) -> None:
        self._begin = begin
        self._tls = False
        self._transport: asyncio.Transport | None = None
        self._tcp: asyncio.Transport | None = None
        self._received = bytearray()
        self._ended = False
        self._paused = False
        self._readable, self._writable, self._lost = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._writable.set()

    # -- called by the loop ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._tcp = cast("asyncio.Transport", transport)
        self._use(self._tcp)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begin(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._readable.set()
        if len(self._received) > _READ_AHEAD and not self._paused and self._transport:
            self._paused = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        self._ended = True
        self._readable.set()
        return not self._tls  # a half-closed plain connection still takes its answer; TLS has no such thing

    def connection_lost(self, _error: Exception | None) -> None:
        self._ended = True
        self._transport = None
        for event in (self._readable, self._writable, self._lost):
            event.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # -- called by the door ----------------------------------------------------------------------------------------

    async def read(self, seconds: float) -> bytes:
        """What has come in, waiting for it; empty at the end. Raises TimeoutError."""
        if not self._received and not self._ended:
            self._readable.clear()
            async with asyncio.timeout(seconds):
                await self._readable.wait()
        data = bytes(self._received)
        self._received.clear()
        if self._paused and self._transport:
            self._paused = False
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes, seconds: float) -> None:
        """Returns when the data is on its way. Raises TimeoutError (the connection is cut), ConnectionResetError."""
        self._connected().write(data)
        if not self._writable.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await self._writable.wait()
            except TimeoutError:
                self.reset()
                raise

    async def start_tls(self, context: ssl.SSLContext, seconds: float) -> None:
        """Become the server end of TLS; nothing may be awaited since the connection or since the last plain write.

        Raises OSError (which TLS errors are) or TimeoutError.
        """
        if self._received:
            raise ConnectionResetError("bytes came before TLS could start")
        self._tls = True
        start = asyncio.get_running_loop().start_tls
        try:
            transport = await start(self._connected(), self, context, server_side=True, ssl_handshake_timeout=seconds)
        except BaseException:
            self.connection_lost(None)  # asyncio closes the connection, but does not tell who asked for TLS
            raise
        if transport is None or self._lost.is_set():
            raise ConnectionResetError("gone during the handshake")
        self._use(transport)

    async def flush(self, seconds: float) -> None:
        """Wait until the other end has everything: a reset throws away what asyncio or the kernel still hold."""
        async with asyncio.timeout(seconds):
            while self._transport and self._tcp and _unsent(self._tcp):
                await asyncio.sleep(_BLINK)

    async def close(self, linger: float) -> None:
        """Close in order, first taking in what still comes: unread bytes would reset the answer away."""
        if self._transport and not self._tls:
            self._transport.write_eof()
        try:
            async with asyncio.timeout(linger):
                while not self._ended:
                    await self.read(linger)
        except TimeoutError:
            self.reset()

    def reset(self) -> None:
        """Cut the connection with a TCP reset."""
        if self._transport:
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            self._transport.abort()

    async def finish(self) -> None:
        """Close what is still open and see it gone; a caller that does not go along is cut off."""
        if self._transport:
            self._transport.close()
        if not await self._is_lost() and self._transport:
            self._transport.abort()
            await self._is_lost()

    async def _is_lost(self) -> bool:
        try:
            async with asyncio.timeout(_FAREWELL):
                await self._lost.wait()
        except TimeoutError:
            return False
        return True

    def _use(self, transport: asyncio.Transport) -> None:
        """Have writes wait for an empty buffer. Under TLS asyncio takes 0 for always full, so the least is 1."""
        self._transport = transport
        transport.set_write_buffer_limits(high=1, low=0)

    def _connected(self) -> asyncio.Transport:
        if self._transport is None:
            raise ConnectionResetError("the caller is gone")
        return self._transport


def _unsent(transport: asyncio.Transport) -> int:
    """Bytes written that the other end has not acknowledged, whether asyncio holds them or the kernel."""
    queued = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
    return transport.get_write_buffer_size() + int.from_bytes(queued, sys.byteorder)
