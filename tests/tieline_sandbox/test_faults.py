"""Fault rules: read strictly, counted exactly, the same every time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tieline_sandbox.deeds import CloseMid, DropResponse, Flip, Reset, Stall, Status
from tieline_sandbox.fault_rules import KINDS, RuleRefused, read_rule, show_planned
from tieline_sandbox.faults import Faults, Match, Rule
from tieline_sandbox.hooks import Hook, Tags
from tieline_sandbox.wire import Request, Response

POST = Request("POST", "/SalesOrders/1?x=1")


def struck(faults: Faults, request: Request = POST, tags: Tags = Tags(), at: Hook = Hook.PARSED) -> int:  # noqa: B008
    return len(faults.strikes(at, request, tags))


def test_a_rule_skips_its_first_hits_and_strikes_so_many_times() -> None:
    faults = Faults()
    faults.plan([Rule(Hook.PARSED, Stall(1), nth=2, times=2)])
    assert [struck(faults) for _ in range(6)] == [0, 0, 1, 1, 0, 0]
    assert [(planned.hits, planned.fired) for planned in faults.listed()] == [(6, 2)]


def test_times_zero_strikes_for_ever() -> None:
    faults = Faults()
    faults.plan([Rule(Hook.PARSED, Stall(1), times=0)])
    assert [struck(faults) for _ in range(4)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({}, True),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "^/Sales"}, True),
        ({"path": "x=1"}, False),
        ({"operation": "create", "object": "Order", "key": "k", "actor": "ann"}, True),
        ({"operation": "update"}, False),
        ({"object": "order"}, False),
        ({"key": "kk"}, False),
        ({"actor": "bob"}, False),
    ],
)
def test_a_rule_strikes_only_what_it_matches(match: dict[str, str], fits: bool) -> None:
    faults = Faults()
    faults.plan([read_rule({"at": "parsed", "match": match, "do": "reset"})])
    assert struck(faults, tags=Tags("create", "Order", "k", "ann")) == fits
    assert struck(faults, at=Hook.RESPONDING, tags=Tags("create", "Order", "k", "ann")) == 0


def test_an_ending_rule_hides_those_after_it() -> None:
    faults = Faults()
    faults.plan([Rule(Hook.PARSED, Stall(1)), Rule(Hook.PARSED, Reset()), Rule(Hook.PARSED, Status(500))])
    assert struck(faults) == 2
    assert [planned.hits for planned in faults.listed()] == [1, 1, 0]
    assert struck(faults) == 1


def test_rules_are_removed_one_by_one_or_all() -> None:
    faults = Faults()
    ids = [planned.id for planned in faults.plan([Rule(Hook.PARSED, Reset())] * 3)]
    assert (ids, faults.remove(2), faults.remove(2), faults.clear(), faults.listed()) == ([1, 2, 3], True, False, 2, [])
    assert faults.plan([Rule(Hook.PARSED, Reset())])[0].id == 4


def test_threads_never_count_a_strike_twice() -> None:
    faults = Faults()
    faults.plan([Rule(Hook.PARSED, Stall(1), nth=10, times=50)])
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: struck(faults), range(400))) == 50
    assert faults.listed()[0].hits == 400


def test_flipped_bytes_follow_from_seed_and_firing() -> None:
    answer = Response(200, (), bytes(1000))
    once, again, other = (Flip(5, seed).change(answer, firing).body for seed, firing in ((7, 1), (7, 1), (7, 2)))
    assert (once, sum(map(bool, once))) == (again, 5)
    assert once != other
    assert Flip(5).change(Response(200), 1).body == b""
    assert all(Flip(5).change(Response(200, (), b"\0\0"), 1).body)


@pytest.mark.parametrize(("wanted", "length", "cut"), [(3, 10, 3), (10, 10, 9), (99, 10, 9), (3, 1, 0), (3, 0, 0)])
def test_close_mid_is_always_short_of_the_whole(wanted: int, length: int, cut: int) -> None:
    assert CloseMid(wanted).change(Response(200, (), b"x" * length), 1).delivery.close_after == cut


RULE: dict[str, Any] = {
    "at": "after_commit", "match": {"method": "POST", "path": "/x", "object": "Thing"}, "nth": 1, "times": 3,
    "do": {"status": {"code": 502, "headers": {"Retry-After": "3"}, "body": "<html>"}},
}  # fmt: skip


def test_a_rule_is_shown_as_it_was_given() -> None:
    (planned,) = Faults().plan([read_rule(RULE)])
    assert show_planned(planned) == {"id": 1, **RULE, "hits": 0, "fired": 0}


SAMPLES: dict[str, Any] = {
    "status": {"code": 503, "headers": {}, "body": ""},
    "close_mid": {"bytes": 3},
    "stall": {"seconds": 1.5},
    "trickle": {"seconds": 0.5},
    "flip": {"bytes": 2, "seed": 7},
    "defer": {"seconds": 60.0, "code": 504},
    "shorten": {"bytes": 0},
    "reorder": {"back": 2},
    "skew": {"seconds": -3600.0},
    "delay_visible": {"seconds": 90.0},
    "as_user": {"user": "ann", "action": "update", "object": "Thing", "id": "1", "values": {"name": "x"}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_and_shown(kind: str) -> None:
    rule = read_rule({"at": "parsed", "do": {kind: SAMPLES.get(kind, {})}})
    assert show_planned(Faults().plan([rule])[0])["do"] == {kind: SAMPLES.get(kind, {})}


def test_defaults_and_short_forms() -> None:
    assert read_rule({"at": "parsed", "do": "drop_response"}) == Rule(Hook.PARSED, DropResponse(), Match(), 0, 1)
    answer = read_rule({"at": "parsed", "do": {"status": {"code": 429, "body": {"a": 1}}}}).do
    assert answer == Status(429, (("Content-Type", "application/json;charset=UTF-8"),), b'{"a": 1}')


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ([], "A fault rule must be a JSON object; it is []."),
        ({"do": "reset"}, 'needs "at"'),
        ({"at": "parsed"}, 'needs "do"'),
        ({"at": "later", "do": "reset"}, '"at" must be one of accepted, parsed,'),
        ({"at": [], "do": "reset"}, '"at" must be one of'),
        ({"at": "parsed", "do": "explode"}, 'names the fault "explode"; known: status, reset'),
        ({"at": "parsed", "do": {}}, '"do" must hold one fault'),
        ({"at": "parsed", "do": {"reset": {}, "flip": {}}}, '"do" must hold one fault'),
        ({"at": "parsed", "do": 7}, '"do" must hold one fault'),
        ({"at": "parsed", "do": {"reset": {"hard": True}}}, 'Unknown key "hard" in "do.reset"; known: none.'),
        ({"at": "parsed", "do": {"reset": []}}, '"do.reset" must be a JSON object'),
        ({"at": "parsed", "do": {"status": {"code": 99}}}, '"do.status.code" must be'),
        ({"at": "parsed", "do": {"status": {"code": True}}}, '"do.status.code" must be'),
        ({"at": "parsed", "do": {"status": {"code": 200, "headers": []}}}, '"do.status.headers" must be'),
        ({"at": "parsed", "do": {"status": {"code": 200, "headers": {"a": "b\r\nc"}}}}, "no HTTP header"),
        ({"at": "parsed", "do": {"status": {"code": 200, "headers": {"a b": "c"}}}}, "no HTTP header"),
        ({"at": "parsed", "do": {"status": {"code": 200, "headers": {"Content-Length": "9"}}}}, "the door writes it"),
        ({"at": "parsed", "do": {"stall": {"seconds": 0}}}, '"do.stall.seconds" must be a number'),
        ({"at": "parsed", "do": {"stall": {}}}, '"do.stall.seconds" must be a number'),
        ({"at": "parsed", "do": {"trickle": {"seconds": 10**400}}}, '"do.trickle.seconds" must be a number'),
        ({"at": "parsed", "do": {"close_mid": {"bytes": 0}}}, '"do.close_mid.bytes" must be'),
        ({"at": "parsed", "do": {"flip": {"seed": "x"}}}, '"do.flip.seed" must be'),
        ({"at": "parsed", "do": {"defer": {"seconds": 0}}}, '"do.defer.seconds" must be a number above 0'),
        ({"at": "parsed", "do": {"defer": {"seconds": 1, "code": 600}}}, '"do.defer.code" must be'),
        ({"at": "responding", "do": {"defer": {"seconds": 1}}}, '"defer" strikes at accepted, parsed only'),
        (
            {"at": "after_commit", "do": {"delay_visible": {"seconds": 1}}},
            '"delay_visible" strikes at accepted, parsed',
        ),
        ({"at": "before_commit", "do": {"as_user": SAMPLES["as_user"]}}, '"as_user" strikes at'),
        ({"at": "parsed", "do": {"as_user": {"user": "ann"}}}, '"do.as_user.action" must be a text'),
        ({"at": "parsed", "do": {"as_user": {**SAMPLES["as_user"], "values": []}}}, '"do.as_user.values" must be'),
        ({"at": "parsed", "do": {"reorder": {"back": 0}}}, '"do.reorder.back" must be'),
        ({"at": "parsed", "do": {"shorten": {"bytes": -1}}}, '"do.shorten.bytes" must be'),
        ({"at": "parsed", "do": {"skew": {"seconds": "1"}}}, '"do.skew.seconds" must be a number'),
        ({"at": "parsed", "do": "reset", "nth": -1}, '"nth" must be a whole number'),
        ({"at": "parsed", "do": "reset", "times": 1.5}, '"times" must be a whole number'),
        ({"at": "parsed", "do": "reset", "seed": 1}, 'Unknown key "seed" in a fault rule; known: at, do, match,'),
        ({"at": "parsed", "do": "reset", "match": {"op": "x"}}, 'Unknown key "op" in "match"'),
        ({"at": "parsed", "do": "reset", "match": {"key": ""}}, '"match.key" must be a text'),
        ({"at": "parsed", "do": "reset", "match": {"path": "("}}, '"match.path" is not a regular expression'),
        ({"at": "accepted", "do": "reset", "match": {"object": "A"}}, '"match.object" is not known yet at "accepted"'),
    ],
)
def test_a_bad_rule_is_refused_by_the_name_of_its_key(rule: Any, words: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        read_rule(rule)
    assert words in str(refused.value)
