"""The page about the plane names every endpoint, fault, hook and key there is, and no others."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from tieline_sandbox.endpoints import ENDPOINTS
from tieline_sandbox.fault_rules import KINDS, read_rule
from tieline_sandbox.faults import Match, Rule
from tieline_sandbox.hooks import Hook
from tieline_sandbox.request_log import Served
from tieline_sandbox.state import Mutation

PAGE = (Path(__file__).parents[2] / "docs" / "test-plane.md").read_text()


def table(title: str) -> list[str]:
    """The first cells of the table under a heading."""
    section = PAGE.split(f"# {title}\n", 1)[1].split("\n#", 1)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_endpoint_is_described() -> None:
    assert table("Endpoints") == list(ENDPOINTS)


def test_every_fault_is_described() -> None:
    assert table("Kinds") == list(KINDS)


def test_every_hook_is_described() -> None:
    assert table("Hooks") == list(Hook)


def test_every_key_of_a_rule_is_described() -> None:
    assert set(table("Fault rules")) == {each.name for each in fields(Rule)}


@pytest.mark.parametrize("kind", [Match, Mutation, Served])
def test_every_field_that_goes_over_the_wire_is_named(kind: type) -> None:
    for each in fields(kind):
        assert f"`{each.name}`" in PAGE or f'"{each.name}"' in PAGE, each.name


def test_the_examples_are_rules() -> None:
    found = re.findall(r"\{\"at\": .*\}", PAGE)
    assert len(found) == 2
    for example in found:
        assert read_rule(json.loads(example))
