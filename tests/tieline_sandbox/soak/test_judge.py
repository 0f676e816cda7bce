"""The judge sees every kind of harm: each piece of evidence below is clean, then one thing in it goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tieline_sandbox.soak.judge import Evidence, Judge, Verdict
from tieline_sandbox.soak.said import COLUMNS, Ledger, Pair, Site

ENGINE = "admin@example.com"
PAIR = Pair("AALTO", "001", "guid")
PHONE = COLUMNS[0]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Story:
    """Both systems' logs as they grow, with an audit that keeps up. Time goes by ten seconds a step."""

    def __init__(self) -> None:
        self.ledger, self.seconds = Ledger(), 0.0
        self.logs: dict[Site, list[dict[str, Any]]] = {Site.CRM: [], Site.ERP: []}
        self.audit: list[dict[str, Any]] = []
        self.reads: dict[Site, list[dict[str, Any]]] = {Site.CRM: [], Site.ERP: []}
        self.conflicts: list[dict[str, Any]] = []
        self.stuck: list[dict[str, Any]] = []
        for site, kind in ((Site.CRM, "Account"), (Site.ERP, "Customers")):
            self._row(site, "seed", "insert", kind, PAIR.on(site), {PHONE.on(site): "seed", "CustomerCode": "AALTO"})

    def typed(self, site: Site, by: str = "sam", wait: float = 10) -> str:
        value = self.ledger.value(site, PAIR, PHONE)
        self._save(site, by, value, wait)
        return value

    def engine(self, site: Site, value: str, wait: float = 10, audited: bool = True) -> None:
        self._save(site, ENGINE if site is Site.CRM else "api", value, wait)
        if audited:
            keys = {"crm_key": PAIR.crm, "erp_key": PAIR.erp}
            self.audit.append({"side": str(site), **keys, "after": {PHONE.crm: value}})

    def look(self, site: Site = Site.ERP) -> None:
        """The product reads the customer before it writes."""
        self.seconds += 1
        path = f"/Customers/{PAIR.erp}" if site is Site.ERP else "/services/data/v60.0/query"
        self.reads[site].append({"method": "GET", "path": path, "at": self._now()})

    def made(self, site: Site, kind: str, ident: str, by: str = "sam", **values: Any) -> None:
        self.seconds += 10
        self._row(site, by, "insert", kind, ident, values)

    def verdict(self) -> Verdict:
        sides = (self.logs[Site.CRM], self.logs[Site.ERP], self.reads[Site.CRM], self.reads[Site.ERP])
        evidence = Evidence(*sides, self.conflicts, self.audit, self.stuck, ENGINE)
        return Judge(self.ledger, [PAIR], evidence).verdict()

    def _save(self, site: Site, by: str, value: str, wait: float) -> None:
        self.seconds += wait
        kind = "Account" if site is Site.CRM else "Customers"
        self._row(site, by, "update", kind, PAIR.on(site), {PHONE.on(site): value})

    def _row(self, site: Site, by: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> None:
        log = self.logs[site]
        row = {"seq": len(log) + 1, "at": self._now(), "actor": by, "action": action, "kind": kind, "id": ident}
        log.append({**row, "before": None, "after": dict(values)})

    def _now(self) -> str:
        return (START + timedelta(seconds=self.seconds)).isoformat()


@pytest.fixture
def story() -> Story:
    return Story()


def test_an_edit_that_was_carried_over_is_clean(story: Story) -> None:
    story.engine(Site.ERP, story.typed(Site.CRM))
    story.engine(Site.CRM, story.typed(Site.ERP))
    assert story.verdict() == Verdict()
    assert story.verdict().clean


def test_an_edit_that_was_overwritten_is_lost(story: Story) -> None:
    winner = story.typed(Site.CRM)
    loser = story.typed(Site.ERP)
    story.engine(Site.ERP, winner)
    (lost,) = story.verdict().lost
    assert loser in lost
    assert winner in lost
    assert not story.verdict().clean


def test_the_loser_of_a_conflict_is_not_lost(story: Story) -> None:
    winner = story.typed(Site.CRM)
    story.conflicts = [{"erp": {PHONE.crm: story.typed(Site.ERP)}}]
    story.engine(Site.ERP, winner)
    assert story.verdict() == Verdict()


def test_an_edit_between_a_read_and_its_write_is_told_apart(story: Story) -> None:
    winner = story.typed(Site.CRM)
    story.look()
    loser = story.typed(Site.ERP, wait=0.1)
    story.engine(Site.ERP, winner, wait=0.1)
    verdict = story.verdict()
    assert verdict.clean
    assert [loser in one for one in verdict.window_losses] == [True]


def test_an_edit_before_the_read_is_lost(story: Story) -> None:
    winner = story.typed(Site.CRM)
    story.typed(Site.ERP)
    story.look()
    story.engine(Site.ERP, winner, wait=0.1)
    assert len(story.verdict().lost) == 1


@pytest.mark.parametrize(("looked", "wait", "lost"), [("before", 0.5, 0), ("before", 5.0, 1), ("after", 0.5, 1)])
def test_an_edit_in_the_org_is_lost_unless_it_came_after_the_look_in_its_second(
    story: Story, looked: str, wait: float, lost: int
) -> None:  # fmt: skip
    winner = story.typed(Site.ERP)
    if looked == "before":
        story.look(Site.CRM)
    story.typed(Site.CRM, wait=0.1)
    if looked == "after":
        story.look(Site.CRM)
    story.engine(Site.CRM, winner, wait=wait)
    assert (len(story.verdict().lost), len(story.verdict().window_losses)) == (lost, 1 - lost)


def test_a_program_of_somebody_is_known_by_what_was_typed(story: Story) -> None:
    """In the back office it shows the same name as the product."""
    story.engine(Site.CRM, story.typed(Site.ERP, by="api"))
    assert story.verdict() == Verdict()


def test_a_write_nobody_recorded(story: Story) -> None:
    value = story.typed(Site.CRM)
    story.engine(Site.ERP, value, audited=False)
    (told,) = story.verdict().unaudited
    assert value in told


def test_sides_that_differ_at_the_end(story: Story) -> None:
    story.typed(Site.CRM)
    assert len(story.verdict().unequal) == 1


def test_one_origin_twice(story: Story) -> None:
    for ident in ("1", "2"):
        story.made(Site.CRM, "Contact", ident, by=ENGINE, ERP_Key__c="unleashed//CustomerContacts/x")
    assert len(story.verdict().duplicated) == 1
    for ident in ("3", "4"):
        story.made(Site.ERP, "SalesOrders", ident, by="api", CustomerRef="Sold 000001")
    assert len(story.verdict().duplicated) == 2


@pytest.mark.parametrize("site", list(Site))
def test_a_new_customer_that_arrives_twice_or_never(story: Story, site: Site) -> None:
    name = story.ledger.name(site)
    kinds = {Site.CRM: ("Account", "Name"), Site.ERP: ("Customers", "CustomerName")}
    story.made(site, kinds[site][0], "made", **{kinds[site][1]: name})
    story.made(Site.CRM, "ERP_Request__c", "press", Record_Id__c="made", Action__c="unleashed.promote")
    assert len(story.verdict().lost) == 1
    kind, field = kinds[site.other]
    story.made(site.other, kind, "one", **{field: name})
    assert story.verdict() == Verdict()
    story.made(site.other, kind, "two", **{field: name})
    assert len(story.verdict().duplicated) == 1


def test_out_of_sync_wants_a_reason_and_a_next_step(story: Story) -> None:
    shown = {"Sync_Status__c": "Out of Sync", "Record_Id__c": "001", "Mapping__c": "m"}
    story.made(Site.CRM, "ERP_Link__c", "a", by=ENGINE, **shown, Reason__c="It was refused", Next_Step__c="Mend it")
    assert story.verdict() == Verdict()
    story.made(Site.CRM, "ERP_Link__c", "b", by=ENGINE, **{**shown, "Record_Id__c": "002"}, Reason__c="It was refused")
    assert len(story.verdict().unexplained) == 1
    story.stuck = [{"crm_id": "001", "erp_id": "", "reason": "It was refused"}]
    assert len(story.verdict().unexplained) == 2


def test_a_clean_verdict_may_hold_window_losses_only() -> None:
    assert replace(Verdict(), window_losses=["one"]).clean
    for name in ("duplicated", "lost", "unequal", "unexplained", "unaudited"):
        assert not replace(Verdict(), **{name: ["one"]}).clean
