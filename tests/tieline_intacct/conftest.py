"""Two ways to give the client a vendor: replies written down, and a local Intacct called directly."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tieline.contract import AnswerLost, ClientContext, HttpRequest, HttpResponse, Operation, Shape, Side, Value, Write
from tieline.sync.identity import derive
from tieline.sync.rules import compile_rules
from tieline_intacct.client import IntacctClient, connect
from tieline_intacct.mappings import MAPPINGS
from tieline_intacct.sandbox import build
from tieline_intacct.sandbox.application import Intacct
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import quiet
from tieline_sandbox.wire import Request

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
ADDRESS = "https://intacct.test/ia/xml/xmlgw.phtml"
ANYBODY = {
    "sender_id": "sender", "sender_password": "sender-secret", "company_id": "ACME", "user_id": "sync",
    "user_password": "user-secret", "endpoint": ADDRESS,
}  # fmt: skip


@dataclass
class Still:
    """The client's effects: a clock that a test moves, no randomness."""

    clock: Clock
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        raise AssertionError("the client must not wait")

    def uniform(self, low: float, high: float) -> float:
        return low

    def token(self, size: int) -> bytes:
        return b"\0" * size


Answer = HttpResponse | Exception


def xml(text: str, status: int = 200, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, named, text.encode())


def error(number: str, words: str, correction: str = "") -> str:
    return (
        f"<errormessage><error><errorno>{number}</errorno><description></description>"
        f"<description2>{words}</description2><correction>{correction}</correction></error></errormessage>"
    )


def control(status: str = "success") -> str:
    return f"<control><status>{status}</status><controlid>c</controlid></control>"


def reply(*results: str, status: int = 200) -> HttpResponse:
    """A signed reply with these results; each is what stands inside `result`."""
    inside = "".join(f"<result>{one}</result>" for one in results)
    return xml(
        f"<response>{control()}<operation><authentication><status>success</status><companyid>ACME</companyid>"
        "<sessiontimestamp>2026-01-05T10:00:00+00:00</sessiontimestamp>"
        f"<sessiontimeout>2026-01-05T16:00:00+00:00</sessiontimeout></authentication>{inside}</operation></response>",
        status,
    )


def done(inside: str = "", control_id: str = "read") -> str:
    return f"<status>success</status><function>f</function><controlid>{control_id}</controlid>{inside}"


def failed(number: str, words: str, control_id: str = "read") -> str:
    return f"<status>failure</status><function>f</function><controlid>{control_id}</controlid>{error(number, words)}"


def session(endpoint: str = ADDRESS) -> HttpResponse:
    return reply(done(f"<data><api><sessionid>S1</sessionid><endpoint>{endpoint}</endpoint></api></data>"))


def not_signed(number: str, words: str) -> HttpResponse:
    return xml(
        f"<response>{control()}<operation><authentication><status>failure</status><userid/><companyid/>"
        f"</authentication>{error(number, words)}</operation></response>"
    )


def rows(kind: str, *records: Mapping[str, str], left: int = 0) -> str:
    inside = "".join(
        f"<{kind}>{''.join(f'<{name}>{text}</{name}>' for name, text in one.items())}</{kind}>" for one in records
    )
    told = f'listtype="{kind}" count="{len(records)}" totalcount="{len(records) + left}" numremaining="{left}"'
    return f"<data {told}>{inside}</data>"


@dataclass
class Scripted:
    """Answers in order; keeps what was asked."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[HttpRequest] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if not self.answers:
            raise AssertionError(f"nothing is written down for {request.body.decode()}")
        given = self.answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    def script(self, *answers: Answer) -> None:
        self.answers += answers

    def requests(self) -> list[etree._Element]:
        return [etree.XML(one.body) for one in self.asked]


@dataclass
class Script:
    """A client on written answers, and the words to write them in."""

    transport: Scripted
    client: IntacctClient
    effects: Still
    xml = staticmethod(xml)
    reply = staticmethod(reply)
    done = staticmethod(done)
    failed = staticmethod(failed)
    session = staticmethod(session)
    not_signed = staticmethod(not_signed)
    rows = staticmethod(rows)
    error = staticmethod(error)
    control = staticmethod(control)


def _client(transport: Any, effects: Still, settings: Mapping[str, str]) -> IntacctClient:
    return connect(ClientContext("books", {**ANYBODY, **settings}, transport, effects, effects))


Scripting = Callable[..., Script]


@pytest.fixture
def scripting() -> Scripting:
    """Makes a client on written answers, with settings."""

    def make(*answers: Answer, **settings: str) -> Script:
        transport, effects = Scripted(list(answers)), Still(Clock(frozen=START))
        return Script(transport, _client(transport, effects, settings), effects)

    return make


@pytest.fixture
def script(scripting: Scripting) -> Script:
    """Signed in already."""
    return scripting(session())


def shape_of(mapping: str) -> Shape:
    """What the host asks for of a mapping."""
    return compile_rules(MAPPINGS, "books", "")[mapping].shape(Side.ERP)


Before = Callable[[HttpRequest], HttpResponse | None]


@dataclass
class Direct:
    """A local Intacct as a transport. `before` may answer in its place, `lose` loses the next writes' answers."""

    intacct: Intacct
    asked: list[HttpRequest] = field(default_factory=list)
    before: Before = field(default=lambda _request: None)
    lose: int = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        instead = self.before(request)
        if instead is not None:
            return instead
        parts = urlsplit(request.url)
        headers = (*request.headers.items(), ("Host", parts.netloc))
        given = self.intacct.handle(Request(request.method, parts.path, headers, request.body), quiet)
        if self.lose and b"<uniqueid>true" in request.body:
            self.lose -= 1
            raise AnswerLost("the line broke", where="test")
        return HttpResponse(given.status, dict(given.headers), given.body)


@dataclass
class Live:
    """A client on a local Intacct. `edit` is a person's edit there."""

    transport: Direct
    client: IntacctClient
    effects: Still

    shape = staticmethod(shape_of)

    @property
    def calls(self) -> int:
        return len(self.transport.asked)

    def edit(self, action: str, kind: str, ident: str, **values: Any) -> str:
        return self.transport.intacct.edit("ann", action, kind, ident, values)

    def again(self, **settings: str) -> Live:
        """Another client of the same company, which remembers nothing."""
        return _live(self.transport.intacct, settings, self.effects.clock)

    def later(self, seconds: float = 1) -> None:
        self.effects.clock.advance(seconds)

    def read(self, mapping: str, key: str, entity: str = "") -> Any:
        return self.client.read(entity, shape_of(mapping), [key])[key]

    def write(self, mapping: str, *batch: Write, entity: str = "") -> Any:
        return self.client.write(entity, shape_of(mapping), batch)

    def create(self, mapping: str, name: str, entity: str = "", **fields: Value) -> Any:
        (outcome,) = self.write(mapping, write(Operation.CREATE, "", name, fields), entity=entity)
        return outcome


def write(operation: Operation, key: str, name: str, fields: Mapping[str, Value], **more: Any) -> Write:
    """`name` stands for the link: marker and idempotency key come of it."""
    spelled = {field.replace("__", "."): value for field, value in fields.items()}
    return Write(operation, key, spelled, derive("test", name), marker=f"link-{name}", **more)


def _live(intacct: Intacct, settings: Mapping[str, str], clock: Clock) -> Live:
    credentials = dict(intacct.credentials())
    entities = credentials.pop("entities")
    told = {name: str(value) for name, value in credentials.items()}
    transport, effects = Direct(intacct), Still(clock)
    return Live(transport, _client(transport, effects, {**told, "default_location": entities[0], **settings}), effects)


Opened = Callable[..., Live]


@contextmanager
def _opening() -> Iterator[Opened]:
    built: list[Intacct] = []

    def make(*, data: Path | None = None, **settings: str) -> Live:
        clock = Clock(frozen=START)
        intacct = build(None, clock, Randomness(random.Random(1)), data)
        built.append(intacct)
        return _live(intacct, settings, clock)

    yield make
    for one in built:
        one.state.close()


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens companies: `opened(data=..., page_size="2")`."""
    with _opening() as make:
        yield make


@pytest.fixture(scope="module")
def opened_for_module() -> Iterator[Opened]:
    """The same, for what the tests of a module share."""
    with _opening() as make:
        yield make


@pytest.fixture
def live(opened: Opened) -> Live:
    return opened()


@pytest.fixture
def make_write() -> Callable[..., Write]:
    return write
