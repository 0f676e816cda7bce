"""A toy vendor system, small enough to see through, behind the real plane and the real doors."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tieline_sandbox.application import EditRefused
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.faults import Faults
from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.plane import Plane
from tieline_sandbox.runner import RunningSandbox, start
from tieline_sandbox.state import State
from tieline_sandbox.wire import Request, Response, json_response

TOKEN = "the-token"


class Toy:
    """Things with a name: POST /things, GET /things, and a few paths that misbehave."""

    name = "toy"
    proxy_hosts: Sequence[str] = ("*.example.com", "only.example.org")

    def __init__(self, folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None) -> None:
        self.state = State(folder / "toy.db" if folder else None, clock)
        self.gate = threading.Event()
        self.waiting = threading.Semaphore(0)

    def handle(self, request: Request, probe: Probe) -> Response:
        special = getattr(self, f"on_{request.path.strip('/').replace('-', '_')}", None)
        return special(request, probe) if special else json_response(404, {"error": request.path})

    def on_things(self, request: Request, probe: Probe) -> Response:
        if request.method == "POST":
            return self.create(request, probe)
        probe(Hook.PARSED, Tags("list", "Thing"))
        with self.state.reading() as reader:
            return json_response(200, [values["name"] for _, values in reader.all("Thing")])

    def create(self, request: Request, probe: Probe) -> Response:
        given = json.loads(request.body)
        key, actor = request.header("Idempotency-Key"), request.header("X-User", "api")
        probe(Hook.PARSED, Tags("create", "Thing", key, actor))
        with self.state.transaction(actor=actor, operation="create", key=key, probe=probe) as change:
            ident = str(change.next_number("thing"))
            change.insert("Thing", ident, given)
        return json_response(201, {"id": ident, "url": f"{request.base}/things/{ident}"})

    def on_echo(self, request: Request, _probe: Probe) -> Response:
        told = {"method": request.method, "target": request.target, "base": request.base}
        return json_response(200, told | {"length": len(request.body), "tail": request.body[-20:].decode("latin-1")})

    def on_swallow(self, _request: Request, probe: Probe) -> Response:
        try:
            probe(Hook.PARSED, Tags("swallow"))
        except Exception:  # noqa: BLE001 - what a careless application does
            return json_response(200, "swallowed")
        return json_response(200, "fine")

    def on_boom(self, _request: Request, _probe: Probe) -> Response:
        raise RuntimeError("a secret of the toy")

    def on_bad_header(self, _request: Request, _probe: Probe) -> Response:
        return Response(200, (("X-Bad", "one\r\ntwo"),))

    def on_wide_header(self, _request: Request, _probe: Probe) -> Response:
        return Response(200, (("X-Wide", "\u20ac"),))

    def on_nothing(self, _request: Request, _probe: Probe) -> Response:
        return Response(204)

    def on_big(self, request: Request, _probe: Probe) -> Response:
        return Response(200, (("Content-Length", "7"),), b"x" * int(request.raw_query))

    def on_wait(self, _request: Request, _probe: Probe) -> Response:
        self.waiting.release()
        return json_response(200, self.gate.wait(10))

    def edit(self, actor: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
        if values.get("name") == "forbidden":
            raise EditRefused("A thing may not be called forbidden.")
        with self.state.transaction(actor=actor, operation="edit") as change:
            if action == "create":
                ident = str(change.next_number("thing"))
                change.insert(kind, ident, dict(values))
            elif change.get(kind, ident) is None:
                raise EditRefused(f"There is no {kind} {ident}.")
            elif action == "update":
                change.update(kind, ident, {**(change.get(kind, ident) or {}), **values})
            else:
                change.delete(kind, ident)
        return ident

    def credentials(self) -> Mapping[str, Any]:
        return {"api_key": "toy-key"}


@pytest.fixture(scope="session")
def toy_factory() -> type[Toy]:
    return Toy


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def toy(clock: Clock) -> Iterator[Toy]:
    toy = Toy(None, clock, Randomness(), None)
    yield toy
    toy.state.close()


@pytest.fixture
def plane(toy: Toy, clock: Clock) -> Plane:
    return Plane(toy, TOKEN, Faults(), clock)


Ask = Callable[..., Response]


@pytest.fixture
def ask(plane: Plane) -> Ask:
    """Ask the plane's own endpoints, in process."""

    def ask(method: str, path: str, body: Any = None, *, token: str = TOKEN, accept: str = "*/*") -> Response:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = (("x-sandbox-token", token), ("Accept", accept))
        return plane.handle(Request(method, f"/__sandbox__/{path}", headers, raw))

    return ask


@pytest.fixture
def make(plane: Plane) -> Ask:
    """Make a thing through the toy's API, in process."""

    def make(name: str = "one", **headers: str) -> Response:
        given = tuple((key.replace("_", "-"), value) for key, value in headers.items())
        return plane.handle(Request("POST", "/things", given, json.dumps({"name": name}).encode()))

    return make


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One toy behind real doors for all tests of the session."""
    with start(Toy, "toy", tmp_path_factory.mktemp("served") / "toy") as running:
        yield running


@pytest.fixture
def wire(served: RunningSandbox) -> Iterator[requests.Session]:
    """A client of the served toy; faults are gone when it leaves."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = served.document["ca_file"]
        yield session
    served.plane.faults.clear()


Raw = Callable[..., bytes]


@pytest.fixture
def raw(served: RunningSandbox) -> Raw:
    """Send bytes to a door and read until it closes."""

    def raw(sent: bytes, url: str = "", *, half_close: bool = True) -> bytes:
        address = urlsplit(url or served.http_url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(sent)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    return raw
