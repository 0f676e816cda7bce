"""Bad weather for the engine: a seeded history of user edits, presses, faults and kills over one toy back office.

Everything is drawn from one seed. Each value a user types is new in the whole history, so the oracle (`oracle.py`)
knows which value was typed over which. Clocks are coarse and steps small, so stamps tie; pages are small; a write whose
answer was lost may take effect later; a row may become visible with a stamp older than rows already read; a user may
edit a record just before the engine's write arrives. A kill ends the process between any two calls of a client or at
any named point; a new context on the same store goes on.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tieline.actions.desk import Desk
from tieline.actions.promote import request_promotion
from tieline.contract import (
    Action,
    ActionInput,
    CreateDocument,
    Decision,
    Direction,
    Field,
    Mapping,
    Promote,
    Promotion,
    Reference,
    Text,
    TielineError,
)
from tieline.store.memory import MemoryStore
from tieline.store.protocol import Store
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle, Report
from tieline_simulation.bench import Bench
from tieline_simulation.doors import Door, Killed
from tieline_simulation.oracle import Oracle
from tieline_simulation.systems import AsyncErp, ForgetfulErp, Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.violation import Violation, require
from tieline_simulation.watched import WatchedStore
from tieline_simulation.world import World

SHAPES: dict[str, tuple[type[Toy], tuple[str, ...]]] = {
    "whole": (WholeErp, ("",)),
    "versioned": (VersionedErp, ("",)),
    "async": (AsyncErp, ("north", "south")),
    "forgetful": (ForgetfulErp, ("",)),
}
ORDER = Mapping(
    "toy", "order", "Order", "ERP_Document__c", "Orders",
    (
        Field("Number__c", "number", Text(80), Direction.TO_CRM),
        Field("Account__c", "customer", Reference("customer"), Direction.TO_CRM),
    ),
    promotion=Promotion.NEVER, number="number",
)  # fmt: skip
CUSTOMER_FIELDS = {
    "Name": "name", "Phone": "phone", "Website": "site", "Code__c": "code", "Street": "street", "City": "city",
    "Credit__c": "credit", "Rating__c": "rating", "Tier__c": "tier", "Manager__c": "manager",
}  # fmt: skip
CONTACT_FIELDS = {"LastName": "last", "Email": "email"}


def _order(given: ActionInput) -> Decision:
    fields = {"number": f"N-{given.request}", "customer": given.keys["customer", given.record_id]}
    return CreateDocument("order", fields, origin={"Press__c": given.request})


ACTIONS = (
    Action("toy", "promote", "Promote", "Account", lambda _given: Promote("customer")),
    Action(
        "toy", "order", "Create order", "Account", _order, reads=("Name",), enabled_when='"customer" in linked',
        otherwise="Promote the account first.",
    ),
)  # fmt: skip


@dataclass
class Weather:
    """How bad it is: chances per call (kill, fault, edit) or per history. `blind` systems give no read-back,
    `versionless` ones no version."""

    kill: float = 0.0
    fault: float = 0.0
    read_fault: float = 0.0
    meddle: float = 0.0
    late: float = 0.0
    window: float = 0.0
    blind: bool = False
    versionless: bool = False

    @classmethod
    def drawn(cls, rng: random.Random) -> Weather:
        pick = rng.choice
        return cls(
            pick([0, 0.01, 0.03]), pick([0, 0.15, 0.4]), pick([0, 0, 0.05]), pick([0, 0.2, 0.5]), pick([0, 0.3]),
            pick([0, 0, 0.1]), pick([False, False, True]), pick([False, True]),
        )  # fmt: skip


@dataclass
class Tally:
    """What the histories of a run were made of."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] += number


class Storm:
    """One history. `skip` leaves steps out by their number; each step draws from a stream of its own, so the others
    stay what they were as far as they can. `kills` ends the process at these passings of a point, and at no other."""

    def __init__(
        self, shape: str, seed: int, store: Store | None = None, weather: Weather | None = None,
        skip: frozenset[int] = frozenset(), kills: frozenset[int] | None = None,
    ) -> None:  # fmt: skip
        self.shape, self.seed, self.skip, self.kills = shape, seed, skip, kills
        self.steps: list[tuple[int, str]] = []  # what was done: number and name
        self.passed: Counter[str] = Counter()  # points, while it storms
        self.rng = random.Random(f"{shape}/{seed}")
        drawn = Weather.drawn(self.rng)  # whatever the weather, the script of a seed stays the same
        self.weather = weather or drawn
        self.world = World(step=0.3, coarse=True)
        erp, self.entities = SHAPES[shape]
        self.crm, self.erp = ToyCrm(self.world), erp(self.world)
        self.crm.page_size = self.erp.page_size = self.rng.choice([2, 3])
        self.store = WatchedStore(store or MemoryStore())
        self.bench = Bench(self.world, self.crm, self.erp, self.store, self.entities, self._point)
        self.oracle = Oracle(self.bench)
        self.store.watch = self.oracle.saved
        if isinstance(self.erp, WholeErp):
            self.erp.between = self._between
        self.doors = (Door(self, self.crm), Door(self, self.erp))
        self.tally = Tally()
        self.raging = False
        self.numbers = 0
        self.later: list[tuple[datetime, Callable[[], None]]] = []
        self.bench.confirm()

    # the world outside -----------------------------------------------------------------------------------------

    def token(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}{self.numbers}"

    def gate(self, name: str) -> None:
        """Between any two things the engine does outside: delayed effects arrive, the process may end."""
        self._arrive()
        if self.raging and self._ends_here(name):
            self.tally.add("kills")
            raise Killed(name)

    def _ends_here(self, name: str) -> bool:
        self.passed[name] += 1
        if self.kills is None:
            return self.rng.random() < self.weather.kill
        return self.passed.total() in self.kills

    def _point(self, name: str) -> None:
        self.gate(name)

    def _arrive(self) -> None:
        due = [effect for at, effect in self.later if at <= self.world.now()]
        self.later = [(at, effect) for at, effect in self.later if at > self.world.now()]
        for effect in due:
            effect()
        self.oracle.catch_up()

    def delay(self, effect: Callable[[], None]) -> None:
        """Let something happen within the next minute."""
        self.later.append((self.world.now() + timedelta(seconds=self.rng.uniform(0, 60)), effect))

    # what users do ---------------------------------------------------------------------------------------------

    def run(self, steps: int = 30) -> None:
        """The storm, then calm until nothing moves, then the oracle's verdict."""
        choices: list[tuple[Callable[[], object], int]] = [
            (self.cycle, 6), (self.edit, 9), (self.born_in_erp, 3), (self.born_in_crm, 3), (self.promote, 3),
            (self.press, 2), (self.delete, 1), (self.poison, 1), (self.hush, 1), (self.rest, 1),
        ]  # fmt: skip
        actions, weights = [one for one, _ in choices], [weight for _, weight in choices]
        script = self.rng.choices(actions, weights, k=steps)
        self.born_in_erp()
        self.raging = True
        for number, action in enumerate(script):
            if number not in self.skip:
                self._step(number, action)
        self.raging = False
        self.calm()
        self.oracle.verdict()

    def _step(self, number: int, action: Callable[[], object]) -> None:
        self.rng = random.Random(f"{self.shape}/{self.seed}/{number}")
        self.steps.append((number, getattr(action, "__name__", "step")))
        action()
        self.world.tick(self.rng.choice([0, 0.3, 2]))

    def edit(self) -> None:
        """A user edits one or two fields of a record, on either side; now, or in a transaction seen only later."""
        found = self._record()
        if found is None:
            return
        toy, entity, obj, key = found
        values = self._typed(toy, obj)
        if self.rng.random() < self.weather.late:
            self._edit_in_long_transaction(toy, entity, obj, key, values)
        else:
            self.do_edit(toy, entity, obj, key, values)

    def do_edit(self, toy: Toy, entity: str, obj: str, key: str, values: dict[str, Any]) -> None:
        if not toy.rows[entity, obj, key].deleted:
            toy.edit(obj, key, entity, **values)
            self.tally.add("edits")
            self.oracle.catch_up()

    def _edit_in_long_transaction(self, toy: Toy, entity: str, obj: str, key: str, values: dict[str, Any]) -> None:
        began = self.world.stamp()

        def commit() -> None:
            before = toy.rows[entity, obj, key].stamp
            self.do_edit(toy, entity, obj, key, values)
            toy.rows[entity, obj, key].stamp = max(before, began)

        self.tally.add("late rows")
        self.delay(commit)

    def meddle(self, toy: Toy, entity: str, obj: str, key: str) -> None:
        """A user edits this record just now, between the engine's look and its write."""
        if (entity, obj, key) in toy.rows and obj in {"Account", "Contact", "Customers", "People"}:
            self.tally.add("edits in the window")
            self.do_edit(toy, entity, obj, key, self._typed(toy, obj))

    def _between(self, entity: str, obj: str, key: str) -> None:
        """The same, in the one moment that a system without a precondition leaves open."""
        if self.raging and self.rng.random() < self.weather.window:
            self.meddle(self.erp, entity, obj, key)

    def _record(self) -> tuple[Toy, str, str, str] | None:
        toy = self.rng.choice([self.crm, self.erp])
        objects = ("Account", "Contact") if toy is self.crm else ("Customers", "People")
        obj = self.rng.choices(objects, [3, 1])[0]
        rows = [(e, k) for (e, o, k), row in toy.rows.items() if o == obj and not row.deleted]
        if not rows:
            return None
        entity, key = self.rng.choice(sorted(rows))
        return toy, entity, obj, key

    def _typed(self, toy: Toy, obj: str) -> dict[str, Any]:
        if obj == "Contact" and self.rng.random() < 0.2:
            return (
                {"AccountId": self.rng.choice(sorted(self.crm.alive("Account")))} if self.crm.alive("Account") else {}
            )
        names = CUSTOMER_FIELDS if obj in {"Account", "Customers"} else CONTACT_FIELDS
        chosen = self.rng.sample(sorted(names), self.rng.choice([1, 1, 2]))
        return {(n if toy is self.crm else names[n]): self._value(n, toy) for n in chosen}

    def _value(self, name: str, toy: Toy) -> str:
        if name == "Credit__c":
            return self.token("") + ".25"
        return self.token("c" if toy is self.crm else "e")

    def born_in_erp(self) -> None:
        entity = self.rng.choice(self.entities)
        parents = sorted(self.erp.alive("Customers", entity))
        key = f"k{sum(e == entity for e, _, _ in self.erp.rows)}"  # keys of one entity are found in another too
        if parents and self.rng.random() < 0.5:
            parent = self.rng.choice(parents)
            self.erp.add("People", key, entity, last=self.token("e"), email=self._email(), customer=parent)
        else:
            self.erp.add("Customers", key, entity, name=self.token("e"), **self._some(self.erp))
        self.oracle.catch_up()

    def born_in_crm(self) -> None:
        parents = sorted(self.crm.alive("Account"))
        key = self.token("k")
        if parents and self.rng.random() < 0.5:
            parent = self.rng.choice(parents)
            self.crm.add("Contact", key, LastName=self.token("c"), Email=self._email(), AccountId=parent)
        else:
            self.crm.add("Account", key, Name=self.token("c"), **self._some(self.crm))
        self.oracle.catch_up()

    def _email(self) -> str:
        """Mostly new, sometimes one that others have too: a strong key that matches, or is ambiguous."""
        return f"shared{self.rng.randint(1, 2)}@x" if self.rng.random() < 0.2 else self.token("m") + "@x"

    def _some(self, toy: Toy) -> dict[str, Any]:
        names = self.rng.sample(sorted(set(CUSTOMER_FIELDS) - {"Name"}), 3)
        return {(n if toy is self.crm else CUSTOMER_FIELDS[n]): self._value(n, toy) for n in names}

    def promote(self) -> None:
        """Once, twice, or to another entity too."""
        accounts = sorted(self.crm.alive("Account"))
        if not accounts:
            return
        key = self.rng.choice(accounts)
        for _ in range(self.rng.choice([1, 1, 2])):
            entity = self.rng.choice(self.entities)
            self.oracle.allowed.add((key, entity))
            with contextlib.suppress(TielineError, Killed):
                request_promotion(self.context(), "customer", key, entity)
                self.oracle.promoted.add((key, entity))

    def press(self) -> None:
        accounts = sorted(self.crm.alive("Account"))
        if not accounts:
            return
        action, entity = self.rng.choice(["promote", "order"]), self.rng.choice(self.entities)
        key, press = self.rng.choice(accounts), self.token("press")
        self.crm.add(
            "ERP_Request__c", press, Action__c=f"toy.{action}", Record_Id__c=key, Status__c="New", CreatedById="u",
            Accounting_Entity__c=entity,
        )  # fmt: skip
        self.tally.add("presses")
        if action == "promote":
            self.oracle.allowed.add((key, entity))

    def delete(self) -> None:
        rows = [(o, k) for o in ("Account", "Contact") for k in self.crm.alive(o)]
        if rows:
            self.crm.remove(*self.rng.choice(sorted(rows)))
            self.tally.add("deletes")
            self.oracle.catch_up()

    def poison(self) -> None:
        """A user types a value that the other side always refuses."""
        found = self._record()
        if found is None:
            return
        toy, entity, obj, key = found
        word = self.token("poison")
        other = self.erp if toy is self.crm else self.crm
        other.faults.refuse[word] = "this value is not allowed"
        name = {"Account": "Phone", "Contact": "LastName", "Customers": "phone", "People": "last"}[obj]
        self.do_edit(toy, entity, obj, key, {name: word})

    def hush(self) -> None:
        """A queueing back office stops working for a while, or goes on."""
        if isinstance(self.erp, AsyncErp):
            self.erp.silent = not self.erp.silent

    def rest(self) -> None:
        """The host is down for a while: longer than the overlap and longer than an unknown create may wait."""
        self.world.tick(self.rng.choice([60, 20 * 60]))
        self._arrive()

    # the engine ------------------------------------------------------------------------------------------------

    def context(self) -> Context:
        plain = self.bench.context()
        crm, erp = self.doors
        return replace(plain, mappings=(*plain.mappings, ORDER), crm=crm, erp=erp)

    def cycle(self) -> Report | None:
        """One cycle of a fresh process; None when it was killed."""
        self.world.tick(self.rng.choice([0.3, 5]))
        self.tally.add("cycles")
        try:
            context = self.context()
            return Cycle(context, desk=Desk(context, ACTIONS, ("books",))).run()
        except Killed:
            self.world.tick(0.3)
            return None

    def calm(self, most: int = 12) -> None:
        """Everything heals; cycles until one writes nothing."""
        self.world.tick(60)
        if isinstance(self.erp, AsyncErp):
            self.erp.silent = False
        self._arrive()
        for _ in range(most):
            self.world.tick(2 * 3600)
            before = self.world.writes()
            report = self.cycle()
            assert report is not None
            require(report.problems == [], "I1", "{}", report.problems)
            if self.world.writes() == before and not self.bench.open_calls():
                return
        raise Violation("I1", f"still writing after {most} cycles")
