"""Waiting for the org: woken by others' changes, quiet where the org does not tell."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tieline.contract import HttpRequest, HttpResponse, NothingSent
from tieline.effects import SystemClock
from tieline.org import Org
from tieline.org.wakeup import QUIET, WakeUp
from tieline_sandbox.runner import RunningSandbox

PATH = "/cometd/60.0"
HANDS = {"channel": "/meta/handshake", "successful": True, "clientId": "c1"}
HEARING = {"channel": "/meta/subscribe", "successful": True}
CONNECTED = {"channel": "/meta/connect", "successful": True}
Answers = Callable[..., HttpResponse]


def event(user: str = "005other", number: int = 7) -> dict[str, Any]:
    payload = {"ChangeEventHeader": {"commitUser": user}}
    return {"channel": "/data/ChangeEvents", "data": {"payload": payload, "event": {"replayId": number}}}


def sent(script: Any) -> list[dict[str, Any]]:
    return [json.loads(request.body)[0] for request in script.seen if PATH in request.url]


class Server:
    """Answers messages by channel from lists; a connect without events takes as long as was asked."""

    def __init__(self, clock: Any, answers: Answers, connects: list[Any], **others: list[Any]) -> None:
        self.clock, self.answers, self.connects = clock, answers, connects
        self.others = {"handshake": [HANDS], "subscribe": [HEARING]} | others

    def __call__(self, request: HttpRequest) -> HttpResponse:
        (message,) = json.loads(request.body)
        word = message["channel"].rpartition("/")[2]
        waiting = self.connects if word == "connect" else self.others[word]
        told = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(told, Exception):
            raise told
        if told is CONNECTED:
            self.clock.sleep(message["advice"]["timeout"] / 1000)
        replies = told if isinstance(told, list) else [told]
        return self.answers(
            replies, Set_Cookie="BAYEUX_BROWSER=b1; Expires=Thu, 01 Jan 2026 00:00:00 GMT, sticky=s; Path=/"
        )


@pytest.fixture
def listening(org: Org, script: Any, clock: Any, answers: Answers) -> Callable[..., WakeUp]:
    def made(*connects: Any, **others: list[Any]) -> WakeUp:
        script.on("POST", PATH, Server(clock, answers, list(connects), **others))
        return WakeUp(org.session, clock)

    return made


def test_a_change_ends_the_wait(listening: Any, clock: Any) -> None:
    woken = listening([event(), CONNECTED])
    began = clock.monotonic()
    assert woken.wait(60)
    assert clock.monotonic() == began


def test_without_a_change_it_waits_to_the_end(listening: Any, clock: Any, script: Any) -> None:
    woken = listening(CONNECTED)
    began = clock.monotonic()
    assert not woken.wait(250)
    assert clock.monotonic() - began == 250
    assert [each["advice"]["timeout"] for each in sent(script)[2:]] == [100_000, 100_000, 50_000]


def test_our_own_changes_are_no_news(listening: Any, org: Org, clock: Any) -> None:
    mine = org.session.grant().user_id
    began = clock.monotonic()
    assert not listening([event(mine), CONNECTED], CONNECTED).wait(10)
    assert clock.monotonic() - began == 10


def test_a_forgotten_client_goes_on_where_it_stopped(listening: Any, script: Any) -> None:
    forgotten = {"channel": "/meta/connect", "successful": False, "advice": {"reconnect": "handshake"}}
    woken = listening([event(number=41), CONNECTED], forgotten, [event(number=42), CONNECTED])
    assert woken.wait(5)
    assert woken.wait(5)
    replays = [each["ext"]["replay"]["/data/ChangeEvents"] for each in sent(script) if "subscribe" in each["channel"]]
    assert replays == [-1, 41]


def test_a_number_too_old_starts_with_what_is_new(listening: Any, script: Any) -> None:
    forgotten = {"channel": "/meta/connect", "successful": False, "advice": {"reconnect": "handshake"}}
    old = {"channel": "/meta/subscribe", "successful": False, "error": "400::The replayId {41} ..."}
    woken = listening([event(number=41), CONNECTED], forgotten, [event(), CONNECTED], subscribe=[HEARING, old, HEARING])
    assert woken.wait(5)
    assert woken.wait(5)
    replays = [each["ext"]["replay"]["/data/ChangeEvents"] for each in sent(script) if "subscribe" in each["channel"]]
    assert replays == [-1, 41, -1]


@pytest.mark.parametrize(
    "refusal",
    [
        {"channel": "/meta/handshake", "successful": False, "error": "403::no"},
        {"channel": "/meta/other"},
        {"channel": "/meta/handshake", "successful": True},
        NothingSent("no connection", where="org", mend="Wait."),
    ],
)
def test_an_org_that_does_not_tell_is_left_alone(listening: Any, clock: Any, script: Any, refusal: Any) -> None:
    woken = listening(CONNECTED, handshake=[refusal, HANDS])
    assert not woken.wait(10)
    assert clock.waits[-1] == 10
    asked = len(sent(script))
    assert not woken.wait(10)
    assert len(sent(script)) == asked
    clock.sleep(QUIET)
    assert not woken.wait(10)
    assert len(sent(script)) > asked


def test_an_answer_that_is_no_bayeux_is_no_offer(org: Org, script: Any, clock: Any, answers: Answers) -> None:
    for told in (answers({"page": 1}), HttpResponse(200, {}, b"<html>"), answers([], 404)):
        script.rules.clear()
        script.on("POST", PATH, told)
        assert not WakeUp(org.session, clock).wait(3)
        assert clock.waits[-1] == 3


def test_a_server_in_a_hurry_is_not_asked_for_ever(listening: Any, clock: Any, script: Any) -> None:
    hasty = [dict(CONNECTED)]
    assert not listening(hasty).wait(30)
    assert len(sent(script)) == 2 + 5
    assert clock.waits[-1] == 30


def test_cookies_are_sent_back(listening: Any, script: Any) -> None:
    listening([event(), CONNECTED]).wait(5)
    cookies = [request.headers.get("Cookie") for request in script.seen if PATH in request.url]
    assert cookies[0] is None
    assert cookies[-1] == "BAYEUX_BROWSER=b1; sticky=s"


# -- against the local org ---------------------------------------------------------------------------------------------


def test_the_local_org_wakes_us(local: RunningSandbox, live: Org) -> None:
    clock = SystemClock()
    woken = WakeUp(live.session, clock)
    assert not woken.wait(0.1)  # shakes hands and subscribes
    sam = local.document["users"][1]["username"]
    heard: list[bool] = []
    listener = threading.Thread(target=lambda: heard.append(woken.wait(60)))
    listener.start()
    local.application.edit(sam, "create", "Account", "", {"Name": "Woken"})
    listener.join(30)
    assert heard == [True]
    local.application.edit(local.document["username"], "create", "Account", "", {"Name": "Our own"})
    assert not woken.wait(0.1)
