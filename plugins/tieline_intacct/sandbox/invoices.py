"""Invoices typed into receivables, without an order-entry document behind them: create_invoice, delete_invoice [D]."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tieline_intacct.sandbox import elements, receivables, records
from tieline_intacct.sandbox.documents import forms, lines, transactions
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import DUPLICATE_DOCUMENT, business, invalid, refused
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.removal import remove
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, cents, number, plain

_HEADER: Mapping[str, str] = {
    "customerid": "CUSTOMERID",
    "datecreated": "WHENCREATED",
    "dateposted": "WHENPOSTED",
    "datedue": "WHENDUE",
    "termname": "TERMNAME",
    "batchkey": "",
    "action": "",
    "invoiceno": "RECORDID",
    "ponumber": "DOCNUMBER",
    "description": "DESCRIPTION",
    "externalid": "",
    "billto": "BILLTO.CONTACTNAME",
    "shipto": "SHIPTO.CONTACTNAME",
    "basecurr": "BASECURR",
    "currency": "CURRENCY",
    "exchratedate": "EXCH_RATE_DATE",
    "exchratetype": "EXCH_RATE_TYPE_ID",
    "exchrate": "EXCHANGE_RATE",
    "nogl": "",
    "supdocid": "SUPDOCID",
    "customfields": "",
    "taxsolutionid": "TAXSOLUTIONID",
    "invoiceitems": "",
}
_LINE: Mapping[str, str] = {
    "glaccountno": "ACCOUNTNO",
    "accountlabel": "ACCOUNTLABEL",
    "offsetglaccountno": "OFFSETGLACCOUNTNO",
    "amount": "TRX_AMOUNT",
    "allocationid": "ALLOCATION",
    "memo": "ENTRYDESCRIPTION",
    "locationid": "LOCATIONID",
    "departmentid": "DEPARTMENTID",
    **dict.fromkeys(("key", "totalpaid", "totaldue", "customfields"), ""),
    "revrectemplate": "REVRECTEMPLATE",
    "defrevaccount": "DEFERREDREVACCTNO",
    "revrecstartdate": "REVRECSTARTDATE",
    "revrecenddate": "REVRECENDDATE",
    "projectid": "PROJECTID",
    **dict.fromkeys(("taskid", "costtypeid"), ""),
    "customerid": "CUSTOMERID",
    "vendorid": "VENDORID",
    "employeeid": "EMPLOYEEID",
    "itemid": "ITEMID",
    "classid": "CLASSID",
    "contractid": "CONTRACTID",
    **dict.fromkeys(("warehouseid", "taxentries"), ""),
}


def create(scope: Scope, element: Element) -> Result:
    """Answers the record number. Raises Refused."""
    kind = reachable(scope, receivables.INVOICE, "")
    forms.check_children(element, tuple(_HEADER))
    given = _given(_HEADER, element) | forms.custom_of(element)
    inside = elements.child(element, "invoiceitems")
    items = [_item(scope, each) for each in elements.children(inside)] if inside is not None else []
    _check(given, items)
    told = {**given, **_numbered(scope, given.get("RECORDID", "")), **_sums(scope, given, items)}
    told |= transactions.due(scope, given) | {"STATE": _state(elements.text_of(element, "action")), "RECORDTYPE": "ri"}
    told.setdefault("WHENPOSTED", told["WHENCREATED"])
    invoice = records.save(scope, kind, told, None)
    for at, item in enumerate(items, start=1):
        _keep_item(scope, invoice, item, at)
    return Result([elements.make("key", invoice.ident)])


def delete(scope: Scope, element: Element) -> Result:
    """Raises Refused."""
    kind, key = reachable(scope, receivables.INVOICE, ""), element.get("key", "")
    row = numbered(scope, kind, key)
    if row is not None:
        release(scope, row)
    remove(scope, kind, row, key)
    return Result()


def release(scope: Scope, invoice: Row) -> None:
    """Take its lines away, so that it can go. Raises Refused when something was paid on it."""
    records.check_owner(scope, invoice)
    if receivables.amount(invoice, "TRX_TOTALPAID"):
        raise business(f"Payments were made on invoice {invoice.get('RECORDID')}: it cannot be deleted")
    for item in receivables.items(scope, invoice):
        scope.tx.delete(receivables.ITEM, item.ident)


def _given(names: Mapping[str, str], element: Element) -> dict[str, str]:
    told = {str(each.tag): each for each in elements.children(element)}
    return {names[name]: text for name, each in told.items() if names[name] and (text := forms.value_of(each))}


def _check(given: Mapping[str, str], items: list[dict[str, str]]) -> None:
    for name, told in (("CUSTOMERID", "customerid"), ("WHENCREATED", "datecreated")):
        if not given.get(name):
            raise business(f"An invoice needs {told}", f"Enter {told}.")
    if not (given.get("TERMNAME") or given.get("WHENDUE")):
        raise business("An invoice needs termname or datedue")
    if not items:
        raise business("An invoice needs at least one lineitem")
    if given.get("EXCHANGE_RATE") and given.get("EXCH_RATE_TYPE_ID"):
        raise business("exchrate and exchratetype exclude each other")


def _item(scope: Scope, element: Element) -> dict[str, str]:
    forms.check_children(element, tuple(_LINE))
    given = _given(_LINE, element)
    account = given.get("ACCOUNTNO")
    if not (account or given.get("ACCOUNTLABEL")):
        raise business("A lineitem needs glaccountno or accountlabel")
    if account and seen(scope, scope.catalogue["GLACCOUNT"], account) is None:
        raise business(
            f"Invalid glaccountno '{account}': no such GL Account is known here", "Select a valid GL Account."
        )
    try:
        given["TRX_AMOUNT"] = plain(cents(number(given.get("TRX_AMOUNT", ""))))
    except BadValue as bad:
        raise invalid(f"amount {bad}") from None
    lines.check_location(scope, given.get("LOCATIONID", ""))
    return given


def _sums(scope: Scope, given: Mapping[str, str], items: list[dict[str, str]]) -> dict[str, str]:
    renamed = {**given, "EXCHRATE": given.get("EXCHANGE_RATE", "")}
    money = transactions.money(scope, renamed)
    rate = money.get("EXCHRATE") or given.get("EXCHANGE_RATE") or "1"
    total = sum((number(item["TRX_AMOUNT"]) for item in items), Decimal(0))
    base = plain(cents(total * number(rate)))
    told = {"BASECURR": money["BASECURR"], "CURRENCY": money["CURRENCY"], "EXCHANGE_RATE": rate}
    told |= {"TOTALENTERED": base, "TOTALDUE": base, "TOTALPAID": "0", "TRX_TOTALPAID": "0"}
    return told | {"TRX_TOTALENTERED": plain(total), "TRX_TOTALDUE": plain(total)}


def _keep_item(scope: Scope, invoice: Row, item: Mapping[str, str], at: int) -> None:
    base = cents(number(item["TRX_AMOUNT"]) * number(invoice.get("EXCHANGE_RATE") or "1"))
    told = {
        "RECORDKEY": invoice.ident,
        "LINE_NO": str(at),
        "CUSTOMERID": invoice.get("CUSTOMERID") or "",
        **item,
        "AMOUNT": plain(base),
        "CURRENCY": invoice.get("CURRENCY") or "",
        "BASECURR": invoice.get("BASECURR") or "",
        "ENTRY_DATE": invoice.get("WHENPOSTED") or "",
        "TOTALPAID": "0",
        "TRX_TOTALPAID": "0",
    }
    records.save(scope, scope.catalogue[receivables.ITEM], told, None)


def _numbered(scope: Scope, said: str) -> dict[str, str]:
    """The number that is said, or the company's next one. Raises Refused for a second one."""
    taken = scope.tx.find(receivables.INVOICE, "RECORDID", said) if said else []
    if taken:
        words = f"Document number {said} is already in use for invoices"
        raise refused(DUPLICATE_DOCUMENT, words, "Use a unique document number.", object=receivables.INVOICE)
    return {"RECORDID": said or f"INV-{scope.tx.next_number('sequence/ARINVOICE'):04}"}


def _state(action: str) -> str:
    if action not in ("", receivables.DRAFT, "Submit"):
        raise business(f"action must be Draft or Submit; it is {action}")
    return receivables.DRAFT if action == receivables.DRAFT else "Posted"
