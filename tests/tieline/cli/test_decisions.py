"""`tieline missing` and `tieline review`: nothing changes without --yes."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tieline.cli.boundary import run
from tieline.contract import Side
from tieline.store.nouns import Connection, Link, Observation, Problem, Status
from tieline.store.opening import open_store
from tieline.sync.absorb import HIDDEN, OUT_OF_SIGHT
from tieline.sync.match import AMBIGUOUS, CANDIDATES
from tieline.sync.missing import suspicions, suspicions_scope
from tieline.sync.parts import Part

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A back office with a suspicion, a record out of sight and two that look alike."""
    assert run(["--state", str(tmp_path), "connections"]) == 0
    hidden = Problem("out of sight", "look", AT, OUT_OF_SIGHT, final=False)
    alike = Problem("this may be a customer that the other system has already", "look", AT, AMBIGUOUS)
    seen = Observation({"Name": "Miller"})
    links = [
        Link("l1", "books", "", "customer", "a1", "c1", seen, seen, problem=hidden, extra={HIDDEN: "crm"}),
        Link("l2", "books", "", "customer", "a2", "", seen, problem=alike, extra={CANDIDATES: {"": ["l3"]}}),
        Link("l3", "books", "", "customer", "", "c3", None, seen, problem=alike),
    ]
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.save_connection(Connection("books", "unleashed", {}, {}))
        tx.save_links([replace(link, status=Status.OUT_OF_SYNC) for link in links])
        told = {"missing": 30, "known": 40, "since": AT.isoformat()}
        tx.save_fact(suspicions_scope("books"), Part(Side.CRM, "", "customer").name, told)
    return tmp_path


def _run(state: Path, capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> Any:
    capsys.readouterr()
    assert run(["--state", str(state), "--json", *arguments]) == code
    return json.loads(capsys.readouterr().out)


def test_missing_is_shown_and_believed_on_a_persons_word(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "error" in _run(state, capsys, 2, "missing")
    with closing(open_store(state)) as store, store.reading() as tx:
        assert "approved" not in next(iter(suspicions(tx, "books").values()))
    document = _run(state, capsys, 0, "missing", "--yes")
    assert document["believed"] == 31
    assert document["many"][0]["records"] == "customer records in the CRM"
    with closing(open_store(state)) as store, store.reading() as tx:
        assert next(iter(suspicions(tx, "books").values()))["approved"] == 30
        found = tx.link("l1")
        assert found is not None
        assert found.crm is not None
        assert found.crm.deleted
        assert [one.event for one in tx.audit("books")].count("missing_believed") == 2


def test_review_lists_candidates_and_tells_apart(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = _run(state, capsys, 0, "review")["records"]
    assert (one["crm_id"], [other["erp_id"] for other in one["candidates"]]) == ("a2", ["c3"])
    assert "error" in _run(state, capsys, 2, "review", "--record", "a2", "--different")
    assert "error" in _run(state, capsys, 1, "review", "--different", "--yes")
    assert _run(state, capsys, 0, "review", "--record", "a2", "--different", "--yes")["different"] is True
    assert _run(state, capsys, 0, "review")["records"] == []
