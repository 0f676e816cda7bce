"""Payments received: drafts, what they pay down, what is paid too much, and taking it all back [D].

A detail pays an invoice with money, with an earlier overpayment or advance, or by a discount. Credit memos and negative
invoices are not kept here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tieline_intacct.sandbox import receivables, records
from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.problems import business, invalid
from tieline_intacct.sandbox.rows import Row, by_number, found_rows, visible
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, cents, number, plain

PAYMENT, DETAIL = "ARPYMT", "ARPYMTDETAIL"
DRAFT, COMPLETE, REVERSED = "Draft", "Complete", "Reversed"
LIST = "ARPYMTDETAILS"
UNAPPLIED = "UNAPPLIEDAMOUNT"  # how the vendor shows what is left of an overpayment was not found [I]
_CREDITS = {"OVERPAYMENTKEY": "TRX_POSTEDOVERPAYMENTAMOUNT", "ADVANCEKEY": "TRX_POSTEDADVANCEAMOUNT"}
_ELSEWHERE = ("POSADJKEY", "ADJUSTMENTKEY", "INLINEKEY", "NEGATIVEINVOICEKEY")
Detail = Mapping[str, str]
Lists = Mapping[str, Any]


def create(scope: Scope, kind: ObjectType, given: Mapping[str, str], lists: Lists) -> Row:
    """Raises Refused when a receivable is not there, another customer's, or less is due on it."""
    if not (given.get("CUSTOMERID") or given.get("PAYERNAME")):
        raise business("A payment needs CUSTOMERID, or PAYERNAME when it pays for several customers")
    payment = records.save(scope, kind, {"STATE": DRAFT, **given}, None, lists)
    return payment if payment.get("ACTION") == DRAFT else _submit(scope, payment)


def update(scope: Scope, payment: Row, given: Mapping[str, str], lists: Lists) -> Row:
    """A draft alone may be changed; details that are sent replace all there were [D]. Raises Refused."""
    _check_draft(payment, "changed")
    changed = records.save(scope, payment.kind, given, payment, lists)
    return _submit(scope, changed) if given.get("ACTION") == "Submit" else changed


def check_removable(_scope: Scope, payment: Row) -> None:
    """Raises Refused."""
    _check_draft(payment, "deleted")


def apply(scope: Scope, payment: Row, details: Sequence[Detail], on: str | None) -> None:
    """Use what is left of an overpayment or advance for more invoices. Raises Refused."""
    for detail in details:
        amount = _money(detail, "TRX_PAYMENTAMOUNT")
        spend(scope, payment, amount)
        _pay_one(scope, payment, detail, amount, on)


def spend(scope: Scope, payment: Row, amount: Decimal) -> None:
    """Raises Refused when less is left."""
    fresh = by_number(scope.reader, scope.catalogue, payment.kind, payment.ident) or payment
    left = number(fresh.body.get(UNAPPLIED) or "0")
    if amount > left or fresh.get("STATE") != COMPLETE:
        raise business(f"{plain(left)} are left of payment {payment.ident}; {plain(amount)} cannot be applied")
    records.update(scope, fresh, {UNAPPLIED: plain(left - amount)})


def reverse(scope: Scope, payment: Row) -> None:
    """Every invoice gets back what it was paid by this. Raises Refused."""
    if payment.get("STATE") != COMPLETE:
        raise business(f"Payment {payment.ident} is {payment.get('STATE')} and cannot be reversed")
    records.check_owner(scope, payment)
    _check_unused(scope, payment)
    for detail in found_rows(scope, scope.catalogue[DETAIL], "PAYMENTKEY", payment.ident, private=True):
        receivables.pay(scope, receivables.invoice(scope, detail.get("RECORDKEY") or ""), -_total(detail.body), None)
        _give_back(scope, detail)
    records.update(scope, payment, {"STATE": REVERSED, UNAPPLIED: "0"})


def _check_unused(scope: Scope, payment: Row) -> None:
    """What was paid too much may be in another payment by now. Raises Refused."""
    for key in _CREDITS:
        for detail in found_rows(scope, scope.catalogue[DETAIL], key, payment.ident, private=True):
            other = by_number(scope.reader, scope.catalogue, payment.kind, detail.get("PAYMENTKEY") or "")
            if other is not None and other.get("STATE") != REVERSED:
                raise business(f"Payment {other.ident} uses what payment {payment.ident} left; reverse that one first")


def _submit(scope: Scope, payment: Row) -> Row:
    details = _details(payment.body.get(LIST))
    over = _money(payment.body, "OVERPAYMENTAMOUNT")
    if not details and not over:
        raise business(f"A payment needs {LIST} with at least one {DETAIL}")
    if over and not (payment.get("OVERPAYMENTLOCATIONID") or scope.who.location):
        raise business("An overpayment needs OVERPAYMENTLOCATIONID", "Enter a location.")
    for detail in details:
        _pay(scope, payment, detail)
    paid = sum((_money(detail, "TRX_PAYMENTAMOUNT") for detail in details), over)
    told: dict[str, object] = {"STATE": COMPLETE, "TRX_AMOUNTTOPAY": plain(paid), "AMOUNTOPAY": plain(paid), LIST: None}
    return records.update(scope, payment, told | ({UNAPPLIED: plain(over)} if over else {}))


def _pay(scope: Scope, payment: Row, detail: Detail) -> None:
    for name in _ELSEWHERE:
        if detail.get(name):
            raise business(f"There is no record {detail[name]} for {name}")
    for key, name in _CREDITS.items():
        if detail.get(key):
            spend(scope, _source(scope, payment, detail[key]), _money(detail, name))
    _pay_one(scope, payment, detail, _total(detail), payment.get("RECEIPTDATE"))


def _pay_one(scope: Scope, payment: Row, detail: Detail, amount: Decimal, on: str | None) -> None:
    invoice = receivables.invoice(scope, detail.get("RECORDKEY", ""))
    customer = payment.get("CUSTOMERID")
    if customer and invoice.get("CUSTOMERID") != customer:
        raise business(f"The AR invoice {invoice.ident} is not one of customer {customer}")
    entry = detail.get("ENTRYKEY")
    if entry and entry not in [item.ident for item in receivables.items(scope, invoice)]:
        raise business(f"{entry} is no line of the AR invoice {invoice.ident}")
    if amount <= 0:
        raise business(f"{plain(amount)} cannot be paid")
    receivables.pay(scope, invoice, amount, on)
    records.save(scope, scope.catalogue[DETAIL], {**detail, "PAYMENTKEY": payment.ident}, None)


def _source(scope: Scope, payment: Row, key: str) -> Row:
    found = by_number(scope.reader, scope.catalogue, payment.kind, key)
    if found is None or not visible(scope, found.kind, found.body):
        raise business(f"There is no AR payment {key}")
    if found.get("CUSTOMERID") != payment.get("CUSTOMERID"):
        raise business(f"The AR payment {key} is not one of customer {payment.get('CUSTOMERID')}")
    return found


def _give_back(scope: Scope, detail: Row) -> None:
    for key, name in _CREDITS.items():
        source = by_number(scope.reader, scope.catalogue, scope.catalogue[PAYMENT], detail.get(key) or "")
        if source is not None:
            left = number(source.body.get(UNAPPLIED) or "0") + _money(detail.body, name)
            records.update(scope, source, {UNAPPLIED: plain(left)})


def _total(detail: Mapping[str, Any]) -> Decimal:
    """What a detail takes off the invoice."""
    names = ("TRX_PAYMENTAMOUNT", "TRX_TOTALDISCOUNTTOAPPLY", *_CREDITS.values())
    return sum((_money(detail, name) for name in names), Decimal(0))


def _money(values: Mapping[str, Any], name: str) -> Decimal:
    """To the cent, rounded as the vendor does [D]. Raises Refused."""
    try:
        return cents(number(values.get(name) or "0"))
    except BadValue as bad:
        raise invalid(f"{name} {bad}") from None


def _details(listed: Any) -> list[Detail]:
    inside = listed.get(DETAIL) if isinstance(listed, Mapping) else None
    found = inside if isinstance(inside, list) else [inside]
    return [
        {name: text for name, text in one.items() if isinstance(text, str) and text}
        for one in found
        if isinstance(one, Mapping)
    ]


def _check_draft(payment: Row, done: str) -> None:
    if payment.get("STATE") != DRAFT:
        raise business(f"Payment {payment.ident} is {payment.get('STATE')}; a draft alone can be {done}")
