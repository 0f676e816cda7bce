"""Plugins that misbehave, memory that runs out, mappings that change, one that has everything to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tieline.contract import Direction, PermanentError
from tieline.store.memory import MemoryStore
from tieline.sync.cycle import Cycle
from tieline.workers.guarded import Guarded
from tieline.workers.pause import Pause
from tieline_simulation.bench import Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp
from tieline_simulation.world import World


@dataclass
class Bad:
    """A client whose one method is not its own."""

    inner: Any
    method: str
    instead: Callable[..., Any]

    def __getattr__(self, name: str) -> Any:
        return self.instead if name == self.method else getattr(self.inner, name)


def raises(*_given: Any, **_more: Any) -> Any:
    raise ZeroDivisionError("a plugin's mistake")


def pages_of_junk(*_given: Any) -> Iterator[Any]:
    yield {"records": ["not", "records"]}


def words(*given: Any) -> Any:
    return ["done"] * len(given[-1])


def spoiled(tie: Any, method: str, instead: Callable[..., Any]) -> Any:
    """An engine whose back office's client misbehaves, behind the guard that stands there in life."""
    context = tie.engine().context
    bad = Bad(context.erp.inner, method, instead)
    return tie.engine(erp=Guarded(bad, "unleashed", str, Pause(tie.clock)))


@pytest.mark.parametrize(
    ("method", "instead"),
    [("pages", raises), ("pages", pages_of_junk), ("options", raises), ("read", raises), ("deleted", raises)],
    ids=["pages raise", "pages are junk", "options raise", "read raises", "deleted raises"],
)
def test_a_client_that_fails_to_read_stops_only_its_part(tie: Any, method: str, instead: Callable[..., Any]) -> None:
    account, guid = tie.pair()
    tie.crm_edit("Account", account, Phone="5")
    before = tie.places()
    report = tie.cycle(spoiled(tie, method, instead))
    assert all("client failed" in one or "unleashed" in one for one in report.problems), report.problems
    assert [one for one in tie.org.by_engine(before[0]) if one.kind == "Account"] == []
    assert tie.settle() == []
    assert tie.erp.held("Customers", guid)["PhoneNumber"] == "5"
    assert str(tie.link(guid).status) == "In Sync"


@pytest.mark.parametrize("instead", [raises, words], ids=["raises", "junk"])
def test_a_client_that_fails_to_write_leaves_the_question_open(tie: Any, instead: Callable[..., Any]) -> None:
    """Nobody knows what such a write did: it is looked for, and made once."""
    account = tie.account(Name=f"Written by a bad client {instead.__name__}")
    tie.settle()
    tie.promote(account)
    report = tie.cycle(spoiled(tie, "write", instead))
    assert report.writes.unknown == 1
    assert tie.open_calls() == 1
    tie.settle()
    assert len(tie.erp.made("Customers", CustomerName=f"Written by a bad client {instead.__name__}")) == 1
    assert str(tie.link(account).status) == "In Sync"


def test_a_hook_that_raises_refuses_its_record_only(tie: Any) -> None:
    """A plugin's `change_record` fails on one record; the others pass it."""
    one, two = tie.customer(PhoneNumber="13"), tie.customer(PhoneNumber="14")

    class Behaviours:
        def __getattr__(self, name: str) -> Any:
            return getattr(inner, name)

        def change(self, mapping: Any, side: Any, fields: Any, passage: Any) -> Any:
            if fields.get("Phone") == "13":
                raise PermanentError("the plugin lucky failed on this record", mend="Tell the plugin's author.")
            return inner.change(mapping, side, fields, passage)

    inner = tie.engine().context.behaviours
    tie.cycle(tie.engine(behaviours=Behaviours()))
    assert tie.link(two).crm_key
    assert not tie.link(one).crm_key
    assert "lucky" in tie.link(one).problem.reason
    tie.erp_edit("Customers", one, PhoneNumber="15")
    tie.settle()
    assert tie.org.held("Account", tie.link(one).crm_key)["Phone"] == "15"


def test_memory_runs_out_in_the_middle_of_a_page(tie: Any) -> None:
    """The process dies of it. The next one goes on where the last page was kept."""
    guids = [tie.customer() for _ in range(5)]

    def point(name: str) -> None:
        if name == "observe.before_commit":
            raise MemoryError

    with pytest.raises(MemoryError):
        tie.cycle(tie.engine(point=point))
    assert tie.settle() == []
    codes = [tie.erp.held("Customers", guid)["CustomerCode"] for guid in guids]
    assert [len(tie.org.made("Account", AccountNumber=code)) for code in codes] == [1] * 5
    tie.idle()


def test_a_mapping_that_changes_between_cycles_compares_every_record_anew(tie: Any) -> None:
    """A cycle works with the mappings it began with; the next one adopts the new ones, and the links say which."""
    account, guid = tie.pair(PhoneNumber="1")
    versions = {tie.link(guid).mapping_version}
    engine = tie.engine()
    frozen = [_frozen(one) if one.name == "customer" else one for one in engine.context.mappings]
    tie.erp_edit("Customers", guid, PhoneNumber="2")
    Cycle(tie.engine(mappings=frozen).context).run()
    assert tie.org.held("Account", account)["Phone"] == "1"
    versions.add(tie.link(guid).mapping_version)
    tie.settle()
    assert tie.org.held("Account", account)["Phone"] == "2"
    versions.add(tie.link(guid).mapping_version)
    assert len(versions - {""}) == 2
    tie.idle()


def _frozen(mapping: Any) -> Any:
    fields = tuple(replace(f, direction=Direction.FROZEN) if f.crm == "Phone" else f for f in mapping.fields)
    return replace(mapping, fields=fields)


@pytest.mark.parametrize("count", [300, pytest.param(2_000, marks=pytest.mark.deep)])
def test_one_entity_with_everything_to_do_starves_nobody(count: int) -> None:
    """Thousands of records of one company are due at once; the only one of the other arrives in the same cycle."""
    world = World(step=0.001)
    bench = Bench(world, ToyCrm(world), AsyncErp(world), MemoryStore(), ("north", "south"))
    bench.crm.page_size = bench.erp.page_size = 500
    bench.confirm()
    for number in range(count):
        bench.erp.add("Customers", f"n{number}", "north", name=f"North {number}")
    bench.erp.add("Customers", "s1", "south", name="South")
    bench.cycle()
    assert bench.link("s1").crm_key
    assert len(bench.crm.alive("Account")) == count + 1


def test_a_storm_of_refusals_in_one_record_leaves_the_queue_to_the_others() -> None:
    """Ten poisoned records among fifty: each is tried ever more rarely, every other arrives at once."""
    world = World()
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    for number in range(50):
        bench.crm.add("Account", f"a{number}", Name="poison" if number % 5 == 0 else f"good {number}")
    bench.erp.faults.refuse["poison"] = "never"
    bench.cycle()
    for number in range(50):
        bench.promote(f"a{number}")
    bench.cycle()
    assert len(bench.erp.alive("Customers")) == 40
    before = world.calls["versioned.write"]
    for _ in range(10):
        bench.cycle()
    assert world.calls["versioned.write"] == before
