"""Plugins are loaded one by one; what is wrong with one is reported with its mend and stops no other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tieline import hookimpl
from tieline.host.discovery import Standing
from tieline.host.loading import HOOKS, Plugins, load


def _raise(error: BaseException) -> Callable[[], ModuleType]:
    def fail() -> ModuleType:
        raise error

    return fail


@hookimpl
def register_systems() -> list[Any]:
    return []


@hookimpl
def regster_mappings() -> list[Any]:
    return []


@hookimpl(specname="register_mappings")
def mappings_with_argument(wrong: str) -> list[Any]:
    return [wrong]


def unmarked() -> list[Any]:
    return []


def _beside_a_good_one(toys: Any, bad: Callable[[], ModuleType]) -> Plugins:
    good = toys.found("good", lambda: toys.module(register_systems=register_systems))
    plugins = load([toys.found("bad", bad), good])
    assert [plugin.name for plugin in plugins.loaded] == ["good"]
    assert plugins.manager.list_name_plugin() == [("good", plugins.loaded[0].module)]
    return plugins


@pytest.mark.parametrize(
    "error", [ImportError("no zeep"), SyntaxError("bad"), SystemExit(3), RuntimeError("two\nlines"), KeyError("k")]
)
def test_an_import_that_fails_stops_only_itself(toys: Any, error: BaseException) -> None:
    (broken,) = _beside_a_good_one(toys, _raise(error)).broken
    assert broken.name == "bad"
    assert type(error).__name__ in broken.reason
    assert "\n" not in broken.sentence()
    assert "tieline-bad" in broken.mend


def test_an_interrupt_is_not_swallowed(toys: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        load([toys.found("bad", _raise(KeyboardInterrupt()))])


@pytest.mark.parametrize(
    ("functions", "reason", "mend"),
    [
        ({"regster_mappings": regster_mappings}, "regster_mappings", "Did you mean register_mappings?"),
        ({"qqqq": regster_mappings}, "qqqq", "The hooks are: register_systems"),
        ({"mappings_with_argument": mappings_with_argument}, "wrong", "only arguments"),
        ({"register_actions": unmarked}, "register_actions is not marked", "Write @hookimpl above register_actions"),
    ],
)
def test_a_wrong_hook_is_named_with_the_mend(toys: Any, functions: dict[str, Any], reason: str, mend: str) -> None:
    (broken,) = _beside_a_good_one(toys, lambda: toys.module(**functions)).broken
    assert reason in broken.reason
    assert mend in broken.mend


def test_one_module_under_two_names_is_reported(toys: Any) -> None:
    same = toys.module(register_systems=register_systems)
    plugins = load([toys.found("one", lambda: same), toys.found("two", lambda: same)])
    assert [plugin.name for plugin in plugins.loaded] == ["one"]
    assert plugins.broken[0].name == "two"


@pytest.mark.parametrize("standing", [Standing.NOT_ALLOWED, Standing.CHANGED, Standing.NAME_TAKEN])
def test_what_may_not_run_is_never_imported(toys: Any, standing: Standing) -> None:
    mine = toys.found("mine", lambda: toys.module(), Standing.OWN)
    plugins = load([mine, toys.found("mine", lambda: pytest.fail("imported"), standing)])
    assert len(plugins.loaded) == 1
    assert len(plugins.found) == 2
    assert [broken.reason for broken in plugins.broken if standing is Standing.NAME_TAKEN] == (
        ["tieline-mine already brings a plugin of this name"] if standing is Standing.NAME_TAKEN else []
    )


def test_hooks_are_listed_in_calling_order(toys: Any) -> None:
    assert HOOKS[:2] == ("register_systems", "register_mappings")
    everything = toys.declaring(register_mappings=[], register_systems=[])
    assert load([toys.found("a", everything)]).loaded[0].hooks == ("register_systems", "register_mappings")
    assert "tieline_a" not in sys.modules
