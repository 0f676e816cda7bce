"""What a door does with callers that are slow, greedy or silent; small limits, real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tieline_sandbox.certificates import Authority
from tieline_sandbox.doors.http import Limits
from tieline_sandbox.doors.server import Doors, Sockets
from tieline_sandbox.wire import Request, Response

LIMITS = Limits(headers=1000, body=1000, idle=0.2, busy=0.1, linger=0.2)


def answer(request: Request) -> Response:
    return Response(200, (), b"x" * (20_000_000 if request.path == "/big" else len(request.body)))


@pytest.fixture(scope="module")
def sockets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sockets]:
    """Doors with LIMITS, served by a loop in a thread."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    bound = Sockets(*(socket.create_server(("127.0.0.1", 0)) for _ in range(3)))
    with ThreadPoolExecutor(2) as pool, closing(bound):
        doors = Doors(answer, Authority(tmp_path_factory.mktemp("ca")), ("*.example.com",), pool, LIMITS)

        def run() -> None:
            loop.run_until_complete(doors.open(bound))
            loop.call_soon(ready.set)
            loop.run_forever()
            loop.run_until_complete(doors.close())
            loop.close()

        thread = threading.Thread(target=run)
        thread.start()
        ready.wait()
        yield bound
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def connect(listener: socket.socket) -> socket.socket:
    return socket.create_connection(listener.getsockname(), timeout=10)


def rest(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("door", ["http", "proxy"])
@pytest.mark.parametrize("sent", [b"", b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"])
def test_a_silent_connection_is_closed(sockets: Sockets, door: str, sent: bytes) -> None:
    with connect(getattr(sockets, door)) as connection:
        connection.sendall(sent)
        assert rest(connection).startswith(b"HTTP/1.1" if sent else b"")


def test_a_handshake_that_never_comes_is_given_up(sockets: Sockets) -> None:
    with connect(sockets.tls) as connection:
        assert connection.recv(10) == b""


@pytest.mark.parametrize("sent", [b"GET /", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"])
def test_half_a_request_gets_408(sockets: Sockets, sent: bytes) -> None:
    with connect(sockets.http) as connection:
        connection.sendall(sent)
        assert rest(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"Content-Length: 2000\r\n\r\n" + b"x" * 2000,
        b"Transfer-Encoding: chunked\r\n\r\n" + b"64\r\n" + b"x" * 100 + b"\r\n" + b"7d0\r\n" + b"x" * 2000,
    ],
)
def test_the_refusal_of_a_large_body_can_be_read(sockets: Sockets, sent: bytes) -> None:
    with connect(sockets.http) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + sent)
        assert rest(connection).startswith(b"HTTP/1.1 413 ")


def test_a_caller_that_does_not_read_is_given_up(sockets: Sockets) -> None:
    with connect(sockets.http) as connection:
        connection.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        with connect(sockets.http) as other:
            assert rest(other) == b""
        read = 0
        try:
            while chunk := connection.recv(1_000_000):
                read += len(chunk)
        except ConnectionResetError:
            pass
        assert read < 20_000_000


def test_closing_the_doors_cuts_a_pending_handshake(tmp_path: Path) -> None:
    async def open_and_close() -> None:
        bound = Sockets(*(socket.create_server(("127.0.0.1", 0)) for _ in range(3)))
        with ThreadPoolExecutor(1) as pool, closing(bound):
            doors = Doors(answer, Authority(tmp_path), (), pool)
            await doors.open(bound)
            reader, writer = await asyncio.open_connection(*bound.tls.getsockname())
            plain_reader, plain_writer = await asyncio.open_connection(*bound.http.getsockname())
            plain_writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await plain_reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            await doors.close()
            with pytest.raises(ConnectionResetError):
                await plain_reader.read()
            assert await reader.read() == b""
            for each in (writer, plain_writer):
                each.close()

    asyncio.run(open_and_close())
