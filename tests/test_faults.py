"""The catalogue of faults accounts for all 110: each has a test that exists, or says what it waits for."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "faults.md"
ALL = range(1, 111)
ROW = re.compile(r"^\| (?P<number>\d+) \| (?P<fault>.+?) \| (?P<holds>.+?) \| (?P<proof>.*?) ?\|$", re.MULTILINE)
TEST = re.compile(r"`(?P<path>tests/[\w/]+\.py)::(?P<name>test_\w+)(?P<case>\[[^`]+\])?`")
WAITS = re.compile(r"\*waits for (Intacct|Infor|Phocas|PostgreSQL)\*")

NOT_YET: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Row:
    number: int
    fault: str
    holds: str
    proof: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        return [(found["path"], found["name"]) for found in TEST.finditer(self.proof)]

    @property
    def waits(self) -> bool:
        return bool(WAITS.search(self.proof))


ROWS = [
    Row(int(found["number"]), found["fault"], found["holds"], found["proof"])
    for found in ROW.finditer(PAGE.read_text("utf-8"))
]


@cache
def names_in(path: str) -> frozenset[str]:
    """Names of the test functions of a file, also those inside classes; empty when there is no such file."""
    file = ROOT / path
    tree = ast.parse(file.read_text("utf-8")) if file.is_file() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def complaint(row: Row) -> str:
    """What is wrong with a row; empty when it is accounted for."""
    if row.number in NOT_YET:
        return "it is accounted for: take it out of NOT_YET" if row.proof else ""
    missing = [f"there is no {path}::{name}" for path, name in row.tests if name not in names_in(path)]
    if WAITS.sub("", TEST.sub("", row.proof)).replace("<br>", "").strip(" ,"):
        missing.append("only tests and what it waits for belong into the last column")
    if not row.tests and not row.waits:
        missing.append("name its test, or *waits for* a vendor")
    return "; ".join(missing)


def test_every_fault_has_one_row_in_order() -> None:
    assert [row.number for row in ROWS] == list(ALL)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_a_row_names_a_test_or_what_it_waits_for(row: Row) -> None:
    assert not complaint(row), row.fault


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "*waits for better days*",
        "somebody looked at it",
        "`tests/test_faults.py::test_that_is_not_there`",
        "`tests/no_such_file.py::test_a_row_names_a_test_or_what_it_waits_for`",
        "`tests/test_faults.py::complaint`",
    ],
)
def test_a_row_without_proof_is_found(proof: str) -> None:
    assert complaint(Row(0, "a fault", "something", proof))
