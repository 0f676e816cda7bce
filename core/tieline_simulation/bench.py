"""A back office tied to the toy CRM: the mappings of the engine suite, and a cycle to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tieline.contract import (
    Direction,
    Field,
    Flag,
    ManagedList,
    Mapping,
    Number,
    Policy,
    Promotion,
    Reference,
    Side,
    System,
    Text,
)
from tieline.store.nouns import Link
from tieline.store.protocol import Fence, Store
from tieline.sync.context import Context, Options, RowPlanner, keep_rows
from tieline.sync.cycle import Cycle, Report
from tieline.sync.first_load import confirm_first_load
from tieline_simulation.systems import Toy, ToyCrm
from tieline_simulation.world import Serial, World

CUSTOMER = Mapping(
    "toy",
    "customer",
    "Customer",
    "Account",
    "Customers",
    (
        Field("Name", "name", Text(80), required=True),
        Field("Phone", "phone", Text(40)),
        Field("Website", "site", policy=Policy.CRM_WINS),
        Field("Code__c", "code", Text(20), Direction.TO_CRM, key=True),
        Field("Street", "street", group="address"),
        Field("City", "city", group="address"),
        Field("Credit__c", "credit", Number(2), owner=Side.ERP),
        Field("Hold__c", "hold", Flag(), Direction.TO_CRM),
        Field("Rating__c", "rating", policy=Policy.MANUAL),
        Field("Tier__c", "tier", direction=Direction.FROZEN),
        Field("Manager__c", "manager", direction=Direction.TO_ERP),
    ),
)
CONTACT = Mapping(
    "toy",
    "contact",
    "Contact",
    "Contact",
    "People",
    (
        Field("LastName", "last", Text(80), required=True),
        Field("Email", "email", key=True),
        Field("AccountId", "customer", Reference("customer"), required=True),
    ),
    parent="customer",
    promotion=Promotion.WITH_PARENT,
)


@dataclass
class Bench:
    """Everything an engine test touches."""

    world: World
    crm: ToyCrm
    erp: Toy
    store: Store
    entities: tuple[str, ...]
    point: Callable[[str], None] = lambda _name: None
    options: Options = field(default_factory=Options)
    behaviours: Any = None
    mappings: tuple[Mapping, ...] = (CUSTOMER, CONTACT)
    lists: tuple[ManagedList, ...] = ()
    plan_rows: RowPlanner = keep_rows

    @property
    def entity(self) -> str:
        return self.entities[0]

    def context(self) -> Context:
        return self.context_of(self.crm, self.erp)

    def context_of(self, crm: Any, erp: Any) -> Context:
        """With other clients in place of the systems themselves."""
        system = System("toy", "Toy", "Toy", (), lambda _context: self.erp, ())
        more = {"behaviours": self.behaviours} if self.behaviours else {}
        return Context(
            "books", system, self.mappings, self.lists, self.store, crm, erp, self.world, Serial(),
            self.entities, options=self.options, point=lambda name: self.point(name), plan_rows=self.plan_rows, **more,
        )  # fmt: skip

    def fenced(self, context: Context, fence: Fence) -> Context:
        """The same in a worker that holds a lease."""
        return replace(context, fence=fence)

    def confirm(self) -> None:
        confirm_first_load(self.context(), 0)

    def cycle(self) -> Report:
        self.world.tick(5)
        return Cycle(self.context()).run()

    def settle(self, most: int = 8) -> Report:
        """Cycles until one writes nothing; fails when that never happens."""
        for _ in range(most):
            before = self.world.writes()
            report = self.cycle()
            if self.world.writes() == before and not self.open_calls():
                return report
        raise AssertionError(f"still writing after {most} cycles")

    def open_calls(self) -> int:
        with self.store.reading() as tx:
            return len(tx.open_calls("books"))

    def links(self, mapping: str = "customer") -> list[Link]:
        with self.store.reading() as tx:
            return [one for one in tx.find_links("books", mapping) if not one.tombstone.startswith("merged")]

    def link(self, key: str, mapping: str = "customer") -> Link:
        return next(one for one in self.links(mapping) if key in {one.crm_key, one.erp_key})

    def promote(self, crm_key: str, entity: str = "") -> None:
        from tieline.actions.promote import request_promotion

        request_promotion(self.context(), "customer", crm_key, entity or self.entity)

    def crm_key(self, erp_key: str, mapping: str = "customer") -> str:
        return self.link(erp_key, mapping).crm_key

    def audit(self) -> list[str]:
        with self.store.reading() as tx:
            return [entry.event for entry in tx.audit("books", limit=100_000)]
