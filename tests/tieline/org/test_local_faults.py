"""The local org misbehaves on purpose; nothing is lost, nothing is there twice."""

from __future__ import annotations

import re
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tieline.contract import Done, HttpRequest, HttpResponse, Operation, Shape, Stale, Unknown, Write
from tieline.org import open_org
from tieline.org.http import RequestsTransport
from tieline_sandbox.deeds import CloseMid, DropResponse, Status
from tieline_sandbox.faults import Match, Rule
from tieline_sandbox.hooks import Hook

ACCOUNT = Shape("Account", ("Name", "Phone"))


def create(marker: str) -> Write:
    return Write(Operation.CREATE, "", {"Name": "A", "Phone": "1"}, marker, marker=marker)


def births(do: Any, at: Hook = Hook.AFTER_COMMIT) -> Rule:
    return Rule(at, do, Match("POST", re.compile(".*/composite/sobjects$")), 0, 1)


@pytest.mark.parametrize("deed", [DropResponse(), Status(502, (), b"<html>")], ids=["dropped", "gateway"])
def test_a_create_whose_answer_is_lost_is_found_by_its_marker(live: Any, local: Any, deed: Any) -> None:
    write = create(f"lost/{type(deed).__name__}")
    live.records.check()
    local.plane.faults.plan([births(deed, Hook.RESPONDING if isinstance(deed, DropResponse) else Hook.AFTER_COMMIT)])
    (outcome,) = live.records.write("", ACCOUNT, [write])
    assert isinstance(outcome, Unknown)
    found = live.records.find("", ACCOUNT, [write.marker])[write.marker]
    (again,) = live.records.write("", ACCOUNT, [write])
    assert (again.key, again.created) == (found.key, False)


def test_a_cut_page_is_fetched_again(live: Any, local: Any) -> None:
    live.records.write("", ACCOUNT, [create("page/1")])
    cut = Rule(Hook.RESPONDING, CloseMid(40), Match("GET", re.compile(".*/query.*")), 0, 1)
    (planned,) = local.plane.faults.plan([cut])
    records = [record for page in live.records.pages("", ACCOUNT, None) for record in page.records]
    assert "page/1" in {record.marker for record in records}
    assert [rule.fired for rule in local.plane.faults.listed() if rule.id == planned.id] == [1]


class Interrupting:
    """A transport that lets somebody act just before matching requests leave."""

    def __init__(self, inner: RequestsTransport, path: str, act: Any) -> None:
        self.inner, self.path, self.act = inner, path, act

    def send(self, request: HttpRequest) -> HttpResponse:
        if request.url.endswith(self.path):
            self.act()
        return self.inner.send(request)


def test_an_edit_between_look_and_write_is_refused_by_the_org(live: Any, local: Any, clock: Any, steady: Any) -> None:
    (born,) = live.records.write("", ACCOUNT, [create("race/1")])

    def edit() -> None:
        local.plane.clock.advance(3)
        local.application.edit(local.document["username"], "update", "Account", born.key, {"Phone": "theirs"})

    inner = RequestsTransport(live.session.settings, clock)
    update = Write(Operation.UPDATE, born.key, {"Phone": "ours"}, "k", version=born.version)
    interrupted = Interrupting(inner, "/composite", edit)
    with open_org(live.session.settings, clock=clock, randomness=steady, transport=interrupted) as org:
        (outcome,) = org.records.write("", ACCOUNT, [update])
    inner.close()
    assert isinstance(outcome, Stale)
    assert live.records.read("", ACCOUNT, [born.key])[born.key].fields["Phone"] == "theirs"


def test_an_expired_session_in_mid_write(live: Any, expire: Any) -> None:
    live.records.find("", ACCOUNT, ["x"])
    expire(live)
    (outcome,) = live.records.write("", ACCOUNT, [create("expired/1")])
    assert isinstance(outcome, Done)
    assert outcome.created


def test_the_condition_arrives_twice_after_a_new_login(serve: Any, settings: Any, clock: Any, steady: Any) -> None:
    """On the wire: the request after the new login is the one before it, but for its token."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        status, body = 200, b"{}"
        if handler.path.endswith("/token"):
            tokens = sum(path.endswith("/token") for _, path, _ in server.requests)
            body = b'{"access_token":"T%d","instance_url":"%s"}' % (tokens, server.url.encode())
        elif handler.headers["Authorization"] == "Bearer T1":
            status, body = 401, b'[{"errorCode":"INVALID_SESSION_ID","message":"expired"}]'
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    server = serve(behave)
    with open_org(replace(settings, login_url=server.url), clock=clock, randomness=steady) as org:
        org.session.write("PATCH", "/row", {"Name": "x"}, {"If-Unmodified-Since": "Wed, 01 Jan 2025 00:00:00 GMT"})
    seen = [headers for method, _, headers in server.requests if method == "PATCH"]
    assert [headers["If-Unmodified-Since"] for headers in seen] == ["Wed, 01 Jan 2025 00:00:00 GMT"] * 2
    assert [headers["Authorization"] for headers in seen] == ["Bearer T1", "Bearer T2"]
