"""`tieline drift --mend` and `tieline missing --yes` below the command line."""

from __future__ import annotations

from datetime import timedelta

from tieline.contract import Side
from tieline.store.memory import MemoryStore
from tieline.sync.context import Options
from tieline.sync.drift import differences
from tieline.sync.looking import believe_hidden
from tieline.sync.mending import mend_drift
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


def _bench() -> Bench:
    world = World()
    options = Options(audit_every=timedelta(days=1000))
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",), options=options)
    bench.confirm()
    for number in range(3):
        bench.erp.add("Customers", f"c{number}", name=f"Customer {number}", phone="0")
    bench.settle()
    return bench


def test_drift_that_no_poll_will_find_is_mended_on_a_persons_word_and_audited() -> None:
    bench = _bench()
    bench.world.tick(7200)
    bench.settle()
    row = bench.erp.rows["", "Customers", "c1"]
    row.values = {**row.values, "phone": "unseen"}  # no new stamp, no new version
    assert len(differences(bench.context())) == 1
    report = mend_drift(bench.context(), "ada", 1)
    assert report.writes.crm == 1
    assert differences(bench.context()) == []
    with bench.store.reading() as tx:
        note = next(one for one in tx.audit("books", limit=10_000) if one.event == "drift_mended")
    assert note.after["by"] == "ada"
    assert note.after["missed"] == 1


def test_a_person_may_say_that_what_is_out_of_sight_was_deleted() -> None:
    bench = _bench()
    account = bench.crm_key("c1")
    bench.crm.rows["", "elsewhere", account] = bench.crm.rows.pop(("", "Account", account))
    bench.erp.edit("Customers", "c1", phone="1")
    bench.settle()
    with bench.store.transaction() as tx:
        assert believe_hidden(tx, "books", bench.world.now(), "ada") == 1
    bench.settle()
    link = bench.link("c1")
    assert link.tombstone == f"gone:{Side.CRM}"
    assert "missing_believed" in bench.audit()


def test_what_waits_for_a_parent_that_stays_away_is_no_drift() -> None:
    """Contacts of a customer that an administrator leaves out of the CRM are left out with it."""
    bench = _bench()
    bench.erp.add("People", "k1", last="Kim", customer="never seen")
    bench.settle()
    assert [one for one in differences(bench.context()) if one.mapping == "contact"] == []
    row = bench.erp.rows["", "People", "k1"]
    row.values = {**row.values, "customer": "c1"}  # no new stamp: no poll finds that one
    assert [one.erp_key for one in differences(bench.context()) if one.mapping == "contact"] == ["k1"]
