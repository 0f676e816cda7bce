"""The real engine between a local org and a local company, over loopback HTTP, in this process: made once a run, shared
by the tests of this folder. Each test uses records of its own.

What a test believes it reads from the systems' own state and logs, never from the engine. Waiting costs nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tieline.effects import SerialExecutor, SystemClock, SystemRandomness
from tieline.host.connecting import Said, connect
from tieline.host.runtime import Runtime
from tieline.sync.context import Options
from tieline.workers.assemble import Engine, assemble
from tieline.workers.embedded import run_once
from tieline.workers.packages import Installer
from tieline_intacct.sandbox import build
from tieline_sandbox.effects import Clock
from tieline_sandbox.org import build as build_org
from tieline_sandbox.runner import RunningSandbox, start

BOOKS = "books"
FINAL = ("Done", "Refused", "Failed")
OPTIONS = Options(overlap=timedelta(seconds=2), lists_every=timedelta(0), retry_first=timedelta(0))
SETTINGS = {
    "order_definition": "Sales Order, Rush Order",
    "other_definitions": "Service Agreement",
}


class MovedClock(SystemClock):
    """Real time plus what was waited."""

    ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)


@dataclass
class Office:
    """One org, one company, and the people on both sides."""

    runtime: Runtime
    org: RunningSandbox
    company: RunningSandbox
    clock: MovedClock
    sandbox_clock: Clock
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # the product

    def engine(self) -> Engine:
        made = assemble(self.runtime, BOOKS, options=OPTIONS)
        return replace(made, context=replace(made.context, executor=SerialExecutor()))

    def configure(self, **settings: str) -> None:
        """Connect once more, with other settings."""
        connect(self.runtime, "intacct", BOOKS, Said(self.company.document_path, settings))

    def settle(self) -> list[str]:
        """Cycles until nothing moves in any system; what was told on the way."""
        told: list[str] = []
        for _ in range(8):
            before = self.places()
            told += run_once(self.engine(), lambda _counts: True).problems
            if before == self.places():
                return told
            self.later(3)
        raise AssertionError(f"still writing: {told}")

    def later(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.sandbox_clock.advance(seconds)

    def places(self) -> tuple[int, int]:
        return self.org.application.state.last_mutation(), self.company.application.state.last_mutation()

    # what is there

    def rows(self, kind: str, **holding: Any) -> list[dict[str, Any]]:
        """Records of the org."""
        return _rows(self.org, kind, holding)

    def kept(self, kind: str, **holding: Any) -> list[dict[str, Any]]:
        """Records of the company."""
        return _rows(self.company, kind, holding)

    # people of the org

    def user(self, name: str = "sam") -> str:
        users = self.org.document["users"]
        return str(next(one["username"] for one in users if one["username"].startswith(f"{name}@")))

    def make(self, kind: str, who: str = "sam", **values: Any) -> str:
        return str(self.org.application.edit(self.user(who), "create", kind, "", values))

    def change(self, kind: str, ident: str, who: str = "sam", **values: Any) -> None:
        self.org.application.edit(self.user(who), "update", kind, ident, values)

    def press(self, action: str, on: str, record: str, who: str = "sam", **given: Any) -> str:
        named = {"Action__c": f"intacct.{action}", "Record_Id__c": record, f"{on}__c": record}
        return self.make("ERP_Request__c", who, **named, **given)

    def answered_by(self, engine: Engine, request: str) -> dict[str, Any]:
        """One cycle of an engine that runs already, and what it answered."""
        run_once(engine, lambda _counts: True)
        (row,) = self.rows("ERP_Request__c", Id=request)
        return row

    def answered(self, *requests: str) -> list[dict[str, Any]]:
        """Cycles until all of them have their last word; how they stand then."""
        for _ in range(8):
            run_once(self.engine(), lambda _counts: True)
            rows = [row for request in requests for row in self.rows("ERP_Request__c", Id=request)]
            if all(row["Status__c"] in FINAL for row in rows):
                return rows
            self.later(3)
        raise AssertionError(f"never answered: {rows}")

    def pressed(self, action: str, on: str, record: str, who: str = "sam", **given: Any) -> dict[str, Any]:
        """A press and its answer."""
        (row,) = self.answered(self.press(action, on, record, who, **given))
        return row

    def name(self, word: str) -> str:
        return f"{word} {next(self.numbers)}"

    # people of the company

    def edit(self, action: str, kind: str, ident: str, **values: Any) -> str:
        return str(self.company.application.edit("Bea", action, kind, ident, values))

    # what is sold

    def sold(self, count: int) -> tuple[str, list[str]]:
        """An account with a term of its own and so many products with standard prices, all of them in Intacct."""
        account = self.make("Account", Name=self.name("Acme"), Intacct_AR_Term__c=self.listed("AR_Term", "N30"))
        products = [self.product() for _ in range(count)]
        presses = [self.press("sync_account", "Account", account)]
        presses += [self.press("sync_product", "Product2", one, "admin") for one in products]
        assert {row["Status__c"] for row in self.answered(*presses)} == {"Done"}
        return account, products

    def product(self, **values: Any) -> str:
        """A product with a standard price."""
        code = f"I-{next(self.numbers)}"
        ident = self.make("Product2", "admin", **{"Name": code, "ProductCode": code, "IsActive": True, **values})
        self.price(ident)
        return ident

    def price(self, product: str, book: str = "", price: float = 12.5) -> str:
        """In the standard price book, unless another one is named."""
        (standard,) = self.rows("Pricebook2", IsStandard=True)
        fields = {"Product2Id": product, "Pricebook2Id": book or standard["Id"], "UnitPrice": price, "IsActive": True}
        return self.make("PricebookEntry", "admin", **fields)

    def opportunity(self, account: str, *products: str, **values: Any) -> str:
        given = {"Name": self.name("Deal"), "StageName": "Prospecting", "CloseDate": "2026-06-01", **values}
        ident = self.make("Opportunity", AccountId=account, **given)
        for product in products:
            (entry,) = self.rows("PricebookEntry", Product2Id=product)
            line = {"OpportunityId": ident, "PricebookEntryId": entry["Id"], "Quantity": 3, "UnitPrice": 12.5}
            self.make("OpportunityLineItem", **line)
        return ident

    def listed(self, label: str, key: str) -> str:
        """The org's row of a managed list."""
        (row,) = self.rows(f"Intacct_{label}__c", Key__c=f"{BOOKS}//{key}")
        return str(row["Id"])

    def documents(self, opportunity: str) -> list[dict[str, Any]]:
        """What the company made of it."""
        return [row for row in self.kept("SODOCUMENT") if str(row.get("EXTERNALID", "")).startswith(opportunity)]


def _rows(box: RunningSandbox, kind: str, holding: Mapping[str, Any]) -> list[dict[str, Any]]:
    with box.application.state.reading() as reader:
        found = [dict(values) for _, values in reader.all(kind)]
    return [row for row in found if all(row.get(name) == value for name, value in holding.items())]


def _office(folder: Path, leaving: ExitStack) -> Office:
    clock, sandbox_clock = MovedClock(), Clock()
    org = leaving.enter_context(start(build_org, "org", folder / "org", clock=sandbox_clock))
    company = leaving.enter_context(start(build, "intacct", folder / BOOKS, clock=sandbox_clock))
    runtime = leaving.enter_context(
        Runtime(folder / "state", environment={}, clock=clock, randomness=SystemRandomness(), say=lambda _line: None)
    )
    connect(runtime, "org", "org", Said(org.document_path))
    connect(runtime, "intacct", BOOKS, Said(company.document_path, SETTINGS))
    installer = Installer(runtime, "intacct")
    installer.apply(installer.plan())
    made = Office(runtime, org, company, clock, sandbox_clock)
    _let_people_press(made)
    made.settle()
    return made


def _let_people_press(office: Office) -> None:
    (chosen,) = office.rows("PermissionSet", Name="Tieline_Intacct_User")
    for user in office.org.document["users"]:
        if "read" not in user["profile"].lower():
            office.make("PermissionSetAssignment", "admin", PermissionSetId=chosen["Id"], AssigneeId=user["user_id"])


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with ExitStack() as leaving:
        yield _office(tmp_path_factory.mktemp("office"), leaving)
