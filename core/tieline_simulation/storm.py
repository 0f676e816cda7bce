"""Bad weather for the engine: a seeded history of user edits, presses, faults and kills over one toy back office.

Everything is drawn from one seed. Each value a user types is new in the whole history, so the oracle (`oracle`)
knows which value was typed over which. Clocks are coarse and steps small, so stamps tie; pages are small; a write whose
answer was lost may take effect later; a row may become visible with a stamp older than rows already read; a user may
edit a record just before the engine's write arrives. A kill ends the process between any two calls of a client or at
any named point; a new context on the same store goes on. A worker may be frozen at the same places until another one
has taken over and worked; then it goes on as if nothing had happened. What people do is in `acts`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from tieline.actions.desk import Desk
from tieline.contract import ListRow, Mapping
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link
from tieline.store.protocol import Fenced, Store
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle, Report
from tieline.sync.settling import row_planner
from tieline_managed_lists.rows import settle
from tieline_simulation.acts import Act, acts_of
from tieline_simulation.acts.edits import born_in_erp, meddle
from tieline_simulation.acts.presses import ask
from tieline_simulation.acts.repairs import confirm_missing, retry
from tieline_simulation.bench import Bench
from tieline_simulation.declared import SHAPES, TERMS, actions_of, mappings_of
from tieline_simulation.doors import Door, Killed
from tieline_simulation.oracle import Oracle
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, WholeErp
from tieline_simulation.transforms import remake
from tieline_simulation.violation import Violation, require
from tieline_simulation.watched import WatchedStore
from tieline_simulation.weather import Plot, Tally, Weather
from tieline_simulation.world import World

__all__ = ["SHAPES", "Killed", "Plot", "Storm", "Tally", "Weather"]

LEASE = "sync:books"
LEASE_SECONDS = 120


class Storm:
    """One history. `skip` leaves steps out by their number; each step draws from a stream of its own, so the others
    stay what they were as far as they can. `kills` ends the process at these passings of a point, and at no other."""

    def __init__(
        self, shape: str, seed: int, store: Store | None = None, weather: Weather | None = None,
        skip: frozenset[int] = frozenset(), kills: frozenset[int] | None = None, plot: Plot | None = None,
    ) -> None:  # fmt: skip
        self.shape, self.seed, self.skip, self.kills = shape, seed, skip, kills
        self.steps: list[tuple[int, str]] = []  # what was done: number and name
        self.passed: Counter[str] = Counter()  # points, while it storms
        self.rng = random.Random(f"{shape}/{seed}")
        drawn = Weather.drawn(self.rng)  # whatever the weather, the script of a seed stays the same
        self.weather = weather or drawn
        self.plot = plot or Plot.drawn(random.Random(f"{shape}/{seed}/plot"))
        self.world = World(step=0.3, coarse=True)
        self.crm, self.erp, self.entities = self._systems()
        self.store = WatchedStore(store or MemoryStore())
        self.bench = Bench(self.world, self.crm, self.erp, self.store, self.entities, self._point)
        self._declare()
        self.oracle = Oracle(self.bench)
        self.store.watch = self.oracle.saved
        self.doors = self._doors()
        self.tally = Tally()
        self.raging, self.worker, self.frozen = False, "one", False
        self.widened = self.unanswered_lists = False
        self.numbers = 0
        self.later: list[tuple[datetime, Callable[[], None]]] = []
        self.bench.confirm()

    def _systems(self) -> tuple[ToyCrm, Toy, tuple[str, ...]]:
        kind, entities = SHAPES[self.shape]
        crm, erp = ToyCrm(self.world), kind(self.world)
        crm.page_size = erp.page_size = self.rng.choice([2, 3])
        erp.inside = {"Lines": "order"} if self.plot.lines else {}
        if self.plot.remade:
            remake(crm, erp)
        if isinstance(erp, WholeErp):
            erp.between = self._between
        return crm, erp, entities

    def _doors(self) -> tuple[Door, Door]:
        """How the engine reaches the CRM and the back office."""
        return Door(self, self.crm), Door(self, self.erp)

    def _declare(self) -> None:
        self.bench.mappings = mappings_of(self.plot)
        self.bench.plan_rows = row_planner({"terms": TERMS}, settle)
        if self.plot.lists:
            self.bench.lists = (TERMS,)
            self.erp.lists["terms"] = [ListRow("T1", "at once"), ListRow("T2", "later")]

    # the world outside -----------------------------------------------------------------------------------------

    def token(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}{self.numbers}"

    def next_key(self, entity: str) -> str:
        """Keys of one entity are found in another too."""
        return f"k{sum(e == entity for e, _, _ in self.erp.rows)}"

    def erp_name(self, obj: str, crm_name: str) -> str:
        """The back office's name of a field."""
        fields = (
            f for m in mappings_of(self.plot, widened=True) if obj in {m.crm_object, m.erp_object} for f in m.fields
        )
        return next(field.erp for field in fields if field.crm == crm_name)

    def mapping(self, name: str) -> Mapping:
        return next(one for one in self.bench.mappings if one.name == name)

    def gate(self, name: str, *, freezes: bool = True) -> None:
        """Between any two things the engine does outside: delayed effects arrive, the process may end or freeze."""
        self.arrive()
        if self.raging and self._ends_here(name):
            self.tally.add("kills")
            raise Killed(name)
        if freezes and self._freezes_here():
            self._freeze()

    def _freezes_here(self) -> bool:
        """Only where nothing is locked: a worker that stops inside a transaction stops everybody, and nothing else."""
        free = self.raging and self.working and not self.frozen and not self.store.open
        return free and self.rng.random() < self.weather.pause

    def _ends_here(self, name: str) -> bool:
        self.passed[name] += 1
        if self.kills is None:
            return self.rng.random() < self.weather.kill
        return self.passed.total() in self.kills

    def _point(self, name: str) -> None:
        self.gate(name)

    def arrive(self) -> None:
        """Let delayed effects happen that are due."""
        due = [effect for at, effect in self.later if at <= self.world.now()]
        self.later = [(at, effect) for at, effect in self.later if at > self.world.now()]
        for effect in due:
            effect()
        self.oracle.catch_up()

    def delay(self, effect: Callable[[], None]) -> None:
        """Let something happen within the next minute."""
        self.later.append((self.world.now() + timedelta(seconds=self.rng.uniform(0, 60)), effect))

    def meddle(self, toy: Toy, entity: str, obj: str, key: str) -> None:
        meddle(self, toy, entity, obj, key)

    def _between(self, entity: str, obj: str, key: str) -> None:
        """The same, in the one moment that a system without a precondition leaves open."""
        if self.raging and self.rng.random() < self.weather.window:
            meddle(self, self.erp, entity, obj, key)

    # how a history goes ----------------------------------------------------------------------------------------

    def run(self, steps: int = 30) -> None:
        """The storm, then calm until nothing moves, then the oracle's verdict."""
        acts = acts_of(self.plot, self.weather)
        script = self.rng.choices(acts, [act.weight for act in acts], k=steps)
        born_in_erp(self)
        self.raging = True
        for number, act in enumerate(script):
            if number not in self.skip:
                self._step(number, act)
        self.raging = False
        self.calm()
        self.oracle.verdict()

    def _step(self, number: int, act: Act) -> None:
        self.rng = random.Random(f"{self.shape}/{self.seed}/{number}")
        self.steps.append((number, act.name))
        act.run(self)
        self.world.tick(self.rng.choice([0, 0.3, 2]))

    def live_links(self) -> list[Link]:
        with self.store.reading() as tx:
            found = tx.find_links("books", limit=100_000)
        return [link for link in found if not link.tombstone]

    # the engine ------------------------------------------------------------------------------------------------

    def web(self) -> Context:
        """The web process: it holds no lease."""
        crm, erp = self.doors
        self.bench.mappings = mappings_of(self.plot, widened=self.widened)
        return self.bench.context_of(crm, erp)

    def context(self) -> Context | None:
        """A fresh process; None when another worker holds the lease."""
        fence = self.store.lease(LEASE, self.worker, self.world.now(), LEASE_SECONDS)
        return self.bench.fenced(self.web(), fence) if fence else None

    def cycle(self) -> Report | None:
        """One cycle of a fresh process; None when it was killed, or found out that another one took over."""
        self.world.tick(self.rng.choice([0.3, 5]))
        self.tally.add("cycles")
        before, self.working = self.working, True
        try:
            context = self.context()
            if context is None:
                return None
            return Cycle(context, desk=Desk(context, actions_of(self.plot), ("books",))).run()
        except Killed:
            self.world.tick(0.3)
        except Fenced:
            self.tally.add("fenced")
        finally:
            self.working = before
        return None

    working = False
    """Whether a cycle is under way: people's own calls do not freeze."""

    def _freeze(self) -> None:
        """This worker stops here until its lease has ended and another one has worked; then it goes on, none the
        wiser. Shorter than absence takes to prove anything: no key helps a system that knows none after that."""
        self.frozen = True
        self.tally.add("frozen workers")
        self.worker = "two" if self.worker == "one" else "one"
        self.world.tick(LEASE_SECONDS + self.rng.uniform(1, 60))
        self.cycle()
        self.frozen = False

    def calm(self, most: int = 16) -> None:
        """Everything heals; cycles until one writes nothing. The one after that costs nothing but looking."""
        self.world.tick(600)
        self._heal()
        self._read_whole()
        for _ in range(most):
            self.world.tick(2 * 3600)
            asked = self._promote_held()
            before = self.world.writes()
            report = self.cycle()
            if report is None:
                raise Violation("I9", "a cycle in fair weather did not come to its end")
            asked += self._answer_missing(report)
            if (
                self.world.writes() == before
                and not asked
                and not self.bench.open_calls()
                and not (self.plot.held and self._held())
                and not self._answers_unsure()
            ):
                self._idle()
                return
        raise Violation("I1", f"still writing after {most} cycles")

    def _answers_unsure(self) -> int:
        """Last words whose row is looked at once more when nothing can be under way any longer: that look is due."""
        with self.store.reading() as tx:
            return sum(bool(fact.get("final")) for fact in tx.facts("requests:books").values())

    def _answer_missing(self, report: Report) -> int:
        """The one problem there may be in fair weather: people deleted so much that the engine wants to hear so."""
        other = [line for line in report.problems if not line.startswith("missing: ")]
        require(other == [], "I1", "{}", other)
        parts = confirm_missing(self)
        require(bool(parts) == bool(report.problems), "I1", "{} and {} suspicions", report.problems, parts)
        return parts

    def _read_whole(self) -> None:
        """A day goes by: everything that was out of sight for a while has been read again since."""
        if not (self.weather.withholds or self.weather.hides):
            return
        for hours in (25, 25):
            self.world.tick(hours * 3600)
            self.cycle()
            retry(self)  # what was refused for want of a right, a person tries again once the right is back

    def _idle(self) -> None:
        """Nothing has happened since the last cycle: this one looks and does nothing."""
        writes, calls = self.world.writes(), self.world.calls.copy()
        self.cycle()
        require(self.world.writes() == writes, "I1", "an idle cycle wrote")
        self.oracle.books.idle(calls, self.world.calls)
        counts = self.tally.counts
        happened = len(self.world.log) + sum(counts[name] for name in ("kills", "faults", "read faults", "presses"))
        self.oracle.books.bounded(self.world.calls, happened)

    def _heal(self) -> None:
        if isinstance(self.erp, AsyncErp):
            self.erp.silent = False
        self.unanswered_lists = False
        for toy in (self.crm, self.erp):
            toy.hidden.clear()
            toy.withheld.clear()
            toy.skew = timedelta()
        self.arrive()

    def _held(self) -> list[Link]:
        """Links whose changes wait for somebody to promote them."""
        return [link for link in self.live_links() if link.extra.get("pending") and not link.problem]

    def _promote_held(self) -> int:
        held = self._held() if self.plot.held else []
        for link in held:
            ask(self, link.crm_key, link.entity)
        return len(held)
