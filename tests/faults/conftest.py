"""The real engine between a local org and a local Unleashed, over loopback HTTP, all inside this process.

What a test believes it reads from the systems' own state and from their ground-truth logs, never from the engine.
Waiting costs nothing: the product's clock and both sandboxes' clocks are moved together.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tieline.contract import Side
from tieline.effects import SerialExecutor, SystemClock, SystemRandomness
from tieline.host import clients
from tieline.host.connecting import Said, connect
from tieline.host.runtime import Runtime
from tieline.store.nouns import AuditEntry, Conflict, Link
from tieline.sync.context import Options
from tieline.sync.cycle import Report
from tieline.transport import policy_from
from tieline.workers.assemble import Engine, assemble
from tieline.workers.embedded import run_once
from tieline.workers.packages import Installer
from tieline_sandbox.effects import Clock as SandboxClock
from tieline_sandbox.fault_rules import read_rule
from tieline_sandbox.hooks import Probe
from tieline_sandbox.org import build as build_org
from tieline_sandbox.org.rest import queries
from tieline_sandbox.runner import RunningSandbox, start
from tieline_sandbox.state import Mutation
from tieline_sandbox.wire import Request, Response, json_response
from tieline_unleashed import settings
from tieline_unleashed.sandbox import build as build_unleashed

ROOT = Path(__file__).parents[2]
DATA = ROOT / "core" / "tieline_sandbox" / "demo" / "data"
OPTIONS = Options(overlap=timedelta(seconds=2), lists_every=timedelta(0))
"""Nothing shows late here, so a sweep need not go back far over what other tests left."""
ENGINE = {"org": "admin@", "unleashed": "api"}


class MovedClock:
    """Real time plus what was waited: a sleep takes no time."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self.ahead = 0.0

    def now(self) -> datetime:
        return self._real.now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return self._real.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)


Answer = Callable[[], Response]
Between = Callable[[Request, Answer], Response]
"""What stands before a sandbox: may answer in its place, or change what it says."""


def _as_it_is(_request: Request, answer: Answer) -> Response:
    return answer()


class Box:
    """One running sandbox: its faults, its people, its ground truth."""

    def __init__(self, running: RunningSandbox, name: str) -> None:
        self.running, self.name = running, name
        self.between: Between = _as_it_is
        application = running.plane.application
        handle = application.handle

        def stand_between(request: Request, probe: Probe) -> Response:
            return self.between(request, lambda: handle(request, probe))

        application.handle = stand_between  # type: ignore[method-assign]

    @property
    def state(self) -> Any:
        return self.running.application.state

    def edit(self, user: str, kind: str, ident: str, **values: Any) -> str:
        return self.act(user, "update" if ident else "create", kind, ident, values)

    def act(self, user: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
        return self.running.application.edit(user, action, kind, ident, dict(values))

    def fault(self, at: str, do: Any, *, times: int = 1, nth: int = 0, **match: str) -> int:
        rule = read_rule({"at": at, "do": do, "times": times, "nth": nth, "match": match})
        return self.running.plane.faults.plan([rule])[0].id

    def calm(self) -> int:
        """Take all faults away; how often they struck."""
        faults = self.running.plane.faults
        fired = sum(one.fired for one in faults.listed())
        faults.clear()
        self.between = _as_it_is
        return fired

    def refuse_bodies(self, part: bytes, status: int, told: Any) -> None:
        """Until calmed, refuse every request whose body holds this."""

        def between(request: Request, answer: Answer) -> Response:
            return json_response(status, told) if part in request.body else answer()

        self.between = between

    def held(self, kind: str, ident: str) -> dict[str, Any]:
        """The record as it is now."""
        with self.state.reading() as reader:
            return dict(reader.get(kind, ident) or {})

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        with self.state.reading() as reader:
            return {ident: dict(values) for ident, values in reader.all(kind)}

    def log(self, since: int = 0) -> list[Mutation]:
        return list(self.state.mutations(since))

    def last(self) -> int:
        return int(self.state.last_mutation())

    def by_engine(self, since: int = 0) -> list[Mutation]:
        """Changes by the engine's user, without what people do through the plane."""
        found = [one for one in self.log(since) if one.actor.startswith(ENGINE[self.name])]
        return [one for one in found if not one.operation.startswith("edit.")]

    def made(self, kind: str, **holding: Any) -> list[str]:
        """Ids of everything that was ever made with these values, by the log below the API."""
        found = [one for one in self.log() if (one.kind, one.action) == (kind, "insert")]
        return [one.id for one in found if all((one.after or {}).get(name) == value for name, value in holding.items())]

    def calls(self) -> int:
        return int(self.running.plane.requests.calls()[0])

    def sent(self, since: int, *methods: str) -> list[str]:
        """Paths of the requests of these methods that came after so many calls, answered or not."""
        return [one.path for one in self.running.plane.requests.since(since) if one.method in methods]


@dataclass
class Tie:
    """The product, tied to both sandboxes. Each test uses records of its own."""

    runtime: Runtime
    org: Box
    erp: Box
    clock: MovedClock
    sandbox_clock: SandboxClock
    options: Options = OPTIONS
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def engine(self, **changes: Any) -> Engine:
        """A fresh engine, as each command makes one; `changes` replace parts of its context."""
        made = assemble(self.runtime, options=self.options)
        return replace(made, context=replace(made.context, executor=SerialExecutor(), **changes))

    def cycle(self, engine: Engine | None = None) -> Report:
        return run_once(engine or self.engine(), lambda _counts: True)

    def settle(self, most: int = 8) -> list[str]:
        """Cycles until one changes nothing; all problems told on the way."""
        told: list[str] = []
        for _ in range(most):
            before = self.places()
            told += self.cycle().problems
            if self.places() == before and not self.open_calls():
                return told
        raise AssertionError(f"still writing after {most} cycles: {told}")

    def idle(self) -> None:
        """One more cycle changes nothing on either side."""
        before = self.places()
        assert self.cycle().total_writes == 0
        assert self.places() == before

    def later(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.sandbox_clock.advance(seconds)

    def places(self) -> tuple[int, int]:
        return self.org.last(), self.erp.last()

    def open_calls(self) -> int:
        with self.runtime.store.reading() as tx:
            return len(tx.open_calls("unleashed"))

    # records

    def user(self, name: str = "sam") -> str:
        users = self.org.running.document["users"]
        return str(next(one["username"] for one in users if one["username"].startswith(f"{name}@")))

    def account(self, **values: Any) -> str:
        """A new account of Sam's."""
        return self.org.edit(self.user(), "Account", "", **values)

    def crm_edit(self, kind: str, ident: str, **values: Any) -> None:
        self.org.edit(self.user(), kind, ident, **values)

    def erp_edit(self, kind: str, ident: str, **values: Any) -> None:
        self.erp.edit("Bea", kind, ident, **values)

    def customer(self, **values: Any) -> str:
        """A new customer, made in the back office."""
        code = f"T{next(self.numbers):04}"
        return self.erp.edit("Bea", "Customers", "", **{"CustomerCode": code, "CustomerName": code, **values})

    def pair(self, **values: Any) -> tuple[str, str]:
        """A customer made in the back office and its account, tied and at rest."""
        guid = self.customer(**values)
        self.settle()
        return self.link(guid).crm_key, guid

    def promote(self, crm_key: str, mapping: str = "customer") -> None:
        from tieline.actions.promote import request_promotion

        request_promotion(self.engine().context, mapping, crm_key, "")

    def promoted(self, **values: Any) -> tuple[str, str]:
        """A new account that went out, and its customer."""
        account = self.account(**values)
        self.settle()
        self.promote(account)
        self.settle()
        return account, self.link(account).erp_key

    def links(self, mapping: str = "customer") -> list[Link]:
        with self.runtime.store.reading() as tx:
            return list(tx.find_links("unleashed", mapping, limit=10_000))

    def link(self, key: str, mapping: str = "customer") -> Link:
        return next(one for one in self.links(mapping) if key in {one.crm_key, one.erp_key})

    def conflicts(self, key: str) -> list[Conflict]:
        with self.runtime.store.reading() as tx:
            return [one for one in tx.conflicts("unleashed") if one.link == self.link(key).id]

    def audit(self, key: str) -> list[AuditEntry]:
        link = self.link(key).id
        with self.runtime.store.reading() as tx:
            return [one for one in tx.audit("unleashed", limit=100_000) if one.link == link]

    def panel(self, crm_key: str) -> dict[str, Any]:
        """The row of the Accounting panel that people see on this record."""
        return next(row for row in self.org.all("ERP_Link__c").values() if row.get("Account__c") == crm_key)

    def press(self, record: str, action: str, on: str) -> str:
        named = {"Action__c": f"unleashed.{action}", "Record_Id__c": record, f"{on}__c": record}
        return self.org.edit(self.user(), "ERP_Request__c", "", **named)

    def seen(self, side: Side, key: str) -> Mapping[str, Any]:
        """What the engine last read of one side."""
        observed = self.link(key).seen(side)
        assert observed is not None
        return observed.fields


def _tied(folder: Path, leaving: ExitStack) -> Tie:
    sandbox_clock, clock = SandboxClock(), MovedClock()
    org = leaving.enter_context(start(build_org, "org", folder / "org", clock=sandbox_clock))
    erp = leaving.enter_context(start(build_unleashed, "unleashed", folder / "erp", data=DATA, clock=sandbox_clock))
    runtime = leaving.enter_context(
        Runtime(folder / "state", environment={}, clock=clock, randomness=SystemRandomness(), say=lambda _line: None)
    )
    for word, running in (("org", org), ("unleashed", erp)):
        connect(runtime, word, word, Said(running.document_path))
    installer = Installer(runtime)
    installer.apply(installer.plan())
    tie = Tie(runtime, Box(org, "org"), Box(erp, "unleashed"), clock, sandbox_clock)
    _let_people_press(tie)
    tie.settle()
    return tie


def _let_people_press(tie: Tie) -> None:
    sets = tie.org.all("PermissionSet")
    chosen = next(ident for ident, row in sets.items() if row["Name"].endswith("User") and "nleashed" in row["Name"])
    for user in tie.org.running.document["users"]:
        if "read" not in user["profile"].lower() and not user["username"].startswith("admin"):
            values = {"PermissionSetId": chosen, "AssigneeId": user["user_id"]}
            tie.org.edit(tie.user("admin"), "PermissionSetAssignment", "", **values)


@pytest.fixture(scope="module")
def shared_tie(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tie]:
    with ExitStack() as leaving:
        yield _tied(tmp_path_factory.mktemp("tied"), leaving)


@pytest.fixture
def tie(shared_tie: Tie) -> Iterator[Tie]:
    """Shared by the tests of a module and at rest; a test that fails leaves no faults to the next one."""
    yield shared_tie
    shared_tie.org.calm()
    shared_tie.erp.calm()
    shared_tie.options = OPTIONS


@pytest.fixture
def new_tie(tmp_path: Path) -> Iterator[Callable[[], Tie]]:
    """Makes a tie for one test alone, for what would spoil it for others."""
    with ExitStack() as leaving:
        yield lambda: _tied(tmp_path, leaving)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients made from now on wait a sixth of a second for each part of an answer."""
    monkeypatch.setattr(clients, "policy_from", lambda *told: replace(policy_from(*told), patience=0.15))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records a page, on both sides."""
    monkeypatch.setattr(queries, "_batch", lambda _call: 3)
    monkeypatch.setattr(settings, "_page_size", lambda _text: 3)
