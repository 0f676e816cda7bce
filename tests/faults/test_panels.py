"""What a person sees of each record travels with the record's values, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

MANY = 40  # more than one composite call of single rows can hold
CHANGES = ("POST", "PATCH", "DELETE")


def written(tie: Any, since: int) -> list[str]:
    """Resources of the org that were written to, in short."""
    return [path.split("/")[-1] for path in tie.org.sent(since, *CHANGES) if not path.endswith("/token")]


@pytest.mark.parametrize("count", [3, MANY])
def test_a_record_and_its_panel_share_a_request(tie: Any, count: int) -> None:
    before = tie.org.calls()
    guids = [tie.customer() for _ in range(count)]
    report = tie.cycle()
    assert (report.writes.crm, report.panels, report.panels_alone) == (count, count, 0)
    assert written(tie, before) == ["composite"]
    for guid in guids:
        link = tie.link(guid)
        panel = tie.panel(link.crm_key)
        assert (panel["Record_Id__c"], panel["Sync_Status__c"]) == (link.crm_key, "In Sync")
        assert "created in the CRM" in panel["History__c"]
    before = tie.org.calls()
    for guid in guids:
        tie.erp_edit("Customers", guid, FaxNumber="77")
    report = tie.cycle()
    assert (report.writes.crm, report.panels, report.panels_alone) == (count, count, 0)
    assert written(tie, before) == ["composite"]
    assert "updated in the CRM" in tie.panel(tie.link(guids[0]).crm_key)["History__c"]
    tie.idle()
