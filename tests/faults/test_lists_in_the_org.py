"""Managed lists over the wire: the copy in the org equals the back office's, whatever people do to it."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from tieline.cli.invocation import Invocation
from tieline.cli.lists import lists

ROWS = "Unleashed_Payment_Term__c"


def _copy(tie: Any) -> dict[str, dict[str, Any]]:
    """Rows of the org by the back office's key."""
    return {row["ERP_Id__c"]: {**row, "Id": ident} for ident, row in tie.org.all(ROWS).items() if row.get("ERP_Id__c")}


def _term(tie: Any, name: str) -> str:
    return str(tie.erp.edit("Bea", "PaymentTerms", "", PaymentTermDescription=name, Type="DaysAfter", Days=12))


def test_every_list_stands_in_the_org_row_for_row(tie: Any) -> None:
    tie.settle()
    for kind, obj, label in (
        ("PaymentTerms", ROWS, "PaymentTermDescription"),
        ("Warehouses", "Unleashed_Warehouse__c", "WarehouseName"),
        ("Salespersons", "Unleashed_Salesperson__c", "FullName"),
    ):
        theirs = sorted(row[label] for row in tie.erp.all(kind).values())
        ours = sorted(row["Name"] for row in tie.org.all(obj).values() if row["Back_Office__c"] == "unleashed")
        assert theirs, kind
        assert ours == theirs, kind


def test_an_administrators_edit_of_a_row_is_undone(tie: Any) -> None:
    key = _term(tie, "twelve days")
    tie.settle()
    row = _copy(tie)[key]
    tie.org.edit(tie.user("admin"), ROWS, row["Id"], Name="whenever you like", Active__c=False)
    tie.settle()
    after = _copy(tie)[key]
    assert (after["Name"], after["Active__c"], after["Id"]) == ("twelve days", True, row["Id"])
    tie.idle()


def test_a_deleted_row_and_an_invented_one_are_put_right(tie: Any) -> None:
    key = _term(tie, "thirteen days")
    tie.settle()
    tie.org.act(tie.user("admin"), "delete", ROWS, _copy(tie)[key]["Id"], {})
    invented = tie.org.edit(tie.user("admin"), ROWS, "", Key__c="mine", Name="Mine", Active__c=True)
    tie.settle()
    assert _copy(tie)[key]["Name"] == "thirteen days"
    assert tie.org.held(ROWS, invented)["Active__c"] is False
    tie.idle()


def test_the_command_shows_rows_and_who_uses_them(tie: Any) -> None:
    key = _term(tie, "fourteen days")
    tie.settle()
    tie.pair(PaymentTerm="fourteen days")
    shown = _shown(lists, tie, ["show", "payment_terms"])
    assert {row["key"]: row["used_by"] for row in shown["rows"]}[key] == 1
    summary = {one["name"]: one for one in _shown(lists, tie, [])["lists"]}
    assert (
        summary["payment_terms"]["active"] == summary["payment_terms"]["in_org"] - summary["payment_terms"]["withdrawn"]
    )
    assert summary["payment_terms"]["read_at"]


def _shown(command: Any, tie: Any, arguments: list[str]) -> Any:
    class Given(Invocation):
        """What a command is given, on the runtime of the test."""

        told: Any = None

        @property
        def runtime(self) -> Any:
            return tie.runtime

        def show(self, document: Any, _lines: Any) -> None:
            self.told = json.loads(json.dumps(document, default=str))

    given = Given()
    result = CliRunner().invoke(command, arguments, obj=given)
    assert result.exit_code == 0, result.output
    return given.told
