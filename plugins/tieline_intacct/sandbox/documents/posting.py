"""Totals of a document, and the receivable that a posting definition makes of it."""

from __future__ import annotations

from decimal import Decimal

from tieline_intacct.sandbox import receivables, records
from tieline_intacct.sandbox.documents import lines
from tieline_intacct.sandbox.owned import lines_of
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.rows import Row, by_number
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import cents, number, plain
from tieline_sandbox.state import Values

DRAFT = "Draft"
_HUNDRED = Decimal(100)


def settle(scope: Scope, document: Row, definition: Row, *, touched: bool = False) -> Row:
    """Add up, and post anew. `touched`: something below the header changed, so the document counts as changed."""
    net = sum((lines.amount(line) for line in lines.of(scope, document)), Decimal(0))
    gross = net + _subtotals(scope, document, net)
    rate = number(document.get("EXCHRATE") or "1")
    totals = {
        "TRX_SUBTOTAL": plain(net),
        "TRX_TOTAL": plain(gross),
        "SUBTOTAL": plain(cents(net * rate)),
        "TOTAL": plain(cents(gross * rate)),
        "TOTALENTERED": plain(gross),
    }
    document = records.update(scope, document, totals, touched=touched)
    if definition.get("POSTTOAR") != "true" or document.get("STATE") == DRAFT:
        return document
    return _post(scope, document)


def unpost(scope: Scope, document: Row) -> None:
    """Take the receivable back. Raises Refused when something was paid on it."""
    invoice = _invoice(scope, document)
    if invoice is None:
        return
    if number(invoice.get("TOTALPAID") or "0"):
        raise business(f"Payments were made on '{document.get('DOCID')}': it cannot be changed any more")
    for item in receivables.items(scope, invoice):
        scope.tx.delete(receivables.ITEM, item.ident)
    scope.tx.delete(receivables.INVOICE, invoice.ident)


def _post(scope: Scope, document: Row) -> Row:
    """The receivable is deleted and made again at each edit, so PRRECORDKEY changes [D]."""
    unpost(scope, document)
    kind = scope.catalogue[receivables.INVOICE]
    invoice = records.insert(scope, kind, records.next_number(scope, kind), _receivable(document))
    for at, line in enumerate(lines.of(scope, document), start=1):
        _post_line(scope, invoice, line, at)
    return records.update(scope, document, {"PRRECORDKEY": invoice.ident})


def _receivable(document: Row) -> Values:
    """What the receivable takes from its document."""
    return {
        "RECORDID": document.get("DOCNO"),
        "CUSTOMERID": document.get("CUSTVENDID"),
        "DOCNUMBER": document.get("DOCID"),
        "DESCRIPTION": document.get("MESSAGE"),
        "RECORDTYPE": "ri",
        "EXCHANGE_RATE": document.get("EXCHRATE"),
        "EXCH_RATE_TYPE_ID": document.get("EXCHRATETYPE"),
        "BILLTOKEY": document.get("BILLTOKEY"),
        "CONTACTKEY": document.get("BILLTOKEY"),
        "SHIPTOKEY": document.get("SHIPTOKEY"),
        "BILLTOPAYTOCONTACTNAME": document.get("BILLTO.CONTACTNAME"),
        "SHIPTORETURNTOCONTACTNAME": document.get("SHIPTO.CONTACTNAME"),
        "CURRENCY": document.get("CURRENCY"),
        "BASECURR": document.get("BASECURR"),
        "TERMNAME": document.get("TERMNAME"),
        "STATE": "Posted",
        "STATUS": "active",
        "WHENCREATED": document.get("WHENCREATED"),
        "WHENPOSTED": document.get("WHENPOSTED") or document.get("WHENCREATED"),
        "WHENDUE": document.get("WHENDUE"),
        "TOTALENTERED": document.get("TOTAL"),
        "TOTALDUE": document.get("TOTAL"),
        "TOTALPAID": "0",
        "TRX_TOTALENTERED": document.get("TRX_TOTAL"),
        "TRX_TOTALDUE": document.get("TRX_TOTAL"),
        "TRX_TOTALPAID": "0",
        "MEGAENTITYID": document.body.get("MEGAENTITYID"),
    }


def _post_line(scope: Scope, invoice: Row, line: Row, at: int) -> None:
    kind = scope.catalogue[receivables.ITEM]
    same = ("ITEMID", "LOCATIONID", "DEPARTMENTID", "CLASSID", "PROJECTID", "EMPLOYEEID", "CURRENCY", "BASECURR")
    body = {name: line.get(name) for name in same} | {
        "RECORDKEY": invoice.ident,
        "LINE_NO": str(at),
        "CUSTOMERID": invoice.get("CUSTOMERID"),
        "ENTRYDESCRIPTION": line.get("MEMO"),
        "ENTRY_DATE": invoice.get("WHENPOSTED"),
        "AMOUNT": line.get("TOTAL"),
        "TRX_AMOUNT": line.get("TRX_LINETOTAL"),
        "TOTALPAID": "0",
        "TRX_TOTALPAID": "0",
        "STATUS": "active",
        "MEGAENTITYID": invoice.body.get("MEGAENTITYID"),
    }
    records.insert(scope, kind, records.next_number(scope, kind), body)


def _invoice(scope: Scope, document: Row) -> Row | None:
    key = document.get("PRRECORDKEY")
    return by_number(scope.reader, scope.catalogue, scope.catalogue[receivables.INVOICE], key) if key else None


def _subtotals(scope: Scope, document: Row, net: Decimal) -> Decimal:
    """Discounts, charges and taxes below the lines: an amount, or a share of the lines."""
    found = Decimal(0)
    docid = document.get("DOCID") or ""
    for row in lines_of(scope.reader, scope.catalogue, "SODOCUMENTSUBTOTALS", "DOCHDRID", docid):
        share = number(row.get("PERCENTVAL") or "0")
        found += cents(net * share / _HUNDRED) if share else number(row.get("ABSVAL") or row.get("TRX_TOTAL") or "0")
    return found
