"""Two systems that both change what is written to them: the engine stops, says so, and a person starts it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tieline.contract import Outcome, Shape, Write
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline.sync.loops import flips
from tieline.sync.repair import Repair
from tieline.sync.standing import WRITTEN
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


class Insisting(VersionedErp):
    """A rule of this system puts its own value back whenever somebody else writes the field."""

    insists = True

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        outcomes = super().write(entity, shape, batch)
        for one in batch:
            if self.insists and one.key and "phone" in one.fields:
                self.later.append(lambda key=one.key: self.edit("Customers", key, entity, phone="theirs"))  # type: ignore[misc]
        return outcomes

    @property
    def later(self) -> list[Callable[[], None]]:
        self.__dict__.setdefault("_later", [])
        found: list[Callable[[], None]] = self.__dict__["_later"]
        return found


def _bench() -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), Insisting(world), MemoryStore(), ("",))
    bench.confirm()
    bench.erp.add("Customers", "c0", name="One", phone="theirs")
    bench.settle()
    return bench


def _war(bench: Bench, rounds: int, minutes: int = 1) -> None:
    """A flow of the CRM answers each change of the ERP's with its own."""
    account = bench.crm_key("c0")
    for _ in range(rounds):
        if bench.crm.value("Account", account, "Phone") != "ours":
            bench.crm.edit("Account", account, Phone="ours")
        bench.world.tick(minutes * 60)
        bench.cycle()
        assert isinstance(bench.erp, Insisting)
        while bench.erp.later:
            bench.erp.later.pop()()
        bench.world.tick(minutes * 60)
        bench.cycle()


def _phone_writes(bench: Bench) -> int:
    return sum(
        c.engine and c.action == "update" and {"phone", "Phone"} & set(c.values) != set() for c in bench.world.log
    )


def test_a_field_that_goes_to_and_fro_is_stopped_and_explained() -> None:
    bench = _bench()
    _war(bench, 10)
    written = _phone_writes(bench)
    link = bench.link("c0")
    assert link.status is Status.OUT_OF_SYNC
    assert link.problem is not None
    assert link.problem.code == "loop"
    assert "Phone is 'ours' in the CRM and 'theirs' in the back office" in link.problem.reason
    assert "retry" in link.problem.next_step
    _war(bench, 5)
    assert _phone_writes(bench) == written
    assert written < 12
    assert bench.audit().count("loop") == 1


def test_other_fields_of_the_record_go_on() -> None:
    bench = _bench()
    _war(bench, 10)
    bench.crm.edit("Account", bench.crm_key("c0"), Street="Main Street")
    bench.erp.edit("Customers", "c0", code="C-1")
    bench.settle()
    assert bench.erp.value("Customers", "c0", "street") == "Main Street"
    assert bench.crm.value("Account", bench.crm_key("c0"), "Code__c") == "C-1"
    assert bench.link("c0").status is Status.OUT_OF_SYNC


@pytest.mark.parametrize("how", ["retry", "press"])
def test_a_person_starts_it_again_once_the_rule_is_gone(how: str) -> None:
    bench = _bench()
    _war(bench, 10)
    assert isinstance(bench.erp, Insisting)
    bench.erp.insists = False
    if how == "retry":
        repair = Repair(bench.store, "books", bench.world.now(), "ada")
        assert repair.retry(repair.stuck()) == 1
    else:
        bench.promote(bench.crm_key("c0"))
    bench.crm.edit("Account", bench.crm_key("c0"), Phone="mended")
    bench.settle()
    assert bench.erp.value("Customers", "c0", "phone") == "mended"
    assert bench.link("c0").status is Status.IN_SYNC


def test_it_survives_a_restart_for_it_is_kept_on_the_link() -> None:
    bench = _bench()
    for _ in range(10):
        _war(bench, 1)  # every cycle has a context of its own already
    assert bench.link("c0").extra["looping"] == ["Phone"]


def test_a_slow_to_and_fro_of_people_is_none() -> None:
    bench = _bench()
    _war(bench, 10, minutes=30)
    assert bench.link("c0").problem is None


def test_people_who_type_by_turns_are_no_loop() -> None:
    bench = _bench()
    assert isinstance(bench.erp, Insisting)
    bench.erp.insists = False
    account = bench.crm_key("c0")
    for number in range(10):
        bench.crm.edit("Account", account, Phone=f"c{number}")
        bench.cycle()
        bench.erp.edit("Customers", "c0", phone=f"e{number}")
        bench.cycle()
    bench.settle()
    assert bench.link("c0").problem is None
    assert bench.crm.value("Account", account, "Phone") == "e9"


def test_systems_that_each_make_something_new_of_it_are_stopped_later() -> None:
    bench = _bench()
    assert isinstance(bench.erp, Insisting)
    bench.erp.insists = False
    for number in range(40):
        bench.crm.edit("Account", bench.crm_key("c0"), Phone=f"{'&amp;' * number}c")
        bench.cycle()
        bench.erp.edit("Customers", "c0", phone=f"{'&amp;' * number}e")
        bench.cycle()
    assert bench.link("c0").problem is not None
    assert _phone_writes(bench) < 40


def _entries(*writes: str) -> list[str]:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    return [
        f"{text.split()[0]} {(start + timedelta(minutes=n)).isoformat()} {text.split()[1]}"
        for n, text in enumerate(writes)
    ]


@pytest.mark.parametrize(
    ("writes", "count"),
    [
        ((), 0),
        (("erp a", "erp b", "erp c", "erp d"), 0),  # somebody types on one side
        (("crm a", "crm a", "crm a"), 2),  # a flow undoes what we write
        (("erp a", "crm b", "erp c", "crm d"), 0.75),  # people, or each makes something new of it
        (("erp a", "crm b", "erp a", "crm b"), 2.25),
    ],
)
def test_what_counts_as_a_flip(writes: tuple[str, ...], count: float) -> None:
    assert flips(_entries(*writes), datetime(2026, 1, 5, tzinfo=UTC)) == count


def test_a_flow_that_undoes_a_one_way_field_is_stopped_too() -> None:
    bench = _bench()
    account = bench.crm_key("c0")
    bench.erp.edit("Customers", "c0", code="C-1")
    bench.settle()
    for _ in range(15):
        bench.crm.edit("Account", account, Code__c="undone")
        bench.world.tick(30)
        bench.cycle()
    link = bench.link("c0")
    assert link.problem is not None
    assert "Code__c" in link.problem.reason
    assert bench.crm.value("Account", account, "Code__c") == "undone"


def test_what_was_written_long_ago_is_forgotten() -> None:
    """A nightly price list must not make each link longer for ever."""
    bench = _bench()
    for night in range(10):
        bench.world.tick(24 * 3600)
        bench.erp.edit("Customers", "c0", phone=str(night), name=f"Night {night}")
        bench.settle()
    assert {name: len(told) for name, told in bench.link("c0").extra[WRITTEN].items()} == {"Name": 1, "Phone": 1}
    bench.world.tick(24 * 3600)
    bench.erp.edit("Customers", "c0", code="C")
    bench.settle()
    assert set(bench.link("c0").extra[WRITTEN]) == {"Code__c"}
