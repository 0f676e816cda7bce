"""constraints.txt holds one exact version for everything that pyproject.toml asks for, none below its floor.

The lowest versions in pyproject.toml are also the floor under which a version has a known weakness (jinja2 3.1.6,
zeep 4.3.3, lxml 5.3). No advisory feed is consulted here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LINES = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line[:1] not in ("#", "")]


def pinned(lines: Iterable[str]) -> dict[str, str]:
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def asked() -> Iterator[Requirement]:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    found = (Requirement(text) for group in groups for text in group)
    return (each for each in found if each.name != PROJECT["name"])


def below_floor(pins: dict[str, str]) -> list[str]:
    """Names that are missing or lower than pyproject.toml allows."""
    versions = ((each, pins.get(canonicalize_name(each.name))) for each in asked())
    return [each.name for each, version in versions if version is None or version not in each.specifier]


def test_every_line_is_one_exact_version() -> None:
    for line in LINES:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line
    names = [canonicalize_name(line.partition("==")[0]) for line in LINES]
    assert names == sorted(set(names)) == list(pinned(LINES))


def test_nothing_is_missing_or_below_its_floor() -> None:
    assert below_floor(pinned(LINES)) == []


@pytest.mark.parametrize(("name", "version"), [("jinja2", "3.1.4"), ("zeep", "4.3.1"), ("lxml", "5.2.2")])
def test_a_version_with_a_known_weakness_is_noticed(name: str, version: str) -> None:
    assert below_floor(pinned(LINES) | {name: version}) == [name]


def test_what_dependencies_ask_for_is_pinned_too() -> None:
    pins = pinned(LINES)
    for name in pins:
        for needed in _needed(name):
            assert canonicalize_name(needed.name) in pins, f"{name} needs {needed.name}"


def _needed(name: str) -> Iterator[Requirement]:
    """What an installed distribution needs here, without extras; nothing for one that is not installed."""
    try:
        found = [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:
        return iter(())
    return (each for each in found if each.marker is None or each.marker.evaluate({"extra": ""}))
