"""Many records that seem to be gone at once are a lost permission until a person says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tieline.contract import Cursor, Page, Record, Shape, Side
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline.sync.hints import hints_scope
from tieline.sync.history import text
from tieline.sync.missing import approve, suspicions
from tieline_simulation.bench import Bench
from tieline_simulation.systems import Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

MANY = 24


def _bench(erp: type[Toy] = VersionedErp) -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), erp(world), MemoryStore(), ("",))
    bench.confirm()
    return bench


def _loaded(erp: type[Toy] = VersionedErp, count: int = MANY) -> Bench:
    bench = _bench(erp)
    for number in range(count):
        bench.erp.add("Customers", f"c{number:02}", name=f"Customer {number}")
    bench.settle()
    return bench


def _tombstones(bench: Bench) -> int:
    return sum(bool(link.tombstone) for link in bench.links())


def _suspected(bench: Bench) -> int:
    with bench.store.reading() as tx:
        return sum(told["missing"] for told in suspicions(tx, "books").values())


def _yes(bench: Bench) -> int:
    with bench.store.transaction() as tx:
        return approve(tx, "books", bench.world.now(), "ada")


def _hide(bench: Bench, side: Side, keys: list[str]) -> None:
    """These records are still there, and not shown to us."""
    toy, obj = (bench.crm, "Account") if side is Side.CRM else (bench.erp, "Customers")
    for key in keys:
        toy.rows["", f"hidden {obj}", key] = toy.rows.pop(("", obj, key))


def _show(bench: Bench) -> None:
    for toy in (bench.crm, bench.erp):
        for entity, obj, key in list(toy.rows):
            if obj.startswith("hidden "):
                toy.rows[entity, obj.removeprefix("hidden "), key] = toy.rows.pop((entity, obj, key))


def test_a_few_deletions_are_believed() -> None:
    bench = _loaded()
    for key in sorted(bench.crm.alive("Account"))[:3]:
        bench.crm.remove("Account", key)
    assert bench.settle().problems == []
    assert _tombstones(bench) == 3


def test_a_feed_that_deletes_nearly_everything_is_not_believed_until_a_person_says_so() -> None:
    bench = _loaded()
    for key in sorted(bench.crm.alive("Account"))[:20]:
        bench.crm.remove("Account", key)
    report = bench.cycle()
    assert "20 of 24 customer records in the CRM" in report.problems[-1]
    assert "tieline missing --yes" in report.problems[-1]
    assert _tombstones(bench) == 0
    assert bench.audit().count("missing_held") == 1
    assert bench.cycle().problems  # it goes on being said
    assert bench.audit().count("missing_held") == 1
    assert _yes(bench) == 20
    assert bench.settle().problems == []
    assert _tombstones(bench) == 20
    assert sum(c.action == "create" and c.obj == "Account" for c in bench.world.log) == MANY  # none was made again


def test_a_drip_of_deletions_adds_up() -> None:
    bench = _loaded(count=40)
    keys = sorted(bench.crm.alive("Account"))
    for start in (0, 8, 16):
        for key in keys[start : start + 8]:
            bench.crm.remove("Account", key)
        bench.cycle()
    assert _tombstones(bench) == 8
    assert _suspected(bench) > 0


def test_what_is_there_again_lifts_the_suspicion_by_itself() -> None:
    bench = _loaded(WholeErp)
    keys = sorted(bench.erp.alive("Customers"))
    _hide(bench, Side.ERP, keys)
    bench.world.tick(25 * 3600)
    assert bench.cycle().problems  # read whole: the kind of record reads as empty
    assert _tombstones(bench) == 0
    _show(bench)
    bench.world.tick(3700)
    assert bench.cycle().problems == []
    assert _suspected(bench) == 0
    assert "missing_settled" in bench.audit()


@pytest.mark.parametrize("erp", [WholeErp, VersionedErp])
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_lost_permission_is_no_mass_deletion(erp: type[Toy], side: Side, share: float) -> None:
    bench = _loaded(erp)
    toy, obj = (bench.crm, "Account") if side is Side.CRM else (bench.erp, "Customers")
    keys = sorted(toy.alive(obj))
    _hide(bench, side, keys[: int(len(keys) * share)])
    for _ in range(3):
        bench.world.tick(25 * 3600)
        bench.cycle()
    assert _tombstones(bench) == 0
    assert {link.status for link in bench.links()} == {Status.IN_SYNC}
    _show(bench)
    bench.world.tick(25 * 3600)
    assert bench.settle().problems == []
    records = {"Account", "Customers"}
    assert sum(c.engine and c.obj in records for c in bench.world.log) == MANY  # the first load, and nothing since


def test_an_entity_that_reads_as_empty_is_not_deleted_however_small() -> None:
    bench = _loaded(WholeErp, count=2)
    _hide(bench, Side.ERP, ["c00", "c01"])
    bench.world.tick(25 * 3600)
    bench.cycle()
    assert _tombstones(bench) == 0


def test_hints_cannot_take_everything_away() -> None:
    bench = _loaded(WholeErp)
    keys = sorted(bench.erp.alive("Customers"))
    _hide(bench, Side.ERP, keys)
    with bench.store.transaction() as tx:
        for key in keys:
            tx.save_fact(hints_scope("books"), f"Customers {key}", "now")
    bench.cycle()
    assert _tombstones(bench) == 0


def test_a_page_of_records_marked_deleted_is_held_too() -> None:
    bench = _loaded(WholeErp)
    kept = bench.erp._record

    def withdrawn(entity: str, shape: object, key: str) -> Record:
        return replace(kept(entity, shape, key), deleted=True)  # type: ignore[arg-type]

    bench.erp.page_size = 100
    bench.erp._record = withdrawn  # type: ignore[method-assign]
    bench.cycle()
    assert _tombstones(bench) == 0
    assert _suspected(bench) == MANY


def test_one_record_out_of_sight_in_the_crm_is_not_taken_for_deleted() -> None:
    bench = _loaded()
    account = bench.crm_key("c03")
    _hide(bench, Side.CRM, [account])
    bench.erp.edit("Customers", "c03", phone="1")
    bench.cycle()
    link = bench.link("c03")
    assert (link.tombstone, link.status) == ("", Status.OUT_OF_SYNC)
    assert link.problem is not None
    assert link.problem.code == "out_of_sight"
    with bench.store.reading() as tx:
        trail = tx.audit("books", link=link.id)
    assert "Out of Sync: out of sight in the CRM" in text(trail, str)
    for _ in range(30):
        bench.world.tick(60)
        bench.cycle()
    assert bench.audit().count("hidden") == 1  # said once, however often it is looked for
    _show(bench)
    bench.world.tick(3600)
    bench.settle()
    assert bench.link("c03").status is Status.IN_SYNC
    assert bench.crm.value("Account", account, "Phone") == "1"


def test_the_limits_are_options() -> None:
    bench = _loaded()
    bench.options = type(bench.options)(missing_few=30, overlap=timedelta(minutes=10))
    for key in sorted(bench.crm.alive("Account"))[:20]:
        bench.crm.remove("Account", key)
    bench.settle()
    assert _tombstones(bench) == 20


def _counted(bench: Bench) -> list[str]:
    """Keys that are looked up one by one in the ERP from now on."""
    looked_up: list[str] = []
    read = bench.erp.read

    def counting(entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        looked_up.extend(keys)
        return read(entity, shape, keys)

    bench.erp.read = counting  # type: ignore[method-assign]
    return looked_up


def _readings(bench: Bench) -> list[int]:
    with bench.store.reading() as tx:
        return [told["readings"] for told in suspicions(tx, "books").values()]


def test_while_a_suspicion_stands_only_a_few_records_are_looked_up_and_ever_more_rarely() -> None:
    bench = _loaded(WholeErp, count=80)
    _hide(bench, Side.ERP, sorted(bench.erp.alive("Customers"))[:60])
    looked_up = _counted(bench)
    for _ in range(72):
        bench.world.tick(3600)
        bench.cycle()
    [readings] = _readings(bench)
    assert 4 <= readings <= 7  # after 1, 2, 4, 8, 16 and 24 hours
    assert len(looked_up) <= 60 + 10 * readings
    assert _tombstones(bench) == 0
    assert _suspected(bench) == 60


def test_records_that_can_be_read_again_though_no_list_shows_them_lift_the_suspicion() -> None:
    bench = _loaded(WholeErp, count=80)
    keys = sorted(bench.erp.alive("Customers"))[:60]
    _hide(bench, Side.ERP, keys)
    bench.world.tick(25 * 3600)
    bench.cycle()
    assert _suspected(bench) == 60
    _show(bench)
    pages = bench.erp.pages

    def listed(entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        for page in pages(entity, shape, since):
            yield replace(page, records=tuple(one for one in page.records if one.key not in keys))

    bench.erp.pages = listed  # type: ignore[method-assign]
    bench.world.tick(3700)
    assert bench.cycle().problems == []
    assert _suspected(bench) == 0


def test_what_a_person_approved_is_looked_up_whole_and_taken_page_by_page() -> None:
    bench = _loaded(WholeErp, count=30)
    bench.options = replace(bench.options, page_of_links=7)
    _hide(bench, Side.ERP, sorted(bench.erp.alive("Customers"))[:20])
    bench.world.tick(25 * 3600)
    bench.cycle()
    looked_up = _counted(bench)
    assert _yes(bench) == 20
    bench.cycle()
    assert sorted(set(looked_up)) == [f"c{number:02}" for number in range(20)]
    assert _tombstones(bench) == 20
    assert _suspected(bench) == 0
