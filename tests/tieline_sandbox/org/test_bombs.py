"""Small requests that would become large ones, and odd characters at every place: refused, shaped, and at once."""

from __future__ import annotations

import base64
import io
import json
import random
import time
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import OrgApplication, build
from tieline_sandbox.wire import Request, Response

DATA = "/services/data/v60.0"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
CALM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SECONDS = 1.0


@pytest.fixture(scope="module")
def org() -> Iterator[OrgApplication]:
    made = build(None, Clock(), Randomness(random.Random(5)), None)
    made.credentials()
    desk = _token(made)
    _deploy(made, desk, {"package.xml": b"<Package/>"})  # reads the types once, which takes a moment
    made.handle(Request("GET", f"{DATA}/query?q=SELECT+Id+FROM+Account", _bearer(desk)))
    yield made
    made.state.close()


def _token(app: OrgApplication) -> str:
    return str(app.credentials()["access_token"])


def _bearer(token: str, media: str = "application/json") -> tuple[tuple[str, str], ...]:
    return ("Authorization", f"Bearer {token}"), ("Content-Type", media)


def _soap(app: OrgApplication, token: str, inner: bytes) -> Response:
    head = f"<SessionHeader><sessionId>{token}</sessionId></SessionHeader>".encode()
    body = b'<e:Envelope xmlns:e="%s"><e:Header>%s</e:Header><e:Body>%s</e:Body></e:Envelope>'
    content = body % (ENVELOPE.encode(), head, inner)
    return app.handle(Request("POST", "/services/Soap/m/60.0", (), content))


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _deploy_zip(app: OrgApplication, token: str, data: bytes) -> str:
    """The status a deploy of these bytes ends with."""
    started = _soap(app, token, b"<deploy><ZipFile>%s</ZipFile></deploy>" % base64.b64encode(data))
    ident = etree.fromstring(started.body).findtext(".//{*}id")  # noqa: TID251 - our own answer
    assert ident, started.body
    asked = f"<checkDeployStatus><asyncProcessId>{ident}</asyncProcessId></checkDeployStatus>".encode()
    status = etree.fromstring(_soap(app, token, asked).body).findtext(".//{*}status")  # noqa: TID251
    return str(status)


def _deploy(app: OrgApplication, token: str, files: dict[str, bytes]) -> str:
    return _deploy_zip(app, token, _zip(files))


class Watch:
    """How long a block worked, whatever else the machine does."""

    def __enter__(self) -> Watch:
        self.began = time.thread_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.took = time.thread_time() - self.began


def shaped(answer: Response) -> None:
    assert answer.status < 500, answer.body
    if answer.status >= 400 and answer.body:
        error = answer.json()[0]
        assert error["errorCode"]
        assert error["message"]


LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'lol'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(9)
)
OUTSIDE = b"<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
MANIFEST = b'<Package xmlns="http://soap.sforce.com/2006/04/metadata"><version>60.0</version></Package>'


@pytest.mark.parametrize("kind", [LAUGHS, OUTSIDE])
def test_entities_are_not_resolved(org: OrgApplication, kind: bytes) -> None:
    token = _token(org)
    with Watch() as watch:
        assert _deploy(org, token, {"package.xml": kind + b"<Package><version>&j;&a;</version></Package>"}) == "Failed"
        answer = org.handle(Request("POST", "/services/Soap/u/59.0", (), kind + b"<a>&j;&a;</a>"))
    assert b"Fault" in answer.body
    assert b"root:" not in answer.body
    assert watch.took < SECONDS


@pytest.mark.parametrize("size", [300, 3])
def test_a_zip_bomb_does_not_go_off(org: OrgApplication, size: int) -> None:
    """300 MB in one file; or in many, each of them small enough."""
    count = 1 if size == 300 else 100
    chunk = b"\0" * (1024 * 1024)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package.xml", MANIFEST)
        for number in range(count):
            with archive.open(f"objects/{number}.object", "w") as stream:
                for _ in range(size):
                    stream.write(chunk)
    token = _token(org)
    with Watch() as watch:
        assert _deploy_zip(org, token, out.getvalue()) == "Failed"
    assert watch.took < SECONDS


def test_too_many_files_are_refused(org: OrgApplication) -> None:
    files = {"package.xml": MANIFEST, **{f"objects/{number}.object": b"" for number in range(10_001)}}
    assert _deploy(org, _token(org), files) == "Failed"


@pytest.mark.parametrize("name", ["../../package.xml", "/package.xml", "a\\package.xml", "package.xml/"])
def test_strange_file_names_are_only_names(org: OrgApplication, name: str) -> None:
    assert _deploy(org, _token(org), {name: MANIFEST}) in ("Failed", "Succeeded")


def test_a_file_without_a_name(org: OrgApplication) -> None:
    data = _zip({"package.xml": MANIFEST, "ZZZZ": b""}).replace(b"ZZZZ", b"\0ZZZ")
    assert _deploy_zip(org, _token(org), data) == "Failed"


@pytest.mark.parametrize("depth", [70, 10_000, 500_000])
def test_deep_xml(org: OrgApplication, depth: int) -> None:
    nested = b"<a>" * depth + b"</a>" * depth
    token = _token(org)
    with Watch() as watch:
        assert b"Fault" in _soap(org, token, nested).body
        assert _deploy(org, token, {"package.xml": b"<Package>" + nested + b"</Package>"}) == "Failed"
        reading = b"<createMetadata><metadata xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
        inner = reading + b" xsi:type='CustomTab'>" + nested + b"</metadata></createMetadata>"
        assert b"Fault" in _soap(org, token, inner).body
    assert watch.took < 3 * SECONDS


PLACES = [
    "sobjects/Account", "composite", "composite/batch", "composite/tree/Account", "composite/sobjects", "jobs/ingest",
    "jobs/query", "sobjects/Account/quickActions/X",
]  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000, b'{"a":' * 200_000, b'{"records":' * 900 + b"1" + b"}" * 900, b"1" * 5_000,
        b'{"Name": %s}' % (b"9" * 4_000), b'{"Name": 1e400}', b'{"Name": -1e-400}', b'{"Name": "\\u0000"}',
        b'{"Name": "\\ud800"}', b'{"\\udfff": 1}', b'{"Name": "x", "NumberOfEmployees": 1e308}', b"\xed\xa0\x80",
        b'{"Name":"x","AnnualRevenue":' + b"9" * 300 + b"}", b'{"allOrNone":true,"records":[null,[],{}]}',
        b'{"compositeRequest":[{"method":"GET","url":"/services/data/v60.0/composite","referenceId":"a"}]}',
        b'{"compositeRequest":[{"method":"GET","url":"@{a[99999999999999999999]}","referenceId":"a"}]}',
        b'{"batchRequests":[{"method":"POST","url":"v60.0/composite/batch","richInput":{"batchRequests":[]}}]}',
    ],
)  # fmt: skip
def test_bodies_that_are_too_much(org: OrgApplication, path: str, body: bytes) -> None:
    with Watch() as watch:
        shaped(org.handle(Request("POST", f"{DATA}/{path}", _bearer(_token(org)), body)))
    assert watch.took < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id FROM Account WHERE " + "(" * 5_000 + "Name = 'a'" + ")" * 5_000,
        "SELECT Id FROM Account WHERE " + " OR ".join(["Name = 'a'"] * 3_000),
        "SELECT Id FROM Account WHERE " + "NOT " * 5_000 + "Name = 'a'",
        "SELECT " + "Parent." * 3_000 + "Id FROM Account",
        "SELECT Id FROM Account WHERE Name IN (" + ",".join(["'a'"] * 9_000) + ")",
        "SELECT Id FROM Account WHERE Name LIKE '" + "%a" * 2_000 + "'",
        "SELECT Id FROM Account LIMIT " + "9" * 5_000,
        "SELECT Id FROM Account OFFSET " + "9" * 50,
        "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:" + "9" * 30,
        "SELECT Id FROM Account WHERE NumberOfEmployees = " + "9" * 5_000,
        "SELECT Id FROM Account WHERE NumberOfEmployees = 1e999999",
        "SELECT Id FROM Account WHERE Name = '\0'",
        "SELECT Id FROM Account WHERE Name = '" + "a" * 200_000 + "'",
        "SELECT (" * 500 + "Id",
    ],
)
def test_queries_that_are_too_much(org: OrgApplication, text: str) -> None:
    with Watch() as watch:
        shaped(org.handle(Request("GET", f"{DATA}/query?q={quote(text)}", _bearer(_token(org)))))
    assert watch.took < SECONDS


def test_a_pattern_that_matches_in_many_ways_takes_no_time(org: OrgApplication) -> None:
    token = _token(org)
    body = json.dumps({"Name": "a" * 255}).encode()
    assert org.handle(Request("POST", f"{DATA}/sobjects/Account", _bearer(token), body)).status == 201
    with Watch() as watch:
        text = quote("SELECT Id FROM Account WHERE Name LIKE '" + "%a" * 100 + "b'")
        shaped(org.handle(Request("GET", f"{DATA}/query?q={text}", _bearer(token))))
    assert watch.took < SECONDS


@CALM
@given(st.binary(max_size=300))
def test_any_zip(org: OrgApplication, data: bytes) -> None:
    assert _deploy_zip(org, _token(org), data) == "Failed"


@CALM
@given(st.data())
def test_a_damaged_zip(org: OrgApplication, data: st.DataObject) -> None:
    whole = bytearray(_zip({"package.xml": MANIFEST, "objects/Account.object": b"<CustomObject/>" * 20}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert _deploy_zip(org, _token(org), bytes(whole)) in ("Failed", "Succeeded")


XML = st.recursive(
    st.sampled_from(["true", "None", "-1", "9" * 30, "Account", "\u202e", "&#0;", "&#xD800;", "<![CDATA[x]]>", ""]),
    lambda inner: st.lists(
        st.tuples(
            st.sampled_from([
                "metadata", "fullName", "type", "fullNames", "queries", "ZipFile", "DeployOptions", "asyncProcessId",
                "retrieveRequest", "unpackaged", "types", "members", "name", "request", "ids", "masterRecord",
            ]),
            inner,
        ),
        max_size=3,
    ).map(lambda rows: "".join(f"<{name}>{value}</{name}>" for name, value in rows)),
    max_leaves=8,
)  # fmt: skip
CALLS = st.sampled_from([
    "deploy", "checkDeployStatus", "cancelDeploy", "retrieve", "checkRetrieveStatus", "checkStatus", "describeMetadata",
    "listMetadata", "readMetadata", "createMetadata", "updateMetadata", "upsertMetadata", "deleteMetadata", "merge",
    "undelete", "emptyRecycleBin", "login", "logout",
])  # fmt: skip


@CALM
@given(CALLS, XML, st.sampled_from(["m", "u"]))
def test_any_soap_call(org: OrgApplication, call: str, inner: str, api: str) -> None:
    if call == "logout":
        return
    head = f"<SessionHeader><sessionId>{_token(org)}</sessionId></SessionHeader>"
    text = f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Header>{head}</e:Header>'
    text += f"<e:Body><{call}>{inner}</{call}></e:Body></e:Envelope>"
    answer = org.handle(Request("POST", f"/services/Soap/{api}/59.0", (), text.encode("utf-8", "replace")))
    assert answer.status in (200, 500)
    assert b"UNKNOWN_EXCEPTION" not in answer.body, answer.body
    etree.fromstring(answer.body)  # noqa: TID251 - well-formed whatever came in


BAYEUX = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["channel", "clientId", "subscription", "ext", "replay", "supportedConnectionTypes", "advice"]
            ),
            inner | st.sampled_from(["/meta/handshake", "/meta/subscribe", "/meta/connect", "/data/ChangeEvents"]),
            max_size=4,
        )
    ),
    max_leaves=10,
)


@CALM
@given(BAYEUX)
def test_any_bayeux_message(org: OrgApplication, message: Any) -> None:
    shaped(org.handle(Request("POST", "/cometd/60.0", _bearer(_token(org)), json.dumps([message]).encode())))


@CALM
@given(
    st.sampled_from(["authorize", "token", "revoke", "introspect", "userinfo"]),
    st.sampled_from(["GET", "POST"]),
    st.dictionaries(
        st.sampled_from(["client_id", "redirect_uri", "response_type", "code", "grant_type", "csrf", "request"]),
        st.text(max_size=12) | st.sampled_from(["code", "authorization_code", "http://localhost/", "http://["]),
        max_size=5,
    ),
    st.binary(max_size=30),
)  # fmt: skip
def test_any_login(org: OrgApplication, path: str, method: str, form: dict[str, str], noise: bytes) -> None:
    known = {**form, "client_id": form.get("client_id") or str(org.credentials()["client_id"])}
    body = "&".join(f"{name}={quote(value.encode('utf-8', 'replace'))}" for name, value in known.items()).encode()
    cookie = ("Cookie", noise.decode("latin-1"))
    answer = org.handle(Request(method, f"/services/oauth2/{path}?{body.decode()}", (cookie,), body + noise))
    assert answer.status < 500
    assert "\n" not in answer.header("Location")


@CALM
@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_in_a_row_comes_back(org: OrgApplication, name: str, phone: str) -> None:
    """What is taken is stored as it was sent, less the blanks around it."""
    body = json.dumps({"Name": name, "Phone": phone}).encode()
    headers = _bearer(_token(org))
    answer = org.handle(Request("POST", f"{DATA}/sobjects/Account", headers, body))
    shaped(answer)
    if answer.status == 201:
        row = org.handle(Request("GET", f"{DATA}/sobjects/Account/{answer.json()['id']}", headers)).json()
        assert row["Name"] == name.strip()
