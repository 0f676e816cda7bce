"""Faults around the commit, repeated control ids, and the ground truth they leave."""

from __future__ import annotations

from typing import Any

import pytest

from tieline_sandbox.hooks import FaultInjected, Hook, Tags
from tieline_sandbox.wire import Response


class Strike:
    """A probe that notes what it is told and strikes at one hook, the n-th time."""

    def __init__(self, at: Hook | None = None, nth: int = 0) -> None:
        self.at, self.left = at, nth
        self.told: list[tuple[Hook, Tags]] = []

    def __call__(self, hook: Hook, tags: Tags = Tags(), /) -> None:  # noqa: B008 - frozen
        self.told.append((hook, tags))
        if hook is self.at:
            self.left -= 1
            if self.left < 0:
                raise FaultInjected(Response(502))


def names(desk: Any) -> list[str | None]:
    return [row[0] for row in desk.rows("CUSTOMER", "CUSTOMERID")]


@pytest.mark.parametrize("at", [Hook.PARSED, Hook.BEFORE_COMMIT])
def test_a_fault_before_the_commit_leaves_nothing(desk: Any, forms: Any, at: Hook) -> None:
    with pytest.raises(FaultInjected):
        desk.ask(forms.customer("C-1"), unique=True, ids=("once",), probe=Strike(at))
    assert desk.log() == []
    desk.good(forms.customer("C-1"), unique=True, ids=("once",))


def test_a_fault_after_the_commit_leaves_the_effect_and_a_replay_is_refused(desk: Any, forms: Any) -> None:
    with pytest.raises(FaultInjected):
        desk.ask(forms.customer(""), unique=True, ids=("once",), probe=Strike(Hook.AFTER_COMMIT))
    assert names(desk) == ["C-00001"]
    assert [(one.key, one.operation) for one in desk.log() if one.kind == "CUSTOMER"] == [("once", "create")]
    said = desk.said(forms.customer(""), unique=True, ids=("once",))
    assert said == [("XL03000011", "The function with controlid 'once' was already executed.")]


def test_functions_before_the_fault_are_kept(desk: Any, forms: Any) -> None:
    with pytest.raises(FaultInjected):
        desk.ask(*(forms.customer(f"C-{n}") for n in range(3)), probe=Strike(Hook.BEFORE_COMMIT, nth=1))
    assert names(desk) == ["C-0"]


def test_all_as_one_or_none(desk: Any, forms: Any) -> None:
    both = [forms.customer("C-1"), forms.customer("C-2")]
    with pytest.raises(FaultInjected):
        desk.ask(*both, transaction=True, probe=Strike(Hook.BEFORE_COMMIT))
    assert desk.log() == []
    results = desk.ask(*both, forms.customer("C-1"), transaction=True, unique=True, ids=("a", "b", "c"))
    assert [one.findtext("status") for one in results] == ["aborted", "aborted", "failure"]
    assert desk.log() == []
    probe = Strike()
    desk.good(*both, transaction=True, unique=True, ids=("a", "b"), probe=probe)
    assert [hook for hook, _ in probe.told] == [Hook.PARSED, Hook.BEFORE_COMMIT, Hook.AFTER_COMMIT]


def test_a_part_that_failed_undoes_the_whole_of_a_transaction(desk: Any, forms: Any) -> None:
    two = forms.customer("C-1").replace("</create>", "<CUSTOMER/></create>")
    results = desk.ask(two, forms.customer("C-2"), transaction=True)
    assert [one.findtext("status") for one in results] == ["failure", "aborted"]
    assert names(desk) == []


def test_a_refused_function_may_be_sent_again_with_its_control_id(desk: Any, forms: Any) -> None:
    desk.said(forms.customer("C-1", STATUS="gone"), unique=True, ids=("once",))
    desk.good(forms.customer("C-1"), unique=True, ids=("once",))


def test_one_of_which_a_part_went_in_may_not(desk: Any, forms: Any) -> None:
    two = forms.customer("C-1").replace("</create>", "<CUSTOMER/></create>")
    assert desk.ask(two, unique=True, ids=("once",))[0].findtext("status") == "failure"
    assert names(desk) == ["C-1"]
    assert "already executed" in desk.words(two, unique=True, ids=("once",))


def test_queries_count_as_executed_too(desk: Any) -> None:
    query = "<query><object>CUSTOMER</object><select><field>NAME</field></select></query>"
    desk.good(query, unique=True, ids=("q",))
    assert "already executed" in desk.words(query, unique=True, ids=("q",))
    desk.switch(repeated_number="GW-0099")
    assert desk.said(query, unique=True, ids=("q",))[0][0] == "GW-0099"


def test_the_probe_is_told_what_each_function_is_about(shop: Any, forms: Any) -> None:
    probe = Strike()
    query = "<query><object>CUSTOMER</object><select><field>NAME</field></select></query>"
    listing = '<get_list object="territory"/>'
    shop.good(forms.customer("C-9"), query, forms.document(), listing, ids=("1", "2", "3", "4"), probe=probe)
    assert [tags for hook, tags in probe.told if hook is Hook.PARSED] == [
        Tags("create", "CUSTOMER", "1", "api"),
        Tags("query", "CUSTOMER", "2", "api"),
        Tags("create_sotransaction", "SODOCUMENT", "3", "api"),
        Tags("get_list", "TERRITORY", "4", "api"),
    ]


def test_nothing_is_parsed_of_a_request_that_is_not_let_in(desk: Any) -> None:
    probe = Strike(Hook.PARSED)
    desk.send(desk.request("<getAPISession/>", auth="<sessionid>x</sessionid>"), probe=probe)
    assert probe.told == []


def test_what_people_do_is_logged_in_their_name(desk: Any) -> None:
    desk.customer("C-1")
    desk.edit("update", "CUSTOMER", "C-1", COMMENTS="x")
    assert [(one.actor, one.action) for one in desk.log() if one.kind == "CUSTOMER"] == [
        ("api", "insert"),
        ("ann", "update"),
    ]
