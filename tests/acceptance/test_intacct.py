"""`tieline demo --system intacct`: what the command says, compared with what the systems' own files hold."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.deep
LISTS = 12
MOST_CALLS = 1.05


def _records(database: Path, kind: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as base:
        found = base.execute("SELECT body FROM record WHERE kind = ?", (kind,)).fetchall()
    return [json.loads(body) for (body,) in found]


def _waiting(database: Path) -> int:
    with closing(sqlite3.connect(database)) as base:
        return int(base.execute("SELECT COUNT(*) FROM link WHERE dirty").fetchone()[0])


def test_the_demonstration_shows_intacct(tieline: Any, built_in: Path) -> None:
    told = tieline("--json", "demo", "--system", "intacct", "--data", built_in).ok()
    assert (told["errors"], told["mismatches"], told["duplicates"], told["writes_in_idle_cycle"]) == ([], 0, 0, 0)
    assert told["order_numbers"] == ["SQ0001", "SO0001", "SI0001"]
    assert told["first_load"]["api_calls"] <= told["first_load"]["api_calls_minimum"] * MOST_CALLS
    assert len(told["managed_lists"]) == LISTS
    assert all(told["managed_lists"].values())
    org, erp = (next((tieline.state / name).glob("*.db")) for name in ("org", "intacct"))
    assert told["accounts"] == len(_records(erp, "CUSTOMER"))
    people = [one for one in _records(erp, "CONTACT") if one.get("LASTNAME")]
    assert told["contacts"] == len(people)
    assert told["products"] == len(_records(erp, "ITEM"))
    assert _waiting(tieline.state / "tieline.db") == 0
    made = [one for one in _records(erp, "SODOCUMENT") if one.get("EXTERNALID")]
    assert [one["DOCPARID"] for one in made] == ["Sales Quote", "Sales Order", "Sales Invoice"]
    assert [one["STATE"] for one in made] == ["Converted", "Converted", "Pending"]
    shown = {one["Number__c"]: one for one in _records(org, "ERP_Document__c")}
    assert [shown[number]["Total__c"] for number in told["order_numbers"]] == [162.5, 162.5, 162.5]
    (opportunity,) = _records(org, "Opportunity")
    assert opportunity["Intacct_Amount__c"] == 162.5
    again = tieline("--json", "demo", "--system", "intacct", "--data", built_in).ok()
    assert again["order_numbers"] == told["order_numbers"]
