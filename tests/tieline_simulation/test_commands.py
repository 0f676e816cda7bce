"""`tieline simulate`, as people and programs use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tieline.cli.boundary import run
from tieline_simulation.violation import INVARIANTS


@pytest.fixture
def simulate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str, json_too: bool = True) -> tuple[int, Any, str]:
        more = ["--json"] if json_too else []
        code = run(["simulate", "--state", str(tmp_path / "state"), "--jobs", "1", *more, *arguments])
        out, err = capsys.readouterr()
        return code, json.loads(out) if json_too else out, err

    return call


def test_a_run_prints_one_document(simulate: Any) -> None:
    code, told, err = simulate("--histories", "4", "--seed", "7")
    assert code == 0
    assert list(told) == [
        "seed", "histories", "runs", "edits", "crashes", "faults", "calls", "violations", "trace_hash", "seconds",
        "window_losses", "replayed", "failures",
    ]  # fmt: skip
    assert told["violations"] == dict.fromkeys(INVARIANTS, 0)
    assert list(told["window_losses"]) == ["count", "edits", "rate", "listed"]
    assert "4 of 4 histories, 0 violations" in err


def test_the_same_command_gives_the_same_trace(simulate: Any) -> None:
    first, second = (simulate("--histories", "3")[1] for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_a_failure_is_told_with_the_command_that_plays_it_again(simulate: Any) -> None:
    code, told, _ = simulate("--histories", "6", "--mutant", "lock_write", "--shape", "versioned")
    assert code == 1
    assert sum(told["violations"].values()) >= 1
    command = told["failures"][0]["command"].split()[2:]
    again_code, again, _ = simulate(*command)
    assert (again_code, again["failures"][0]["words"]) == (1, told["failures"][0]["words"])


def test_people_read_lines(simulate: Any) -> None:
    code, out, _ = simulate("--histories", "2", "--crash", "none", "--faults", "none", json_too=False)
    assert code == 0
    assert out.startswith("2 histories from seed 0: ")
    assert " 0 crashes, 0 faults," in out


def test_the_points_are_listed(simulate: Any) -> None:
    code, told, _ = simulate("--points")
    assert code == 0
    assert {"name": "act.before_intent", "stage": told["points"][0]["stage"]} in told["points"]
    assert all(one["stage"] for one in told["points"])


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--mutant", "no_cass", "Did you mean 'no_cas'?"),
        ("--faults", "rain", "there is no kind of fault 'rain'"),
        ("--shape", "round", "there is no shape 'round'"),
        ("--kill", "soon", "are not numbers"),
    ],
)
def test_a_wrong_word_is_told(simulate: Any, option: str, value: str, words: str) -> None:
    code, told, _ = simulate(option, value)
    assert code == 2
    assert words in told["error"]["message"]


@pytest.mark.parametrize("option", ["--resume", "--table"])
def test_what_needs_a_ledger_says_so(simulate: Any, option: str) -> None:
    code, told, _ = simulate(option)
    assert code == 2
    assert "--ledger FILE" in told["error"]["message"] or "Name it" in told["error"]["message"]


def test_a_ledger_is_gone_on_with(simulate: Any, tmp_path: Path) -> None:
    book = tmp_path / "ledger.jsonl"
    simulate("--histories", "2", "--ledger", str(book))
    _, second, _ = simulate("--histories", "1", "--ledger", str(book), "--resume")
    assert second["seed"] == 2
    told = [json.loads(line) for line in book.read_text().splitlines()]
    assert [one["seeds"] for one in told] == [[0, 1], [2, 2]]
    _, table, _ = simulate("--table", "--ledger", str(book))
    assert table["rows"]["histories"] == "3"
