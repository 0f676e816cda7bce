"""Full readings beside the polls: what polling missed is found, counted and mended; what is not there is noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tieline.contract import Capabilities, DeleteSource, Gone, PermanentError, Side
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link
from tieline.sync.absent import Absence, short
from tieline.sync.context import Options
from tieline.sync.parts import Part
from tieline.sync.rounds import run_rounds, totals_scope
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

DAY = timedelta(hours=25).total_seconds()


def _bench(erp: type[Toy] = WholeErp, count: int = 7, options: Options | None = None) -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), erp(world), MemoryStore(), ("",), options=options or Options())
    bench.confirm()
    for number in range(count):
        bench.erp.add("Customers", f"c{number:02}", name=f"Customer {number}", phone="0")
    bench.settle()
    return bench


def _unseen(bench: Bench, key: str, **values: Any) -> None:
    """An edit whose stamp lies long before the cursor: a transaction that was open for hours."""
    row = bench.erp.rows["", "Customers", key]
    bench.world.tick(3600)
    bench.cycle()
    row.values = {**row.values, **values}
    row.number += 1


def _totals(bench: Bench) -> dict[str, int]:
    with bench.store.reading() as tx:
        return dict(tx.fact(totals_scope("books"), "audit"))


def test_an_edit_that_polling_missed_is_found_counted_and_mended() -> None:
    bench = _bench()
    _unseen(bench, "c03", phone="late")
    account = bench.crm_key("c03")
    bench.cycle()
    assert bench.crm.value("Account", account, "Phone") == "0"
    bench.world.tick(DAY)
    report = bench.cycle()
    assert report.audited.missed == 1
    assert bench.crm.value("Account", account, "Phone") == "late"
    assert bench.audit().count("drift") == 1
    assert _totals(bench)["missed"] == 1


def test_a_birth_that_polling_missed_is_found() -> None:
    bench = _bench()
    bench.world.tick(7200)
    bench.cycle()
    bench.erp.add("Customers", "late", name="Late")
    bench.erp.rows["", "Customers", "late"].stamp -= timedelta(hours=1)
    bench.cycle()
    assert len(bench.crm.alive("Account")) == 7
    bench.world.tick(DAY)
    assert bench.cycle().audited.missed == 1
    assert len(bench.crm.alive("Account")) == 8


def test_an_audit_that_finds_nothing_says_so_and_rests_until_the_next_day() -> None:
    bench = _bench()
    bench.world.tick(DAY)
    writes = bench.world.writes()
    audited = bench.cycle().audited
    assert (audited.missed, audited.compared > 0, audited.rounds) == (0, True, 4)
    assert bench.world.writes() == writes
    before = bench.world.calls.total()
    idle = bench.cycle()
    polls = bench.world.calls.total() - before
    bench.world.tick(60)
    again = bench.world.calls.total()
    assert idle.audited.compared == 0
    bench.cycle()
    assert bench.world.calls.total() - again == polls


def test_a_round_goes_on_a_slice_a_cycle() -> None:
    bench = _bench(count=11, options=Options(audit_records=4))
    _unseen(bench, "c09", phone="late")
    bench.world.tick(DAY)
    read = []
    for _ in range(20):
        read.append(bench.cycle().audited.compared)
    assert max(read) < 11 + 3
    assert sum(count > 0 for count in read) >= 4
    assert bench.crm.value("Account", bench.crm_key("c09"), "Phone") == "late"
    assert _totals(bench)["missed"] == 1
    with bench.store.reading() as tx:
        assert not tx.facts("round books erp|customer|")


def test_a_system_that_cannot_go_on_in_the_middle_is_read_in_one_go() -> None:
    bench = _bench(count=11, options=Options(audit_records=4))
    bench.erp.shape_of = replace(bench.erp.shape_of, resumable=False)
    bench.crm.shape_of = replace(bench.crm.shape_of, resumable=False)
    bench.world.tick(DAY)
    assert bench.cycle().audited.rounds >= 1
    with bench.store.reading() as tx:
        assert not any("stamp" in told for told in tx.facts("rounds books").values())


def test_a_record_deleted_in_a_system_that_tells_no_deletions_is_noticed_by_its_absence() -> None:
    bench = _bench()
    bench.erp.remove("Customers", "c02")
    bench.cycle()
    assert not _link(bench, "c02").tombstone
    bench.world.tick(DAY)
    bench.settle()
    assert _link(bench, "c02").tombstone == "gone:erp"
    assert sum(c.action == "create" and c.obj == "Account" for c in bench.world.log) == 7


def test_a_round_cut_in_slices_notices_it_too() -> None:
    bench = _bench(count=11, options=Options(audit_records=4))
    bench.erp.remove("Customers", "c02")
    bench.world.tick(DAY)
    for _ in range(20):
        bench.cycle()
    assert [link.erp_key for link in bench.links() if link.tombstone] == ["c02"]


def _link(bench: Bench, key: str) -> Link:
    return next(link for link in bench.links() if link.erp_key == key)


class Forgetting(VersionedErp):
    """Its list of deletions was purged."""

    forgot = False

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        if self.forgot:
            self.forgot = False
            raise PermanentError("the window is over", code="deletes_forgotten")
        return iter(())


def test_a_purged_list_of_deletions_means_a_full_reading() -> None:
    bench = _bench(Forgetting)
    assert isinstance(bench.erp, Forgetting)
    bench.erp.remove("Customers", "c02")
    bench.cycle()
    assert not _link(bench, "c02").tombstone
    bench.erp.forgot = True
    problems = [*bench.cycle().problems, *bench.settle().problems]
    assert problems == []
    link = _link(bench, "c02")
    assert link.problem is not None  # no longer told, not to be seen: a person is asked
    assert link.problem.code == "out_of_sight"


def test_a_host_that_was_down_longer_than_deletions_are_kept_reads_whole() -> None:
    bench = _bench(VersionedErp)
    bench.erp.remove("Customers", "c02")
    bench.erp.rows["", "Customers", "c02"].stamp -= timedelta(days=30)  # told to nobody any more
    bench.world.tick(timedelta(days=20).total_seconds())
    bench.options = Options(audit_every=timedelta(days=1000))
    assert bench.cycle().audited.rounds > 0


def test_records_of_a_restored_backup_are_found_at_once() -> None:
    bench = _bench(options=Options(audit_every=timedelta(days=1000)))
    bench.world.tick(7200)
    for key in ("c01", "c02", "c03"):
        bench.erp.edit("Customers", key, phone="new")
    bench.settle()
    for key in ("c01", "c02", "c03"):  # yesterday's backup
        row = bench.erp.rows["", "Customers", key]
        row.values, row.stamp = {**row.values, "phone": "0"}, row.stamp - timedelta(hours=2)
    bench.world.tick(60)
    bench.crm.edit("Account", bench.crm_key("c02"), Street="touched")  # its writer looks at the record first
    bench.settle()
    phones = {bench.crm.value("Account", bench.crm_key(key), "Phone") for key in ("c01", "c02", "c03")}
    assert phones == {"0"}
    assert bench.audit().count("went_back") == 1


def test_a_clock_that_was_set_back_loses_nothing_and_moves_no_cursor() -> None:
    bench = _bench(options=Options(audit_every=timedelta(days=1000)))
    bench.world.tick(6 * 3600)
    bench.settle()
    with bench.store.reading() as tx:
        before = tx.cursor("books", "", Side.ERP, "customer")
    bench.world.tick(-3 * 3600)
    row = bench.erp.rows["", "Customers", "c04"]
    bench.erp.edit("Customers", "c04", phone="now")
    row.stamp = bench.world.stamp()
    bench.settle()
    assert bench.crm.value("Account", bench.crm_key("c04"), "Phone") == "now"
    with bench.store.reading() as tx:
        after = tx.cursor("books", "", Side.ERP, "customer")
    assert before is not None
    assert after is not None
    assert after.stamp >= before.stamp
    assert bench.audit().count("went_back") == 4  # two kinds of record, on both sides: one clock
    rounds = [bench.cycle().audited.rounds for _ in range(3)]
    assert rounds == [0, 0, 0]


@pytest.mark.parametrize("source", [DeleteSource.NONE, DeleteSource.SWEEP])
def test_the_key_sweep_serves_every_system_that_tells_no_deletions(source: DeleteSource) -> None:
    bench = _bench(VersionedErp)
    bench.erp.shape_of = replace(bench.erp.shape_of, deletes=source)
    assert isinstance(bench.erp.shape_of, Capabilities)
    bench.erp.remove("Customers", "c05")
    bench.world.tick(DAY)
    bench.settle()
    assert _link(bench, "c05").tombstone == "gone:erp"


def _asked(bench: Bench, monkeypatch: pytest.MonkeyPatch, *names: str) -> Counter[str]:
    """How often the store is asked these questions from now on."""
    counts: Counter[str] = Counter()

    def counting(name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **more: Any) -> Any:
            counts[name] += 1
            return ask(*args, **more)

        return asked

    with bench.store.reading() as tx:
        kind = type(tx)
    for name in names:
        monkeypatch.setattr(kind, name, counting(name, getattr(kind, name)))
    return counts


def test_a_page_of_a_round_asks_the_store_once_for_its_links(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = _bench(VersionedErp, count=60)
    bench.erp.page_size = bench.crm.page_size = 20
    bench.world.tick(DAY)
    bench.cycle()
    counts = _asked(bench, monkeypatch, "links_by_key")
    audited = run_rounds(bench.context(), {}, everything=True)
    assert audited.compared == 120
    assert counts["links_by_key"] <= 2 * 3 + 2  # by page, and one for the empty kind of each side


def test_the_end_of_a_round_keeps_no_link_whose_record_was_met() -> None:
    bench = _bench(count=30)
    context = bench.context()
    ending = Absence(context, Part(Side.ERP, "", "customer"), context.rules[""]["customer"])
    met = {short(f"c{number:02}") for number in range(28)}
    absent = ending.compare(met)
    assert absent.known == 30
    assert absent.wanted == {key: [_link(bench, key).id] for key in ("c28", "c29")}


def test_a_record_that_several_entities_tie_is_counted_once() -> None:
    world = World()
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    bench.confirm()
    bench.erp.add("Customers", "n1", "north", name="Both", code="B")
    bench.settle()
    account = bench.crm_key("n1")
    with bench.store.transaction() as tx:
        [link] = tx.find_links("books", "customer")
        tx.save_links([replace(link, id="other", entity="south", erp_key="s1", revision=0)])
    context = bench.context()
    absent = Absence(context, Part(Side.CRM, "", "customer"), context.rules["north"]["customer"]).compare({"none"})
    assert absent.known == 1
    assert list(absent.wanted) == [account]
