"""A stranger's distribution: found, not imported, allowed, listed; a broken one stops nothing."""

from __future__ import annotations

from typing import Any

import pytest


def _rows(ran: Any) -> dict[str, Any]:
    return {row["name"]: row for row in ran.document["plugins"]}


def test_found_not_imported_then_allowed_and_running(tieline: Any, acme: Any) -> None:
    row = _rows(tieline("plugins", "--json"))["acme"]
    assert (row["state"], row["distribution"], row["version"]) == ("not allowed", "tieline-acme", "1.0")
    assert "tieline plugins allow acme" in row["mend"]
    for command in (["--help"], ["doctor", "--offline"], ["connections"], ["greet"], ["connect", "acme", "x"]):
        tieline(*command)
    assert not acme.was_imported("acme")

    allowed = tieline("plugins", "allow", "acme", "--json")
    assert allowed.document == {"name": "acme", "distribution": "tieline-acme", "version": "1.0", "allowed": True}
    assert not acme.was_imported("acme")

    row = _rows(tieline("plugins", "--json"))["acme"]
    assert acme.was_imported("acme")
    assert (row["state"], row["systems"], row["commands"]) == ("broken", ["acme"], ["greet"])
    assert row["reason"] == "its command 'doctor' is already taken"
    assert tieline("greet").out == "hello\n"


def test_a_changed_plugin_is_not_imported_until_allowed_again(tieline: Any, acme: Any) -> None:
    assert tieline("plugins", "allow", "acme").code == 0
    acme.install("tieline-acme", "acme", "raise SystemExit('evil')\n")
    ran = tieline("plugins")
    assert "changed" in ran.out
    assert not acme.was_imported("acme")
    assert tieline("doctor", "--offline").code == 1


def test_a_permission_can_be_taken_back(tieline: Any, acme: Any) -> None:
    tieline("plugins", "allow", "acme")
    assert tieline("plugins", "forbid", "acme", "--json").document == {"name": "acme", "allowed": False}
    assert tieline("greet").code == 2
    assert not acme.was_imported("acme")


BROKEN = {
    "importer": ("import no_such_thing\n", "its import failed (ModuleNotFoundError: No module named 'no_such_thing')"),
    "quitter": ("raise SystemExit(0)\n", "its import failed (SystemExit: 0)"),
    "misspelt": (
        "from tieline import hookimpl\n@hookimpl\ndef register_sytems(): return []\n",
        "unknown hook 'register_sytems'",
    ),
    "raiser": (
        "from tieline import hookimpl\n@hookimpl\ndef register_systems(): raise ValueError('boom')\n",
        "register_systems failed (ValueError: boom)",
    ),
    "newer": (
        """
        from tieline import hookimpl
        from tieline.contract import System
        @hookimpl
        def register_systems():
            return [System("newer", "Newer", "Newer", (), None, (), contract=7)]
        """,
        "newer: written for contract 7, this host speaks 1",
    ),
    "dangling": (
        """
        from tieline import hookimpl
        from tieline.contract import Field, Mapping
        @hookimpl
        def register_mappings():
            return [Mapping("unleashed", "extra", "Extra", "Account", "Extras", (Field("No Such Field", "x"),))]
        """,
        "unleashed -> extra -> No Such Field: 'No Such Field' is not an API name",
    ),
}


def test_broken_plugins_are_reported_and_stop_nothing(tieline: Any, site: Any) -> None:
    for name, (source, _) in BROKEN.items():
        site.install(f"dist-{name}", name, source)
        assert tieline("plugins", "allow", name).code == 0
    rows = _rows(tieline("plugins", "--json"))
    for name, (_, reason) in BROKEN.items():
        assert rows[name]["state"] == "broken"
        assert reason in rows[name]["reason"]
        assert rows[name]["mend"]
    assert rows["unleashed"]["state"] == "running"
    assert tieline("connections").code == 0
    doctor = tieline("doctor", "--offline", "--json")
    assert doctor.code == 1
    wrong = {check["name"] for check in doctor.document["checks"] if check["verdict"] == "wrong"}
    assert wrong == {f"plugin {name}" for name in BROKEN}


def test_two_plugins_with_one_name(tieline: Any, acme: Any) -> None:
    tieline("plugins", "allow", "acme")
    acme.install("zz-copycat", "acme", "raise RuntimeError\n")
    rows = [row for row in tieline("plugins", "--json").document["plugins"] if row["name"] == "acme"]
    assert [(row["distribution"], row["state"]) for row in rows] == [
        ("tieline-acme", "broken"),
        ("zz-copycat", "broken"),
    ]
    assert "already brings a plugin of this name" in rows[1]["reason"]
    refused = tieline("plugins", "allow", "acme")
    assert (refused.code, refused.out) == (1, "")
    assert "both bring a plugin of this name" in refused.err
    assert tieline("greet").out == "hello\n"


@pytest.mark.parametrize("arguments", [["plugins", "allow", "acm"], ["plugins", "forbid", "acme"]])
def test_an_unknown_plugin_is_one_sentence(tieline: Any, acme: Any, arguments: list[str]) -> None:
    ran = tieline(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "Traceback" not in ran.err
