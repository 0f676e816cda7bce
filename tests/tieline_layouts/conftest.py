"""Declarations of an invented ERP, Acme, with one of everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tieline.contract import (
    Action,
    ActionInput,
    Choice,
    ClientContext,
    Component,
    Day,
    Declarations,
    Decline,
    Direction,
    Field,
    Flag,
    Format,
    Instant,
    ManagedList,
    Mapping,
    Number,
    Option,
    Parameter,
    Person,
    Reference,
    System,
    Text,
)

SYSTEM = "acme"


def no_client(_context: ClientContext) -> Any:
    raise AssertionError("rendering needs no client")


def no_handler(_given: ActionInput) -> Decline:
    return Decline("no")


def acme(name: str = SYSTEM, prefix: str = "Acme") -> System:
    return System(name, prefix, prefix, (), no_client, ())


CUSTOMER_FIELDS = (
    Field("Name", "name", required=True),
    Field("Phone", "phone", Text(40, Format.PHONE)),
    Field("BillingStreet", "street", group="address"),
    Field("Acme_Rank__c", "rank", Text(30), Direction.TO_CRM, label="Rank", help="How dear they are."),
    Field("Acme_Remark__c", "remark", Text(2000, Format.AREA), Direction.TO_ERP, label="Remark"),
    Field("Acme_Note__c", "note", Text(255, Format.AREA), label="Note"),
    Field("Acme_Mail__c", "mail", Text(80, Format.EMAIL), label="Mail"),
    Field("Acme_Page__c", "page", Text(255, Format.URL), label="Page"),
    Field("Acme_Credit__c", "credit", Number(4), label="Credit"),
    Field("Acme_Blocked__c", "blocked", Flag(), Direction.FROZEN, label="Blocked"),
    Field("Acme_Since__c", "since", Day(), label="Since"),
    Field("Acme_Seen__c", "seen", Instant(), label="Seen"),
    Field("Acme_Class__c", "class", Choice(("A", "B & C")), label="Class"),
    Field("Acme_Term__c", "term", Option("terms"), label="Term"),
    Field("Acme_Payer__c", "payer", Reference("customer"), label="Payer"),
    Field("Acme_Manager__c", "manager", Person("people"), label="Manager"),
)
LINE_FIELDS = (Field("Document__c", "order", Reference("order")), Field("Quantity__c", "quantity", Number(4)))


def mappings(system: str = SYSTEM) -> tuple[Mapping, ...]:
    order = (Field("Account__c", "customer", Reference("customer")), Field("Total__c", "total", Number()))
    return (
        Mapping(system, "customer", "Customer", "Account", "Customers", CUSTOMER_FIELDS),
        Mapping(system, "order", "Order", "ERP_Document__c", "Orders", order),
        Mapping(system, "line", "Line", "ERP_Document_Line__c", "Lines", LINE_FIELDS, panel=False, delete_in_crm=True),
    )


def action(**more: Any) -> Action:
    return Action(SYSTEM, "create_order", "Create order", "Opportunity", no_handler, **more)


@dataclass(frozen=True)
class Acme:
    """What tests build declarations from."""

    whole: Declarations
    system: Callable[..., System]
    action: Callable[..., Action]
    mappings: Callable[..., tuple[Mapping, ...]]


LISTS = (
    ManagedList(SYSTEM, "terms", "Payment term", "Payment terms"),
    ManagedList(SYSTEM, "people", "Person", "People", ("email",)),
)
PARAMETERS = (Parameter("term", "Term", Option("terms"), required=True), Parameter("due_date", "Due date", Day()))


@pytest.fixture
def acme_declared() -> Acme:
    with_form = action(parameters=PARAMETERS, reads=("Name", "Amount", "Account.Phone", "Own__c"), help="Makes one.")
    plain = Action(SYSTEM, "promote", "Promote", "Account", no_handler)
    whole = Declarations((acme(),), mappings(), LISTS, (with_form, plain))
    return Acme(whole, acme, action, mappings)


@pytest.fixture
def named() -> Callable[..., Component]:
    """The one component of a name."""

    def find(components: Any, name: str, kind: str = "") -> Component:
        (found,) = [each for each in components if each.name == name and kind in ("", each.kind)]
        assert isinstance(found, Component)
        return found

    return find
