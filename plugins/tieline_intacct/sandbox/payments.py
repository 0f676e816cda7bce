"""Payments received: each detail pays a receivable down [D]; overpayments are not taken [I]."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.problems import business, invalid
from tieline_intacct.sandbox.rows import Row, by_number, visible
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, number, plain

PAYMENT, DETAIL, INVOICE = "ARPYMT", "ARPYMTDETAIL", "ARINVOICE"
_LIST = "ARPYMTDETAILS"


def create(scope: Scope, kind: ObjectType, given: Mapping[str, str], lists: Mapping[str, Any]) -> Row:
    """Raises Refused when a receivable is not there, another customer's, or less is due on it."""
    details = _details(lists.get(_LIST))
    if not details:
        raise business(f"A payment needs {_LIST} with at least one {DETAIL}")
    payment = records.save(scope, kind, given, None)
    total = sum((_pay(scope, payment, detail) for detail in details), Decimal(0))
    return records.update(scope, payment, {"TRX_AMOUNTTOPAY": plain(total), "AMOUNTOPAY": plain(total)})


def _details(listed: Any) -> list[Mapping[str, str]]:
    inside = listed.get(DETAIL) if isinstance(listed, Mapping) else None
    found = inside if isinstance(inside, list) else [inside]
    return [
        {name: text for name, text in one.items() if isinstance(text, str)} for one in found if isinstance(one, Mapping)
    ]


def _pay(scope: Scope, payment: Row, detail: Mapping[str, str]) -> Decimal:
    try:
        amount = number(detail.get("TRX_PAYMENTAMOUNT", ""))
    except BadValue as bad:
        raise invalid(f"TRX_PAYMENTAMOUNT {bad}") from None
    invoice = _invoice(scope, payment, detail.get("RECORDKEY", ""))
    due = number(invoice.get("TOTALDUE") or "0")
    if not 0 < amount <= due:
        raise business(f"{plain(due)} are due on invoice {invoice.get('RECORDID')}; {plain(amount)} cannot be paid")
    paid = number(invoice.get("TOTALPAID") or "0") + amount
    told = {
        "TOTALPAID": plain(paid),
        "TOTALDUE": plain(due - amount),
        "STATE": "Paid" if paid and due == amount else "Partially Paid",
    }
    told |= {"TRX_TOTALPAID": told["TOTALPAID"], "TRX_TOTALDUE": told["TOTALDUE"]}
    records.update(scope, invoice, told)
    records.save(scope, scope.catalogue[DETAIL], {**detail, "PAYMENTKEY": payment.ident}, None)
    return amount


def _invoice(scope: Scope, payment: Row, key: str) -> Row:
    found = by_number(scope.reader, scope.catalogue, scope.catalogue[INVOICE], key)
    if found is None or not visible(scope, found.kind, found.body):
        raise business(f"There is no AR invoice {key}")
    if found.get("CUSTOMERID") != payment.get("CUSTOMERID"):
        raise business(f"The AR invoice {key} is not one of customer {payment.get('CUSTOMERID')}")
    return found
