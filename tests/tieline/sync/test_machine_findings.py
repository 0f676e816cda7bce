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


@pytest.mark.parametrize("bench", ["async"], indirect=True)
def test_a_value_seen_in_the_way_of_a_queued_write_is_logged_without_a_base(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both sides had never agreed on the field. Somebody filled it while our write stood in the queue; it was read, and
    overwritten before the answer came: it was nowhere from then on."""
    erp = bench.erp
    assert isinstance(erp, AsyncErp)
    erp.add("Customers", "c1", bench.entity, name="One")
    bench.settle()
    link = bench.link("c1")
    with bench.store.transaction() as tx:
        tx.save_links([replace(link, base={name: pair for name, pair in link.base.items() if name != "Website"})])
    erp.silent = True
    bench.crm.edit("Account", bench.crm_key("c1"), Website="ours")
    bench.cycle()
    erp.edit("Customers", "c1", bench.entity, site="typed")
    bench.cycle()
    erp.silent = False
    erp.work()
    with monkeypatch.context() as away:
        away.setattr(erp, "settle", lambda _correlations: {})
        bench.cycle()
    bench.world.tick(7200)
    bench.settle()
    with bench.store.reading() as tx:
        lost = [one.erp.get("Website") for one in tx.conflicts("books")]
    assert lost == ["typed"]
