"""The page about the local org names what is there: users, actions, settings, functions, and tests that are run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tieline_sandbox.org import edits
from tieline_sandbox.org.access import ADMINISTRATOR
from tieline_sandbox.org.application import _OAUTH, OrgApplication
from tieline_sandbox.org.formulas.functions import FUNCTIONS
from tieline_sandbox.org.seed import PEOPLE

HERE = Path(__file__).parent
PAGE = (HERE.parents[2] / "docs" / "reference" / "local-org.md").read_text("utf-8")
WAKE_UP = (HERE.parents[2] / "docs" / "reference" / "wake-up.md").read_text("utf-8")
DIFFERENCES = re.findall(r"\| `(test_\w+\.py)::(test_\w+)` \|$", PAGE, re.MULTILINE)
_LEFT_OUT = {"skip", "skipif", "xfail", "deep"}


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def cells(title: str) -> list[list[str]]:
    """The body rows of the first table of a section."""
    rows = [line.strip("|").split("|") for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def written_in(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_difference_names_a_test() -> None:
    rows = cells("Differences from the real service")
    assert len(rows) == len(DIFFERENCES) > 20
    assert len({name for _, name in DIFFERENCES}) == len(DIFFERENCES)


@pytest.mark.parametrize(("file", "name"), DIFFERENCES)
def test_the_test_of_a_difference_is_run(file: str, name: str) -> None:
    """It is there and nothing leaves it out: no mark on it or its module, no skip in it."""
    text = (HERE / file).read_text("utf-8")
    assert "pytestmark" not in text
    node = written_in(HERE / file)[name]
    used = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    assert not used & _LEFT_OUT


def test_every_test_of_differences_is_named() -> None:
    named = {name for file, name in DIFFERENCES if file == "test_differences.py"}
    written = {name for name in written_in(HERE / "test_differences.py") if name.startswith("test_")}
    assert written == named


def test_the_users() -> None:
    told = [(row[0].strip("`"), row[1], row[2]) for row in cells("Users")]
    assert told == [(login, profile, language) for _, _, login, profile, language in PEOPLE]
    assert PEOPLE[0][3] == ADMINISTRATOR


def test_the_actions_of_the_plane() -> None:
    told = dict.fromkeys(row[0].strip("`") for row in cells("The plane"))
    assert set(told) == set(OrgApplication.actions)
    settings = {name for known in edits._SETTINGS.values() for name in known}
    assert all(f'"{name}"' in section("The plane") for name in settings)


def test_the_functions_of_formulas() -> None:
    text = section("What it does").split("Functions:", 1)[1]
    assert re.findall(r"`([A-Z]+)`", text) == list(FUNCTIONS)


def test_the_addresses() -> None:
    told = section("What it does")
    assert all(path.rpartition("/")[2] in told for path in _OAUTH)


def test_the_files_of_the_wake_up() -> None:
    root = HERE.parents[2]
    named = re.findall(r"`(core/[\w/.]+)`", WAKE_UP)
    assert len(named) == 2
    assert all((root / name).exists() for name in named)
