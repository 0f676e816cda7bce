"""Change events by long polling: what is told, to whom, from where on."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest

from tieline_sandbox.effects import Clock
from tieline_sandbox.wire import Request

ALL = "/data/ChangeEvents"
PATH = "/cometd/60.0"


class Ear:
    """One listening client."""

    def __init__(self, desk: Any, channel: str = ALL, replay: int | None = None) -> None:
        self.desk = desk
        self.client = self.say("handshake", supportedConnectionTypes=["long-polling"], version="1.0")[0]["clientId"]
        more = {} if replay is None else {"ext": {"replay": {channel: replay}}}
        self.told = self.say("subscribe", subscription=channel, **more)[0]
        self.say("connect", connectionType="long-polling")  # the first one only gives advice

    def say(self, word: str, **more: Any) -> list[dict[str, Any]]:
        message = {"channel": f"/meta/{word}", "id": "1", **more}
        if word != "handshake":
            message["clientId"] = self.client
        answer = self.desk.app.handle(request(self.desk, [message]))
        assert answer.status == 200, answer.body
        return list(answer.json())

    def hear(self, seconds: float = 0.0) -> list[dict[str, Any]]:
        """The payloads that wait."""
        *events, connected = self.say("connect", connectionType="long-polling", advice={"timeout": seconds * 1000})
        assert connected["successful"], connected
        return [event["data"]["payload"] for event in events]

    def headers(self) -> list[tuple[str, str, str]]:
        found = [payload["ChangeEventHeader"] for payload in self.hear()]
        return [(each["changeType"], each["entityName"], each["recordIds"][0]) for each in found]


def request(desk: Any, body: Any) -> Request:
    headers = (("Authorization", f"Bearer {desk.user['access_token']}"),)
    return Request("POST", PATH, headers, json.dumps(body).encode())


def test_changes_are_told_once_in_order(users: Any) -> None:
    admin, sam = users["admin"], users["sam"]
    ear = Ear(admin)
    assert ear.told["successful"]
    account = sam.create("Account", Name="A")
    sam.ok("PATCH", f"/sobjects/Account/{account}", {"Phone": "1"})
    sam.ok("DELETE", f"/sobjects/Account/{account}")
    admin.app.edit(sam.user["username"], "undelete", "Account", account, {})
    kinds = ["CREATE", "UPDATE", "DELETE", "UNDELETE"]
    assert ear.headers() == [(kind, "Account", account) for kind in kinds]
    assert ear.hear() == []


def test_an_update_tells_what_changed_and_who(users: Any) -> None:
    admin, sam = users["admin"], users["sam"]
    account = sam.create("Account", Name="A")
    ear = Ear(admin)
    sam.ok("PATCH", f"/sobjects/Account/{account}", {"Phone": "1", "Name": "A"})
    (payload,) = ear.hear()
    header = payload["ChangeEventHeader"]
    assert "Phone" in header["changedFields"]
    assert "Name" not in header["changedFields"]
    assert (header["commitUser"], payload["Phone"]) == (sam.user_id, "1")


def test_a_channel_of_one_object_tells_that_object(admin: Any, words: Any) -> None:
    admin.install(words.package({"Thing__c": words.custom_object("")}, [], ["Account.Phone"]))
    ear = Ear(admin, "/data/Thing__ChangeEvent")
    admin.create("Account", Name="A")
    thing = admin.create("Thing__c", Name="T")
    assert ear.headers() == [("CREATE", "Thing__c", thing)]


def test_nothing_is_told_of_what_the_listener_may_not_see(users: Any, words: Any) -> None:
    admin, sam = users["admin"], users["sam"]
    fields = words.field("Secret__c", "Text", "<length>9</length>")
    objects = {"Account": words.standard_object(fields), "Thing__c": words.custom_object("")}
    admin.install(words.package(objects, ["Account.Secret__c"]), "Grants")
    ear = Ear(sam)
    admin.create("Thing__c", Name="T")
    admin.create("Account", Name="A", Secret__c="s")
    (payload,) = ear.hear()
    assert "Secret__c" not in payload


@pytest.mark.parametrize(("replay", "names"), [(-1, ["New"]), (None, ["New"]), (-2, ["Old", "New"])])
def test_a_replay_starts_where_it_is_told(admin: Any, replay: int | None, names: list[str]) -> None:
    admin.create("Account", Name="Old")
    ear, channel = Ear(admin), "/data/AccountChangeEvent"
    ear.say("unsubscribe", subscription=ALL)
    more = {} if replay is None else {"ext": {"replay": {channel: replay}}}
    ear.say("subscribe", subscription=channel, **more)
    admin.create("Account", Name="New")
    assert [payload["Name"] for payload in ear.hear()] == names


def test_a_replay_goes_on_behind_an_event(admin: Any) -> None:
    admin.create("Account", Name="A")
    seen = admin.app.state.last_mutation()
    admin.create("Account", Name="B")
    client = Ear(admin)
    client.say("unsubscribe", subscription=ALL)
    client.say("subscribe", subscription=ALL, ext={"replay": {ALL: seen}})
    assert [payload["Name"] for payload in client.hear()] == ["B"]


def test_events_are_kept_for_three_days(admin: Any, clock: Clock) -> None:
    admin.create("Account", Name="Old")
    clock.advance(timedelta(hours=73).total_seconds())
    admin.create("Account", Name="New")
    ear = Ear(admin)
    ear.say("subscribe", subscription=ALL, ext={"replay": {ALL: -2}})
    assert [payload["Name"] for payload in ear.hear()] == ["New"]


def test_a_held_connect_is_answered_by_the_change(users: Any) -> None:
    ear = Ear(users["admin"])
    heard: list[Any] = []
    listener = threading.Thread(target=lambda: heard.extend(ear.hear(60)))
    listener.start()
    users["sam"].create("Account", Name="A")
    listener.join(20)
    assert [payload["Name"] for payload in heard] == ["A"]


def test_a_stop_ends_the_waiting(users: Any) -> None:
    ear = Ear(users["admin"])
    listener = threading.Thread(target=lambda: ear.hear(60))
    listener.start()
    users["admin"].app.state.release()
    listener.join(20)
    assert not listener.is_alive()


def test_a_silent_client_is_unknown(admin: Any, clock: Clock) -> None:
    ear = Ear(admin)
    clock.advance(301)
    (told,) = ear.say("connect", connectionType="long-polling")
    assert (told["successful"], told["error"]) == (False, "403::Unknown client")
    assert told["advice"]["reconnect"] == "handshake"


def test_a_client_belongs_to_its_user(users: Any) -> None:
    ear = Ear(users["admin"])
    ear.desk = users["sam"]
    assert ear.say("connect")[0]["error"] == "403::Unknown client"


@pytest.mark.parametrize(
    ("word", "more", "error"),
    [
        ("subscribe", {"subscription": "/data/NothingChangeEvent"}, "404:"),
        ("subscribe", {"subscription": 5}, "403::subscription"),
        ("subscribe", {"subscription": ALL, "ext": {"replay": {ALL: 99999}}}, "400::The replayId {99999}"),
        ("subscribe", {"subscription": ALL, "ext": {"replay": {ALL: "x"}}}, "400::"),
        ("handshake", {"supportedConnectionTypes": ["websocket"]}, "400::"),
        ("dance", {}, "403:/meta/dance:denied"),
    ],
)
def test_bad_messages_are_refused(admin: Any, word: str, more: dict[str, Any], error: str) -> None:
    (told,) = Ear(admin).say(word, **more)
    assert told["successful"] is False
    assert told["error"].startswith(error)


def test_leaving(admin: Any) -> None:
    ear = Ear(admin)
    assert ear.say("disconnect")[0]["successful"]
    assert ear.say("connect")[0]["error"] == "403::Unknown client"


@pytest.mark.parametrize("body", [[], 5, "x", [5], [{}] * 51, None])
def test_what_is_no_message(admin: Any, body: Any) -> None:
    answer = admin.app.handle(request(admin, body))
    assert answer.status == 400
    assert answer.json()[0]["errorCode"] == "INVALID_INPUT"


def test_without_a_session_nothing_is_told(admin: Any) -> None:
    admin.user = {**admin.user, "access_token": "x"}
    answer = admin.app.handle(request(admin, [{"channel": "/meta/handshake"}]))
    assert (answer.status, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
