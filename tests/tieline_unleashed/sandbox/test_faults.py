"""Faults around the commit, the quota, and the ground truth they leave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tieline_sandbox.hooks import FaultInjected, Hook, Tags
from tieline_sandbox.wire import Response
from tieline_unleashed.sandbox import Profile

BODY = {"CustomerCode": "A", "CustomerName": "A"}


class Strike:
    """A probe that notes what it is told and strikes at one hook."""

    def __init__(self, at: Hook) -> None:
        self.at = at
        self.told: list[tuple[Hook, Tags]] = []

    def __call__(self, hook: Hook, tags: Tags = Tags(), /) -> None:  # noqa: B008 - frozen
        self.told.append((hook, tags))
        if hook is self.at:
            raise FaultInjected(Response(502))


@pytest.mark.parametrize("at", [Hook.PARSED, Hook.BEFORE_COMMIT])
def test_a_fault_before_the_commit_leaves_nothing(desk: Any, at: Hook) -> None:
    with pytest.raises(FaultInjected):
        desk.call("POST", f"/Customers/{desk.guid(1)}", BODY, probe=Strike(at))
    assert desk.log() == []
    desk.post(f"/Customers/{desk.guid(1)}", BODY)


def test_a_fault_after_the_commit_leaves_the_effect_and_a_retry_makes_no_second(desk: Any) -> None:
    with pytest.raises(FaultInjected):
        desk.call("POST", f"/Customers/{desk.guid(1)}", BODY, probe=Strike(Hook.AFTER_COMMIT))
    assert [(entry.action, entry.kind) for entry in desk.log()] == [("insert", "Customers")]
    desk.post(f"/Customers/{desk.guid(1)}", BODY, status=200)
    assert len(desk.log()) == 1


def test_the_probe_is_told_what_the_request_is_about(desk: Any) -> None:
    probe = Strike(Hook.RESPONDING)
    desk.call("POST", f"/Customers/{desk.guid(1)}", BODY, probe=probe)
    desk.call("POST", "/Customers", {**BODY, "CustomerCode": "B"}, probe=probe)
    desk.call("POST", f"/Customers/{desk.guid(1)}/Contacts", {"Guid": desk.guid(2), "FirstName": "A"}, probe=probe)
    desk.call("GET", "/Customers/2", probe=probe)
    tags = Tags("save", "Customers", desk.guid(1), "api")
    assert probe.told[:3] == [(hook, tags) for hook in (Hook.PARSED, Hook.BEFORE_COMMIT, Hook.AFTER_COMMIT)]
    parsed = [tags for hook, tags in probe.told if hook is Hook.PARSED]
    assert parsed[1:] == [
        Tags("save", "Customers", "B", "api"),
        Tags("save", "Contacts", desk.guid(2), "api"),
        Tags("list", "Customers", "", "api"),
    ]


def test_nothing_is_parsed_of_a_request_that_is_not_signed(desk: Any) -> None:
    probe = Strike(Hook.PARSED)
    assert desk.call("GET", "/Customers", headers={"api-auth-id": "x"}, probe=probe).status == 403
    assert probe.told == []


def test_the_quota_blocks_every_call_until_the_first_of_the_next_month(opened: Any) -> None:
    desk = opened(profile=Profile(monthly_quota=2))
    assert [desk.call("GET", "/Taxes").status for _ in range(3)] == [200, 200, 429]
    answer = desk.call("POST", "/Customers", BODY)
    assert (answer.status, answer.header("Retry-After")) == (429, "")
    assert desk.log() == []
    desk.clock.freeze(datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC))
    assert desk.call("GET", "/Taxes").status == 429
    desk.clock.freeze(datetime(2026, 2, 1, tzinfo=UTC))
    assert desk.call("GET", "/Taxes").status == 200


def test_calls_that_are_not_signed_do_not_count(opened: Any) -> None:
    desk = opened(profile=Profile(monthly_quota=1))
    assert desk.call("GET", "/Taxes", headers={"api-auth-id": "x"}).status == 403
    assert desk.call("GET", "/Taxes").status == 200
