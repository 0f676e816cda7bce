"""How often the back office is asked: by its own pace, and sooner where something tells that there is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tieline.actions.promote import request_promotion
from tieline.contract import Field, ListRow, ManagedList, Option, TransientError
from tieline.contract.naming import list_object
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context, Options
from tieline.sync.cycle import Cycle, Report
from tieline.workers.embedded import look
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

TERMS = ManagedList("toy", "terms", "Term", "Terms")
UNITS = ManagedList("toy", "units", "Unit", "Units")
PACED = Options(changes_every=timedelta(minutes=10), lists_every=timedelta(hours=1), guard_every=timedelta(minutes=5))


class Paced:
    """One engine that goes on, as a watch does."""

    def __init__(self) -> None:
        world = World()
        self.bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",), mappings=(CUSTOMER,))
        self.bench.lists = (TERMS,)
        self.bench.erp.lists["terms"] = [ListRow("T1", "30 days")]
        self.bench.confirm()
        self.context: Context = replace(self.bench.context(), options=PACED)

    def cycles(self, count: int, seconds: float) -> Report:
        for _ in range(count):
            self.bench.world.tick(seconds)
            report = Cycle(self.context).run()
        return report

    def asked(self, call: str) -> int:
        return self.bench.world.calls[call]


@pytest.fixture
def paced() -> Paced:
    return Paced()


def test_the_back_office_is_read_at_its_own_pace_and_the_org_in_every_cycle(paced: Paced) -> None:
    paced.cycles(60, 30)
    assert paced.asked("crm.pages") > 60
    assert (paced.asked("versioned.pages"), paced.asked("versioned.deleted")) == (3, 3)
    assert paced.asked("versioned.options") == 1


class Pressed:
    """A desk at which one button was pressed."""

    def __init__(self) -> None:
        self.waiting = 1

    def accept(self) -> int:
        taken, self.waiting = self.waiting, 0
        return taken

    def answer(self) -> int:
        return 0


def test_what_a_button_made_is_looked_at_soon(paced: Paced) -> None:
    paced.cycles(1, 5)
    Cycle(paced.context, desk=Pressed()).run()
    paced.cycles(11, 5)
    assert paced.asked("versioned.pages") == 1
    paced.cycles(2, 5)
    assert paced.asked("versioned.pages") == 2
    paced.cycles(26, 5)
    assert paced.asked("versioned.pages") == 2


def test_an_update_is_read_back_and_costs_no_look_at_everything(paced: Paced) -> None:
    paced.cycles(1, 5)
    key = paced.bench.crm.add("Account", "A-1", Name="Acme")
    paced.cycles(1, 5)
    paced.bench.promote(key)
    assert paced.cycles(1, 5).writes.erp == 1
    paced.cycles(26, 5)
    assert paced.asked("versioned.pages") == 1


def test_a_reading_that_failed_is_tried_again_soon(paced: Paced, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise TransientError("away")

    with monkeypatch.context() as patch:
        patch.setattr(paced.bench.erp, "pages", away)
        assert paced.cycles(1, 5).problems
    paced.cycles(11, 5)
    assert paced.asked("versioned.pages") == 0
    paced.cycles(2, 5)
    assert paced.asked("versioned.pages") == 1


def test_a_look_before_the_first_load_reads_whatever_the_pace(paced: Paced) -> None:
    paced.cycles(1, 5)
    look(Cycle(paced.context))
    assert paced.asked("versioned.pages") == 2


def test_what_people_do_to_a_list_is_undone_without_asking_the_back_office(paced: Paced) -> None:
    paced.cycles(1, 5)
    rows = list_object(paced.context.system, TERMS)
    (key,) = paced.bench.crm.alive(rows)
    paced.bench.crm.edit(rows, key, Name="whenever")
    paced.cycles(31, 10)
    assert paced.bench.crm.value(rows, key, "Name") == "30 days"
    assert paced.asked("versioned.options") == 1


def test_a_row_that_nobody_knows_is_looked_for_at_once_and_then_seldom(paced: Paced) -> None:
    """Records that wait for it ask again and again; only the list in question is read."""
    paced.context = replace(paced.context, lists=(TERMS, UNITS))
    paced.cycles(1, 5)
    assert paced.asked("versioned.options") == 2
    for _ in range(58):  # within the lists' own hour
        paced.context.pace.ask("lists terms")
        paced.cycles(1, 60)
    assert paced.asked("versioned.options") == 2 + 4


def test_a_record_asks_for_the_list_of_the_row_it_names(paced: Paced) -> None:
    field = Field("Term__c", "term", Option("terms"))
    mapping = replace(CUSTOMER, fields=(*CUSTOMER.fields, field))
    paced.context = replace(paced.context, mappings=(mapping,), lists=(TERMS, UNITS))
    paced.cycles(1, 5)
    paced.bench.erp.add("Customers", "C-1", name="Acme", term="T2")
    paced.bench.erp.lists["terms"].append(ListRow("T2", "60 days"))
    paced.cycles(1, 600)
    assert paced.asked("versioned.options") == 2
    paced.cycles(1, 5)
    assert paced.asked("versioned.options") == 3


def test_before_a_record_is_made_in_the_back_office_it_is_looked_for_there(paced: Paced) -> None:
    """Somebody made the customer there since the last look; a second one was made of the account."""
    bench = paced.bench
    paced.cycles(2, 5)
    bench.erp.add("Customers", "c1", name="One", code="C-1")
    bench.crm.add("Account", "a1", Name="One", Code__c="C-1")
    request_promotion(paced.context, "customer", "a1", "")
    paced.cycles(4, 60)
    assert list(bench.erp.alive("Customers")) == ["c1"]
    assert bench.link("a1").erp_key == "c1"


def test_a_record_is_made_in_the_cycle_after_it_was_looked_for(paced: Paced) -> None:
    paced.cycles(2, 5)
    paced.bench.crm.add("Account", "a1", Name="One")
    request_promotion(paced.context, "customer", "a1", "")
    paced.cycles(1, 90)
    assert paced.bench.erp.alive("Customers") == {}
    paced.cycles(1, 5)
    assert len(paced.bench.erp.alive("Customers")) == 1
