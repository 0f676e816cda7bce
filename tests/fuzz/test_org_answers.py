"""Whatever the org answers: the client gives values of the contract, or one of its errors that names the place."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from tieline import xml
from tieline.contract import HttpRequest, HttpResponse, Operation, Shape, TielineError, Write
from tieline.org import Org, OrgSettings, open_org
from tieline.org.package_zip import unpack
from tieline.org.wakeup import WakeUp

HOME = "https://acme.my.salesforce.com"
IDENT = f"{HOME}/id/00D000000000001AAA/005000000000001AAA"
GRANT = f'{{"access_token":"T","instance_url":"{HOME}","id":"{IDENT}"}}'.encode()
KEY = "001000000000001AAA"
SHAPE = Shape(
    "Account", ("Name", "NumberOfEmployees", "AnnualRevenue", "Since__c", "Owner.Name"), (Shape("Contact", ("Email",)),)
)
DESCRIBED = b"""{"name":"Account","keyPrefix":"001","fields":[
{"name":"Id","type":"id"},{"name":"Name","type":"string","updateable":true,"createable":true},
{"name":"NumberOfEmployees","type":"int"},{"name":"AnnualRevenue","type":"currency"},
{"name":"Since__c","type":"datetime"},{"name":"Email","type":"email"},{"name":"ERP_Key__c","type":"string"},
{"name":"OwnerId","type":"reference","relationshipName":"Owner","referenceTo":["User"]}],
"childRelationships":[{"relationshipName":"Contacts","childSObject":"Contact","field":"AccountId"}]}"""
NAMES = (
    "records", "done", "nextRecordsUrl", "totalSize", "Id", "id", "SystemModstamp", "referenceId", "attributes", "type",
    "Name",
    "NumberOfEmployees", "AnnualRevenue", "Since__c", "Owner", "Contacts", "success", "created", "errors", "message",
    "errorCode", "statusCode", "fields", "compositeResponse", "body", "httpStatusCode", "ERP_Key__c",
    "name", "childRelationships", "relationshipName", "access_token", "instance_url", "error", "error_description",
    "channel", "successful", "clientId", "advice", "data", "event", "replayId", "payload",
)  # fmt: skip


@dataclass
class Clock:
    at: datetime = datetime(2026, 1, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        assert seconds < 31 * 86_400
        self.at += timedelta(seconds=seconds)


class Middling:
    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def token(self, size: int) -> bytes:
        return b"t" * size


@dataclass
class Answering:
    """Logs in and describes as an org does, unless `all_of_it`; everything else gets one answer."""

    answer: HttpResponse
    part: str
    asked: list[HttpRequest] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        assert len(self.asked) < 200
        if request.url.endswith("/oauth2/token") and self.part != "login":
            return HttpResponse(200, {}, GRANT)
        if request.url.endswith("/describe") and self.part != "describe":
            return HttpResponse(200, {}, DESCRIBED)
        return self.answer


@contextlib.contextmanager
def _org(part: str, given: tuple[int, dict[str, str], bytes]) -> Iterator[Org]:
    status, headers, body = given
    transport = Answering(HttpResponse(status, headers, body), part)
    settings = OrgSettings(login_url=HOME, client_id="app", client_secret="secret")
    org = open_org(settings, clock=Clock(), randomness=Middling(), transport=transport)
    with contextlib.suppress(TielineError):
        yield org


def _row(tree: Any) -> Any:
    return st.fixed_dictionaries(
        {"Id": st.just(KEY) | tree, "SystemModstamp": tree}, optional=dict.fromkeys(NAMES[8:], tree)
    )


def _page(tree: Any) -> Any:
    rows = st.lists(_row(tree), min_size=1, max_size=2)
    return st.fixed_dictionaries({"records": rows, "done": st.just(value=True)}, optional={"totalSize": tree})


def _rest(tree: Any) -> Any:
    page = {"records": st.just([]), "done": st.just(value=False), "nextRecordsUrl": tree}
    return st.fixed_dictionaries(page)


def _refused(tree: Any) -> Any:
    entry = st.fixed_dictionaries({"message": tree}, optional={"errorCode": tree, "statusCode": tree, "fields": tree})
    return st.lists(entry, min_size=1, max_size=2)


def _items(tree: Any) -> Any:
    entry = st.fixed_dictionaries({"success": st.booleans()}, optional={"id": tree, "errors": tree, "created": tree})
    part = st.fixed_dictionaries(
        {"body": st.lists(entry, max_size=2) | tree, "httpStatusCode": tree, "referenceId": tree}
    )
    return st.lists(entry | tree, min_size=1, max_size=1) | st.fixed_dictionaries(
        {"compositeResponse": st.lists(part | tree, max_size=3)}
    )


def _granted(tree: Any) -> Any:
    return st.fixed_dictionaries({"access_token": tree, "instance_url": tree | st.just(HOME), "id": tree})


def _described(tree: Any) -> Any:
    fields = st.lists(st.fixed_dictionaries({"name": tree, "type": tree}) | tree, max_size=2)
    return st.fixed_dictionaries({"name": tree, "fields": fields}, optional={"childRelationships": tree})


def _told(tree: Any) -> Any:
    channel = st.sampled_from(["/meta/handshake", "/meta/subscribe", "/meta/connect", "/data/ChangeEvents"])
    reply = {"channel": channel, "successful": st.just(value=True), "clientId": st.just("c")}
    return st.lists(st.fixed_dictionaries(reply, optional={"data": tree, "advice": tree}), min_size=3, max_size=4)


def _sweep(given: Any) -> None:
    with _org("rows", given) as org:
        for page in org.records.pages("", SHAPE, None):
            for record in page.records:
                assert isinstance(record.key, str)


def _read(given: Any) -> None:
    with _org("rows", given) as org:
        org.records.read("", SHAPE, [KEY])


def _written(given: Any) -> None:
    write = Write(Operation.UPDATE, KEY, {"Name": "x"}, "", "2026-01-05T00:00:00.000+0000", "k")
    with _org("rows", given) as org:
        assert len(org.records.write("", Shape("Account", ("Name",)), [write])) == 1
    made = Write(Operation.CREATE, "", {"Name": "x"}, "b//Customers/1", "", "k")
    with _org("rows", given) as org:
        assert len(org.records.write("", Shape("Account", ("Name",)), [made, made])) == 2


def _logged_in(given: Any) -> None:
    with _org("login", given) as org:
        org.records.check()


def _shown(given: Any) -> None:
    with _org("describe", given) as org:
        org.records.read("", SHAPE, [KEY])


def _woken(given: Any) -> None:
    with _org("rows", given) as org:
        WakeUp(org.session, org.session.clock).wait(30)


def _listed(given: Any) -> None:
    with _org("rows", given) as org:
        org.metadata.list_components("CustomField")


PARSERS = {
    "sweep": (_sweep, (_page, _rest, _refused)),
    "read": (_read, (_page, _refused)),
    "write": (_written, (_items, _refused)),
    "login": (_logged_in, (_granted,)),
    "describe": (_shown, (_described, _refused)),
    "events": (_woken, (_told,)),
}


def _answers(grammar: Any, shapes: Any) -> Any:
    return st.tuples(grammar.statuses(), grammar.headers(), grammar.json(NAMES, *shapes))


@pytest.mark.parametrize("name", PARSERS)
def test_any_answer(name: str, grammar: Any, fuzzed: Any) -> None:
    check, shapes = PARSERS[name]
    fuzzed(_answers(grammar, shapes), check, 100)


@pytest.mark.deep
@pytest.mark.parametrize("name", PARSERS)
def test_many_answers(name: str, grammar: Any, fuzzed: Any) -> None:
    check, shapes = PARSERS[name]
    fuzzed(_answers(grammar, shapes), check, 2000)


ENVELOPE = b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>"
PIECES = st.sampled_from([
    b"<a>", b"</a>", b"<a", b">", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#xD800;", b"<![CDATA[",
    b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.0' encoding='nothing'?>", b"x", b"\0",
    b"\xff", b"<!-- ", b" -->", b" xmlns:a='a'", b"<a:b/>", b"<a>" * 300, b"\xef\xbb\xbf", ENVELOPE,
    b"</s:Body></s:Envelope>", b"<s:Fault><faultcode>sf:X</faultcode>",
])  # fmt: skip
MARKUP = st.lists(PIECES, max_size=8).map(b"".join)


def test_any_markup(fuzzed: Any) -> None:
    def check(data: bytes) -> None:
        with contextlib.suppress(TielineError):
            xml.parse(data, "here")

    fuzzed(MARKUP, check, 200)


@pytest.mark.timeout(600)  # each reads the interface's description anew
@pytest.mark.parametrize("deep", [pytest.param(20, id="quick"), pytest.param(120, id="deep", marks=pytest.mark.deep)])
def test_any_soap_answer(deep: int, grammar: Any, fuzzed: Any) -> None:
    _listed((200, {}, b""))  # reads the interface's description once, which takes a moment
    fuzzed(st.tuples(grammar.statuses(), grammar.headers(), MARKUP), _listed, deep)


def _zip(names: list[str], content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for number, name in enumerate(names):
            made.writestr(f"{number}{name}", content)
    return out.getvalue()


@st.composite
def _packed(draw: Any) -> bytes:
    """A zip with some bytes changed, mostly in its tables."""
    data = bytearray(
        _zip(draw(st.lists(st.sampled_from(["a", "é", "../x", "/"]), max_size=3)), draw(st.binary(max_size=40)))
    )
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data))) or None])


@pytest.mark.parametrize("deep", [pytest.param(200, id="quick"), pytest.param(5000, id="deep", marks=pytest.mark.deep)])
def test_any_package(deep: int, fuzzed: Any) -> None:
    def check(data: bytes) -> None:
        with contextlib.suppress(TielineError):
            unpack(data, "here")

    fuzzed(_packed(), check, deep)
