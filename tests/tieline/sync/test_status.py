"""Every status from the state that makes it, and the order in which the rules hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from tieline.store.nouns import Link, Problem, Status
from tieline.sync.status import derive, settled

LINK = Link("l", "books", "", "customer", crm_key="a")
LINKED = replace(LINK, erp_key="c", promoted=True, confirmed=True)
PROBLEM = Problem("no", "mend it", datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("link", "status"),
    [
        (LINK, Status.NOT_PROMOTED),
        (LINKED, Status.IN_SYNC),
        (replace(LINKED, confirmed=False), Status.PROMOTED),
        (replace(LINKED, extra={"pending": True}), Status.CHANGES_PENDING),
        (replace(LINKED, awaiting="call"), Status.AWAITING_ACKNOWLEDGMENT),
        (replace(LINK, awaiting="call"), Status.AWAITING_ACKNOWLEDGMENT),
        (replace(LINKED, problem=PROBLEM), Status.OUT_OF_SYNC),
        (replace(LINKED, blocked=("Name",)), Status.OUT_OF_SYNC),
        (replace(LINKED, delete_refused="no"), Status.DELETE_REQUEST_REJECTED),
        (replace(LINKED, extra={"system_of_record": "crm"}), Status.PUBLISHED_BY_CRM),
    ],
)
def test_each_status(link: Link, status: Status) -> None:
    assert derive(link) is status


def test_earlier_rules_win() -> None:
    """Adding the cause of an earlier rule to any state gives that rule's status."""
    causes: list[tuple[Status, dict[str, Any]]] = [
        (Status.DELETE_REQUEST_REJECTED, {"delete_refused": "no"}),
        (Status.AWAITING_ACKNOWLEDGMENT, {"awaiting": "call"}),
        (Status.OUT_OF_SYNC, {"problem": PROBLEM}),
    ]
    for chosen in product([False, True], repeat=3):
        active = [cause for cause, on in zip(causes, chosen, strict=True) if on]
        link = LINKED
        for _, change in active:
            link = replace(link, **change)
        assert derive(link) is (active[0][0] if active else Status.IN_SYNC)


def test_the_panel_goes_stale_exactly_when_a_person_would_see_a_change() -> None:
    shown = replace(settled(LINKED), panel="shown")
    assert settled(shown).panel == "shown"
    assert settled(replace(shown, attempts=3, dirty=True)).panel == "shown"
    assert settled(replace(shown, problem=PROBLEM)).panel == ""
    assert settled(replace(shown, erp_key="other")).panel == ""
