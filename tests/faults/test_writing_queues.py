"""A back office that answers later: answers that contradict, belong to nobody, come twice, late, old or never.

The queueing stand-in of the simulation shows the rule; a vendor that queues adds its own wire.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tieline.contract import Done, Outcome, Refused
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link, Status
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm
from tieline_simulation.world import World


class Talkative(AsyncErp):
    """Answers every question with what else it knows, and changes its mind when asked again."""

    stray: dict[str, Outcome]

    def settle(self, correlations: Any) -> Any:
        told = dict(super().settle(correlations))
        said = {**told, **self.stray}
        for one in told:
            self.answers[one] = Refused("changed my mind", "LATE")
        return said


@pytest.fixture
def queueing() -> Bench:
    world = World()
    erp = Talkative(world)
    erp.stray = {}
    made = Bench(world, ToyCrm(world), erp, MemoryStore(), ("",))
    made.confirm()
    return made


def made(bench: Bench) -> list[str]:
    return [str(row["name"]) for row in bench.erp.alive("Customers").values()]


def promoted(bench: Bench, key: str = "a1") -> Link:
    bench.crm.add("Account", key, Name=key)
    bench.cycle()
    bench.promote(key)
    return bench.link(key)


def test_a_negative_answer_after_the_positive_one_changes_nothing(queueing: Bench) -> None:
    promoted(queueing)
    queueing.settle()
    assert queueing.link("a1").status is Status.IN_SYNC
    for _ in range(3):
        queueing.cycle()
    assert queueing.link("a1").status is Status.IN_SYNC
    assert made(queueing) == ["a1"]
    assert "refused" not in queueing.audit()


def test_answers_to_questions_nobody_asked_are_left_alone(queueing: Bench) -> None:
    assert isinstance(queueing.erp, Talkative)
    queueing.erp.stray = {"nobody": Done("ghost", created=True), "": Refused("no", "X")}
    promoted(queueing)
    queueing.settle()
    assert made(queueing) == ["a1"]
    assert [link.erp_key for link in queueing.links()] == [queueing.link("a1").erp_key]
    assert "ghost" not in {link.erp_key for link in queueing.links()}


def test_an_answer_that_never_comes_is_told_at_the_deadline_and_still_taken_when_it_comes(queueing: Bench) -> None:
    assert isinstance(queueing.erp, Talkative)
    queueing.options = replace(queueing.options, acknowledge_within=timedelta(hours=1))
    promoted(queueing)
    queueing.erp.silent = True
    queueing.cycle()
    assert queueing.link("a1").status is Status.AWAITING_ACKNOWLEDGMENT
    queueing.world.tick(3700)
    queueing.cycle()
    late = queueing.link("a1")
    assert late.status is Status.OUT_OF_SYNC
    assert late.problem is not None
    assert late.problem.code == "no_acknowledgment"
    assert "Promote" in late.problem.next_step
    assert made(queueing) == []
    queueing.world.tick(864_000)
    queueing.erp.silent = False
    queueing.settle()
    assert queueing.link("a1").status is Status.IN_SYNC
    assert made(queueing) == ["a1"]


def test_an_older_version_after_a_newer_one_is_dropped_and_noted(queueing: Bench) -> None:
    queueing.erp.add("Customers", "c1", name="One", phone="1")
    queueing.settle()
    row = queueing.erp.rows["", "Customers", "c1"]
    queueing.erp.edit("Customers", "c1", phone="2")
    queueing.settle()
    newest = row.number
    row.values = {**row.values, "phone": "old"}
    row.number, row.stamp = newest - 1, queueing.world.now()
    queueing.settle()
    assert queueing.crm.value("Account", queueing.crm_key("c1"), "Phone") == "2"
    assert "stale" in queueing.audit()
    row.values, row.number = {**row.values, "phone": "3"}, newest + 1
    queueing.world.tick()
    row.stamp = queueing.world.now()
    queueing.settle()
    assert queueing.crm.value("Account", queueing.crm_key("c1"), "Phone") == "3"


def test_versions_are_numbers_not_texts(queueing: Bench) -> None:
    queueing.erp.add("Customers", "c1", name="One", phone="1")
    queueing.settle()
    row = queueing.erp.rows["", "Customers", "c1"]
    for number, phone in ((9, "nine"), (10, "ten"), (10**30, "many")):
        row.values, row.number = {**row.values, "phone": phone}, number
        queueing.world.tick()
        row.stamp = queueing.world.now()
        queueing.settle()
        assert queueing.crm.value("Account", queueing.crm_key("c1"), "Phone") == phone


def test_one_version_with_two_contents_is_told(queueing: Bench) -> None:
    queueing.erp.add("Customers", "c1", name="One", phone="1")
    queueing.settle()
    row = queueing.erp.rows["", "Customers", "c1"]
    row.values = {**row.values, "phone": "other content, same number"}
    queueing.world.tick()
    row.stamp = queueing.world.now()
    queueing.settle()
    link = queueing.link("c1")
    assert link.status is Status.OUT_OF_SYNC
    assert link.problem is not None
    assert link.problem.code == "integrity"
    assert queueing.crm.value("Account", link.crm_key, "Phone") == "1"
