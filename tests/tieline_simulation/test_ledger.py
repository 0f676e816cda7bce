"""What is published is the sum of the committed ledger, and a run is entered as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline_simulation.ledger import WAY, append, entry, next_seed, read, way
from tieline_simulation.report import document
from tieline_simulation.runs import Order
from tieline_simulation.script import plan_of
from tieline_simulation.storm import SHAPES
from tieline_simulation.table import rows, table
from tieline_simulation.total import Total
from tieline_simulation.violation import INVARIANTS

ROOT = Path(__file__).parent.parent.parent
LEDGER = ROOT / "docs" / "reference" / "simulation-ledger.jsonl"


def _entry(**more: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("histories", "runs", "edits", "crashes", "faults", "calls"), 1000)
    plain = {"violations": dict.fromkeys(INVARIANTS, 0), "differing": 0, "window_losses": {"count": 5, "edits": 200}}
    return {"seeds": [0, 999], **way(_order()), **counts, **plain, **more}


def _order(**more: Any) -> Order:
    return Order(plan_of(**more), tuple(SHAPES), 0, 1000)


def test_the_readme_says_what_the_ledger_adds_up_to() -> None:
    """`tieline simulate --table --ledger docs/reference/simulation-ledger.jsonl` prints the table anew."""
    assert "\n".join(table(read(LEDGER))) + "\n" in (ROOT / "README.md").read_text("utf-8")


def test_the_ledgers_blocks_do_not_overlap() -> None:
    """A seed counts once: twice would make the figures look better than they are."""
    seen: set[tuple[str, int]] = set()
    for one in read(LEDGER):
        way = json.dumps([one.get(name) for name in WAY])
        block = {(way, seed) for seed in range(one["seeds"][0], one["seeds"][1] + 1)}
        assert len(block) == one["histories"]
        assert not block & seen
        seen |= block


def test_a_run_is_entered_as_it_was() -> None:
    order = Order(plan_of(store="sql"), tuple(SHAPES), 40, 2)
    told = entry(order, document(40, Total(histories=2), 1.0), datetime(2026, 1, 5, tzinfo=UTC))
    assert (told["seeds"], told["store"], told["shapes"]) == ([40, 41], "sql", list(SHAPES))
    assert (told["histories"], told["kinds"], told["faults"]) == (2, "all", 0)
    assert told["violations"] == dict.fromkeys(INVARIANTS, 0)


def test_each_way_of_playing_goes_on_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    assert next_seed(path, _order()) == 0
    append(path, _entry())
    append(path, _entry(seeds=[0, 9], store="sql"))
    append(path, _entry(seeds=[5000, 5009], mutant="no_cas"))
    seeds = [next_seed(path, _order(**more)) for more in ({}, {"store": "sql"}, {"crash": "none"})]
    assert seeds == [1000, 10, 0]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("{}\nhalf a li")
    with pytest.raises(Misconfigured, match="line 2 is not an entry"):
        read(path)


def test_the_sum_gives_the_bound_only_without_failures() -> None:
    told = dict(rows([_entry(), _entry(seeds=[1000, 1999])]))
    assert told["histories"] == "2,000"
    assert told["95 % bound of a failure, a history"] == "1.5e-03 (3/N)"
    assert told["lost in a window, where a system takes no condition"] == "10 of 400 edits there (2.50%)"
    failing = dict(rows([_entry(violations={**dict.fromkeys(INVARIANTS, 0), "I2": 1})]))
    assert failing["values lost silently"] == "1"
    assert failing["95 % bound of a failure, a history"] == "none: there are failures"


def test_wrong_engines_do_not_count() -> None:
    assert dict(rows([_entry(mutant="no_cas")]))["histories"] == "0"
