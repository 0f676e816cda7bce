"""The plane in process: its endpoints, and every fault at every hook, judged by the mutation log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tieline_sandbox.effects import Clock
from tieline_sandbox.fault_rules import KINDS
from tieline_sandbox.hooks import Hook
from tieline_sandbox.plane import Plane
from tieline_sandbox.wire import Request, Response

Ask = Callable[..., Response]
BEFORE = ("accepted", "parsed", "before_commit")


def plan(ask: Ask, at: str, do: Any, **more: Any) -> None:
    assert ask("POST", "faults", {"at": at, "do": do, **more}).status == 201


def names(ask: Ask) -> list[str]:
    """What was really created, from the ground truth."""
    return [mutation["after"]["name"] for mutation in ask("GET", "log").json()["mutations"]]


def silent(response: Response) -> bool:
    return response.delivery.close_after == 0


@pytest.mark.parametrize("path", ["", "faults", "clock", "log", "requests", "calls", "nothing"])
@pytest.mark.parametrize("token", ["", "the-toke", "the-token2", "\xe9"])
def test_without_the_token_nothing_is_told(ask: Ask, path: str, token: str) -> None:
    assert ask("GET", path, token=token).status == 403


def test_the_plane_describes_itself(ask: Ask, plane: Plane) -> None:
    told = ask("GET", "").json()
    assert told["faults"] == {"hooks": list(Hook), "kinds": list(KINDS)}
    for endpoint in told["endpoints"]:
        method, path = endpoint.split()
        assert ask(method, path.removeprefix("/__sandbox__/").replace("{id}", "7")).status in (200, 400, 404)
    bare = Request("GET", "/__sandbox__", (("X-Sandbox-Token", "the-token"),))
    assert plane.handle(bare).json() == told


def test_wrong_methods_and_paths(ask: Ask) -> None:
    refused = ask("GET", "as_user")
    assert (refused.status, refused.header("Allow")) == (405, "POST")
    assert ask("PUT", "faults").status == 405
    assert ask("GET", "nowhere").status == 404
    assert ask("GET", "log/1").status == 404
    assert ask("HEAD", "log").status == 200


def stamps(ask: Ask) -> list[str]:
    return [one["at"] for one in ask("GET", "log").json()["mutations"]]


@pytest.mark.parametrize("at", Hook)
@pytest.mark.parametrize(("do", "status"), [({"status": {"code": 502, "body": "x"}}, 502), ("reset", 0)])
def test_an_ending_fault_decides_the_answer_and_the_effect(ask: Ask, make: Ask, at: Hook, do: Any, status: int) -> None:
    plan(ask, at, do)
    response = make("one")
    assert (response.status, silent(response)) == (status, status == 0)
    assert names(ask) == ([] if at in BEFORE else ["one"])
    assert make("two").status == 201


@pytest.mark.parametrize("at", Hook)
def test_drop_response_always_does_the_work(ask: Ask, make: Ask, at: Hook) -> None:
    plan(ask, at, "drop_response")
    assert silent(make("one"))
    assert names(ask) == ["one"]


@pytest.mark.parametrize("at", Hook)
def test_close_mid_trickle_and_flip_change_only_the_answer(ask: Ask, make: Ask, at: Hook) -> None:
    plan(ask, at, {"close_mid": {"bytes": 4}})
    plan(ask, at, {"trickle": {"seconds": 0.5}})
    plan(ask, at, {"flip": {"bytes": 1}})
    response, clean = make("one"), make("two")
    assert (response.delivery.close_after, response.delivery.trickle) == (4, 0.5)
    assert sum(a != b for a, b in zip(response.body, clean.body.replace(b"2", b"1"), strict=True)) == 1
    assert names(ask) == ["one", "two"]


@pytest.mark.parametrize("at", Hook)
def test_duplicate_delivers_twice_and_tells_the_second_answer(ask: Ask, make: Ask, at: Hook) -> None:
    plan(ask, at, "duplicate", times=0)
    assert make("one").json()["id"] == "2"
    assert names(ask) == ["one", "one"]
    assert [rule["fired"] for rule in ask("GET", "faults").json()] == [1]


def test_a_duplicate_answers_even_when_the_first_delivery_was_struck(ask: Ask, make: Ask) -> None:
    plan(ask, "accepted", "duplicate")
    plan(ask, "after_commit", {"status": {"code": 503}})
    assert make("one").status == 201
    assert names(ask) == ["one", "one"]


@pytest.mark.parametrize("at", Hook)
def test_a_stall_waits_and_goes_on(ask: Ask, make: Ask, at: Hook) -> None:
    plan(ask, at, {"stall": {"seconds": 0.01}})
    response = make("one")
    assert (response.status, response.delivery.stall) == (201, 0.01 if at is Hook.RESPONDING else 0)
    assert names(ask) == ["one"]


@pytest.mark.parametrize("at", BEFORE)
def test_a_closing_plane_ends_stalls_without_effect(plane: Plane, ask: Ask, make: Ask, at: str) -> None:
    plan(ask, at, {"stall": {"seconds": 3600}})
    plane.close()
    assert silent(make("one"))
    assert names(ask) == []


def test_a_deferred_request_is_done_when_its_time_has_come(ask: Ask, make: Ask, clock: Clock) -> None:
    plan(ask, "parsed", {"defer": {"seconds": 60}}, times=0, match={"method": "POST"})
    assert make("one").status == 524
    clock.advance(59)
    assert names(ask) == []
    clock.advance(1)
    assert names(ask) == ["one"]
    assert names(ask) == ["one"]


def test_a_shortened_answer_is_whole_to_the_door(ask: Ask, make: Ask) -> None:
    plan(ask, "responding", {"shorten": {"bytes": 3}})
    response, clean = make("one"), make("two")
    assert response.delivery == clean.delivery
    assert (response.status, response.body) == (201, b'{"i')


def test_a_reordered_answer_belongs_to_the_request_before(ask: Ask, make: Ask) -> None:
    plan(ask, "responding", "reorder", nth=1, times=2)
    told = [make(name).json()["id"] for name in ("one", "two", "three", "four")]
    assert told == ["1", "1", "2", "4"]
    assert names(ask) == ["one", "two", "three", "four"]


def test_a_skewed_clock_is_off_for_one_request(ask: Ask, make: Ask, clock: Clock) -> None:
    clock.freeze(datetime(2025, 1, 31, tzinfo=UTC))
    plan(ask, "accepted", {"skew": {"seconds": 3600}})
    dates = [make(name).header("Date") for name in ("one", "two")]
    assert dates == ["Fri, 31 Jan 2025 01:00:00 GMT", "Fri, 31 Jan 2025 00:00:00 GMT"]
    assert stamps(ask) == ["2025-01-31T01:00:00+00:00", "2025-01-31T00:00:00+00:00"]


def test_what_was_delayed_has_old_stamps_and_todays_date(ask: Ask, make: Ask, clock: Clock) -> None:
    clock.freeze(datetime(2025, 1, 31, tzinfo=UTC))
    plan(ask, "parsed", {"delay_visible": {"seconds": 3600}})
    assert [make(name).header("Date") for name in ("one", "two")] == ["Fri, 31 Jan 2025 00:00:00 GMT"] * 2
    assert stamps(ask) == ["2025-01-30T23:00:00+00:00", "2025-01-31T00:00:00+00:00"]


@pytest.mark.parametrize(("at", "order"), [("parsed", ["theirs", "one"]), ("after_commit", ["one", "theirs"])])
def test_a_person_acts_in_the_middle_of_a_request(ask: Ask, make: Ask, at: str, order: list[str]) -> None:
    edit = {"user": "ann", "action": "create", "object": "Thing", "values": {"name": "theirs"}}
    plan(ask, at, {"as_user": edit})
    assert make("one").status == 201
    assert [(one["after"]["name"], one["actor"]) for one in ask("GET", "log").json()["mutations"]] == [
        (name, "ann" if name == "theirs" else "api") for name in order
    ]


def test_a_refused_edit_in_the_middle_is_not_overlooked(ask: Ask, make: Ask) -> None:
    edit = {"user": "ann", "action": "create", "object": "Thing", "values": {"name": "forbidden"}}
    plan(ask, "parsed", {"as_user": edit})
    response = make("one")
    assert (response.status, names(ask)) == (500, [])
    assert b"may not be called forbidden" in response.body


def test_tags_stay_known_at_later_hooks(ask: Ask, make: Ask) -> None:
    tags = {"operation": "create", "object": "Thing", "key": "k1", "actor": "ann"}
    for at in list(Hook)[1:]:
        plan(ask, at, {"trickle": {"seconds": 1}}, match=tags)
    assert make("one", Idempotency_Key="k1", X_User="ann").delivery.trickle == 1
    assert make("two", Idempotency_Key="k2", X_User="ann").delivery.trickle == 0
    assert [rule["fired"] for rule in ask("GET", "faults").json()] == [1, 1, 1, 1]


def test_the_log_tells_actor_operation_key_and_time(ask: Ask, make: Ask, clock: Clock) -> None:
    clock.freeze(datetime(2025, 1, 31, tzinfo=UTC))
    make("one", Idempotency_Key="k1", X_User="ann")
    assert ask("GET", "log").json() == {
        "mutations": [
            {
                "seq": 1, "at": "2025-01-31T00:00:00+00:00", "actor": "ann", "operation": "create", "action": "insert",
                "kind": "Thing", "id": "1", "key": "k1", "before": None, "after": {"name": "one"},
            }
        ],
        "last": 1,
    }  # fmt: skip


def test_the_log_is_read_in_pages_and_as_lines(ask: Ask, make: Ask) -> None:
    for name in "abc":
        make(name)
    page = ask("GET", "log?since=1&limit=1").json()
    assert ([mutation["after"]["name"] for mutation in page["mutations"]], page["last"]) == (["b"], 2)
    assert ask("GET", "log?since=3").json() == {"mutations": [], "last": 3}
    lines = ask("GET", "log", accept="application/x-ndjson")
    assert lines.header("Content-Type") == "application/x-ndjson"
    assert [json.loads(line)["seq"] for line in lines.body.splitlines()] == [1, 2, 3]


@pytest.mark.parametrize("query", ["since=x", "since=-1", "limit=", "sence=1", "since=" + "9" * 20])
def test_bad_parameters_of_the_log_are_named(ask: Ask, query: str) -> None:
    refused = ask("GET", f"log?{query}")
    assert (refused.status, query.partition("=")[0] in refused.json()["error"]) == (400, True)


def test_edits_as_a_person_are_logged_and_never_struck(ask: Ask) -> None:
    plan(ask, "before_commit", "reset", times=0)
    edit = {"user": "ann", "action": "create", "object": "Thing", "values": {"name": "one"}}
    assert ask("POST", "as_user", edit).json() == {"id": "1"}
    assert ask("POST", "as_user", {**edit, "action": "update", "id": "1"}).json() == {"id": "1"}
    assert ask("POST", "as_user", {"user": "ann", "action": "delete", "object": "Thing", "id": "1"}).status == 200
    told = [(mutation["actor"], mutation["action"]) for mutation in ask("GET", "log").json()["mutations"]]
    assert told == [("ann", "insert"), ("ann", "delete")]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"values": {"name": "forbidden"}}, 422, "A thing may not be called forbidden."),
        ({"action": "update", "id": "9"}, 422, "There is no Thing 9."),
        ({"action": "merge"}, 400, '"action" must be one of create, update, delete.'),
        ({"id": "1"}, 400, '"create" takes no "id"; "update" and "delete" need one.'),
        ({"action": "delete"}, 400, '"create" takes no "id"; "update" and "delete" need one.'),
        ({"user": ""}, 400, '"user" must be a text that is not empty.'),
        ({"object": 3}, 400, '"object" must be a text that is not empty.'),
        ({"values": []}, 400, '"values" must be an object.'),
        ({"who": "ann"}, 400, 'Unknown key "who"; known: user, action, object, id, values.'),
    ],
)
def test_a_refused_edit_says_why(ask: Ask, changes: dict[str, Any], status: int, words: str) -> None:
    given = {"user": "ann", "action": "create", "object": "Thing", "values": {"name": "x"}, **changes}
    refused = ask("POST", "as_user", given)
    assert (refused.status, refused.json()) == (status, {"error": words})
    assert names(ask) == []


def test_the_clock_is_moved_frozen_and_thawed(ask: Ask, plane: Plane) -> None:
    frozen = ask("POST", "clock", {"freeze": "2025-01-31T13:00:00+01:00"}).json()
    assert frozen == {"now": "2025-01-31T12:00:00+00:00", "offset": 0.0, "frozen": "2025-01-31T12:00:00+00:00"}
    assert ask("POST", "clock", {"advance": 90}).json()["now"] == "2025-01-31T12:01:30+00:00"
    assert ask("GET", "clock").header("Date") == "Fri, 31 Jan 2025 12:01:30 GMT"
    assert plane.handle(Request("GET", "/echo")).header("Date") == "Fri, 31 Jan 2025 12:01:30 GMT"
    assert ask("POST", "clock", {"advance": -90.5}).json()["offset"] == -0.5
    assert ask("POST", "clock", {"thaw": True}).json()["frozen"] is None


@pytest.mark.parametrize(
    "move",
    [
        {}, {"advance": 1, "thaw": True}, {"advance": "1"}, {"advance": True}, {"advance": 1e18}, {"advance": 10**400},
        {"freeze": "2025-01-31"}, {"freeze": "2025-01-31T12:00:00"}, {"freeze": "soon"}, {"freeze": 7},
        {"thaw": False}, {"back": 1}, [], b"{", b"", b'{"advance": NaN}', b"[" * 100_000, b"\xff",
        {"freeze": "0001-01-01T00:00:00+14:00"},
    ],
)  # fmt: skip
def test_a_bad_move_of_the_clock_is_refused(ask: Ask, clock: Clock, move: Any) -> None:
    assert ask("POST", "clock", move).status == 400
    assert (clock.frozen, clock.offset.total_seconds()) == (None, 0)


def test_rules_are_listed_shown_and_removed(ask: Ask, make: Ask) -> None:
    assert ask("POST", "faults", [{"at": "parsed", "do": "reset"}, {"at": "parsed", "do": "duplicate"}]).status == 201
    make()
    assert [(rule["id"], rule["hits"]) for rule in ask("GET", "faults").json()] == [(1, 1), (2, 0)]
    assert ask("GET", "faults/2").json()["do"] == {"duplicate": {}}
    assert ask("DELETE", "faults/2").json() == {"removed": 1}
    assert [ask(method, f"faults/{ident}").status for method in ("GET", "DELETE") for ident in ("2", "x", "²")] == [
        404
    ] * 6
    assert ask("DELETE", "faults").json() == {"removed": 1}
    assert ask("GET", "faults").json() == []


def test_a_list_with_one_bad_rule_plans_nothing(ask: Ask) -> None:
    refused = ask("POST", "faults", [{"at": "parsed", "do": "reset"}, {"at": "parsed", "do": "?"}])
    assert (refused.status, 'the fault "?"' in refused.json()["error"]) == (400, True)
    assert ask("GET", "faults").json() == []


def test_an_application_that_fails_becomes_a_clean_500(
    plane: Plane, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "tieline_sandbox"):
        response = plane.handle(Request("GET", "/boom"))
    assert (response.status, b"toy-1" in response.body, b"secret" in response.body) == (500, True, False)
    assert "toy-1" in caplog.text
    assert "a secret of the toy" in caplog.text
    assert [served["status"] for served in ask("GET", "requests").json()["requests"]] == [500]


def test_a_fault_is_not_lost_in_an_application_that_catches_everything(plane: Plane, ask: Ask) -> None:
    plan(ask, "parsed", {"status": {"code": 503}})
    assert plane.handle(Request("GET", "/swallow")).status == 503


def test_requests_are_logged_without_query_and_counted(plane: Plane, ask: Ask, make: Ask) -> None:
    plan(ask, "after_commit", "reset")
    make("one")
    plane.handle(Request("GET", "/things/1/parts?sid=secret", (("Authorization", "secret"),)))
    told = ask("GET", "requests?since=0").json()["requests"]
    shown = [(served["seq"], served["method"], served["path"], served["status"]) for served in told]
    assert shown == [(1, "POST", "/things", 0), (2, "GET", "/things/1/parts", 404)]
    assert "secret" not in json.dumps(told)
    assert [served["seq"] for served in ask("GET", "requests?since=1").json()["requests"]] == [2]
    assert ask("GET", "calls").json() == {"total": 2, "by": {"GET /things": 1, "POST /things": 1}}


def test_the_request_log_is_bounded(plane: Plane, ask: Ask) -> None:
    for number in range(1_100):
        plane.requests.add(Request("GET", f"/{number}"), Response(200))
    for _ in range(9_000):
        plane.requests.add(Request("GET", "/0"), Response(200))
    told, calls = ask("GET", "requests").json()["requests"], ask("GET", "calls").json()
    assert (len(told), told[-1]["seq"], calls["total"]) == (10_000, 10_100, 10_100)
    assert (len(calls["by"]), calls["by"]["other"]) == (1_001, 100)
