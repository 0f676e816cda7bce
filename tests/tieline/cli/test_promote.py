"""`tieline promote`: counted first, sent when a person said so, told how it went."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner

from tieline.cli.invocation import Invocation
from tieline.cli.promote import promote
from tieline.contract import TielineError
from tieline.store.memory import MemoryStore
from tieline.sync.cycle import Cycle
from tieline.workers import assemble, embedded
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World


class Given(Invocation):
    """The command's invocation on a bench."""

    def __init__(self) -> None:
        super().__init__()
        self.json, self.said = True, list[str]()

    @property
    def runtime(self) -> Any:
        return self

    def exclusive(self) -> Any:
        return nullcontext()

    def note(self, line: str) -> None:
        self.said.append(line)

    def show(self, document: Any, lines: Any) -> None:
        self.said.extend(lines())
        print(json.dumps(document))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    world = World()
    made = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    made.confirm()
    for number, name in enumerate(("Acme", "Ajax", "Bolt"), 1):
        made.crm.add("Account", f"a{number}", Name=name)

    def engine(*_arguments: Any) -> Any:
        return type("Engine", (), {"context": made.context()})

    monkeypatch.setattr(assemble, "assemble", engine)
    monkeypatch.setattr(embedded, "run_once", lambda engine, _confirm: Cycle(engine.context).run())
    return made


def _run(*arguments: str) -> tuple[int, Any, list[str]]:
    given = Given()
    result = CliRunner().invoke(promote, list(arguments), obj=given)
    if isinstance(result.exception, TielineError):
        return 2, result.exception.sentence(), given.said
    return result.exit_code, json.loads(result.output), given.said


def _names(bench: Bench) -> list[str]:
    return sorted(str(row["name"]) for row in bench.erp.alive("Customers").values())


def test_nothing_is_sent_without_a_yes(bench: Bench) -> None:
    code, sentence, said = _run("customer", "--where", "record.Name.startsWith('A')")
    assert (code, said) == (2, ["customer: 2 to create, 0 to update in the back office."])
    assert "nothing was sent" in sentence
    assert _names(bench) == []


def test_what_was_chosen_is_sent_and_counted(bench: Bench) -> None:
    bench.erp.faults.refuse["Ajax"] = "Not today"
    code, told, _ = _run("customer", "--where", "record.Name.startsWith('A')", "--yes")
    assert code == 1
    assert (told["to_create"], told["sent"], told["refused"], told["waiting"]) == (2, 1, 1, 0)
    assert _names(bench) == ["Acme"]
    bench.erp.faults.refuse.clear()
    code, told, _ = _run("customer", "--status", "out of sync", "--yes")
    assert (code, told["sent"], _names(bench)) == (0, 1, ["Acme", "Ajax"])


def test_where_nothing_is_chosen_nothing_is_asked(bench: Bench) -> None:
    code, told, said = _run("customer", "--where", "false")
    assert (code, told["sent"], said[-1]) == (0, 0, "There is nothing to send.")
    assert _names(bench) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), "Choose one of contact, customer."),
        (("customer", "--status", "odd"), "there is no such status"),
        (("customer", "--entity", "west"), "there is no such accounting entity"),
        (("customer", "--where", "record.Name"), "neither true nor false"),
    ],
)
def test_what_does_not_exist_is_named(bench: Bench, arguments: tuple[str, ...], words: str) -> None:
    assert words in _run(*arguments, "--yes")[1]
    assert _names(bench) == []
