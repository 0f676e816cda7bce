"""A scripted org behind the transport, a virtual clock, and a tiny real server for what only sockets can show."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tieline.contract import HttpRequest, HttpResponse
from tieline.org import Org, OrgSettings, open_org
from tieline_sandbox.effects import Clock as SandboxClock
from tieline_sandbox.org.application import build
from tieline_sandbox.runner import RunningSandbox, start

Reply = HttpResponse | Exception
LOGIN = "https://acme.my.salesforce.com"


@dataclass
class VirtualClock:
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


class Steady:
    """The upper end of every range."""

    def uniform(self, low: float, high: float) -> float:
        return high

    def token(self, size: int) -> bytes:
        return b"t" * size


def reply(document: Any = None, status: int = 200, **headers: str) -> HttpResponse:
    body = b"" if document is None else json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, {"Content-Type": "application/json", **named}, body)


def refusal(code: str, message: str = "no", status: int = 400) -> HttpResponse:
    return reply([{"errorCode": code, "message": message}], status)


@dataclass
class Script:
    """Answers by method and path pattern, in order; the last answer of a pattern stays. Tokens count up."""

    seen: list[HttpRequest] = field(default_factory=list)
    logins: int = 0
    instance: str = LOGIN
    rules: list[tuple[str, str, list[Any]]] = field(default_factory=list)

    def on(self, method: str, pattern: str, *replies: Any) -> None:
        self.rules.append((method, pattern, list(replies)))

    def send(self, request: HttpRequest) -> HttpResponse:
        path = urlsplit(request.url).path
        if path == "/services/oauth2/token" and not any(rule[1] == path for rule in self.rules):
            self.logins += 1
            ident = f"{self.instance}/id/00D000000000001AAA/005000000000001AAA"
            return reply({"access_token": f"T{self.logins}", "instance_url": self.instance, "id": ident})
        self.seen.append(request)
        for method, pattern, replies in self.rules:
            if method == request.method and re.fullmatch(pattern, path):
                answer = replies.pop(0) if len(replies) > 1 else replies[0]
                answer = answer(request) if callable(answer) else answer
                if isinstance(answer, Exception):
                    raise answer
                assert isinstance(answer, HttpResponse)
                return answer
        return refusal("NOT_FOUND", f"{request.method} {path}", 404)

    def queries(self) -> list[str]:
        return [
            parse_qs(urlsplit(one.url).query)["q"][0] for one in self.seen if "/query" in one.url and "q=" in one.url
        ]

    def sent(self, method: str) -> list[HttpRequest]:
        return [one for one in self.seen if one.method == method]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def settings() -> OrgSettings:
    return OrgSettings(login_url=LOGIN, client_id="app", client_secret="secret")


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def org(script: Script, clock: VirtualClock, settings: OrgSettings) -> Iterator[Org]:
    with open_org(settings, clock=clock, randomness=Steady(), transport=script) as opened:
        yield opened


@pytest.fixture
def answers() -> Callable[..., HttpResponse]:
    return reply


@pytest.fixture
def refuses() -> Callable[..., HttpResponse]:
    return refusal


@pytest.fixture
def steady() -> Steady:
    return Steady()


class TinyServer:
    """A real socket; `behave` gets the handler and writes what it likes."""

    def __init__(self, behave: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(size)
                outer.requests.append((self.command, self.path, dict(self.headers)))
                behave(self)

            do_GET = do_POST = do_PATCH = answer  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], TinyServer]]:
    running: list[TinyServer] = []

    def start(behave: Callable[[BaseHTTPRequestHandler], None]) -> TinyServer:
        running.append(TinyServer(behave))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A local org behind its real doors; tests of a module share it and use records of their own."""
    sandbox_clock = SandboxClock()
    sandbox_clock.freeze(datetime(2026, 1, 1, tzinfo=UTC))
    with start(build, "org", tmp_path_factory.mktemp("local") / "org", clock=sandbox_clock) as running:
        yield running


@pytest.fixture
def live(local: RunningSandbox, clock: VirtualClock) -> Iterator[Org]:
    """The client on the local org's TLS door, with its own authority, marker field installed and visible."""
    settings = OrgSettings.from_document(local.document)
    with open_org(settings, clock=clock, randomness=Steady()) as opened:
        install(opened)
        yield opened


FIELD = """<fields><fullName>{name}</fullName><label>{name}</label><type>{type}</type>{more}</fields>"""
KEY = "<length>255</length><externalId>true</externalId><unique>true</unique><caseSensitive>true</caseSensitive>"


def package() -> bytes:
    """The marker on Account and Contact, a number, and the permission set that shows them."""
    number = "<precision>18</precision><scale>4</scale>"
    account = FIELD.format(name="ERP_Key__c", type="Text", more=KEY)
    account += FIELD.format(name="Credit__c", type="Number", more=number)
    account += FIELD.format(name="Since__c", type="Date", more="") + FIELD.format(
        name="Seen__c", type="DateTime", more=""
    )
    contact = FIELD.format(name="ERP_Key__c", type="Text", more=KEY)
    fields = ["Account.ERP_Key__c", "Account.Credit__c", "Account.Since__c", "Account.Seen__c", "Contact.ERP_Key__c"]
    grants = "".join(
        f"<fieldPermissions><editable>true</editable><field>{each}</field><readable>true</readable></fieldPermissions>"
        for each in fields
    )
    members = "".join(f"<members>{each}</members>" for each in fields)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(
            "package.xml",
            f"{head}<Package {space}><types>{members}<name>CustomField</name></types>"
            "<types><members>Ties</members><name>PermissionSet</name></types><version>60.0</version></Package>",
        )
        made.writestr("objects/Account.object", f"{head}<CustomObject {space}>{account}</CustomObject>")
        made.writestr("objects/Contact.object", f"{head}<CustomObject {space}>{contact}</CustomObject>")
        made.writestr(
            "permissionsets/Ties.permissionset",
            f"{head}<PermissionSet {space}>{grants}<label>Ties</label></PermissionSet>",
        )
    return packed.getvalue()


def install(org: Org) -> None:
    if "Ties" not in org.metadata.list_components("PermissionSet"):
        result = org.metadata.deploy(package())
        assert result.success, result.errors
        org.records.assign_permission_set("Ties", org.user_id)


@pytest.fixture(scope="module")
def packed() -> bytes:
    return package()


@pytest.fixture
def expire() -> Callable[[Org], None]:
    """End an org's session behind the client's back."""

    def revoke(org: Org) -> None:
        grant = org.session.grant()
        body = urlencode({"token": grant.token}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert org.transport
        org.transport.send(HttpRequest("POST", f"{grant.instance_url}/services/oauth2/revoke", headers, body))

    return revoke
