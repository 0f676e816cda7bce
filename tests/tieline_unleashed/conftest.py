"""Two ways to give the client a vendor: answers written down, and a local Unleashed called directly."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tieline.contract import AnswerLost, ClientContext, HttpRequest, HttpResponse
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import quiet
from tieline_sandbox.wire import Request
from tieline_unleashed.client import UnleashedClient, connect
from tieline_unleashed.sandbox import Profile, build
from tieline_unleashed.sandbox.application import Unleashed

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
BASE = "https://unleashed.test/"


class Still:
    """The client's effects: a clock that stands, no randomness."""

    def now(self) -> datetime:
        return START

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("the client must not wait")

    def uniform(self, low: float, high: float) -> float:
        return low

    def token(self, size: int) -> bytes:
        return b"\0" * size


Answer = HttpResponse | Exception


def answer(status: int, body: Any = None, **headers: str) -> HttpResponse:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return HttpResponse(status, {name.replace("_", "-"): text for name, text in headers.items()}, content)


def page(*items: Mapping[str, Any], number: int = 1, pages: int = 1, count: int | None = None) -> HttpResponse:
    pagination = {
        "NumberOfItems": len(items) if count is None else count,
        "PageSize": 200,
        "PageNumber": number,
        "NumberOfPages": pages,
    }
    return answer(200, {"Pagination": pagination, "Items": list(items)})


@dataclass
class Scripted:
    """Answers in order; keeps what was asked."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[HttpRequest] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if not self.answers:
            raise AssertionError(f"nothing is written down for {request.method} {request.url}")
        given = self.answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    def script(self, *answers: Answer) -> None:
        self.answers += answers

    def calls(self) -> list[str]:
        """`GET Customers/2?pageSize=200`, decoded."""
        return [f"{one.method} {unquote(one.url.removeprefix(BASE))}" for one in self.asked]

    def bodies(self) -> list[Any]:
        return [json.loads(one.body) for one in self.asked if one.body]


Before = Callable[[HttpRequest], HttpResponse | None]


@dataclass
class Direct:
    """A local Unleashed as a transport. `before` may answer in its place, `lose` loses the next writes' answers."""

    unleashed: Unleashed
    asked: list[HttpRequest] = field(default_factory=list)
    before: Before = field(default=lambda _request: None)
    lose: int = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        instead = self.before(request)
        if instead is not None:
            return instead
        parts = urlsplit(request.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        given = self.unleashed.handle(
            Request(request.method, target, tuple(request.headers.items()), request.body), quiet
        )
        if self.lose and request.method != "GET":
            self.lose -= 1
            raise AnswerLost("the line broke", where="test")
        return HttpResponse(given.status, dict(given.headers), given.body)

    def count(self, method: str) -> int:
        return sum(1 for one in self.asked if one.method == method)


def context(transport: Any, settings: Mapping[str, str]) -> ClientContext:
    still = Still()
    return ClientContext("books", {"base_url": BASE, **settings}, transport, still, still)


@dataclass
class Script:
    """A client on written answers."""

    transport: Scripted
    client: UnleashedClient
    answer = staticmethod(answer)
    page = staticmethod(page)


@pytest.fixture
def script() -> Script:
    transport = Scripted()
    return Script(transport, connect(context(transport, {"api_id": "id", "api_key": "key"})))


@pytest.fixture
def connected() -> Callable[..., UnleashedClient]:
    """Makes a client from settings alone."""
    return lambda **settings: connect(context(Scripted(), settings))


@dataclass
class Live:
    """A client on a local Unleashed. `edit` is a person's edit there."""

    transport: Direct
    client: UnleashedClient
    clock: Clock

    def edit(self, action: str, kind: str, ident: str, **values: Any) -> str:
        return self.transport.unleashed.edit("ann", action, kind, ident, values)

    def writes(self) -> int:
        return len([one for one in self.transport.unleashed.state.mutations() if one.actor == "api"])


Opened = Callable[..., Live]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens organisations: `opened(profile=..., data=..., page_size=...)`."""
    built: list[Unleashed] = []

    def make(*, profile: Profile | None = None, data: Path | None = None, **settings: str) -> Live:
        clock = Clock(frozen=START)
        unleashed = build(None, clock, Randomness(random.Random(1)), data, profile)
        built.append(unleashed)
        transport = Direct(unleashed)
        pair = {name: str(value) for name, value in unleashed.credentials().items()}
        return Live(transport, connect(context(transport, {**pair, **settings})), clock)

    yield make
    for unleashed in built:
        unleashed.state.close()


@pytest.fixture
def live(opened: Opened) -> Live:
    return opened()
