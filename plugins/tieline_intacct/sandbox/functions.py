"""Which functions the gateway knows, and which of them write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tieline_intacct.sandbox import (
    attachments,
    company,
    contracts,
    dimensions,
    elements,
    invoices,
    legacy,
    listing,
    payments,
    payments_legacy,
    querying,
    reading,
    schema,
    writing,
)
from tieline_intacct.sandbox.documents import printing, transactions
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.scope import Scope

Read = Callable[[Scope, Element], list[Element]]
Run = Callable[[Scope, Element], Result]


@dataclass(frozen=True, slots=True)
class Function:
    """`writes` is a transaction of its own, with the hooks around its commit."""

    run: Run
    writes: bool = False
    object: str = ""


def _reading(read: Read) -> Function:
    return Function(lambda scope, element: Result(read(scope, element)))


def _legacy(noun: str, kind: str) -> dict[str, Function]:
    verbs = {"create": legacy.create, "update": legacy.update, "delete": legacy.delete}
    return {f"{verb}_{noun}": Function(run, writes=True, object=kind) for verb, run in verbs.items()}


FUNCTIONS: Mapping[str, Function] = {
    **{name: one for noun, each in legacy.NOUNS.items() for name, one in _legacy(noun, each.object).items()},
    **{
        f"delete_{noun}": Function(legacy.delete_named, writes=True, object=noun.upper())
        for noun in legacy.DELETED_BY_NAME
    },
    "create_invoice": Function(invoices.create, writes=True, object="ARINVOICE"),
    "delete_invoice": Function(invoices.delete, writes=True, object="ARINVOICE"),
    "create_arpayment": Function(payments_legacy.create, writes=True, object=payments.PAYMENT),
    "apply_arpayment": Function(payments_legacy.apply, writes=True, object=payments.PAYMENT),
    "reverse_arpayment": Function(payments_legacy.reverse, writes=True, object=payments.PAYMENT),
    **{
        f"{verb}_{noun}": Function(run, writes=True, object=paper.object)
        for noun, paper in attachments.PAPERS.items()
        for verb, run in attachments.VERBS.items()
    },
    "retrievepdf": _reading(printing.retrieve),
    "post": Function(contracts.post, writes=True),
    "renew": Function(contracts.renew, writes=True),
    "clearallmea": Function(contracts.clear_allocations, writes=True),
    "clearlastactivemea": Function(contracts.clear_allocations, writes=True),
    "deliver": Function(contracts.deliver, writes=True),
    "hold": Function(contracts.hold, writes=True),
    "resume": Function(contracts.resume, writes=True),
    "query": _reading(querying.answer),
    "read": _reading(reading.read),
    "readByName": _reading(reading.read_by_name),
    "readByQuery": _reading(reading.read_by_query),
    "readMore": _reading(reading.read_more),
    "readRelated": _reading(reading.read_related),
    "create_sotransaction": Function(transactions.create, writes=True, object=transactions.DOCUMENT),
    "update_sotransaction": Function(transactions.update, writes=True, object=transactions.DOCUMENT),
    "delete_sotransaction": Function(transactions.delete, writes=True, object=transactions.DOCUMENT),
    "get_list": _reading(listing.get_list),
    "get": _reading(listing.get),
    "lookup": _reading(schema.lookup),
    "inspect": _reading(schema.inspect),
    "readEntityDetails": _reading(company.entity_details),
    "getUserPermissions": _reading(company.permissions),
    "get_applications": _reading(company.applications),
    "get_companyprefs": _reading(company.preferences),
    "getDimensions": _reading(dimensions.listed),
    "getDimensionRelationships": _reading(dimensions.relationships),
    "getFinancialSetup": _reading(company.financial_setup),
    "readUserFormatting": _reading(company.formatting),
    "getAuditTrail": _reading(company.audit_trail),
    "create": Function(writing.create, writes=True),
    "update": Function(writing.update, writes=True),
    "delete": Function(writing.delete, writes=True),
}


def object_of(function: Function, element: Element) -> str:
    """What a function is about, for matching faults."""
    if function.object:
        return function.object
    named = elements.text_of(element, "object") or element.get("object", "")
    first = next(iter(elements.children(element)), None)
    return (named or (str(first.tag) if first is not None and function.writes else "")).upper()
