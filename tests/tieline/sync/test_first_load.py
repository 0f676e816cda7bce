"""What a first load reads, and that one reading is enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tieline.contract import Cursor, Page, Shape, TielineError, TransientError
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context, Options
from tieline.sync.cycle import FRESH, Cycle
from tieline.sync.first_load import confirm_first_load
from tieline.sync.points import Point
from tieline.workers.embedded import look, run_once
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


@pytest.fixture
def fresh() -> Bench:
    """A back office with two customers that nobody has read yet."""
    world = World()
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    for key in ("C-1", "C-2"):
        bench.erp.add("Customers", key, name=key)
    return bench


def _load(bench: Bench, cycle: Cycle, waited: float = 0) -> None:
    look(cycle)
    bench.world.tick(waited)
    confirm_first_load(bench.context(), 2)
    cycle.run()


def test_a_first_load_reads_each_part_once_and_asks_for_no_deletions(fresh: Bench) -> None:
    _load(fresh, Cycle(fresh.context()))
    parts = len(fresh.mappings)
    assert (fresh.world.calls["versioned.pages"], fresh.world.calls["crm.pages"]) == (parts, parts)
    assert (fresh.world.calls["versioned.deleted"], fresh.world.calls["crm.deleted"]) == (0, 0)
    assert len(fresh.crm.alive("Account")) == 2


def test_who_thinks_for_long_before_confirming_has_both_sides_read_again(fresh: Bench) -> None:
    _load(fresh, Cycle(fresh.context()), waited=FRESH + 1)
    assert fresh.world.calls["versioned.pages"] == 2 * len(fresh.mappings)


def test_a_look_stands_for_one_reading_only(fresh: Bench) -> None:
    cycle = Cycle(fresh.context())
    _load(fresh, cycle)
    before = fresh.world.calls["versioned.pages"]
    cycle.run()
    assert fresh.world.calls["versioned.pages"] == before + len(fresh.mappings)


def test_what_changes_after_the_look_is_met_by_the_next_cycle(fresh: Bench) -> None:
    cycle = Cycle(fresh.context())
    look(cycle)
    fresh.erp.edit("Customers", "C-1", name="Renamed")
    confirm_first_load(fresh.context(), 2)
    cycle.run()
    fresh.settle()
    assert fresh.crm.value("Account", fresh.crm_key("C-1"), "Name") == "Renamed"


def test_a_record_deleted_while_the_first_reading_is_under_way_is_noticed(fresh: Bench) -> None:
    """Its deletion is older than the reading's end, and younger than its start."""

    class Removing:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
            yield from self._inner.pages(entity, shape, since)
            if since is None and shape.object == "Customers":
                self._inner.remove("Customers", "C-2")
                fresh.world.tick(3600)

    cycle = Cycle(fresh.context_of(fresh.crm, Removing(fresh.erp)))
    _load(fresh, cycle)
    fresh.settle()
    gone = fresh.link("C-2").erp
    assert gone is not None
    assert gone.deleted


def test_a_record_deleted_while_a_first_reading_lay_still_is_noticed(fresh: Bench) -> None:
    """Killed before anything is told of deletions, and begun again the next day."""

    def killed(point: Point) -> None:
        if point is Point.OBSERVE_BEFORE_FINISH:
            raise SystemExit

    with pytest.raises(SystemExit):
        look(Cycle(replace(fresh.context(), point=killed)))
    fresh.erp.remove("Customers", "C-2")
    fresh.world.tick(24 * 3600)
    _load(fresh, Cycle(fresh.context()))
    fresh.settle()
    assert len(fresh.crm.alive("Account")) == 1


@dataclass
class Running:
    """As much of an engine as a cycle needs."""

    context: Context
    desk: None = None
    org: None = None
    chosen: Any = field(default_factory=lambda: SimpleNamespace(paused=False, mirrors={}, complaints=list))
    write_package: None = None

    def current(self) -> Running:
        return self


def _runs(fresh: Bench, changes_every: timedelta, count: int) -> list[str]:
    """What a watch hears that nobody confirms, with half a minute between its cycles."""
    options = Options(changes_every=changes_every)
    engine, heard = cast("Any", Running(replace(fresh.context(), options=options))), []
    for _ in range(count):
        with pytest.raises(TielineError) as told:
            run_once(engine, lambda _counts: False)
        heard.append(told.value.what)
        fresh.world.tick(30)
    return heard


def test_a_watch_that_nobody_confirms_reads_at_the_pace_of_the_back_office(fresh: Bench) -> None:
    assert set(_runs(fresh, timedelta(minutes=10), 30)) == {"the first load has not been confirmed"}
    assert fresh.world.calls["versioned.pages"] == 2 * len(fresh.mappings)


def test_a_watch_that_cannot_read_a_side_tries_again_after_a_minute(
    fresh: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise TransientError("the org is away")

    monkeypatch.setattr(fresh.crm, "pages", away)
    (told,) = set(_runs(fresh, timedelta(minutes=10), 6))
    assert "the org is away" in told
    assert fresh.world.calls["versioned.pages"] == 3 * len(fresh.mappings)


def test_a_back_office_without_a_pace_is_read_in_every_cycle(fresh: Bench) -> None:
    _runs(fresh, timedelta(0), 3)
    assert fresh.world.calls["versioned.pages"] == 3 * len(fresh.mappings)
