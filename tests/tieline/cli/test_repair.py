"""What is said of a repair before it is done."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tieline.cli.invocation import Invocation
from tieline.cli.repair import resolve
from tieline.store.memory import MemoryStore
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


@pytest.fixture
def disputed() -> Bench:
    world = World()
    bench = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    bench.confirm()
    bench.erp.add("Customers", "c1", name="One", rating="old")
    bench.settle()
    bench.erp.edit("Customers", "c1", rating="A")
    bench.crm.edit("Account", bench.crm_key("c1"), Rating__c="B")
    bench.settle()
    return bench


def run(bench: Bench, *more: str) -> tuple[Result, list[str]]:
    said: list[str] = []

    class Given(Invocation):
        """The command's invocation, on the bench's store."""

        store, clock = bench.store, bench.world

        def note(self, line: str) -> None:
            said.append(line)

        @property
        def runtime(self) -> Any:
            return self

        def exclusive(self) -> Any:
            return nullcontext()

        def back_office(self, _name: str) -> Any:
            return type("Office", (), {"name": "books"})

        def siblings(self, name: str) -> tuple[str, ...]:
            return (name,)

        def show(self, document: Any, lines: Any) -> None:
            said.extend(lines())

    arguments = ["--mapping", "customer", "--record", bench.crm_key("c1"), "--keep", "crm", *more]
    assert resolve.callback is not None
    return CliRunner().invoke(resolve, arguments, obj=Given()), said


def test_a_dry_run_says_which_value_would_win_over_which(disputed: Bench) -> None:
    result, said = run(disputed)
    assert result.exit_code != 0
    assert said == ["Would do: CRM wins: Rating__c 'B' over 'A'."]
    assert disputed.link("c1").blocked == ("Rating__c",)
    result, said = run(disputed, "--yes")
    assert (result.exit_code, said) == (0, ["CRM wins: Rating__c 'B' over 'A'."])
    with disputed.store.reading() as tx:
        entry = tx.audit("books", newest=True, limit=1)[0]
    assert (entry.event, entry.before["crm"], entry.before["erp"]) == (
        "resolved",
        {"Rating__c": "B"},
        {"Rating__c": "A"},
    )
