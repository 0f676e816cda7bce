"""The web application without a network: every answer is guarded, every refusal says nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.routing import Route

from tieline.console import inbound as inbound_module
from tieline.console.application import build
from tieline.console.guard import SECURITY_HEADERS
from tieline.console.inbound import Inbound
from tieline.contract import InboundAnswer, InboundRequest, InboundRoute, PermanentError


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class World:
    """An application with one route; `kept` is what was written down."""

    kept: list[tuple[str, InboundAnswer]] = field(default_factory=list)
    seen: list[InboundRequest] = field(default_factory=list)
    trouble: str = ""

    def handler(self, request: InboundRequest) -> InboundAnswer:
        self.seen.append(request)
        if request.body == b"bad":
            raise PermanentError("signature of secret-vendor-words")
        if request.body == b"crash":
            raise RuntimeError("secret-inside")
        return InboundAnswer(202, b"<x/>", "application/xml", hints=(("Customers", "1"),))

    def settings(self, system: str, back_office: str) -> Mapping[str, str] | None:
        return {"key": "k"} if (system, back_office) == ("toy", "main") else None

    def application(self) -> Any:
        def crash(_: Any) -> Any:
            raise ValueError("secret-inside")

        route = InboundRoute("toy", "changes", self.handler, max_bytes=10)
        inbound = Inbound([route], self.settings, lambda *kept: self.kept.append(kept))
        return build(inbound, lambda: self.trouble, lambda: "id-1", [Route("/crash", crash)])

    def call(self, method: str, path: str, *parts: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        return asyncio.run(_call(self.application(), method, path, parts, headers or {}))


async def _call(app: Any, method: str, path: str, parts: tuple[bytes, ...], headers: Mapping[str, str]) -> Answer:
    answer = Answer()
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    path, _, query = path.partition("?")
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw}
    await app(scope, receive, send)
    return answer


@pytest.fixture
def world() -> World:
    return World()


PLACE = "/inbound/toy/changes/main"


def test_a_message_reaches_its_handler_and_is_kept_before_the_answer(world: World) -> None:
    answer = world.call("POST", f"{PLACE}?a=1", b"he", b"llo", headers={"X-Sig": "s"})
    assert (answer.status, answer.body, answer.headers["content-type"]) == (202, b"<x/>", "application/xml")
    (seen,) = world.seen
    assert (seen.back_office, seen.body, seen.query["a"], seen.headers["x-sig"]) == ("main", b"hello", "1", "s")
    assert seen.settings == {"key": "k"}
    assert [(name, kept.hints) for name, kept in world.kept] == [("main", (("Customers", "1"),))]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", PLACE, b"", 405),
        ("HEAD", PLACE, b"", 405),
        ("PUT", PLACE, b"", 405),
        ("OPTIONS", PLACE, b"", 405),
        ("POST", "/inbound/toy/changes/other", b"", 404),
        ("POST", "/inbound/toy/nothing/main", b"", 404),
        ("POST", "/inbound/zzz/changes/main", b"", 404),
        ("POST", "/inbound/toy/changes/a/b", b"", 404),
        ("POST", PLACE, b"bad", 403),
        ("POST", PLACE, b"crash", 500),
        ("POST", PLACE, b"x" * 11, 413),
        ("GET", "/crash", b"", 500),
        ("GET", "/", b"", 404),
        ("POST", "/healthz", b"", 405),
    ],
)
def test_refusals_are_guarded_and_tell_nothing(world: World, method: str, path: str, body: bytes, status: int) -> None:
    answer = world.call(method, path, body)
    assert answer.status == status
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name.lower()] == value
    assert b"secret" not in answer.body
    assert "server" not in answer.headers
    assert not world.kept


def test_a_crash_has_an_id_and_its_trace_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tieline.console"):
        assert b"id-1" in world.call("GET", "/crash").body
    assert "error id-1 at GET /crash" in caplog.text
    assert "secret-inside" in caplog.text


def test_an_announced_size_is_refused_before_reading(world: World) -> None:
    assert world.call("POST", PLACE, headers={"Content-Length": "11"}).status == 413
    assert world.call("POST", PLACE, headers={"Content-Length": "-1"}).status == 413
    assert not world.seen


def test_a_body_that_trickles_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_module, "BODY_SECONDS", 0.01)

    class Request:
        path_params: Mapping[str, str] = {"system": "toy", "name": "changes", "back_office": "main"}
        headers: Mapping[str, str] = {}
        query_params: Mapping[str, str] = {}

        async def stream(self) -> AsyncIterator[bytes]:
            yield b"x"
            await asyncio.Event().wait()

    receive: Callable[[Any], Any] = Inbound(
        [InboundRoute("toy", "changes", world.handler)], world.settings, lambda *_: None
    ).receive
    with pytest.raises(Exception, match="408"):
        asyncio.run(receive(Request()))


def test_health(world: World) -> None:
    assert (world.call("GET", "/healthz").status, world.call("GET", "/healthz").body) == (200, b'{"status":"ok"}')
    world.trouble = "database unavailable"
    assert world.call("GET", "/healthz").status == 503
