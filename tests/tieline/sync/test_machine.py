"""A state machine over the engine's public doors: small readable counterexamples where seeds give volume.

Each rule is one thing that a person, a vendor or the machine does. Write rights (I5), monotony (I7) and the audit (I8)
are judged after each; at the end everything heals, and the simulation's oracle gives its whole verdict.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tieline.contract import ListRow, Side, TielineError
from tieline.store.nouns import Link
from tieline.sync.repair import HELD, Repair
from tieline_simulation.acts.edits import do_edit, value
from tieline_simulation.acts.presses import ask
from tieline_simulation.declared import TERMS_OBJECT, TYPED
from tieline_simulation.mutants import MUTANTS, switched_on
from tieline_simulation.storm import SHAPES, Plot, Storm, Weather
from tieline_simulation.systems import AsyncErp, Toy
from tieline_simulation.violation import Violation

PLOT = Plot(lists=True, bins=True, repairs=True)
FAULTS = ("before", "after", "never_sent", "panel")
HELD_PLOT = Plot(lists=True, bins=True, repairs=True, held=True)
SIDES = st.sampled_from(list(Side))
OBJECTS = {"Account": "Customers", "Contact": "People"}
QUICK = settings(
    max_examples=12, stateful_step_count=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
DEEP = settings(QUICK, max_examples=300, stateful_step_count=40)


@dataclass(frozen=True)
class Made:
    """A record somebody made, by the CRM's name of its object and the side it was made on."""

    side: Side
    entity: str
    object: str
    key: str


class EngineMachine(RuleBasedStateMachine):
    """One history. `shape`, `plot` and the engine's `mutant` are set by a subclass."""

    shape = "versioned"
    plot = PLOT
    mutant = ""
    accounts = Bundle("accounts")
    contacts = Bundle("contacts")

    @initialize(target=accounts, side=SIDES)
    def begin(self, side: Side) -> Made:
        """An account that both sides know."""
        self.engine = contextlib.ExitStack()
        self.engine.enter_context(switched_on(self.mutant))
        self.storm = Storm(self.shape, 0, weather=Weather(), kills=frozenset(), plot=self.plot)
        self.storm.raging, self.broken, self.deletes = True, False, 0
        with self.judged():
            made = self._made(side, 0, "Account", {"Name": self._value(side, "Name")})
            if side is Side.CRM:
                ask(self.storm, made.key, self._entity(0))
            for _ in range(2):
                self.storm.cycle()
        return made

    @contextlib.contextmanager
    def judged(self) -> Iterator[None]:
        """What broke in a step is the finding; the verdict on a broken history would hide it."""
        try:
            yield
            self.storm.oracle.catch_up()
        except (Violation, AssertionError):
            self.broken = True
            raise

    # records ---------------------------------------------------------------------------------------------------

    @rule(target=accounts, side=SIDES, field=st.sampled_from(TYPED["Account"][1:]), entity=st.integers(0, 1))
    def make_account(self, side: Side, field: str, entity: int) -> Made:
        with self.judged():
            return self._made(
                side, entity, "Account", {"Name": self._value(side, "Name"), field: self._value(side, field)}
            )

    @rule(target=contacts, account=accounts, shared=st.booleans())
    def make_contact(self, account: Made, shared: bool) -> Made | MultipleResults[Made]:
        """On the side of its account; several share one address: a strong key that matches or is ambiguous."""
        email = "shared@x" if shared else self.storm.token("m") + "@x"
        if not self._there(account):
            return multiple()
        values = {"LastName": self._value(account.side, "LastName"), "Email": email, "AccountId": account.key}
        with self.judged():
            return self._made(account.side, account.entity, "Contact", values)

    @rule(record=accounts | contacts, on=SIDES, field=st.integers(0, 20))
    def edit(self, record: Made, on: Side, field: int) -> None:
        with self.judged():
            self._edit(record, on, field)

    @rule(account=accounts, crm=st.integers(0, 20), erp=st.integers(0, 20))
    def edit_both_sides_and_cycle(self, account: Made, crm: int, erp: int) -> None:
        with self.judged():
            self._edit(account, Side.CRM, crm)
            self._edit(account, Side.ERP, erp)
            self.storm.cycle()

    @precondition(lambda self: self.deletes < 2)
    @rule(record=accounts | contacts, on=SIDES)
    def delete(self, record: Made, on: Side) -> None:
        found = self._place(record, on)
        if found is not None:
            toy, entity, obj, key = found
            self.deletes += 1
            with self.judged():
                toy.remove(obj, key, entity)

    @rule(record=accounts | contacts)
    def take_from_bin(self, record: Made) -> None:
        toy, entity, obj, key = self._home(record)
        if not self._there(record):
            with self.judged():
                toy.restore(obj, key, entity)

    @precondition(lambda self: self.deletes < 2)
    @rule(winner=accounts, loser=accounts)
    def merge(self, winner: Made, loser: Made) -> None:
        one, other = self._place(winner, Side.CRM), self._place(loser, Side.CRM)
        if one is not None and other is not None and one != other:
            self.deletes += 1
            with self.judged():
                self.storm.crm.merge("Account", one[3], other[3], {"Contact": "AccountId"})
                self.storm.oracle.merged(one[3], other[3])

    # people who ask --------------------------------------------------------------------------------------------

    @rule(account=accounts, entity=st.integers(0, 1))
    def promote(self, account: Made, entity: int) -> None:
        found = self._place(account, Side.CRM)
        if found is not None:
            with self.judged():
                ask(self.storm, found[3], self._entity(entity))

    @rule(account=accounts, entity=st.integers(0, 1))
    def press_create_order(self, account: Made, entity: int) -> None:
        """The desk answers in the next cycle."""
        found = self._place(account, Side.CRM)
        if found is None:
            return
        row = {"Action__c": "toy.order", "Record_Id__c": found[3], "Accounting_Entity__c": self._entity(entity)}
        with self.judged():
            self.storm.crm.add("ERP_Request__c", self.storm.token("press"), Status__c="New", CreatedById="u", **row)

    @precondition(lambda self: self._repair().stuck())
    @rule()
    def retry(self) -> None:
        with self.judged():
            self._repair().retry(self._repair().stuck())

    @precondition(lambda self: any(link.blocked for link in self.storm.live_links()))
    @rule(winner=SIDES)
    def resolve(self, winner: Side) -> None:
        blocked = [link for link in self.storm.live_links() if link.blocked]
        with self.judged(), contextlib.suppress(TielineError):
            self._repair().resolve(blocked[0], winner)

    @precondition(lambda self: len(self._tied()) > 1)
    @rule(number=st.integers(0, 9))
    def unlink(self, number: int) -> None:
        tied = self._tied()
        with self.judged(), contextlib.suppress(TielineError):
            self._repair().part(tied[number % len(tied)])

    @precondition(lambda self: self._alone(Side.CRM) and self._alone(Side.ERP))
    @rule(crm=st.integers(0, 9), erp=st.integers(0, 9))
    def link(self, crm: int, erp: int) -> None:
        ones, others = self._alone(Side.CRM), self._alone(Side.ERP)
        with self.judged(), contextlib.suppress(TielineError):
            self._repair().join(ones[crm % len(ones)], others[erp % len(others)])

    # the list --------------------------------------------------------------------------------------------------

    @rule(key=st.sampled_from(["T1", "T2", "T3"]))
    def toggle_list_row(self, key: str) -> None:
        rows = {row.key: row for row in self.storm.erp.lists["terms"]}
        if rows.pop(key, None) is None:
            rows[key] = ListRow(key, self.storm.token("label"))
        self.storm.erp.lists["terms"] = [rows[one] for one in sorted(rows)]

    @precondition(lambda self: self.storm.crm.alive(TERMS_OBJECT))
    @rule(number=st.integers(0, 9))
    def meddle_with_list_row(self, number: int) -> None:
        rows = sorted(self.storm.crm.alive(TERMS_OBJECT))
        with self.judged():
            self.storm.crm.edit(TERMS_OBJECT, rows[number % len(rows)], Name=self.storm.token("meddled"))

    # the engine, and the weather -------------------------------------------------------------------------------

    @rule(number=st.integers(1, 3))
    def cycles(self, number: int) -> None:
        with self.judged():
            for _ in range(number):
                self.storm.cycle()

    @rule(record=accounts | contacts, on=SIDES, field=st.integers(0, 20))
    def meddle(self, record: Made, on: Side, field: int) -> None:
        """After an edit somebody edits each record once more between the engine's look and its write."""
        self.storm.weather.meddle = 1.0
        with self.judged():
            self._edit(record, on, field)
            self.storm.cycle()
        self.storm.weather.meddle = 0.0

    @rule(record=accounts | contacts, on=SIDES, field=st.integers(0, 20), passing=st.integers(1, 60))
    def crash(self, record: Made, on: Side, field: int, passing: int) -> None:
        """After an edit the process ends at this passing of a point; a new one will go on."""
        self.storm.kills = frozenset({self.storm.passed.total() + passing})
        with self.judged():
            self._edit(record, on, field)
            self.storm.cycle()

    @rule(side=SIDES, kind=st.sampled_from(FAULTS), record=accounts | contacts, field=st.integers(0, 20))
    def fault(self, side: Side, kind: str, record: Made, field: int) -> None:
        """After an edit the next write to this side fails so."""
        setattr(self._toy(side).faults, kind, 1)
        with self.judged():
            self._edit(record, side.other, field)
            self.storm.cycle()

    @rule(seconds=st.sampled_from([1, 60, 20 * 60, 3 * 3600]))
    def wait(self, seconds: int) -> None:
        self.storm.world.tick(seconds)
        with self.judged():
            self.storm.arrive()

    @precondition(lambda self: isinstance(self.storm.erp, AsyncErp))
    @rule()
    def queue_stops_or_goes_on(self) -> None:
        assert isinstance(self.storm.erp, AsyncErp)
        self.storm.erp.silent = not self.storm.erp.silent

    # judgement -------------------------------------------------------------------------------------------------

    @invariant()
    def rights_are_kept(self) -> None:
        """I5 is judged with each write in the log, I7 with each commit (see `watched`)."""
        with self.judged():
            self.storm.oracle.catch_up()

    @invariant()
    def the_audit_holds(self) -> None:
        """I8: the chain, and no write without an entry where nothing is under way."""
        with self.judged(), self.storm.store.reading() as tx:
            assert tx.verify_audit("books") is None
        if not self.storm.bench.open_calls():
            with self.judged():
                self.storm.oracle.books.audited()

    def teardown(self) -> None:
        try:
            if not self.broken:
                self._verdict()
        finally:
            self.engine.close()

    def _verdict(self) -> None:
        self.storm.kills, self.storm.raging = frozenset(), False
        for toy in (self.storm.crm, self.storm.erp):
            for kind in FAULTS:
                setattr(toy.faults, kind, 0)
        self.storm.calm()
        self.storm.oracle.verdict()

    def _edit(self, record: Made, on: Side, field: int) -> None:
        """On this side if the record is there, else where it was made."""
        found = self._place(record, on) or self._place(record, record.side)
        if found is not None:
            on = Side.CRM if found[0] is self.storm.crm else Side.ERP
            name = TYPED[record.object][field % len(TYPED[record.object])]
            do_edit(self.storm, *found, {self._name(on, record.object, name): self._value(on, name)})

    # places ----------------------------------------------------------------------------------------------------

    def _toy(self, side: Side) -> Toy:
        return self.storm.crm if side is Side.CRM else self.storm.erp

    def _entity(self, number: int) -> str:
        return self.storm.entities[number % len(self.storm.entities)]

    def _name(self, side: Side, obj: str, name: str) -> str:
        if name == "AccountId":
            return name if side is Side.CRM else "customer"
        return name if side is Side.CRM else self.storm.erp_name(obj, name)

    def _value(self, side: Side, name: str) -> str:
        return value(self.storm, name, self._toy(side))

    def _made(self, side: Side, entity: int | str, obj: str, values: dict[str, str]) -> Made:
        home = entity if isinstance(entity, str) else "" if side is Side.CRM else self._entity(entity)
        key = self.storm.token("k") if side is Side.CRM else self.storm.next_key(home)
        own = obj if side is Side.CRM else OBJECTS[obj]
        self._toy(side).add(own, key, home, **{self._name(side, obj, name): one for name, one in values.items()})
        return Made(side, home, obj, key)

    def _home(self, record: Made) -> tuple[Toy, str, str, str]:
        own = record.object if record.side is Side.CRM else OBJECTS[record.object]
        return self._toy(record.side), record.entity, own, record.key

    def _there(self, record: Made) -> bool:
        toy, entity, obj, key = self._home(record)
        return not toy.rows[entity, obj, key].deleted

    def _place(self, record: Made, on: Side) -> tuple[Toy, str, str, str] | None:
        """The record, or its partner on the other side; None when it is not there."""
        found = self._home(record) if record.side is on else self._partner(record)
        if found is None or found[0].rows[found[1:]].deleted:
            return None
        return found

    def _partner(self, record: Made) -> tuple[Toy, str, str, str] | None:
        for link in self.storm.live_links():
            own, other = (link.crm_key, link.erp_key)[:: 1 if record.side is Side.CRM else -1]
            if own == record.key and other and record.entity in {"", link.entity}:
                entity, obj = (link.entity, OBJECTS[record.object]) if record.side is Side.CRM else ("", record.object)
                toy = self._toy(record.side.other)
                if (entity, obj, other) in toy.rows:
                    return toy, entity, obj, other
        return None

    def _repair(self) -> Repair:
        return Repair(self.storm.store, "books", self.storm.world.now(), "ann")

    def _tied(self) -> list[Link]:
        return [x for x in self.storm.live_links() if x.crm_key and x.erp_key and x.mapping == "customer"]

    def _alone(self, side: Side) -> list[Link]:
        held = [x for x in self.storm.live_links() if x.mapping == "customer" and x.extra.get(HELD)]
        return [x for x in held if (x.crm_key if side is Side.CRM else x.erp_key) and not (x.crm_key and x.erp_key)]


def machine(shape: str, mutant: str = "", plot: Plot = PLOT) -> type[EngineMachine]:
    """The machine on one shape of back office."""
    return type(f"{shape.title()}Machine", (EngineMachine,), {"shape": shape, "mutant": mutant, "plot": plot})


@pytest.mark.parametrize("shape", SHAPES)
def test_the_engine_keeps_its_promises(shape: str) -> None:
    run_state_machine_as_test(machine(shape), settings=QUICK)


@pytest.mark.parametrize("name", ["lock_write", "audit_dropped"])
def test_a_wrong_engine_is_told_from_a_right_one(name: str) -> None:
    found = settings(QUICK, max_examples=200, phases=[Phase.generate])
    with pytest.raises(Violation) as caught:
        run_state_machine_as_test(machine(MUTANTS[name].shape, name), settings=found)
    assert caught.value.invariant == {"lock_write": "I5", "audit_dropped": "I8"}[name]


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("plot", [PLOT, HELD_PLOT], ids=["sent by itself", "held"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_engine_keeps_its_promises_for_long(shape: str, plot: Plot) -> None:
    run_state_machine_as_test(machine(shape, plot=plot), settings=settings(DEEP, max_examples=DEEP.max_examples // 8))
