"""Rooms go one way: the contracts of pyproject.toml hold, and they cover everything there is."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/tieline*/py.typed"))
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/tieline_*/py.typed"))
LAZY_FACTORY = "system"
"""The one module of a plugin that may import its sandbox: when the host asks for it."""


@pytest.fixture(scope="module")
def rules() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return found


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    first, *others = PACKAGES
    return grimp.build_graph(first, *others, cache_dir=None)


def test_the_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_look_at_every_package(rules: dict[str, Any]) -> None:
    assert sorted(rules["root_packages"]) == PACKAGES


def test_every_plugin_is_held_to_the_contract_alone(rules: dict[str, Any], graph: grimp.ImportGraph) -> None:
    held = next(each for each in rules["contracts"] if each["name"] == "A vendor's plugin sees the contract alone")
    assert sorted(held["source_modules"]) == PLUGINS
    assert set(held["forbidden_modules"]) == graph.find_children("tieline") - {"tieline.contract"}
    apart = next(each for each in rules["contracts"] if each["type"] == "independence")
    assert set(PLUGINS) < set(apart["modules"])


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_client_and_its_sandbox_share_nothing(graph: grimp.ImportGraph, plugin: str) -> None:
    sandbox = f"{plugin}.sandbox"
    inside = {sandbox, *graph.find_descendants(sandbox)}
    outside = ({plugin, *graph.find_descendants(plugin)} - inside) | {"tieline", *graph.find_descendants("tieline")}
    for module in sorted(inside):
        assert not graph.find_modules_directly_imported_by(module) & outside, module
        importers = graph.find_modules_that_directly_import(module) - inside
        assert importers <= {f"{plugin}.{LAZY_FACTORY}"}, module
