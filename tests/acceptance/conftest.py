"""The product in processes of its own, judged from outside: by plain HTTP, by the planes, by the systems' own files.

Nothing here imports the product. What a test believes, it read from a sandbox's door or from its ground-truth log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

ROOT = Path(__file__).parents[2]
BUILT_IN = ROOT / "core" / "tieline_sandbox" / "demo" / "data"
T = TypeVar("T")


def eventually(question: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first answer that is true; the test fails when there is none in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        pause.wait(0.02)
    raise AssertionError(f"in {seconds} seconds: {what}")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    def ok(self) -> Any:
        assert self.code == 0, f"exit code {self.code}\n{self.err}\n{self.out}"
        return self.document

    def sentence(self, code: int) -> str:
        """What a refused command said: one line on stderr, nothing that only a programmer understands."""
        assert self.code == code, f"exit code {self.code}\n{self.err}\n{self.out}"
        assert "Traceback" not in self.err + self.out
        lines = [line for line in self.err.splitlines() if not line.startswith("Made ")]
        assert len(lines) == 1, self.err
        assert "unexpected" not in lines[0], self.err
        return lines[0]


class Started:
    """A command that runs until it is told to end; what it says goes to files."""

    def __init__(self, command: list[str], environment: dict[str, str], logs: Path) -> None:
        self._out, self._err = logs.with_suffix(".out"), logs.with_suffix(".err")
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """As the machine would, without a word."""
        if self.running:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def interrupt(self, seconds: float = 30, by: signal.Signals = signal.SIGINT) -> int:
        """As a person would with Ctrl-C; the exit code."""
        self.process.send_signal(by)
        return self.process.wait(seconds)

    def ended(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@dataclass
class Tieline:
    """Runs `python -m tieline` on one state directory."""

    state: Path
    path: list[Path] = field(default_factory=list)
    started: list[Started] = field(default_factory=list)

    def __call__(self, *arguments: str | Path, stdin: str = "", timeout: float = 110) -> Ran:
        done = subprocess.run(
            self._command(arguments),
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str | Path) -> Started:
        logs = self.state.parent / f"{self.state.name}-{len(self.started)}"
        one = Started(self._command(arguments), self._environment(), logs)
        self.started.append(one)
        return one

    def stop(self) -> None:
        for one in self.started:
            one.kill()

    def document(self, name: str) -> dict[str, Any]:
        """What a sandbox says of itself."""
        return dict(json.loads((self.state / f"{name}.json").read_text()))

    def _command(self, arguments: tuple[str | Path, ...]) -> list[str]:
        return [sys.executable, "-m", "tieline", *(str(one) for one in arguments)]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIELINE_")}
        given = [str(one) for one in self.path] + [one for one in [os.environ.get("PYTHONPATH")] if one]
        more = {"PYTHONPATH": os.pathsep.join(given)} if given else {}
        return kept | more | {"TIELINE_STATE": str(self.state)}


class Plane:
    """The test plane of one sandbox."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.url = str(document["plane_url"])
        self._headers = {"X-Sandbox-Token": str(document["plane_token"])}

    def edit(self, user: str, kind: str, ident: str, **values: Any) -> str:
        action = "update" if ident else "create"
        told = {"user": user, "action": action, "object": kind, "id": ident, "values": values}
        return str(self._call("POST", "as_user", told)["id"])

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        return list(self._call("GET", f"log?since={since}")["mutations"])

    def last(self) -> int:
        return max((int(one["seq"]) for one in self.log()), default=0)

    def calls(self) -> int:
        """Requests that came to their end."""
        return int(self._call("GET", "calls")["total"])

    def fault(self, at: str, do: Any, *, times: int = 1, nth: int = 0, **match: str) -> int:
        """Plan a fault; its id."""
        rule = {"at": at, "do": do, "times": times, "nth": nth, "match": match}
        return int(self._call("POST", "faults", rule)["id"])

    def fired(self, fault: int) -> int:
        """How often a planned fault struck."""
        return int(self._call("GET", f"faults/{fault}")["fired"])

    def calm(self) -> int:
        """Take all faults away; how often they struck."""
        fired = sum(int(one["fired"]) for one in self._call("GET", "faults"))
        self._call("DELETE", "faults")
        return fired

    def _call(self, method: str, path: str, told: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/{path}", json=told, headers=self._headers, timeout=60)
        assert answer.ok, answer.text
        return answer.json()


class CrmUser:
    """One person at the org's REST door, over TLS."""

    def __init__(self, document: dict[str, Any], login: str) -> None:
        user = next(one for one in document["users"] if one["username"].startswith(f"{login}@"))
        self.user_id = str(user["user_id"])
        self._base = f"{document['tls_url']}/services/data/v{document['api_version']}"
        self._headers = {"Authorization": f"Bearer {user['access_token']}"}
        self._verify = str(document["ca_file"])

    def query(self, soql: str) -> list[dict[str, Any]]:
        return list(self.call("GET", "/query", params={"q": soql})["records"])

    def create(self, kind: str, **values: Any) -> str:
        return str(self.call("POST", f"/sobjects/{kind}", json=values)["id"])

    def edit(self, kind: str, ident: str, **values: Any) -> None:
        self.call("PATCH", f"/sobjects/{kind}/{ident}", json=values)

    def call(self, method: str, path: str, **more: Any) -> Any:
        given: dict[str, Any] = {"headers": self._headers, "verify": self._verify, "timeout": 60, **more}
        answer = requests.request(method, f"{self._base}{path}", **given)
        assert answer.ok, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None


class World:
    """A local org and a local Unleashed as processes of their own, and the product between them."""

    def __init__(self, tieline: Tieline, data: Path = BUILT_IN) -> None:
        self.tieline = tieline
        self.processes: dict[str, Started] = {}
        self.run("org")
        self.run("unleashed", "--data", data)
        self.org, self.erp = Plane(self.document("org")), Plane(self.document("unleashed"))
        self.admin, self.sam, self.camille, self.rita = (
            CrmUser(self.document("org"), name) for name in ("admin", "sam", "camille", "rita")
        )

    def run(self, name: str, *more: str | Path) -> None:
        """Start a sandbox and wait until it is ready."""
        place = self.tieline.state / f"{name}.json"
        place.unlink(missing_ok=True)
        self.processes[name] = one = self.tieline.start("sandbox", name, *more)
        eventually(lambda: place.exists() or not one.running, f"{name} writes its document")
        assert one.running, one.err

    def document(self, name: str) -> dict[str, Any]:
        return self.tieline.document(name)

    def connect(self) -> World:
        """Connections, package, and the right to press for everybody."""
        for name in ("org", "unleashed"):
            self.tieline("connect", name, name, "--from", self.tieline.state / f"{name}.json", "--json").ok()
        self.tieline("package", "apply", "--yes", "--json").ok()
        chosen = next(
            row["Id"]
            for row in self.admin.query("SELECT Id, Name FROM PermissionSet")
            if row["Name"].endswith("User") and "nleashed" in row["Name"]
        )
        for user in (self.sam, self.camille, self.rita):
            self.admin.create("PermissionSetAssignment", PermissionSetId=chosen, AssigneeId=user.user_id)
        return self

    def sync(self) -> Ran:
        return self.tieline("sync", "--once", "--yes", "--json")

    def settle(self, most: int = 12) -> None:
        """Cycles until one neither writes nor complains."""
        said = ""
        for _ in range(most):
            ran = self.sync()
            if ran.code == 0 and _quiet(ran.document):
                return
            said = ran.err + ran.out
        raise AssertionError(f"not at rest after {most} cycles: {said}")

    def account(self, code: str) -> str:
        return str(self.admin.query(f"SELECT Id FROM Account WHERE AccountNumber = '{code}'")[0]["Id"])

    def opportunity(self, name: str, code: str, products: int = 1) -> str:
        """An opportunity of Sam's on the account with this number, with so many products."""
        closing = {"StageName": "Closed Won", "CloseDate": "2026-05-05"}
        made = self.sam.create("Opportunity", Name=name, AccountId=self.account(code), **closing)
        for entry in self._prices()[:products]:
            self.sam.create(
                "OpportunityLineItem", OpportunityId=made, PricebookEntryId=entry, Quantity=4, UnitPrice=2.5
            )
        return made

    def press(self, user: CrmUser, record: str, action: str = "create_sales_order", on: str = "Opportunity") -> str:
        named = {"Action__c": f"unleashed.{action}", "Record_Id__c": record, f"{on}__c": record}
        return user.create("ERP_Request__c", **named)

    def answer(self, request: str) -> dict[str, Any]:
        return self.answers([request])[0]

    def answers(self, requests: list[str], most: int = 12) -> list[dict[str, Any]]:
        """Cycles until all are answered for good; the requests as they stand then, in the same order."""
        fields = "Id, Status__c, Message__c, Result_Id__c, Result_Number__c"
        for _ in range(most):
            said = self.sync()
            rows = {row["Id"]: row for row in self.admin.query(f"SELECT {fields} FROM ERP_Request__c")}
            asked = [rows[one] for one in requests]
            if all(row["Status__c"] in ("Done", "Refused", "Failed") for row in asked):
                return asked
        raise AssertionError(f"no answer after {most} cycles: {asked} {said}")

    def orders(self, reference: str) -> list[str]:
        """Guids of the orders that were ever made for this opportunity, by the log below the API."""
        made = [one for one in self.erp.log() if (one["kind"], one["action"]) == ("SalesOrders", "insert")]
        return [str(one["id"]) for one in made if one["after"]["CustomerRef"] == reference]

    def _prices(self) -> list[str]:
        found = [row["Id"] for row in self.admin.query("SELECT Id FROM PricebookEntry ORDER BY Id")]
        if found:
            return found
        book = self.admin.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        products = self.admin.query("SELECT Id FROM Product2 WHERE IsActive = true ORDER BY ProductCode LIMIT 2")
        price = {"Pricebook2Id": book, "UnitPrice": 2.5, "IsActive": True}
        return [self.admin.create("PricebookEntry", Product2Id=row["Id"], **price) for row in products]


def _quiet(document: dict[str, Any]) -> bool:
    return not (sum(document["writes"].values()) or document["answers"] or document["unknown"] or document["problems"])


@pytest.fixture(name="eventually", scope="session")
def _eventually() -> Callable[..., Any]:
    return eventually


@pytest.fixture
def tieline(tmp_path: Path) -> Iterator[Tieline]:
    with ExitStack() as ending:
        one = Tieline(tmp_path / "state")
        ending.callback(one.stop)
        yield one


@pytest.fixture
def new_world(tieline: Tieline) -> World:
    """Both systems up, connected, the package installed; nothing loaded yet."""
    return World(tieline).connect()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both systems loaded and at rest, shared by all tests: each uses records of its own and takes its faults away."""
    one = Tieline(tmp_path_factory.mktemp("world") / "state")
    try:
        made = World(one).connect()
        made.settle()
        yield made
    finally:
        one.stop()


@pytest.fixture(scope="session")
def northwind() -> Path:
    folder = ROOT.parent / "shared" / "data" / "northwind"
    if not folder.is_dir():
        pytest.skip(f"the Northwind files are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def built_in() -> Path:
    """The demonstration's own files."""
    return BUILT_IN


@pytest.fixture(scope="session")
def malformed() -> Path:
    """The customers as somebody really saved them."""
    file = ROOT.parent / "shared" / "data" / "malformed" / "customers.csv"
    if not file.is_file():
        pytest.skip(f"the malformed file is not at {file}")
    return file


@pytest.fixture(scope="session")
def make_tieline() -> type[Tieline]:
    return Tieline


@pytest.fixture(scope="session")
def make_plane() -> type[Plane]:
    return Plane


@pytest.fixture(scope="session")
def make_user() -> type[CrmUser]:
    return CrmUser
