"""Inbound routes of plugins: one bad plugin takes only its own away; settings go to the handler in clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tieline import hookimpl
from tieline.console.wiring import inbound_routes, web_application
from tieline.contract import InboundAnswer, InboundRequest, InboundRoute
from tieline.host.connecting import Said, connect
from tieline.host.declarations import gather
from tieline.host.loading import load
from tieline.host.runtime import Runtime


def _answer(_: InboundRequest) -> InboundAnswer:
    return InboundAnswer()


def _boom() -> Any:
    raise OSError("boom")


def test_a_clash_or_a_failure_leaves_the_others(toys: Any) -> None:
    route = InboundRoute("toy", "changes", _answer)
    host = gather(
        load(
            [
                toys.found("one", toys.declaring(register_inbound=[route])),
                toys.found("two", toys.declaring(register_inbound=[InboundRoute("toy", "changes", _answer)])),
                toys.found("three", toys.declaring(register_inbound=["x"])),
                toys.found("four", lambda: toys.module(register_inbound=hookimpl(_boom))),
                toys.found("five", toys.declaring(register_inbound=[InboundRoute("toy", "other", _answer)])),
            ]
        )
    )
    routes, broken = inbound_routes(host)
    assert [each.name for each in routes] == ["changes", "other"]
    assert [each.name for each in broken] == ["two", "three", "four"]
    assert "already taken" in broken[0].reason


def test_what_is_wrong_is_said_when_the_web_process_starts(
    open_runtime: Callable[..., Runtime], toys: Any, said: list[str]
) -> None:
    runtime = open_runtime(
        toys.found("toy", toys.declaring(register_systems=[toys.system()])),
        toys.found("bad", toys.declaring(register_inbound=["x"])),
    )
    connect(runtime, "toy", "main", Said(settings={"user": "me"}, secrets={"api_key": "secret-1"}))
    assert web_application(runtime) is not None
    assert any("Plugin bad" in line for line in said)
