"""Whatever comes in, the answer has the service's shape and nothing is written."""

from __future__ import annotations

import json
import random
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import build
from tieline_sandbox.wire import Request, Response

APP = build(None, Clock(), Randomness(random.Random(3)), None)
TOKEN = APP.credentials()["access_token"]
HEADERS = (("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json"))
METHODS = st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "BREW"])
WORDS = st.sampled_from(
    [
        "sobjects",
        "Account",
        "Contact",
        "Id",
        "Name",
        "describe",
        "updated",
        "deleted",
        "query",
        "queryAll",
        "composite",
        "batch",
        "tree",
        "jobs",
        "ingest",
        "metadata",
        "deployRequest",
        "limits",
        "%2F",
        "%FF",
        "001000000000000AAA",
        "01g000000000000AAA-2000",
        "results",
        "tooling",
        "..",
        "é",
        "",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Name",
                    "records",
                    "attributes",
                    "type",
                    "allOrNone",
                    "compositeRequest",
                    "method",
                    "url",
                    "referenceId",
                    "body",
                    "batchRequests",
                    "ids",
                    "fields",
                    "Id",
                    "state",
                    "object",
                    "operation",
                    "query",
                    "Account",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module", autouse=True)
def closed() -> Any:
    yield
    APP.state.close()


def shaped(response: Response) -> None:
    assert response.status != 500, response.body
    if response.status >= 400 and response.body:
        errors = response.json()
        assert errors[0]["errorCode"]
        assert errors[0]["message"]


@CALM
@given(METHODS, st.lists(WORDS, max_size=5), st.binary(max_size=30), st.binary(max_size=20))
def test_any_path_and_body(method: str, parts: list[str], body: bytes, query: bytes) -> None:
    target = "/services/data/v60.0/" + "/".join(parts) + "?" + query.decode("latin-1")
    shaped(APP.handle(Request(method, target, HEADERS, body)))


@CALM
@given(
    METHODS,
    st.sampled_from(
        [
            "sobjects/Account",
            "composite",
            "composite/batch",
            "composite/tree/Account",
            "composite/sobjects",
            "composite/sobjects/Account",
            "composite/sobjects/Account/Id",
            "jobs/ingest",
            "jobs/query",
            "sobjects/Contact/Id/001000000000000AAA",
        ]
    ),
    JSON,
)
def test_any_json(method: str, path: str, body: Any) -> None:
    shaped(APP.handle(Request(method, f"/services/data/v60.0/{path}", HEADERS, json.dumps(body).encode())))


@CALM
@given(st.text(alphabet=string.printable, max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_any_query_text(text: str) -> None:
    shaped(
        APP.handle(Request("GET", "/services/data/v60.0/query?q=" + quote(text.encode("utf-8", "replace")), HEADERS))
    )


@CALM
@given(
    st.binary(max_size=200),
    st.sampled_from(["/services/Soap/m/60.0", "/services/Soap/u/59.0", "/services/oauth2/token"]),
)
def test_any_soap_or_form(body: bytes, path: str) -> None:
    answer = APP.handle(Request("POST", path, (), body))
    if "Soap" in path:
        assert b"Fault" in answer.body
        assert b"UNKNOWN_EXCEPTION" not in answer.body
    else:
        assert answer.json()["error"]


@CALM
@given(st.binary(max_size=400))
def test_any_csv(content: bytes) -> None:
    desk = {"object": "Account", "operation": "insert"}

    def send(method: str, path: str, body: bytes) -> Response:
        return APP.handle(Request(method, f"/services/data/v60.0/jobs/ingest{path}", HEADERS, body))

    ident = send("POST", "", json.dumps(desk).encode()).json()["id"]
    assert send("PUT", f"/{ident}/batches", content).status == 201
    shaped(send("PATCH", f"/{ident}", b'{"state": "UploadComplete"}'))
    assert send("GET", f"/{ident}", b"").json()["state"] in ("JobComplete", "Failed")
    for which in ("successfulResults", "failedResults", "unprocessedrecords"):
        assert send("GET", f"/{ident}/{which}", b"").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"nul",
        b'{"Name": NaN}',
        b'{"Name": "\\ud800"}',
        b"[" * 100_000,
        b'{"NumberOfEmployees": 1e999, "Name": "x"}',
        b"\xff\xfe",
        b'{"a":' + b"1" * 5000 + b"}",
    ],
)
def test_json_that_is_none(body: bytes) -> None:
    answer = APP.handle(Request("POST", "/services/data/v60.0/sobjects/Account", HEADERS, body))
    assert answer.status == 400
    shaped(answer)


def test_other_media_types_are_refused() -> None:
    headers = (HEADERS[0], ("Content-Type", "text/xml"), ("SOAPAction", "deploy"))
    answer = APP.handle(Request("POST", "/services/data/v60.0/sobjects/Account", headers, b'{"Name": "x"}'))
    assert answer.status == 415
    assert answer.json()[0]["errorCode"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    "target",
    [
        "/services",
        "/services/data/v60",
        "/services/data/v99.0/limits",
        "/services/oauth2/nothing",
        "//services//data/v60.0",
    ],
)
def test_unknown_addresses_are_not_found(target: str) -> None:
    answer = APP.handle(Request("GET", target, HEADERS))
    assert answer.status == 404
    shaped(answer)
