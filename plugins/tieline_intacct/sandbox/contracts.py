"""The verbs of contracts and their lines: post a draft, hold a line, resume it [D]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieline_intacct.sandbox import elements, records
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, found_rows
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.writing import given_of, listed, named

RUNNING, DRAFT, ON_HOLD = "In progress", "Draft", "On hold"
_VERBS: Mapping[str, Sequence[str]] = {
    "post": ("CONTRACT", "CONTRACTDETAIL"),
    "hold": ("CONTRACTDETAIL",),
    "resume": ("CONTRACTDETAIL",),
}


def post(scope: Scope, element: Element) -> Result:
    """A draft begins to run, a contract with all its draft lines."""
    rows = [_move(scope, row, DRAFT, RUNNING) for row in _named(scope, element)]
    for contract in [row for row in rows if row.kind.name == "CONTRACT"]:
        for line in found_rows(
            scope, scope.catalogue["CONTRACTDETAIL"], "CONTRACTID", contract.get("CONTRACTID") or ""
        ):
            if line.get("STATE") == DRAFT:
                _move(scope, line, DRAFT, RUNNING)
    return Result([listed(rows)])


def hold(scope: Scope, element: Element) -> Result:
    return Result([listed([_move(scope, row, RUNNING, ON_HOLD) for row in _named(scope, element)])])


def resume(scope: Scope, element: Element) -> Result:
    return Result([listed([_move(scope, row, ON_HOLD, RUNNING) for row in _named(scope, element)])])


def _named(scope: Scope, element: Element) -> list[Row]:
    found: list[Row] = []
    for each in elements.children(element):
        kind = reachable(scope, str(each.tag), "U")
        if kind.name not in _VERBS[str(element.tag)]:
            raise business(f"{element.tag} is no function of {kind.name}")
        found.append(named(scope, kind, given_of(kind, each)[0]))
    return found


def _move(scope: Scope, row: Row, before: str, after: str) -> Row:
    records.check_owner(scope, row)
    if row.get("STATE") != before:
        raise business(f"{row.kind.title} '{row.get(row.kind.key) or row.ident}' is {row.get('STATE')}, not {before}")
    return records.update(scope, row, {"STATE": after})
