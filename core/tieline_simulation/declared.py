"""What the back office of a storm declares: its mappings, list and buttons, and the systems it may be."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import (
    Action,
    ActionInput,
    CreateDocument,
    Decision,
    Direction,
    Field,
    ManagedList,
    Mapping,
    Option,
    Promote,
    Promotion,
    Reference,
    System,
)
from tieline.contract import Text as TextKind
from tieline_simulation.bench import CONTACT, CUSTOMER
from tieline_simulation.systems import AsyncErp, ForgetfulErp, Toy, VersionedErp, WholeErp
from tieline_simulation.weather import Plot

SHAPES: dict[str, tuple[type[Toy], tuple[str, ...]]] = {
    "whole": (WholeErp, ("",)),
    "versioned": (VersionedErp, ("",)),
    "async": (AsyncErp, ("north", "south")),
    "forgetful": (ForgetfulErp, ("",)),
}
TERMS = ManagedList("toy", "terms", "Payment term", "Payment terms")
TERMS_OBJECT = "Toy_Payment_Term__c"
TERMS_FIELD = Field("Terms__c", "terms", Option("terms"))
FAX_FIELD = Field("Fax", "fax", TextKind(40))
ORDER = Mapping(
    "toy", "order", "Order", "ERP_Document__c", "Orders",
    (
        Field("Number__c", "number", TextKind(80), Direction.TO_CRM),
        Field("Account__c", "customer", Reference("customer"), Direction.TO_CRM),
    ),
    promotion=Promotion.NEVER, number="number",
)  # fmt: skip
LINE = Mapping(
    "toy", "line", "Order line", "ERP_Document_Line__c", "Lines",
    (
        Field("Document__c", "order", Reference("order"), Direction.TO_CRM),
        Field("Quantity__c", "quantity", TextKind(40), Direction.TO_CRM),
        Field("Note__c", "note", TextKind(40)),
    ),
    parent="order", embedded_in="Orders", promotion=Promotion.NEVER, create_in_erp=False, panel=False,
    delete_in_crm=True,
)  # fmt: skip
TYPED = {
    "Account": (
        "Name", "Phone", "Website", "Code__c", "Street", "City", "Credit__c", "Rating__c", "Tier__c", "Manager__c",
    ),
    "Contact": ("LastName", "Email"),
    "ERP_Document_Line__c": ("Quantity__c", "Note__c"),
}  # fmt: skip
"""The fields people type into, by the CRM's names. Every value is new."""


def system_of(erp: Toy) -> System:
    return System("toy", "Toy", "Toy", (), lambda _context: erp, ())


def mappings_of(plot: Plot, *, widened: bool = False) -> tuple[Mapping, ...]:
    """The mappings of a history; `widened` once an administrator has mapped one more field."""
    more = ((TERMS_FIELD,) if plot.lists else ()) + ((FAX_FIELD,) if widened else ())
    customer = replace(CUSTOMER, fields=(*CUSTOMER.fields, *more), update_automatically=not plot.held)
    contact = replace(CONTACT, delete_in_crm=plot.bins)
    return (customer, contact, ORDER, *((LINE,) if plot.lines else ()))


def _order(given: ActionInput) -> Decision:
    fields = {"number": f"N-{given.request}", "customer": given.keys["customer", given.record_id]}
    return CreateDocument("order", fields, origin={"Press__c": given.request})


def _order_with_lines(given: ActionInput) -> Decision:
    plain = _order(given)
    assert isinstance(plain, CreateDocument)
    lines = tuple({"quantity": f"{given.request}/{number}"} for number in (1, 2))
    return replace(plain, children={"Lines": lines})


def actions_of(plot: Plot) -> tuple[Action, ...]:
    return (
        Action("toy", "promote", "Promote", "Account", lambda _given: Promote("customer")),
        Action(
            "toy", "order", "Create order", "Account", _order_with_lines if plot.lines else _order, reads=("Name",),
            enabled_when='"customer" in linked', otherwise="Promote the account first.",
        ),
    )  # fmt: skip
