"""create_arpayment, apply_arpayment and reverse_arpayment, the older way to receive money [D]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tieline_intacct.sandbox import elements, payments, records
from tieline_intacct.sandbox.documents import forms
from tieline_intacct.sandbox.documents.transactions import base_currency
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business, invalid
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, cents, day, number, plain

_FIELDS: Mapping[str, str] = {
    "customerid": "CUSTOMERID",
    "paymentamount": "",
    "translatedamount": "",
    "batchkey": "PRBATCH",
    "bankaccountid": "FINANCIALENTITY",
    "undepfundsacct": "UNDEPOSITEDACCOUNTNO",
    "refid": "DOCNUMBER",
    "overpaylocid": "OVERPAYMENTLOCATIONID",
    "overpaydeptid": "OVERPAYMENTDEPARTMENTID",
    "datereceived": "RECEIPTDATE",
    "paymentmethod": "PAYMENTMETHOD",
    "basecurr": "BASECURR",
    "currency": "CURRENCY",
    "exchratedate": "",
    "exchratetype": "EXCH_RATE_TYPE_ID",
    "exchrate": "EXCHANGE_RATE",
    "cctype": "",
    "authcode": "",
    "arpaymentitem": "",
    "onlinecardpayment": "",
    "onlineachpayment": "",
}
_APPLY = ("arpaymentkey", "paymentdate", "batchkey", "memo", "overpaylocid", "overpaydeptid", "arpaymentitems")
_REVERSE = ("datereversed", "description", "nsfclosedaccount")
_METHOD = "Printed Check"  # when none is said [I]


def create(scope: Scope, element: Element) -> Result:
    """What is paid beyond the invoices is kept as an overpayment, without any invoice as an advance. Raises Refused."""
    kind = reachable(scope, payments.PAYMENT, "")
    items = [each for each in elements.children(element) if each.tag == "arpaymentitem"]
    for item in items[1:]:
        element.remove(item)  # the only child that may stand several times
    forms.check_children(element, tuple(_FIELDS))
    told = {str(each.tag): each for each in elements.children(element)}
    if not any(name in told for name in ("batchkey", "bankaccountid", "undepfundsacct")):
        raise business("A payment needs bankaccountid, undepfundsacct or batchkey")
    details = [_detail(item) for item in items]
    amount = _money(elements.text_of(element, "paymentamount"), "paymentamount")
    over = amount - sum((number(one["TRX_PAYMENTAMOUNT"]) for one in details), Decimal(0))
    if over < 0:
        raise business(f"The invoices get more than the payment of {plain(amount)}")
    given = {_FIELDS[name]: forms.value_of(each) for name, each in told.items() if _FIELDS[name]}
    given |= {"OVERPAYMENTAMOUNT": plain(over)} if over else {}
    lists = {payments.LIST: {payments.DETAIL: details}}
    return _keyed(payments.create(scope, kind, _defaults(scope) | _filled(given), lists))


def apply(scope: Scope, element: Element) -> Result:
    """Raises Refused."""
    reachable(scope, payments.PAYMENT, "")
    forms.check_children(element, _APPLY)
    payment = _payment(scope, elements.text_of(element, "arpaymentkey"))
    records.check_owner(scope, payment)
    when, inside = elements.child(element, "paymentdate"), elements.child(element, "arpaymentitems")
    if when is None:
        raise business("apply_arpayment needs paymentdate")
    details = [_detail(item) for item in elements.children(inside)] if inside is not None else []
    if not details:
        raise business("apply_arpayment needs at least one arpaymentitem")
    payments.apply(scope, payment, details, forms.legacy_date(when))
    return _keyed(payment)


def reverse(scope: Scope, element: Element) -> Result:
    """Raises Refused."""
    reachable(scope, payments.PAYMENT, "")
    forms.check_children(element, _REVERSE)
    when = elements.child(element, "datereversed")
    if when is None:
        raise business("reverse_arpayment needs datereversed")
    forms.legacy_date(when)
    payment = _payment(scope, element.get("key", ""))
    payments.reverse(scope, payment)
    return _keyed(payment)


def _payment(scope: Scope, key: str) -> Row:
    found = numbered(scope, scope.catalogue[payments.PAYMENT], key)
    if found is None:
        raise business(f"There is no AR payment {key}")
    return found


def _detail(item: Element) -> dict[str, str]:
    forms.check_children(item, ("invoicekey", "amount"))
    amount = _money(elements.text_of(item, "amount"), "amount")
    return {"RECORDKEY": elements.text_of(item, "invoicekey"), "TRX_PAYMENTAMOUNT": plain(amount)}


def _money(text: str, name: str) -> Decimal:
    try:
        amount = cents(number(text))
    except BadValue as bad:
        raise invalid(f"{name} {bad}") from None
    if amount <= 0:
        raise invalid(f"{name} must be more than nothing; it is {text}")
    return amount


def _defaults(scope: Scope) -> dict[str, str]:
    return {"PAYMENTMETHOD": _METHOD, "CURRENCY": base_currency(scope), "RECEIPTDATE": day(scope.now)}


def _filled(given: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in given.items() if text}


def _keyed(payment: Row) -> Result:
    keys: Sequence[Element] = [elements.make("key", payment.ident)]
    return Result(keys)
