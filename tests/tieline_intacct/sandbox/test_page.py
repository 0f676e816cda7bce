"""The page about the local Intacct names all that can be switched and called."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from tieline_intacct.sandbox import Profile
from tieline_intacct.sandbox.application import Intacct
from tieline_intacct.sandbox.functions import FUNCTIONS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "local-intacct.md").read_text("utf-8")


def test_every_switch_with_its_default() -> None:
    for field in fields(Profile):
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{field.name}` |")]
        assert str(field.default).lower() in row.lower()


def test_every_function_and_action() -> None:
    named = {f"`{name}`" for name in FUNCTIONS if "_" not in name or name.startswith("get_")}
    nouns = {
        f"`{name.partition('_')[2]}`" for name in FUNCTIONS if name.startswith("update_") and "sotrans" not in name
    }
    assert {name for name in named | nouns if name not in PAGE} == set()
    assert all(f"`{action}`" in PAGE for action in Intacct.actions)
