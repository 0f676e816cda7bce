"""The story: install, load, edit on both sides, press a button, come to rest. Every step finds what an earlier,
interrupted run has done already, so that starting again goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tieline.contract import DemoPlan, Event, PermanentError, Side
from tieline.contract.naming import REQUEST_OBJECT, list_object, lookup_field, user_permission_set
from tieline.package.apply import CHECKING
from tieline.sync.cycle import Report
from tieline.sync.preview import Counts
from tieline.workers.assemble import Engine, assemble
from tieline.workers.embedded import run_once
from tieline.workers.packages import Installer
from tieline_sandbox.demo.calls import Load, calls_of, fewest, told
from tieline_sandbox.demo.people import CrmUser, pressers
from tieline_sandbox.demo.screen import Advance, Screen
from tieline_sandbox.demo.staff import hire
from tieline_sandbox.demo.stage import ORG, Stage
from tieline_sandbox.demo.truth import Marks

OPPORTUNITY = "Tieline demonstration"
_MOST_CYCLES = 12
_FINAL = ("Done", "Refused", "Failed")


@dataclass
class Told:
    """What happened, for the summary."""

    errors: list[str] = field(default_factory=list)
    idle_writes: int = 0
    answer: str = ""
    first_load: dict[str, Any] = field(default_factory=dict)


def _ignore(_done: int, _of: int | None = None) -> None:
    return None


def _passed(what: str, done: int, total: int) -> int:
    """The package goes through twice: the org checks it, then installs it."""
    return done if what == CHECKING else total + done


class Story:
    """Plays the whole demonstration on a stage."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self.stage, self.screen, self.told = stage, screen, Told()
        self.seller = CrmUser.seller(stage.org_document)
        self.administrator = CrmUser.administrator(stage.org_document)
        self.engine: Engine | None = None
        self._advance: Advance = _ignore
        self._written = 0
        self._confirmed = False

    @property
    def plan(self) -> DemoPlan:
        assert self.stage.system.demo is not None
        return self.stage.system.demo

    def close(self) -> None:
        self.seller.close()
        self.administrator.close()

    def play(self) -> Told:
        self.install()
        self.load()
        self.edit_both_sides()
        self.press_button()
        self.rest()
        return self.told

    # steps -----------------------------------------------------------------------------------------------------

    def install(self) -> None:
        installer = Installer(self.stage.runtime, self.stage.system.name, ORG)
        plan = installer.plan()
        self.screen.plan(plan)
        if not plan.is_empty:
            with self.screen.bar("Installing the package", len(plan.sent) * 2) as advance:
                installer.apply(plan, progress=lambda what, done, all_: advance(_passed(what, done, all_), all_ * 2))
        name = user_permission_set(self.stage.system.prefix)
        for user_id in pressers(self.stage.org_document):
            installer.org.records.assign_permission_set(name, user_id)
        hire(self.stage, self.administrator)

    def load(self) -> None:
        """The counts are shown and confirmed; the bar follows the records as they are written."""
        begun = Load.begins(self.stage)
        self.engine = assemble(self.stage.runtime, self.stage.back_office, ORG, listener=self._hear)
        with self.screen.bar("First match and load", None) as self._advance:
            made = self._settle(self.running(), self._confirm) - begun.calls
        self._advance = _ignore
        if self._confirmed and self.plan.page_size:
            context = self.engine.context
            rows = [self.administrator.count(list_object(self.stage.system, one)) for one in context.lists]
            self.told.first_load = told(made, fewest(self.stage, begun, context.mappings, rows))

    def edit_both_sides(self) -> None:
        """Somebody in the back office and somebody in the CRM each change a customer, at the same time."""
        mapping = self.stage.runtime.declarations.mapping(self.stage.system.name, self.plan.accounts)
        linked = self._linked(self.plan.accounts)
        if len(linked) < 2:
            return
        self.screen.step("Editing one record on each side")
        (ours, _), (_, theirs) = linked[0], linked[1]
        field_name = self.plan.crm_field
        wanted = "https://www.example.com/from-the-crm"
        row = self.seller.query(f"SELECT {field_name} FROM {mapping.crm_object} WHERE Id = '{ours}'")[0]  # noqa: S608
        if row[field_name] != wanted:
            self.seller.edit(mapping.crm_object, ours, **{field_name: wanted})
        change = {self.plan.erp_field: "https://www.example.com/from-the-back-office"}
        self.stage.erp.application.edit("Somebody in the back office", "update", mapping.erp_object, theirs, change)
        self._settle(self.running())

    def press_button(self) -> None:
        """A seller presses each button on an opportunity and waits for the answer on the request."""
        for action in self.plan.pressed:
            self._press_one(action)

    def _press_one(self, action: str) -> None:
        request = self._request(action) or self._press(action)
        self.screen.step("Pressed the button as a CRM user; waiting for the answer")
        for _ in range(_MOST_CYCLES):
            self._settle(self.running())
            row = self.seller.query(f"SELECT Status__c, Message__c FROM {REQUEST_OBJECT} WHERE Id = '{request}'")[0]  # noqa: S608
            if row["Status__c"] in _FINAL:
                break
        self.told.answer = str(row["Message__c"] or "")
        self.screen.step(f"Answer on the record: {self.told.answer}")
        if row["Status__c"] != "Done":
            self.told.errors.append(f"the button was answered with {row['Status__c']}: {self.told.answer}")

    def rest(self) -> None:
        """One more cycle, which must write nothing: judged by both systems' own logs."""
        marks = Marks.set(self.stage)
        self._cycle(self.running(), lambda _counts: True)
        self.told.idle_writes = marks.changes_since(self.stage)

    # the button ------------------------------------------------------------------------------------------------

    def _request(self, action: str) -> str:
        where = f"Action__c = '{self.stage.system.name}.{action}'"
        found = self.seller.query(f"SELECT Id FROM {REQUEST_OBJECT} WHERE {where} ORDER BY CreatedDate LIMIT 1")  # noqa: S608
        return str(found[0]["Id"]) if found else ""

    def _press(self, action: str) -> str:
        opportunity = self._opportunity()
        return self.seller.create(
            REQUEST_OBJECT,
            Action__c=f"{self.stage.system.name}.{action}",
            Record_Id__c=opportunity,
            **{lookup_field("Opportunity"): opportunity},
        )

    def _opportunity(self) -> str:
        found = self.seller.query(f"SELECT Id FROM Opportunity WHERE Name = '{OPPORTUNITY}'")  # noqa: S608
        ident = str(found[0]["Id"]) if found else self._new_opportunity()
        if not self.seller.query(f"SELECT Id FROM OpportunityLineItem WHERE OpportunityId = '{ident}'"):  # noqa: S608
            for entry, quantity in zip(self._price_book_entries(), (3, 10), strict=False):
                line = {"OpportunityId": ident, "PricebookEntryId": entry, "Quantity": quantity, "UnitPrice": 12.5}
                self.seller.create("OpportunityLineItem", **line)
        return ident

    def _new_opportunity(self) -> str:
        accounts = self._linked(self.plan.accounts)
        if not accounts:
            raise PermanentError("there is no customer to sell to", where="demo", mend="Give --data with customers.")
        day = self.running().context.clock.now().date().isoformat()
        return self.seller.create(
            "Opportunity", Name=OPPORTUNITY, AccountId=accounts[0][0], StageName="Closed Won", CloseDate=day
        )

    def _price_book_entries(self) -> list[str]:
        """Two products with a price in the standard price book; an administrator sets it once."""
        book = self.administrator.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        entries = []
        for product, _ in self._sold_products()[:2]:
            where = f"Product2Id = '{product}' AND Pricebook2Id = '{book}'"
            known = self.administrator.query(f"SELECT Id FROM PricebookEntry WHERE {where}")  # noqa: S608
            fields = {"Product2Id": product, "Pricebook2Id": book, "UnitPrice": 12.5, "IsActive": True}
            entries.append(str(known[0]["Id"]) if known else self.administrator.create("PricebookEntry", **fields))
        return entries

    def _sold_products(self) -> list[tuple[str, str]]:
        active = {str(row["Id"]) for row in self.administrator.query("SELECT Id FROM Product2 WHERE IsActive = true")}
        sold = [pair for pair in self._linked(self.plan.products) if pair[0] in active]
        if not sold:
            raise PermanentError("there is no product to sell", where="demo", mend="Give --data with products.")
        return sold

    # cycles ----------------------------------------------------------------------------------------------------

    def running(self) -> Engine:
        assert self.engine is not None
        return self.engine

    def _hear(self, event: Event) -> None:
        if event.name.startswith("record."):
            self._written += 1
            self._advance(self._written)

    def _confirm(self, counts: dict[str, Counts]) -> bool:
        self._confirmed = True
        self.screen.counts(counts)
        self._advance(0, sum(one.writes for one in counts.values()))
        return True

    def _settle(self, engine: Engine, confirm: Callable[[dict[str, Counts]], bool] = lambda _counts: True) -> int:
        """Returns the calls to the back office until all was written: one cycle more only shows that it is."""
        made = calls_of(self.stage)
        for _ in range(_MOST_CYCLES):
            report = self._cycle(engine, confirm)
            if not report.total_writes:
                break
            made = calls_of(self.stage)
        return made

    def _cycle(self, engine: Engine, confirm: Callable[[dict[str, Counts]], bool]) -> Report:
        report = run_once(engine, confirm)
        self.told.errors += [problem for problem in report.problems if problem not in self.told.errors]
        return report

    def _linked(self, mapping: str) -> list[tuple[str, str]]:
        """(CRM id, ERP key) of linked records, in order of the ERP key: the same on every run."""
        context = self.running().context
        with context.store.reading() as tx:
            links = tx.find_links(context.back_office, mapping, limit=100_000)
        pairs = [(one.key(Side.CRM), one.key(Side.ERP)) for one in links if not one.tombstone]
        return sorted((pair for pair in pairs if all(pair)), key=lambda pair: pair[1])
