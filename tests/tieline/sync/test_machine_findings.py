"""What the state machine found: each of these went wrong once."""

from __future__ import annotations

from dataclasses import replace

from tieline_simulation.bench import Bench


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
