"""Starts a sandbox inside this process: one folder, one application, three doors, one JSON file that says where.

The folder holds `NAME.db`, the certificate authority, the plane's token and a lock; it can be opened by one sandbox
at a time. The JSON document appears when the doors are open and is gone after a clean stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import socket
import string
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tieline_sandbox.application import Application, ApplicationFactory
from tieline_sandbox.certificates import Authority
from tieline_sandbox.doors.server import Doors, Sockets
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.endpoints import PREFIX
from tieline_sandbox.faults import Faults
from tieline_sandbox.files import write_private
from tieline_sandbox.plane import Plane

THREADS = 64
_TOKEN_LENGTH = 43
_logger = logging.getLogger("tieline_sandbox")


class StartRefused(Exception):
    """A sandbox that cannot start: its folder is in use or a port is taken. One sentence with the mend."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the doors listen on 127.0.0.1; 0 is any free port."""

    http: int = 0
    tls: int = 0
    proxy: int = 0


class RunningSandbox:
    """A sandbox with open doors; use it as a context manager or call `stop`."""

    def __init__(self, plane: Plane, document: dict[str, Any], path: Path, closing: contextlib.ExitStack) -> None:
        self.plane = plane
        self.application: Application = plane.application
        self.document = document
        self.document_path = path
        self.http_url: str = document["http_url"]
        self.tls_url: str = document["tls_url"]
        self.proxy_url: str = document["proxy_url"]
        self.plane_url: str = document["plane_url"]
        self.plane_token: str = document["plane_token"]
        self._closing = closing

    def stop(self) -> None:
        """Close the doors, let running requests end, close the state, remove the document. May be called again."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def start(
    application_factory: ApplicationFactory,
    name: str,
    folder: Path,
    *,
    http_port: int = 0,
    tls_port: int = 0,
    proxy_port: int = 0,
    data: Path | None = None,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    document: Path | None = None,
) -> RunningSandbox:
    """Open a sandbox; returns when it answers. `document` defaults to `folder/NAME.json`.

    Raises StartRefused, and SeedRefused from the application; then nothing is left open.
    """
    folder, clock, randomness = folder.absolute(), clock or Clock(), randomness or Randomness()
    path = (document or folder / f"{name}.json").absolute()
    with contextlib.ExitStack() as opening:
        opening.enter_context(_owned(folder))
        path.unlink(missing_ok=True)  # left by a sandbox that was killed
        sockets = opening.enter_context(contextlib.closing(_bound(Ports(http_port, tls_port, proxy_port))))
        application = application_factory(folder, clock, randomness, data)
        opening.callback(application.state.close)
        plane = Plane(application, _kept_token(folder, randomness), Faults(), clock)
        authority = Authority(folder)
        opening.enter_context(_serving(plane, authority, sockets, name))
        told = _document(name, plane, authority, sockets, _kept_token(folder, randomness))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps(told, indent=2).encode())
        opening.callback(path.unlink, missing_ok=True)
        return RunningSandbox(plane, told, path, opening.pop_all())


def _document(name: str, plane: Plane, authority: Authority, sockets: Sockets, token: str) -> dict[str, Any]:
    http_url = f"http://{_address(sockets.http)}"
    return {
        "name": name,
        "http_url": http_url,
        "tls_url": f"https://{_address(sockets.tls)}",
        "proxy_url": f"http://{_address(sockets.proxy)}",
        "ca_file": str(authority.ca_file),
        "ca_bundle": str(authority.ca_bundle),
        "plane_url": f"{http_url}{PREFIX}",
        "plane_token": token,
        **plane.application.credentials(),
    }


@contextlib.contextmanager
def _owned(folder: Path) -> Iterator[None]:
    """The folder, made if need be, for this sandbox alone; a folder made in vain is removed again."""
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = folder / "lock"
    with _locked(lock):
        try:
            yield
        finally:
            if made and [each.name for each in folder.iterdir()] == [lock.name]:
                lock.unlink()
                folder.rmdir()


@contextlib.contextmanager
def _locked(lock: Path) -> Iterator[None]:
    """Held by the open file, so that the lock of a killed sandbox is free at once."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            words = f"{lock.parent} is in use by another sandbox; stop that one or choose another folder."
            raise StartRefused(words) from None
        yield
    finally:
        os.close(descriptor)


def _bound(ports: Ports) -> Sockets:
    with contextlib.ExitStack() as opening:
        bound = [
            opening.enter_context(_listener(door, port))
            for door, port in (("http", ports.http), ("tls", ports.tls), ("proxy", ports.proxy))
        ]
        opening.pop_all()
    return Sockets(*bound)


def _listener(door: str, port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=512)
    except (OSError, OverflowError) as error:
        words = f"Port {port} on 127.0.0.1 cannot be had ({error}); choose another --{door}-port, or 0 for a free one."
        raise StartRefused(words) from None


def _kept_token(folder: Path, randomness: Randomness) -> str:
    path = folder / "plane.token"
    if not path.exists():
        write_private(path, randomness.text(_TOKEN_LENGTH, string.ascii_letters + string.digits).encode())
    return path.read_text("ascii")


@contextlib.contextmanager
def _serving(plane: Plane, authority: Authority, sockets: Sockets, name: str) -> Iterator[None]:
    """Open doors in a thread of their own; on the way out they close and running requests end."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix=f"sandbox-{name}") as pool:
        doors = Doors(plane.handle, authority, plane.application.proxy_hosts, pool)
        ready: Future[_Stopper] = Future()
        thread = threading.Thread(target=_run, args=(doors, sockets, ready), name=f"doors-{name}", daemon=True)
        thread.start()
        stopper = ready.result()
        try:
            yield
        finally:
            plane.close()
            stopper.stop()
            thread.join()


@dataclass(frozen=True, slots=True)
class _Stopper:
    """Tells the doors' loop from another thread to end."""

    loop: asyncio.AbstractEventLoop
    wanted: asyncio.Event

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.wanted.set)


def _run(doors: Doors, sockets: Sockets, ready: Future[_Stopper]) -> None:
    async def serve() -> None:
        loop, wanted = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(_note)
        await doors.open(sockets)
        ready.set_result(_Stopper(loop, wanted))
        await wanted.wait()
        await doors.close()

    try:
        asyncio.run(serve())
    except Exception as error:
        if ready.done():
            _logger.exception("the doors failed")
        else:
            ready.set_exception(error)


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What callers do to a connection (a broken handshake, a reset) is no news."""
    _logger.debug("%s", context.get("message"), exc_info=context.get("exception"))


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"
