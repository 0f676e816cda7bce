"""Every plugin is asked by itself, checked as a whole, and left out as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tieline import hookimpl
from tieline.host.commands import plugin_commands
from tieline.host.declarations import Host, gather
from tieline.host.loading import load


def _gathered(*found: Any) -> Host:
    return gather(load(found))


def _reasons(host: Host) -> dict[str, str]:
    return {broken.name: broken.reason for broken in host.plugins.broken}


def test_declarations_of_sound_plugins_are_joined_in_order(toys: Any) -> None:
    host = _gathered(
        toys.found("a", toys.declaring(register_systems=[toys.system("aa")], register_mappings=[toys.mapping("aa")])),
        toys.found("b", toys.declaring(register_systems=(toys.system("bb"),))),
    )
    assert [system.name for system in host.declarations.systems] == ["aa", "bb"]
    assert host.declarations.mapping("aa", "customer").crm_object == "Account"
    assert host.by_plugin["b"].systems[0].name == "bb"
    assert not host.plugins.broken


def test_a_mapping_may_name_a_system_of_a_later_plugin(toys: Any) -> None:
    host = _gathered(
        toys.found("adds", toys.declaring(register_mappings=[toys.mapping()])),
        toys.found("owns", toys.declaring(register_systems=[toys.system()])),
    )
    assert not host.plugins.broken


def test_what_builds_on_a_broken_plugin_is_broken_too_and_the_rest_goes_on(toys: Any) -> None:
    host = _gathered(
        toys.found("adds", toys.declaring(register_mappings=[toys.mapping()])),
        toys.found("owns", toys.declaring(register_systems=[toys.system(label="")])),
        toys.found("other", toys.declaring(register_systems=[toys.system("other")])),
    )
    assert [system.name for system in host.declarations.systems] == ["other"]
    assert host.declarations.mappings == ()
    assert set(_reasons(host)) == {"owns", "adds"}
    assert "there is no system 'toy'" in _reasons(host)["adds"]
    assert [name for name, _ in host.plugins.manager.list_name_plugin()] == ["other"]


def _failing(error: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return hookimpl(fail)


@pytest.mark.parametrize(
    ("hooks", "reason"),
    [
        ({"register_mappings": _failing(ValueError("boom"))}, "register_mappings failed (ValueError: boom)"),
        ({"register_mappings": _failing(SystemExit(1))}, "register_mappings failed (SystemExit"),
        ({"register_systems": hookimpl(lambda: 5)}, "register_systems returned int, not a sequence of System"),
        ({"register_actions": hookimpl(lambda: ["x"])}, "register_actions returned a str among its Action values"),
    ],
)
def test_a_declaring_hook_that_misbehaves_breaks_only_its_plugin(toys: Any, hooks: Any, reason: str) -> None:
    host = _gathered(
        toys.found("bad", lambda: toys.module(**hooks)),
        toys.found("good", toys.declaring(register_systems=[toys.system()])),
    )
    assert reason in _reasons(host)["bad"]
    assert [system.name for system in host.declarations.systems] == ["toy"]


def test_a_system_name_taken_refuses_the_later_plugin(toys: Any) -> None:
    twice = toys.declaring(register_systems=[toys.system()])
    host = _gathered(toys.found("first", twice), toys.found("second", twice))
    assert "already declared by another plugin" in _reasons(host)["second"]
    assert len(host.declarations.systems) == 1


def test_a_name_is_free_when_its_first_owner_is_broken(toys: Any) -> None:
    host = _gathered(
        toys.found("first", toys.declaring(register_systems=[toys.system(label="")])),
        toys.found("second", toys.declaring(register_systems=[toys.system()])),
    )
    assert set(_reasons(host)) == {"first"}


@pytest.mark.parametrize(("contract", "mend"), [(99, "pip install -U tieline"), (0, "newer version of the plugin")])
def test_another_contract_version_says_both_and_the_command(toys: Any, contract: int, mend: str) -> None:
    host = _gathered(toys.found("old", toys.declaring(register_systems=[toys.system(contract=contract)])))
    (broken,) = host.plugins.broken
    assert f"written for contract {contract}, this host speaks 1" in broken.reason
    assert mend in broken.mend


def test_all_problems_are_kept_as_details(toys: Any) -> None:
    bad = toys.system(label="x" * 41, prefix="1")
    (broken,) = _gathered(toys.found("bad", toys.declaring(register_systems=[bad]))).plugins.broken
    assert "(and 1 more)" in broken.reason
    assert len(broken.details) == 2


def test_commands_clash_without_a_crash(toys: Any) -> None:
    import click

    def command(name: str) -> click.Command:
        return click.Command(name, callback=lambda: None)

    host = _gathered(
        toys.found("one", toys.declaring(register_commands=[command("hello"), command("doctor")])),
        toys.found("two", toys.declaring(register_commands=[command("hello")])),
        toys.found("three", toys.declaring(register_commands=[5])),
        toys.found("four", lambda: toys.module(register_commands=_failing(OSError("disk")))),
        toys.found("five", toys.declaring(register_commands=[command("five")])),
    )
    kept, broken = plugin_commands(host, {"doctor"})
    assert [(each.plugin, each.name) for each in kept] == [("one", "hello"), ("five", "five")]
    assert [each.name for each in broken] == ["one", "two", "three", "four"]
