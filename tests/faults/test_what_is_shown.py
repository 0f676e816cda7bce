"""What the command line tells of records: history, conflicts, status, audit. All from the state directory alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tieline.cli.boundary import run

Told = Callable[..., Any]


@pytest.fixture
def told(tie: Any, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command on the state directory of the tie; its document, or with `text` what a person reads."""

    def command(*arguments: str, code: int = 0, text: bool = False) -> Any:
        capsys.readouterr()
        more = () if text else ("--json",)
        assert run([*arguments, *more, "--state", str(tie.runtime.folder.path)]) == code
        out = capsys.readouterr().out
        return out if text else json.loads(out)

    return command


@pytest.fixture
def disputed(tie: Any) -> tuple[str, str]:
    """Both sides typed a name in one moment: the back office won."""
    account, guid = tie.pair()
    tie.erp_edit("Customers", guid, FaxNumber="erp")
    tie.crm_edit("Account", account, Fax="crm")
    tie.settle()
    return account, guid


def test_history_shows_all_that_happened_to_a_record(told: Told, disputed: tuple[str, str]) -> None:
    account, guid = disputed
    entries = told("history", account)["entries"]
    assert [one["event"] for one in entries][-1] == "created"
    updated = next(one for one in entries if one["event"] == "updated")
    assert (updated["before"]["Fax"], updated["after"]["Fax"], updated["status"]) == ("crm", "erp", "In Sync")
    assert told("history", guid)["entries"] == entries
    text = told("history", account, text=True)
    assert all(" UTC  " in line for line in text.splitlines())
    assert "Fax: 'crm' -> 'erp'" in text
    assert len(told("history", account, "--limit", "1")["entries"]) == 1


def test_an_unknown_record_is_named(told: Told) -> None:
    assert "nobody" in told("history", "nobody", code=1)["error"]["what"]


def test_a_conflict_shows_winner_policy_values_base_and_time(told: Told, disputed: tuple[str, str]) -> None:
    account, guid = disputed
    (one,) = told("conflicts", account)["conflicts"]
    assert (one["winner"], one["policy"], one["open"]) == ("erp", "erp_wins", False)
    assert (one["crm"]["Fax"], one["erp"]["Fax"], one["base"]["Fax"]) == ("crm", "erp", [None, None])
    assert (one["crm_id"], one["erp_id"]) == (account, guid)
    text = told("conflicts", guid, text=True)
    assert "UTC" in text
    assert "ERP won (erp_wins)" in text
    assert "Fax: CRM 'crm', ERP 'erp', before None and None" in text


def test_status_tells_since_when_a_record_is_out_of_sync(tie: Any, told: Told) -> None:
    account, _ = tie.pair()
    tie.crm_edit("Account", account, Fax="5" * 40)
    tie.erp.refuse_bodies(b"5555555555", 400, {"Description": "Fax is too long"})
    tie.settle()
    offices = told("status")["back_offices"]
    one = next(link for link in offices[0]["out_of_sync"] if link["crm_id"] == account)
    assert (one["status"], bool(one["reason"]), bool(one["next_step"]), bool(one["since"])) == (
        "Out of Sync",
        *[True] * 3,
    )
    tie.erp.calm()
    tie.crm_edit("Account", account, Fax="5")
    tie.settle()


def test_the_audit_holds_and_a_copy_of_its_checkpoints_says_so(told: Told, tmp_path: Path, disputed: Any) -> None:
    copy = tmp_path / "copy.jsonl"
    kept = told("audit", "checkpoint", "--export", str(copy))
    assert copy.read_text().count("\n") >= 1
    assert told("audit", "checkpoint")["kept"] == []
    (one,) = told("audit", "verify", "--checkpoint", str(copy))["back_offices"]
    assert (one["first_broken"], one["checkpoints"] >= 2) == (None, True)
    copy.write_text(copy.read_text().replace('"seq": ', '"seq": 1'))
    told("audit", "verify", "--checkpoint", str(copy), code=1)
    assert kept["kept"][0]["back_office"] == "unleashed"
