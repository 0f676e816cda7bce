"""Intacct's log as the judge reads it: a customer with what its display contact says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tieline_intacct.sandbox import build
from tieline_sandbox.runner import RunningSandbox, start
from tieline_sandbox.soak.intacct import INTACCT, Clerk, CompanyPlane
from tieline_sandbox.soak.said import Pair

PHONE = "DISPLAYCONTACT.PHONE1"
ANN = Pair("C1", "001", "C1")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with start(build, "intacct", Path(tmp_path_factory.mktemp("company"))) as running:
        yield running


@pytest.fixture
def plane(company: RunningSandbox) -> Iterator[CompanyPlane]:
    made = CompanyPlane(company.document)
    yield made
    made.close()


@pytest.fixture
def clerk(company: RunningSandbox) -> Iterator[Clerk]:
    made = Clerk(company.document)
    yield made
    made.close()


def _phones(plane: CompanyPlane, since: int = 0) -> list[tuple[str, str, Any]]:
    rows = [one for one in plane.log(since) if (one["kind"], one["id"]) == (INTACCT.kind, ANN.erp)]
    told = [(one["action"], one["actor"], (one["after"] or {}).get(PHONE)) for one in rows]
    return [one for at, one in enumerate(told) if at == 0 or told[at - 1][2] != one[2]]


def test_what_is_typed_of_a_customer_is_shown_with_it(company: RunningSandbox, plane: CompanyPlane, clerk: Any) -> None:
    plane.edit("Bea", INTACCT.kind, "", **INTACCT.birth("C1", "Customer & one"), **{PHONE: "555 1"})
    seen = plane.log()[-1]["seq"]
    clerk.edit(ANN, {PHONE: "555 2 <&>"})
    plane.edit("Bea", INTACCT.kind, "C1", **{PHONE: "555 3"})
    assert _phones(plane) == [("insert", "Bea", "555 1"), ("update", "api", "555 2 <&>"), ("update", "Bea", "555 3")]
    assert _phones(plane, seen) == [("update", "api", "555 2 <&>"), ("update", "Bea", "555 3")]
    assert "Customer & one" in [one["after"].get("NAME") for one in plane.log() if one["kind"] == INTACCT.kind]


def test_what_intacct_refuses_a_clerk_is_told(clerk: Any) -> None:
    with pytest.raises(ValueError, match="Intacct refused"):
        clerk.edit(Pair("none", "", "none"), {PHONE: "1"})
