"""The three doors of one sandbox and the connections that come in by them."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from tieline_sandbox.certificates import OWN_NAMES, Authority
from tieline_sandbox.doors.entrance import Direct, Entrance, Proxy
from tieline_sandbox.doors.http import Asked, Conversation, Limits, Unanswerable
from tieline_sandbox.doors.stream import Stream
from tieline_sandbox.wire import Request, Response

Handler = Callable[[Request], Response]
_logger = logging.getLogger("tieline_sandbox")


@dataclass(frozen=True, slots=True)
class Sockets:
    """The listening sockets, bound to 127.0.0.1."""

    http: socket.socket
    tls: socket.socket
    proxy: socket.socket

    def close(self) -> None:
        for each in (self.http, self.tls, self.proxy):
            each.close()


@dataclass(slots=True)
class Doors:
    """Serves `handler`, which runs in the threads of `pool` so that a slow request holds nobody up."""

    handler: Handler
    authority: Authority
    proxy_hosts: Sequence[str]
    pool: Executor
    limits: Limits = field(default_factory=Limits)
    _servers: list[asyncio.Server] = field(default_factory=list)
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, sockets: Sockets) -> None:
        context = self.authority.context_for(*OWN_NAMES)
        await self._listen(sockets.http, Direct("http", _address(sockets.http)))
        await self._listen(sockets.tls, Direct("https", _address(sockets.tls)), context)
        await self._listen(sockets.proxy, Proxy(self.proxy_hosts))

    async def close(self) -> None:
        """Take no more connections and cut those that are open."""
        for server in self._servers:
            server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _listen(self, listener: socket.socket, entrance: Entrance, tls: ssl.SSLContext | None = None) -> None:
        loop = asyncio.get_running_loop()
        make = partial(Stream, partial(self._begin, entrance, tls))
        self._servers.append(await loop.create_server(make, sock=listener, backlog=512))

    def _begin(self, entrance: Entrance, tls: ssl.SSLContext | None, stream: Stream) -> None:
        talk = asyncio.get_running_loop().create_task(self._serve(stream, entrance, tls))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _serve(self, stream: Stream, entrance: Entrance, tls: ssl.SSLContext | None) -> None:
        try:
            if tls:
                await stream.start_tls(tls, self.limits.busy)
            await self._talk(stream, entrance)
        except (TimeoutError, OSError) as gone:
            _logger.debug("connection given up: %r", gone)
        except asyncio.CancelledError:
            stream.reset()
            raise
        except Exception:
            _logger.exception("a door failed; the connection is cut")
            stream.reset()
        finally:
            await stream.finish()

    async def _talk(self, stream: Stream, entrance: Entrance) -> None:
        conversation = Conversation(stream, self.limits)
        try:
            while (asked := await conversation.receive()) is not None:
                if isinstance(entrance, Proxy) and asked.method == "CONNECT":
                    await self._enter_tunnel(stream, conversation, entrance, asked)
                    return
                request = entrance.request(asked)
                loop = asyncio.get_running_loop()
                response = await loop.run_in_executor(self.pool, self.handler, request)
                if not await conversation.send(response):
                    return
        except Unanswerable as refusal:
            await conversation.refuse(refusal)

    async def _enter_tunnel(self, stream: Stream, outside: Conversation, proxy: Proxy, asked: Asked) -> None:
        tunnel = proxy.tunnel(asked)
        context = await self._certified(proxy.name_of(asked.target))
        if outside.ran_ahead:
            raise Unanswerable(400, "Wait for the answer to CONNECT before starting TLS.")
        await stream.write(b"HTTP/1.1 200 Connection established\r\n\r\n", self.limits.busy)
        await stream.start_tls(context, self.limits.busy)
        await self._talk(stream, tunnel)

    async def _certified(self, name: str) -> ssl.SSLContext:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, self.authority.context_for, name)
        except ValueError:  # names that IDNA does not know
            raise Unanswerable(403, f"There can be no certificate for {name}.") from None


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"
