"""Every cell of the status table, driven through the engine itself: a record is brought into a status, the event
happens, and what the store holds then is compared with what the table says."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from tieline.contract import Done, Mapping, Outcome, Pending, Record, Refused, Shape, Side, Unknown
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Call, Link, Status
from tieline.sync.act import Actor
from tieline.sync.context import Context
from tieline.sync.cycle import Cycle
from tieline.sync.deletes import sweep_deletes
from tieline.sync.history import READ, transitions
from tieline.sync.intents import as_write
from tieline.sync.observe import Observer
from tieline.sync.recover import births, recover
from tieline.sync.repair import Repair
from tieline.sync.transitions import BURIED, TABLE, Event, NoOp, Result, markdown
from tieline_simulation.bench import CUSTOMER, Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

CELLS = [(status, event) for status in Status for event in Event]
ROOT = Path(__file__).parents[3]
AUTOMATIC = replace(CUSTOMER, delete_in_erp=True)
MANUAL = replace(AUTOMATIC, update_automatically=False)
PUBLISHED = replace(AUTOMATIC, system_of_record=Side.CRM)


class Sequenced(VersionedErp):
    """A back office that numbers its records' versions, so that an older one can be told."""

    def _record(self, entity: str, shape: Shape, key: str) -> Record:
        return replace(super()._record(entity, shape, key), sequence=self.rows[entity, shape.object, key].number)


class Sent(BaseException):
    """The process stops when a write to the back office is stored and not yet sent."""


@dataclass
class Stage(Bench):
    """One account of one back office, and what happens to it as the engine meets it."""

    mapping: Mapping = AUTOMATIC
    halting: bool = False
    known: set[str] = field(default_factory=set)

    def context(self) -> Context:
        return replace(super().context(), mappings=(self.mapping,), point=self._halt)

    def _halt(self, _name: str) -> None:
        if self.halting and {call.id for call in self.calls()} - self.known:
            raise Sent

    def calls(self) -> list[Call]:
        with self.store.reading() as tx:
            return [call for call in tx.open_calls("books") if call.side is Side.ERP]

    # what happens ----------------------------------------------------------------------------------------------

    def look(self, side: Side) -> None:
        self.world.tick(5)
        context = self.context()
        Observer(context, births(context)).sweep(side)
        sweep_deletes(context, side)

    def plan(self) -> None:
        """Decide and act, up to the moment at which a write to the back office would leave."""
        self.world.tick(5)
        self.known = {call.id for call in self.calls()}
        self.halting = True
        with contextlib.suppress(Sent):
            Cycle(self.context()).settle()
        self.halting = False

    def answer(self, outcome: Outcome | None = None) -> None:
        """The back office answers what is open. None: it does as asked, and shows nothing but that."""
        context = self.context()
        for call in self.calls():
            rules = context.rules_for(call.entity, call.mapping)
            with self.store.reading() as tx:
                links = tx.links([item.link for item in call.items])
            writes = [as_write(rules, links[item.link], item, Side.ERP) for item in call.items]
            shape = rules.shape(Side.ERP)
            done = [] if outcome else self.erp.write("", shape, writes)
            told = [outcome] if outcome else [Done(one.key) for one in done if isinstance(one, Done)]
            Actor(context, call.entity, rules, Side.ERP).adopt(call, list(zip(call.items, told, strict=True)))

    def edit(self, **fields: str) -> None:
        self.crm.edit("Account", self.account, **fields)
        self.look(Side.CRM)

    @property
    def account(self) -> str:
        return next(key for (_, obj, key), row in self.crm.rows.items() if obj == "Account")

    @property
    def one(self) -> Link:
        """The first account's link, also when its record is gone."""
        return next(link for link in self.links() if link.crm_key == self.account)

    @property
    def has_erp(self) -> bool:
        return bool(self.erp.rows)

    @property
    def result(self) -> Result:
        return BURIED if self.one.tombstone else self.one.status

    def told(self) -> str:
        """The status that Sync History shows last."""
        with self.store.reading() as tx:
            return transitions(tx.trails("books", [self.one.id], READ)[self.one.id])[0].status

    def noted(self) -> list[str]:
        with self.store.reading() as tx:
            return [entry.event for entry in tx.audit("books", limit=10_000, link=self.one.id)]


# how a record comes into a status --------------------------------------------------------------------------------


def not_promoted(stage: Stage) -> None:
    stage.crm.add("Account", "a1", Name="One", Phone="1", Code__c="C-1")
    stage.look(Side.CRM)
    stage.plan()


def in_sync(stage: Stage) -> None:
    stage.erp.add("Customers", "c1", name="One", phone="1", code="C-1")
    stage.settle()


def pending(stage: Stage) -> None:
    in_sync(stage)
    stage.edit(Phone="2")
    stage.plan()


def awaiting(stage: Stage) -> None:
    in_sync(stage)
    stage.edit(Phone="2")
    stage.promote(stage.account)
    stage.plan()


def promoted(stage: Stage) -> None:
    awaiting(stage)
    stage.answer()
    stage.plan()


def refused(stage: Stage) -> None:
    awaiting(stage)
    stage.answer(Refused("too long", "TOO_LONG"))
    stage.plan()


def disputed(stage: Stage) -> None:
    in_sync(stage)
    conflict(stage)


def overdue(stage: Stage) -> None:
    awaiting(stage)
    stage.answer(Pending("later"))
    stage.world.tick(timedelta(days=2).total_seconds())
    recover(stage.context())


def deleting(stage: Stage) -> None:
    in_sync(stage)
    delete_request(stage)


def delete_turned_down(stage: Stage) -> None:
    deleting(stage)
    stage.answer(Refused("it has orders", "IN_USE"))
    stage.plan()


Step = Callable[[Stage], None]
WAYS: dict[Status, list[tuple[Mapping, Step]]] = {
    Status.NOT_PROMOTED: [(AUTOMATIC, not_promoted), (MANUAL, not_promoted)],
    Status.CHANGES_PENDING: [(MANUAL, pending)],
    Status.AWAITING_ACKNOWLEDGMENT: [(AUTOMATIC, awaiting), (MANUAL, awaiting)],
    Status.PROMOTED: [(AUTOMATIC, promoted), (MANUAL, promoted)],
    Status.IN_SYNC: [(AUTOMATIC, in_sync), (MANUAL, in_sync)],
    Status.OUT_OF_SYNC: [
        (AUTOMATIC, refused), (MANUAL, refused), (AUTOMATIC, disputed), (AUTOMATIC, overdue),
    ],
    Status.DELETE_REQUEST_REJECTED: [(AUTOMATIC, delete_turned_down)],
    Status.PUBLISHED_BY_CRM: [(PUBLISHED, in_sync), (replace(PUBLISHED, update_automatically=False), in_sync)],
}  # fmt: skip
_OF_A_DELETE = {Event.DELETE_ACK, Event.DELETE_REFUSED}


def ways(status: Status, event: Event) -> Sequence[tuple[Mapping, Step]]:
    if status is Status.AWAITING_ACKNOWLEDGMENT and event in _OF_A_DELETE:
        return [(AUTOMATIC, deleting)]
    return WAYS[status]


# what happens to it ----------------------------------------------------------------------------------------------


def promote(stage: Stage) -> None:
    stage.promote(stage.account)
    stage.plan()


def crm_edit(stage: Stage) -> None:
    stage.edit(City="Rome")
    stage.plan()


def edits_cancel(stage: Stage) -> None:
    stage.edit(Phone="9" if not stage.one.base else str(stage.one.base["Phone"][0]))
    stage.plan()


def match_accepted(stage: Stage) -> None:
    """A partner with the same strong key turns up."""
    if stage.has_erp:
        stage.crm.add("Account", "a2", Name="Twin", Code__c="C-1")
        stage.look(Side.CRM)
    else:
        stage.erp.add("Customers", "c1", name="One", phone="1", code="C-1")
        stage.look(Side.ERP)
    stage.plan()


def stale_version(stage: Stage) -> None:
    context = stage.context()
    rules = context.rules_for("", "customer")
    with stage.store.transaction() as tx:
        for key in stage.erp.alive("Customers"):
            record = stage.erp.read("", rules.shape(Side.ERP), [key])[key]
            assert record is not None
            late = replace(record, sequence=0, fields={**record.fields, "city": "long ago"})
            Observer(context, {}).absorb_all(tx, Side.ERP, "", rules, [late])


def erp_edit(stage: Stage) -> None:
    if stage.has_erp:
        stage.erp.edit("Customers", "c1", street="Via Appia")
    stage.look(Side.ERP)
    stage.plan()


def delete_request(stage: Stage) -> None:
    stage.crm.remove("Account", stage.account)
    stage.look(Side.CRM)
    stage.plan()


def conflict(stage: Stage) -> None:
    if stage.has_erp:
        stage.erp.edit("Customers", "c1", rating="A")
    stage.look(Side.ERP)
    stage.edit(Rating__c="B")
    stage.plan()


def resolve(stage: Stage) -> None:
    hand = Repair(stage.store, "books", stage.world.now(), "an operator")
    if stage.one.blocked:
        hand.resolve(stage.one, Side.CRM)
    else:
        hand.retry([stage.one])
    stage.plan()


def erp_deleted(stage: Stage) -> None:
    if stage.has_erp:
        stage.erp.remove("Customers", "c1")
    stage.look(Side.ERP)
    stage.plan()


HAPPENS: dict[Event, Step] = {
    Event.PROMOTE: promote,
    Event.CRM_EDIT: crm_edit,
    Event.EDITS_CANCEL: edits_cancel,
    Event.MATCH_ACCEPTED: match_accepted,
    Event.ACK: Stage.answer,
    Event.REJECT: lambda stage: stage.answer(Refused("no", "NO")),
    Event.AMBIGUOUS: lambda stage: stage.answer(Unknown("connection reset")),
    Event.CONFIRM: lambda stage: stage.look(Side.ERP),
    Event.ERP_EDIT: erp_edit,
    Event.STALE_VERSION: stale_version,
    Event.DELETE_REQUEST: delete_request,
    Event.DELETE_ACK: Stage.answer,
    Event.DELETE_REFUSED: lambda stage: stage.answer(Refused("it has orders", "IN_USE")),
    Event.CONFLICT: conflict,
    Event.RESOLVE: resolve,
    Event.ERP_DELETED: erp_deleted,
}


@cache
def observed(status: Status, event: Event) -> tuple[frozenset[Result], frozenset[str]]:
    """Where the engine takes a record, over every way into the status, and what the audit says of it."""
    results, noted = set(), set()
    for mapping, way in ways(status, event):
        world = World()
        stage = Stage(world, ToyCrm(world), Sequenced(world), MemoryStore(), ("",), mapping=mapping)
        stage.confirm()
        way(stage)
        assert stage.result is status, (way.__name__, stage.result)
        before = len(stage.noted())
        HAPPENS[event](stage)
        results.add(stage.result)
        if stage.result not in {
            status,
            BURIED,
            Status.AWAITING_ACKNOWLEDGMENT,
        }:  # a write on its way is told by its answer
            assert stage.told() == stage.result, (way.__name__, stage.noted())
        noted |= set(stage.noted()[before:])
    return frozenset(results), frozenset(noted)


@pytest.mark.parametrize(("status", "event"), CELLS)
def test_the_engine_does_what_the_table_says(status: Status, event: Event) -> None:
    cell = TABLE[status, event]
    results, noted = observed(status, event)
    assert results == (frozenset({status}) if isinstance(cell, NoOp) else cell.to)
    assert cell.noted <= noted


def test_every_cell_is_filled_and_says_why() -> None:
    assert set(TABLE) == set(CELLS)
    assert len(CELLS) == 128
    for cell in TABLE.values():
        assert cell.reason if isinstance(cell, NoOp) else cell.name and cell.effect and cell.to


def test_the_page_shows_the_table() -> None:
    page = (ROOT / "docs" / "reference" / "status.md").read_text("utf-8")
    assert page.endswith("\n".join(markdown()) + "\n"), "run `tieline status --transitions` and paste what it prints"
