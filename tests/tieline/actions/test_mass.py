"""Many records at once: chosen by a condition, counted, sent once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.actions.mass import Wanted, find, outcome, send
from tieline.contract import Misconfigured, Promotion
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Status
from tieline_simulation.bench import CONTACT, CUSTOMER, Bench
from tieline_simulation.systems import AsyncErp, ToyCrm, VersionedErp
from tieline_simulation.world import World


def _bench(entities: tuple[str, ...] = ("",), erp: type[Any] = VersionedErp) -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), erp(world), MemoryStore(), entities)
    bench.confirm()
    for number, name in enumerate(("Acme", "Ajax", "Bolt"), 1):
        bench.crm.add("Account", f"a{number}", Name=name, Rank__c=number, Sector__c="Energy" if number > 1 else None)
    bench.settle()
    return bench


@pytest.fixture
def bench() -> Bench:
    return _bench()


def _keys(bench: Bench, where: str = "", **more: Any) -> list[str]:
    return [key for key, _ in find(bench.context(), Wanted("customer", where, **more)).all]


@pytest.mark.parametrize(
    ("where", "chosen"),
    [
        ("", ["a1", "a2", "a3"]),
        ("record.Sector__c == 'Energy'", ["a2", "a3"]),
        ("record.Sector__c == 'Energy' && record.Name.startsWith('A')", ["a2"]),
        ("record.Rank__c > 2 || record.Name == 'Acme'", ["a1", "a3"]),
        ("record.Name in ['Bolt', 'Nobody']", ["a3"]),
        ("false", []),
    ],
)
def test_a_condition_chooses(bench: Bench, where: str, chosen: list[str]) -> None:
    assert _keys(bench, where) == chosen


@pytest.mark.parametrize("where", ["record.Name +", "record.Rank__c", "other.Name == 'x'"])
def test_a_condition_that_is_none_says_so_and_sends_nothing(bench: Bench, where: str) -> None:
    with pytest.raises(Misconfigured, match="the condition cannot be evaluated"):
        _keys(bench, where)


def test_it_counts_what_would_become_of_each(bench: Bench) -> None:
    bench.promote("a1")
    bench.promote("a2")
    bench.settle()
    bench.mappings = (replace(CUSTOMER, update_automatically=False), CONTACT)
    bench.crm.edit("Account", "a2", Phone="1")
    bench.settle()
    found = find(bench.context(), Wanted("customer"))
    assert (found.create, found.update) == ([("a3", "")], [("a2", "")])
    assert found.left == {"nothing is left to send": 1}
    assert _keys(bench, statuses=frozenset({Status.CHANGES_PENDING})) == ["a2"]


def test_they_go_out_once_and_are_told(bench: Bench) -> None:
    context, heard = bench.context(), list[int]()
    links = send(context, "customer", find(context, Wanted("customer")).all, heard.append)
    send(context, "customer", find(context, Wanted("customer")).all)
    assert heard == [3]
    bench.settle()
    assert sorted(str(row["name"]) for row in bench.erp.alive("Customers").values()) == ["Acme", "Ajax", "Bolt"]
    told = outcome(bench.context(), links)
    assert (told.done, told.refused, told.waiting) == (3, 0, 0)
    assert bench.audit().count("promoted") >= 3


def test_a_record_that_is_refused_is_counted_apart(bench: Bench) -> None:
    bench.erp.faults.refuse["Ajax"] = "no Ajax here"
    context = bench.context()
    links = send(context, "customer", find(context, Wanted("customer")).all)
    bench.settle()
    told = outcome(bench.context(), links)
    assert (told.done, told.refused, told.waiting) == (2, 1, 0)


def test_what_an_administrator_switched_off_stays(bench: Bench) -> None:
    bench.mappings = (replace(CUSTOMER, promotion=Promotion.NEVER), CONTACT)
    found = find(bench.context(), Wanted("customer"))
    assert (found.all, found.left) == ([], {"this kind of record is switched off": 3})


def test_with_several_entities_one_has_to_be_chosen() -> None:
    bench = _bench(("north", "south"), AsyncErp)
    bench.promote("a1", "south")
    bench.settle()
    found = find(bench.context(), Wanted("customer"))
    assert found.left == {"no accounting entity is chosen": 2, "nothing is left to send": 1}
    found = find(bench.context(), Wanted("customer", entity="north"))
    assert found.create == [("a1", "north"), ("a2", "north"), ("a3", "north")]
    send(bench.context(), "customer", found.all)
    bench.settle()
    assert [len(bench.erp.alive("Customers", one)) for one in bench.entities] == [3, 1]
