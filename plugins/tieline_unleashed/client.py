"""The Unleashed client: one organisation, reached by its API id and key."""

# ruff: noqa: ARG002 - the contract's signatures

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tieline.contract import (
    Capabilities,
    ClientContext,
    Cursor,
    Gone,
    Identity,
    ListRow,
    Misconfigured,
    NothingSent,
    Outcome,
    Page,
    PermanentError,
    RateLimited,
    Record,
    Refused,
    Shape,
    TielineError,
    Write,
)
from tieline_unleashed import answers
from tieline_unleashed.contacts import Contacts
from tieline_unleashed.customers import Customers
from tieline_unleashed.options import PAYMENT_TERMS, Terms, read_options
from tieline_unleashed.orders import SalesOrderLines, SalesOrders
from tieline_unleashed.products import Products
from tieline_unleashed.resource import Access, Resource
from tieline_unleashed.settings import access_of

Door = Resource | Contacts | SalesOrderLines


class UnleashedClient:
    """Implements `tieline.contract.Client`. An organisation has no accounting entities: `entity` is not looked at.

    Objects: Customers, CustomerContacts (inside Customers), Products, SalesOrders, SalesOrderLines (inside
    SalesOrders). Fields are the vendor's members, dotted for nested ones (`SalesPerson.Guid`), and a few of our own:
    `Address.*` and `PaymentTerm` of customers, `Customer.Guid` of contacts, `SalesOrder.Guid` of lines.
    """

    def __init__(self, access: Access, tenant: str, back_office: str) -> None:
        self._access = access
        self._tenant = tenant
        self._back_office = back_office
        self._terms = Terms(access)
        customers, orders = Customers(access, self._terms), SalesOrders(access)
        doors: tuple[Door, ...] = (
            customers, Contacts(customers), Products(access), orders, SalesOrderLines(orders),
        )  # fmt: skip
        self._doors: Mapping[str, Door] = {door.name: door for door in doors}

    def capabilities(self, obj: str) -> Capabilities:
        return self._door(obj).capabilities()

    def check(self) -> Identity:
        """One row of a list that every organisation has. One API id is one organisation, and cannot be rotated [V]."""
        answers.get(self._access.wire, "Warehouses", [("pageSize", "1")])
        return Identity(self._tenant, f"Unleashed organisation {self._tenant}")

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        return self._door(shape.object).pages(shape, since)

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        return self._door(shape.object).read(shape, keys)

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        return self._door(shape.object).find(shape, markers)

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        return self._door(obj).deleted(since)

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        rows = read_options(self._access, name)
        if name == PAYMENT_TERMS:
            self._terms.fill(rows)
        return rows

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        door = self._door(shape.object)
        outcomes: list[Outcome] = []
        for write in batch:
            try:
                outcomes.append(door.write(shape, write))
            except (NothingSent, RateLimited, Misconfigured) as error:
                if not outcomes:
                    raise
                outcomes.append(_refused(error))
            except TielineError as error:  # reading before the write failed: nothing was written
                outcomes.append(_refused(error))
        return outcomes

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:
        """Unleashed answers at once."""
        return {}

    def _door(self, obj: str) -> Door:
        door = self._doors.get(obj)
        if door is None:
            raise PermanentError(
                f"there is no object {obj!r}",
                where="Unleashed",
                mend=f"The objects are {', '.join(self._doors)}.",
                code="no_object",
            )
        return door


def connect(context: ClientContext) -> UnleashedClient:
    """The client factory of the system. Raises Misconfigured for settings that cannot work; does no IO."""
    access = access_of(context)
    return UnleashedClient(access, access.wire.api_id, context.back_office)


def _refused(error: TielineError) -> Refused:
    return Refused(error.sentence(), code=error.code, retryable=not isinstance(error, PermanentError))
