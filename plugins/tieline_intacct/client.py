"""The Sage Intacct client: one company, reached through the XML gateway 3.0."""

# ruff: noqa: ARG002 - the contract's signatures

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tieline.contract import (
    Capabilities,
    ClientContext,
    Cursor,
    Entity,
    Gone,
    Identity,
    ListRow,
    Misconfigured,
    Outcome,
    Page,
    PermanentError,
    Record,
    Shape,
    Write,
)
from tieline_intacct.amounts import Amounts
from tieline_intacct.audit import deletions
from tieline_intacct.budget import Budget
from tieline_intacct.contacts import Contacts
from tieline_intacct.contracts import ContractLines, Contracts
from tieline_intacct.customers import Customers
from tieline_intacct.documents import DocumentLines, documents
from tieline_intacct.gateway import Gateway
from tieline_intacct.objects import Items, Projects, Tasks
from tieline_intacct.options import read_options
from tieline_intacct.paging import Scope, everything
from tieline_intacct.prices import PriceLists, Prices
from tieline_intacct.receivables import Invoices, Payments
from tieline_intacct.resource import Access, Resource
from tieline_intacct.schema import Schema
from tieline_intacct.settings import TOP, company_of


class IntacctClient:
    """Implements `tieline.contract.Client`. An entity is an Intacct entity's ID, the empty text the top level; each
    sees the records that belong to it, and no others.

    Objects: CUSTOMER, CONTACT, ITEM, SOPRICELIST, INVPRICELISTENTRY, PROJECT, TASK, and `SODOCUMENT.quote`, `.order`,
    `.invoice`, `.other` with the lines of each inside them, `SODOCUMENT.opportunity`, ARINVOICE, ARPYMT, CONTRACT,
    CONTRACTDETAIL. Fields are the vendor's, dotted for nested ones, and a few of our own: `...STREET`, `BOOK` of price
    lists, `TAX` of documents.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        doors: tuple[Resource | DocumentLines, ...] = (
            Customers(access), Contacts(access), Items(access), PriceLists(access), Prices(access), Projects(access),
            Tasks(access), *documents(access), Amounts(access), Invoices(access), Payments(access),
            Contracts(access), ContractLines(access),
        )  # fmt: skip
        self._doors = {door.name: door for door in doors}

    def capabilities(self, obj: str) -> Capabilities:
        return self._door(obj).capabilities()

    def check(self) -> Identity:
        """Signs in, and looks whether the entities of the settings are there. Raises Misconfigured."""
        company, gateway = self._access.company, self._access.gateway
        gateway.sign_in(TOP if TOP in company.entities else company.entities[0])
        tenant = gateway.tenant or company.company_id
        label = f"{tenant} at Sage Intacct"
        if company.entities == (TOP,):
            return Identity(tenant, label)
        names = self._names()
        missing = [one for one in company.entities if one != TOP and one not in names]
        if missing:
            mend = f"The entities are {', '.join(names) or 'none'}."
            raise Misconfigured(f"has no {', '.join(missing)}", where="setting entities", mend=mend, code="no_entity")
        shown = {TOP: "Top level", **names}
        return Identity(tenant, label, tuple(Entity(one, shown[one]) for one in company.entities))

    def _names(self) -> dict[str, str]:
        company = self._access.company
        scope = Scope(company.entities[0], "LOCATIONENTITY", ("LOCATIONID", "NAME"), None, company.page_size)
        rows = everything(self._access.schema, scope)
        return {row["LOCATIONID"]: row.get("NAME") or row["LOCATIONID"] for row in rows if row.get("LOCATIONID")}

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        return self._door(shape.object).pages(entity, shape, since)

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        return self._door(shape.object).read(entity, shape, keys)

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        return self._door(shape.object).find(entity, shape, markers)

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        return deletions(self._access, entity, self._door(obj).kind, since)

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        return read_options(self._access, entity, name)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        return self._door(shape.object).write(entity, shape, batch)

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:
        """Intacct answers at once."""
        return {}

    def _door(self, obj: str) -> Resource | DocumentLines:
        door = self._doors.get(obj)
        if door is None:
            mend = f"The objects are {', '.join(self._doors)}."
            raise PermanentError(f"there is no object {obj!r}", where="Intacct", mend=mend, code="no_object")
        return door


def connect(context: ClientContext) -> IntacctClient:
    """The client factory of the system. Raises Misconfigured for settings that cannot work; does no IO."""
    company = company_of(context.settings)
    budget = Budget(context.clock, company.monthly_calls, context.meter)
    gateway = Gateway(company, context.transport, context.clock, budget)
    return IntacctClient(Access(company, gateway, Schema(gateway)))
