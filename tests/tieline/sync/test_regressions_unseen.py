"""What histories in bad weather found about records that nobody has read, or that are not shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tieline.contract import Done, Operation, Outcome, Record, Refused, Shape, TransientError, Write
from tieline.store.memory import MemoryStore
from tieline.store.protocol import Fenced
from tieline.sync.cycle import Cycle
from tieline.sync.missing import approve
from tieline.sync.points import Point
from tieline.sync.repair import Repair
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World


def _bench(erp: type[Toy]) -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), erp(world), MemoryStore(), ("",))
    made.confirm()
    return made


class Silent(VersionedErp):
    """Says of a record it made only that it made it."""

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        outcome = super()._create(entity, shape, write)
        assert isinstance(outcome, Done)
        return Done(outcome.key, created=True)


class Meddled(Silent):
    """Somebody edits a record in the moment before our first change of it arrives."""

    def write(self, entity: str, shape: Shape, batch: list[Write]) -> list[Outcome]:  # type: ignore[override]
        if batch[0].operation is Operation.UPDATE and self.value(shape.object, batch[0].key, "name") == "One":
            self.edit(shape.object, batch[0].key, name="typed there")
        return list(super().write(entity, shape, batch))


def test_a_record_of_unknown_version_is_read_before_it_is_changed() -> None:
    bench = _bench(Meddled)
    bench.crm.add("Account", "a1", Name="One")
    bench.promote("a1")
    sweep = bench.erp.pages
    bench.erp.pages = lambda *_given: iter(())  # type: ignore[method-assign]
    bench.cycle()
    bench.crm.edit("Account", "a1", Name="typed here")
    bench.cycle()
    bench.erp.pages = sweep  # type: ignore[method-assign]
    bench.settle()
    with bench.store.reading() as tx:
        told = [one for conflict in tx.conflicts("books") for one in conflict.crm.values()]
    assert bench.erp.value("Customers", bench.link("a1").erp_key, "name") == "typed there"
    assert "typed here" in told


def test_a_record_that_comes_back_to_a_partner_with_a_new_half_link_is_tied_to_it_again() -> None:
    bench = _bench(VersionedErp)
    bench.erp.add("Customers", "c1", name="One")
    bench.crm.add("Account", "a2", Name="Two")
    bench.settle()
    kept = bench.crm_key("c1")
    bench.erp.remove("Customers", "c1")
    bench.settle()
    bench.crm.merge("Account", kept, "a2")
    bench.settle()
    bench.erp.restore("Customers", "c1")
    bench.erp.edit("Customers", "c1", phone="later")
    bench.settle()
    assert bench.crm.value("Account", kept, "Phone") == "later"


def test_a_record_that_comes_back_to_a_partner_with_another_tie_is_told_as_a_duplicate() -> None:
    bench = _bench(VersionedErp)
    for key in ("c1", "c2"):
        bench.erp.add("Customers", key, name=key)
    bench.settle()
    kept, lost = bench.crm_key("c1"), bench.crm_key("c2")
    bench.erp.remove("Customers", "c1")
    bench.settle()
    bench.crm.merge("Account", kept, lost)
    bench.settle()
    bench.erp.restore("Customers", "c1")
    bench.settle()
    (live,) = [link for link in bench.links() if link.crm_key == kept and not link.tombstone]
    assert live.erp_key == "c2"
    assert live.problem is not None
    assert live.problem.code == "duplicate"


def _with_a_write_of_unknown_outcome() -> Bench:
    """One person on both sides, edited in the CRM; nobody knows whether the edit arrived. Contacts are deleted when the
    person is, and the back office tells no deletions."""
    bench = _bench(WholeErp)
    bench.mappings = (CUSTOMER, replace(CONTACT, delete_in_crm=True))
    bench.erp.add("Customers", "c1", name="One")
    bench.erp.add("People", "p1", last="Ann", customer="c1")
    bench.settle()
    bench.crm.edit("Contact", bench.crm_key("p1", "contact"), LastName="Anne")
    bench.erp.faults.before = 1
    bench.cycle()
    return bench


def test_a_kind_of_record_that_is_out_of_sight_deletes_nothing() -> None:
    bench = _with_a_write_of_unknown_outcome()
    bench.erp.withheld.add("People")
    for _ in range(4):
        bench.world.tick(2 * 3600)
        bench.cycle()
    assert len(bench.crm.alive("Contact")) == 1
    bench.erp.withheld.clear()
    bench.world.tick(2 * 3600)
    bench.cycle()
    repair = Repair(bench.store, "books", bench.world.now(), "ann")
    assert repair.retry(repair.stuck()) == 1
    bench.settle()
    assert bench.erp.value("People", "p1", "last") == "Anne"


def test_the_last_record_of_a_kind_is_deleted_once_a_person_says_that_it_is_gone() -> None:
    bench = _with_a_write_of_unknown_outcome()
    bench.erp.remove("People", "p1")
    bench.cycle()
    with bench.store.transaction() as tx:
        assert approve(tx, "books", bench.world.now(), "ann") == 1
    bench.settle()
    assert bench.crm.alive("Contact") == {}


def test_a_partial_look_takes_nothing_back_of_what_a_full_reading_missed() -> None:
    """A person who confirms what seems to be gone confirms all of it, and is not asked for ever."""
    bench = _bench(WholeErp)
    for key in ("c1", "c2"):
        bench.erp.add("Customers", key, name=key)
    bench.settle()
    account = bench.crm_key("c1")
    for key in ("c1", "c2"):
        bench.erp.remove("Customers", key)
    bench.world.tick(26 * 3600)
    bench.crm.edit("Account", account, Phone="sent to a record that is gone")
    bench.cycle()
    with bench.store.transaction() as tx:
        assert approve(tx, "books", bench.world.now(), "ann") == 2
    assert bench.cycle().problems == []
    assert [link for link in bench.links() if not link.tombstone] == []


def test_half_a_group_is_not_born() -> None:
    bench = _bench(VersionedErp)
    bench.crm.hidden.add(("Account", "City"))
    bench.crm.add("Account", "a1", Name="One", Street="High Street", City="Here")
    bench.promote("a1")
    bench.settle()
    key = bench.link("a1").erp_key
    assert bench.erp.value("Customers", key, "street") is None
    bench.crm.hidden.clear()
    bench.crm.edit("Account", "a1", Phone="seen again")
    bench.settle()
    address = [bench.erp.value("Customers", key, name) for name in ("street", "city")]
    assert address == ["High Street", "Here"]


def test_a_worker_that_was_overtaken_before_it_sent_sends_nothing() -> None:
    """It must not take what the other one has read for what its own write was planned on."""
    bench = _bench(WholeErp)
    bench.erp.add("Customers", "c1", name="One", phone="old")
    bench.settle()
    bench.crm.edit("Account", bench.crm_key("c1"), Phone="ours")
    fence = bench.store.lease("sync:books", "one", bench.world.now(), 60)
    assert fence is not None

    def freeze(name: str) -> None:
        if name == Point.ACT_AFTER_INTENT:
            bench.point = lambda _name: None
            bench.world.tick(120)
            bench.erp.edit("Customers", "c1", phone="theirs")
            assert bench.store.lease("sync:books", "two", bench.world.now(), 60) is not None
            bench.cycle()

    bench.point = freeze
    with pytest.raises(Fenced):
        Cycle(bench.fenced(bench.context(), fence)).run()
    with bench.store.reading() as tx:
        told = [one for conflict in tx.conflicts("books") for one in (*conflict.crm.values(), *conflict.erp.values())]
    assert bench.erp.value("Customers", "c1", "phone") == "theirs"
    assert "ours" in told


class OnceOnly(VersionedErp):
    """A repeated create whose record is gone is refused: it will never make another."""

    def _create(self, entity: str, shape: Shape, write: Write) -> Outcome:
        if any(row.deleted and row.marker == write.marker for row in self.rows.values()):
            return Refused("it was made and is gone", "VANISHED")
        return super()._create(entity, shape, write)


def test_a_birth_that_a_reading_met_was_one_even_if_it_is_gone_before_its_answer() -> None:
    """The record was deleted again before anybody could ask what became of the create: the audit never said that it
    had been made."""
    bench = _bench(OnceOnly)
    bench.crm.add("Account", "a1", Name="One")
    bench.promote("a1")
    bench.erp.faults.after = 1
    bench.cycle()
    look = bench.erp.find

    def away(*_given: object) -> dict[str, Record]:
        raise TransientError("away", where="toy")

    bench.erp.find = bench.erp.write = away  # type: ignore[method-assign, assignment]
    bench.cycle()
    bench.erp.find = look  # type: ignore[method-assign]
    del bench.erp.write
    (key,) = bench.erp.alive("Customers")
    assert bench.link("a1").erp_key == key
    bench.erp.remove("Customers", key)
    for _ in range(3):
        bench.world.tick(2 * 3600)
        bench.cycle()
    assert bench.audit().count("created") == 1
    assert not {"not_executed", "refused"} & set(bench.audit())
    assert bench.open_calls() == 0
