"""An answer that was lost on its way may arrive after a later one; the last word stands in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tieline.actions.desk import Desk
from tieline.contract import Action, AnswerLost, Outcome, Promote, Shape, Write
from tieline.store.memory import MemoryStore
from tieline.sync.cycle import Cycle, Report
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm
from tieline_simulation.world import World

PROMOTE = Action("toy", "promote", "Promote", "Account", lambda _given: Promote("customer"))


@dataclass
class SlowCrm(ToyCrm):
    """The first answer to a press is lost on its way, and takes effect when `deliver` is called."""

    late: list[Callable[[], object]] = field(default_factory=list)
    lose: bool = True

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        if shape.object == "ERP_Request__c" and self.lose:
            self.lose = False
            self.late.append(lambda: ToyCrm.write(self, entity, shape, batch))
            raise AnswerLost("gateway time-out", where="crm")
        return super().write(entity, shape, batch)

    def deliver(self) -> None:
        while self.late:
            self.late.pop()()


def _bench() -> tuple[Bench, SlowCrm, AsyncErp]:
    world = World()
    crm, erp = SlowCrm(world), AsyncErp(world)
    bench = Bench(world, crm, erp, MemoryStore(), ("",))
    bench.confirm()
    crm.add("Account", "a1", Name="One")
    bench.cycle()
    crm.add("ERP_Request__c", "r1", Action__c="toy.promote", Record_Id__c="a1", Status__c="New", CreatedById="u")
    return bench, crm, erp


def _cycle(bench: Bench) -> Report:
    bench.world.tick(5)
    context = replace(bench.context(), say=lambda _language, words: words)
    return Cycle(context, desk=Desk(context, (PROMOTE,), ("books",))).run()


def _status(crm: ToyCrm) -> object:
    return crm.value("ERP_Request__c", "r1", "Status__c")


def test_a_late_waiting_does_not_cover_done_for_good() -> None:
    bench, crm, erp = _bench()
    erp.silent = True
    _cycle(bench)  # Waiting goes out and is lost
    erp.silent = False
    _cycle(bench)
    _cycle(bench)
    assert _status(crm) == "Done"
    crm.deliver()
    assert _status(crm) == "Waiting"
    bench.world.tick(3600)
    _cycle(bench)
    assert _status(crm) == "Done"
    answers = [_cycle(bench).answers for _ in range(3)]
    assert answers == [0, 0, 0]


def test_a_press_whose_answers_all_arrived_costs_no_second_look() -> None:
    bench, crm, _ = _bench()
    crm.lose = False
    for _ in range(3):
        _cycle(bench)
    assert _status(crm) == "Done"
    with bench.store.reading() as tx:
        assert not tx.facts("requests:books")
