"""The real engine between a local org and a local company of Intacct, over loopback HTTP, inside this process.

What a test believes it reads from the systems' own logs and rows, never from the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tieline.contract.naming import user_permission_set
from tieline.effects import SerialExecutor, SystemClock, SystemRandomness
from tieline.host.connecting import Said, connect
from tieline.host.runtime import Runtime
from tieline.sync.context import Options
from tieline.workers.assemble import Engine, assemble
from tieline.workers.embedded import run_once
from tieline.workers.packages import Installer
from tieline_intacct.sandbox import build
from tieline_sandbox.effects import Clock
from tieline_sandbox.fault_rules import read_rule
from tieline_sandbox.org import build as build_org
from tieline_sandbox.runner import RunningSandbox, start

OPTIONS = Options(overlap=timedelta(seconds=2), lists_every=timedelta(days=1), retry_first=timedelta(0))
OPEN = ("New", "Waiting", "Running")


class Ahead(SystemClock):
    """Real time plus what was waited."""

    ahead = 0.0

    def now(self) -> Any:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)


@dataclass
class Wire:
    """One org, one company."""

    runtime: Runtime
    org: RunningSandbox
    company: RunningSandbox
    clock: Ahead
    sandbox_clock: Clock

    # the product -------------------------------------------------------------------------------------------------

    def engine(self) -> Engine:
        """A new process: no session, nothing remembered."""
        made = assemble(self.runtime, "intacct", options=OPTIONS)
        return replace(made, context=replace(made.context, executor=SerialExecutor()))

    def cycle(self) -> list[str]:
        return list(run_once(self.engine(), lambda _counts: True).problems)

    def settle(self, most: int = 10) -> None:
        """Cycles, with waits, until one writes nothing anywhere and complains of nothing."""
        told: list[str] = []
        for _ in range(most):
            before = self._places()
            told = self.cycle()
            if before == self._places() and not told:
                return
            self.later(90)
        raise AssertionError(f"still writing: {told}")

    def later(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.sandbox_clock.advance(seconds)

    def _places(self) -> list[int]:
        return [int(box.application.state.last_mutation()) for box in (self.org, self.company)]

    # people ------------------------------------------------------------------------------------------------------

    def sam(self, action: str, kind: str, ident: str = "", **values: Any) -> str:
        user = next(one["username"] for one in self.org.document["users"] if one["username"].startswith("sam@"))
        return str(self.org.application.edit(user, action, kind, ident, values))

    def clerk(self, action: str, kind: str, ident: str = "", **values: Any) -> str:
        told = {name.replace("__", "."): value for name, value in values.items()}
        return str(self.company.application.edit("Bea", action, kind, ident, told))

    def press(self, action: str, on: str, record: str) -> str:
        named = {"Action__c": f"intacct.{action}", "Record_Id__c": record, f"{on}__c": record}
        return self.sam("create", "ERP_Request__c", **named)

    def promoted(self, name: str) -> tuple[str, str]:
        """A new account, and the press that sends it to Intacct."""
        account = self.sam("create", "Account", Name=name)
        return account, self.press("sync_account", "Account", account)

    def fault(self, at: str, do: Any, times: int = 1, nth: int = 0, **match: str) -> int:
        """Plan it for the company; its number."""
        rule = read_rule({"at": at, "do": do, "times": times, "nth": nth, "match": match})
        return int(self.company.plane.faults.plan([rule])[0].id)

    def fired(self, fault: int) -> int:
        return sum(one.fired for one in self.company.plane.faults.listed() if one.id == fault)

    # the truth ---------------------------------------------------------------------------------------------------

    def made(self, kind: str, **like: str) -> list[Mapping[str, Any]]:
        """Records of this kind that the product ever made at Intacct, below the API."""
        rows = [one for one in self.company.application.state.mutations() if (one.kind, one.action) == (kind, "insert")]
        found = [one.after or {} for one in rows if one.actor == "api"]
        return [one for one in found if all(one.get(name) == text for name, text in like.items())]

    def held(self, kind: str, ident: str) -> dict[str, Any]:
        """A row of the org."""
        with self.org.application.state.reading() as reader:
            return dict(reader.get(kind, ident) or {})

    def panel(self, record: str) -> dict[str, Any]:
        """What somebody sees on the record."""
        with self.org.application.state.reading() as reader:
            rows = [values for _, values in reader.all("ERP_Link__c") if values.get("Record_Id__c") == record]
        return dict(rows[0]) if rows else {}

    def answered(self, request: str) -> dict[str, Any]:
        """Cycles until the press is answered for good."""
        for _ in range(10):
            self.cycle()
            if self.held("ERP_Request__c", request)["Status__c"] not in OPEN:
                return self.held("ERP_Request__c", request)
            self.later(90)
        raise AssertionError(f"not answered: {self.held('ERP_Request__c', request)}")


@pytest.fixture(scope="session")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("wire")
    clock, sandbox_clock = Ahead(), Clock()
    with ExitStack() as leaving:
        org = leaving.enter_context(start(build_org, "org", folder / "org", clock=sandbox_clock))
        company = leaving.enter_context(start(build, "intacct", folder / "intacct", clock=sandbox_clock))
        runtime = leaving.enter_context(
            Runtime(_state(folder), environment={}, clock=clock, randomness=SystemRandomness(), say=_silent)
        )
        connect(runtime, "org", "org", Said(org.document_path))
        connect(runtime, "intacct", "intacct", Said(company.document_path, {"page_size": "3"}))
        installer = Installer(runtime, "intacct")
        installer.apply(installer.plan())
        sellers = user_permission_set("Intacct")
        for user in org.document["users"]:
            installer.org.records.assign_permission_set(sellers, user["user_id"])
        made = Wire(runtime, org, company, clock, sandbox_clock)
        made.settle()
        yield made


@pytest.fixture
def wire(joined: Wire) -> Iterator[Wire]:
    """At rest and in fair weather, before and after."""
    yield joined
    joined.company.plane.faults.clear()
    joined.clerk("update", "Company", concurrency=2, offline=False)
    joined.settle()


def _state(folder: Path) -> Path:
    return folder / "state"


def _silent(_line: str) -> None:
    return None
