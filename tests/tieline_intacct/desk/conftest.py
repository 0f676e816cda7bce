"""The real engine and the real client with Intacct's buttons, a local Intacct called directly, and a toy for the CRM: a
cycle takes milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pluggy
import pytest

import tieline_intacct
from tieline.actions.desk import Desk
from tieline.admin.document import Document
from tieline.admin.effective import effective
from tieline.contract import ListRow
from tieline.contract.hooks import ErpPlugin, Extras
from tieline.host.behaviours import PluginBehaviours
from tieline.host.translations import Translator
from tieline.host.words import host_words
from tieline.store.memory import MemoryStore
from tieline.sync.context import Context, Options
from tieline.sync.cycle import Cycle
from tieline.sync.first_load import confirm_first_load
from tieline_intacct.actions import ACTIONS
from tieline_intacct.lists import LISTS
from tieline_intacct.mappings import MAPPINGS
from tieline_intacct.system import INTACCT
from tieline_intacct.translations import FRENCH
from tieline_simulation.systems import ToyCrm
from tieline_simulation.world import Serial, World

FINAL = {"Done", "Refused", "Failed"}


@dataclass
class Office:
    """A toy CRM, the engine with Intacct's buttons, and a local Intacct. `waiting` are acts of somebody there, each
    right before the first request that holds some text."""

    live: Any
    crm: ToyCrm
    context: Context
    waiting: list[tuple[bytes, Callable[[], object]]] = field(default_factory=list)
    place: int = 0

    def __post_init__(self) -> None:
        self.live.transport.before = self._act

    def _act(self, request: Any) -> None:
        due = [one for one in self.waiting if one[0] in request.body]
        self.waiting = [one for one in self.waiting if one not in due]
        for _, act in due:
            act()

    def press(self, action: str, record: str, user: str = "u-en", **given: str) -> str:
        key = f"r{len(self.crm.alive('ERP_Request__c')) + 1}"
        told = {"Action__c": f"intacct.{action}", "Record_Id__c": record, "Status__c": "New", "CreatedById": user}
        return self.crm.add("ERP_Request__c", key, **told, **given)

    def cycle(self) -> None:
        self.crm.world.tick(5)
        self.live.later(5)
        desk = Desk(self.context, ACTIONS, ["books"])
        assert Cycle(self.context, desk=desk).run().problems == []

    def settle(self) -> None:
        """Cycles until nothing moves on either side."""
        for _ in range(8):
            before = self.crm.world.writes(), self.last
            self.cycle()
            if before == (self.crm.world.writes(), self.last):
                return
        raise AssertionError("still writing")

    @property
    def last(self) -> int:
        return int(self.live.transport.intacct.state.last_mutation())

    def answered(self, *presses: str) -> list[Mapping[str, Any]]:
        for _ in range(6):
            self.cycle()
            rows: list[Mapping[str, Any]] = [self.crm.alive("ERP_Request__c")[press] for press in presses]
            if all(row["Status__c"] in FINAL for row in rows):
                return rows
        raise AssertionError(f"never answered: {rows}")

    def kept(self, kind: str) -> list[dict[str, Any]]:
        with self.live.transport.intacct.state.reading() as reader:
            return [{**values, "RECORDNO": ident} for ident, values in reader.all(kind)]

    def made_for(self, opportunity: str) -> list[str]:
        """Kinds of documents that the company ever kept for it since, by its log."""
        changes = self.live.transport.intacct.state.mutations(self.place)
        told = [one.after or {} for one in changes if one.kind == "SODOCUMENT"]
        return [row["DOCPARID"] for row in told if str(row.get("EXTERNALID", "")).startswith(opportunity)]

    def panel(self, record: str) -> Mapping[str, Any]:
        return next(row for row in self.crm.alive("ERP_Link__c").values() if row.get("Record_Id__c") == record)


def _office(live: Any, entity: str, chosen: str) -> Office:
    world = World(at=live.effects.now())
    crm = ToyCrm(world)
    crm.lists["users"] = [
        ListRow("u-en", "Sam", attributes={"language": "en_US"}),
        ListRow("u-fr", "Camille", attributes={"language": "fr"}),
    ]
    manager = pluggy.PluginManager("tieline")
    manager.add_hookspecs(ErpPlugin)
    manager.add_hookspecs(Extras)
    manager.register(tieline_intacct)
    words = Translator([FRENCH, *host_words()])
    mappings = effective(MAPPINGS, Document(chosen).settings.of("books"))
    context = Context(
        "books", INTACCT, mappings, LISTS, MemoryStore(), crm, live.client, world, Serial(), (entity,),
        behaviours=PluginBehaviours(manager), say=words.text,
        options=Options(retry_first=timedelta(0)),
        resting=[one for one in MAPPINGS if one.name not in {on.name for on in mappings}],
    )  # fmt: skip
    confirm_first_load(context, 0)
    return Office(live, crm, context)


OpenOffice = Callable[..., Office]


@pytest.fixture(scope="module")
def office_of(opened_for_module: Any) -> OpenOffice:
    """Opens an office in an entity, `chosen` being what the settings file says."""

    def make(entity: str = "", chosen: str = "back_offices: {}") -> Office:
        return _office(opened_for_module(entities=entity or "top"), entity, chosen)

    return make
