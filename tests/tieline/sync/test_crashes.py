"""Killed at every named point, and at pairs of points: nothing lost, nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tieline.sync
from tieline.contract import ListRow, ManagedList
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context
from tieline.sync.hints import hints_scope
from tieline.sync.points import Point
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, Toy, ToyCrm, VersionedErp, WholeErp
from tieline_simulation.world import World

TERMS = ManagedList("toy", "terms", "Payment term", "Payment terms")


class Killed(BaseException):
    """The process ends here: nothing above may catch it."""


class Countdown:
    """Kills at the given passings of any point, and remembers the points' names."""

    def __init__(self, *at: int) -> None:
        self.at, self.passed = set(at), 0
        self.names: Counter[str] = Counter()
        self.first: dict[str, int] = {}

    def __call__(self, name: str) -> None:
        self.passed += 1
        self.names[name] += 1
        self.first.setdefault(name, self.passed)
        if self.passed in self.at:
            raise Killed(name)


class Listing(Bench):
    """With a managed list, so that the points around it are passed too."""

    def context(self) -> Context:
        return replace(super().context(), lists=(TERMS,))


def _bench(erp: type[Toy], entities: tuple[str, ...]) -> Bench:
    world = World()
    made = Listing(world, ToyCrm(world), erp(world), MemoryStore(), entities)
    made.erp.lists["terms"] = [ListRow("30", "30 days")]
    made.confirm()
    return made


def _history(bench: Bench, run: Callable[[Callable[[], object]], None]) -> None:
    """Births on both sides, edits on both sides, a conflict, a promotion, a deletion; `run` survives kills."""
    entity = bench.entity
    for number in range(2):
        bench.erp.add("Customers", f"c{number}", entity, name=f"Customer {number}", phone="0")
        bench.erp.add("People", f"p{number}", entity, last=f"Person {number}", customer=f"c{number}")
    bench.crm.add("Account", "a9", Name="Born in the CRM")
    bench.crm.add("Contact", "k9", LastName="Child", AccountId="a9")
    run(bench.cycle)
    run(lambda: bench.promote("a9"))
    bench.erp.faults.before = 1  # a create that never arrived: it is repeated under its key
    account = next(k for k, v in bench.crm.alive("Account").items() if v["Name"] == "Customer 0")
    bench.erp.edit("Customers", "c0", entity, phone="from the erp", site="erp site")
    bench.crm.edit("Account", account, Street="from the crm", Website="crm site")
    _hint(bench, "Customers c1")
    run(bench.settle)  # a queued write holds its record until it is answered; an edit before that is a conflict
    bench.world.tick(25 * 3600)  # full readings of every part are due
    bench.crm.edit("Account", account, Phone="second edit")
    bench.crm.add("Account", "gone", Name="Known and gone")
    bench.erp.faults.before = 1  # an update that never arrived: its intent is dropped and planned anew
    run(bench.cycle)
    bench.crm.remove("Account", "gone")
    run(bench.cycle)
    run(bench.settle)


def _hint(bench: Bench, what: str) -> None:
    with bench.store.transaction() as tx:
        tx.save_fact(hints_scope("books"), what, "now")


def _replay(erp: type[Toy], entities: tuple[str, ...], *kills: int) -> tuple[Bench, Countdown]:
    bench = _bench(erp, entities)
    countdown = Countdown(*kills)
    bench.point = countdown

    def survive(step: Callable[[], object]) -> None:
        for _ in range(len(kills) + 1):
            try:
                step()
            except Killed:
                bench.world.tick(1)
                continue
            return

    _history(bench, survive)
    return bench, countdown


def _outcome(bench: Bench) -> tuple[object, ...]:
    """What people see in the end, without the ids that differ from run to run."""
    accounts = {key: row["Name"] for key, row in bench.crm.alive("Account").items()}
    names = ("Name", "Phone", "Website", "Street")
    crm = sorted(tuple(str(row.get(n)) for n in names) for row in bench.crm.alive("Account").values())
    erp = sorted(
        tuple(str(row.get(n)) for n in ("name", "phone", "site", "street"))
        for row in bench.erp.alive("Customers", bench.entity).values()
    )
    contacts = bench.crm.alive("Contact").values()
    people = sorted((str(row["LastName"]), str(accounts.get(str(row["AccountId"])))) for row in contacts)
    return crm, erp, people, len(bench.erp.alive("People", bench.entity))


SHAPES = [(WholeErp, ("",)), (VersionedErp, ("",)), (AsyncErp, ("north", "south"))]


every_shape = pytest.mark.parametrize(("erp", "entities"), SHAPES, ids=["whole", "versioned", "async"])


@every_shape
def test_killed_once_at_every_point(erp: type[Toy], entities: tuple[str, ...]) -> None:
    """The first time each point is passed, and every seventh passing of any."""
    calm, countdown = _replay(erp, entities)
    assert countdown.passed > 20
    _killed_at(erp, entities, _outcome(calm), {*countdown.first.values(), *range(1, countdown.passed + 1, 7)})


@pytest.mark.deep
@pytest.mark.timeout(900)
@every_shape
def test_killed_once_anywhere(erp: type[Toy], entities: tuple[str, ...]) -> None:
    calm, countdown = _replay(erp, entities)
    _killed_at(erp, entities, _outcome(calm), set(range(1, countdown.passed + 1)))


def _killed_at(erp: type[Toy], entities: tuple[str, ...], expected: tuple[object, ...], kills: set[int]) -> None:
    for kill in sorted(kills):
        bench, _ = _replay(erp, entities, kill)
        _check(bench, expected, f"killed at passing {kill}")


@every_shape
def test_killed_again_while_recovering(erp: type[Toy], entities: tuple[str, ...]) -> None:
    _killed_twice(erp, entities, step=29, gaps=(1, 3))


@pytest.mark.deep
@pytest.mark.timeout(900)
@every_shape
def test_killed_again_at_many_places(erp: type[Toy], entities: tuple[str, ...]) -> None:
    _killed_twice(erp, entities, step=7, gaps=(1, 2, 3, 5))


def _killed_twice(erp: type[Toy], entities: tuple[str, ...], step: int, gaps: tuple[int, ...]) -> None:
    calm, countdown = _replay(erp, entities)
    expected = _outcome(calm)
    for first in range(1, countdown.passed, step):
        for gap in gaps:
            bench, _ = _replay(erp, entities, first, first + gap)
            _check(bench, expected, f"killed at {first} and {first + gap}")


def _check(bench: Bench, expected: tuple[object, ...], what: str) -> None:
    assert _outcome(bench) == expected, what
    for system in ("crm", bench.erp.name):
        twice = {origin: n for origin, n in bench.world.creates(system).items() if n > 1}
        assert not twice, f"{what}: {system} made {twice}"


def test_every_point_of_the_engine_is_passed_by_the_history() -> None:
    passed: Counter[str] = Counter()
    for erp, entities in SHAPES:
        _, countdown = _replay(erp, entities)
        passed |= countdown.names
        _, survived = _replay(erp, entities, *(n for n in range(9, 60, 10)))
        passed |= survived.names
    assert set(passed) == set(Point)


def test_points_are_named_in_one_place() -> None:
    folder = Path(tieline.sync.__file__).parent
    sources = {file.name: file.read_text() for file in folder.glob("*.py") if file.name != "points.py"}
    given = [name for text in sources.values() for name in re.findall(r"\.point\(([^)]*)\)", text)]
    assert all(re.fullmatch(r"Point\.[A-Z_]+", one) for one in given)
    assert {one.removeprefix("Point.") for one in given} == {point.name for point in Point}
