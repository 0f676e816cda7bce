"""What a plugin raises where the engine asks it stops one record, never the cycle."""

from __future__ import annotations

from typing import Any

import pluggy
import pytest

from tieline.contract import FieldConflict, Side, hookimpl
from tieline.contract.hooks import Extras
from tieline.host.behaviours import PluginBehaviours
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


class _Failing:
    @hookimpl
    def resolve_conflict(self, conflict: FieldConflict) -> Side | None:
        raise KeyError(conflict.crm_key)

    @hookimpl
    def match_record(self, candidates: Any) -> str | None:
        raise KeyError(candidates)


class _Answering:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    @hookimpl
    def resolve_conflict(self) -> Any:
        return self.answer


def _behaviours(*plugins: object) -> PluginBehaviours:
    manager = pluggy.PluginManager("tieline")
    manager.add_hookspecs(Extras)
    for plugin in plugins:
        manager.register(plugin)
    return PluginBehaviours(manager)


@pytest.fixture
def bench() -> Bench:
    """Two customers, one of them edited on both sides, the other on one."""
    world = World()
    made = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    made.confirm()
    for key in ("c1", "c2"):
        made.erp.add("Customers", key, name=key, phone="1")
    made.settle()
    made.crm.edit("Account", made.crm_key("c1"), Phone="2")
    made.erp.edit("Customers", "c1", phone="3")
    made.erp.edit("Customers", "c2", phone="9")
    return made


def _phones(bench: Bench) -> list[Any]:
    return [bench.crm.value("Account", bench.crm_key(key), "Phone") for key in ("c1", "c2")]


def test_a_plugin_that_fails_on_a_conflict_stops_that_record_alone(bench: Bench) -> None:
    bench.behaviours = _behaviours(_Failing())
    assert bench.cycle().problems == []
    assert _phones(bench) == ["2", "9"]
    assert bench.erp.value("Customers", "c1", "phone") == "3"
    problem = bench.link("c1").problem
    assert problem is not None
    assert problem.code == "plugin_failed"


@pytest.mark.parametrize(("answer", "phone"), [(Side.CRM, "2"), (Side.ERP, "3"), (None, "3"), ("me", "3")])
def test_the_side_a_plugin_names_wins_and_what_names_none_leaves_it_to_the_policy(
    bench: Bench, answer: Any, phone: str
) -> None:
    bench.behaviours = _behaviours(_Answering(answer))
    bench.settle()
    assert _phones(bench) == [phone, "9"]


def test_the_youngest_plugin_that_has_an_answer_is_heard(bench: Bench) -> None:
    bench.behaviours = _behaviours(_Failing(), _Answering(Side.CRM), _Answering(None))
    bench.settle()
    assert _phones(bench) == ["2", "9"]


def test_a_plugin_that_fails_to_match_leaves_it_to_a_person() -> None:
    assert _behaviours(_Failing()).match(CUSTOMER, {}, [("c1", {})]) is None
