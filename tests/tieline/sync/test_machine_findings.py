"""What the state machine found: each of these went wrong once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp


def test_a_merged_record_that_comes_back_does_not_stop_the_cycle(bench: Bench) -> None:
    """The survivor, whose own tie is buried, goes on with the loser's link, which is named after the loser: that name
    was given a second time, and every cycle from then on ended at it."""
    bench.crm.add("Account", "keep", Name="keep")
    bench.crm.add("Account", "lose", Name="lose")
    bench.promote("keep")
    bench.settle()
    with bench.store.transaction() as tx:
        tx.save_links([replace(bench.link("keep"), tombstone="gone:erp", dirty=False)])
    bench.crm.merge("Account", "keep", "lose", {})
    bench.settle()
    bench.crm.restore("Account", "lose")
    assert bench.settle().problems == []
    assert {link.crm_key for link in bench.links() if not link.tombstone} >= {"keep", "lose"}


@pytest.mark.parametrize("bench", ["async"], indirect=True)
def test_a_blank_of_the_survivor_does_not_take_back_what_was_under_way(bench: Bench) -> None:
    """The value of the record that went was queued when it was merged into one without it. The answer made it the
    base of both, so the survivor's blank was taken for an edit and overwrote it."""
    bench.crm.add("Account", "keep", Name="keep")
    bench.crm.add("Account", "lose", Name="lose")
    bench.promote("lose")
    bench.settle()
    assert isinstance(bench.erp, AsyncErp)
    bench.erp.silent = True
    bench.crm.edit("Account", "lose", Rating__c="A")
    bench.cycle()
    bench.crm.merge("Account", "keep", "lose", {})
    bench.cycle()
    bench.erp.silent = False
    bench.world.tick(7200)
    bench.settle()
    link = bench.link("keep")
    assert bench.crm.alive("Account")["keep"]["Rating__c"] == "A"
    assert bench.erp.alive("Customers", link.entity)[link.erp_key]["rating"] == "A"
