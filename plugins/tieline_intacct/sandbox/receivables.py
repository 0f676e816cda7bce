"""Receivables: what is due on an invoice and on its lines, and what was paid."""

from __future__ import annotations

from decimal import Decimal

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.rows import Row, by_number, found_rows, visible
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import cents, number, plain

INVOICE, ITEM = "ARINVOICE", "ARINVOICEITEM"
DRAFT = "Draft"


def invoice(scope: Scope, key: str) -> Row:
    """By record number. Raises Refused."""
    found = by_number(scope.reader, scope.catalogue, scope.catalogue[INVOICE], key)
    if found is None or not visible(scope, found.kind, found.body):
        raise business(f"There is no AR invoice {key}")
    return found


def items(scope: Scope, of: Row) -> list[Row]:
    """The lines, in their order."""
    found = found_rows(scope, scope.catalogue[ITEM], "RECORDKEY", of.ident, private=True)
    return sorted(found, key=lambda item: int(item.get("LINE_NO") or 0))


def amount(row: Row, name: str) -> Decimal:
    return number(row.get(name) or "0")


def pay(scope: Scope, of: Row, more: Decimal, on: str | None) -> None:
    """Add to what was paid, in the invoice's currency; less than nothing takes back. Raises Refused."""
    if of.get("STATE") == DRAFT:
        raise business(f"Invoice {of.get('RECORDID')} is a draft and cannot be paid")
    entered, before = amount(of, "TRX_TOTALENTERED"), amount(of, "TRX_TOTALPAID")
    if not 0 <= before + more <= entered or not more:
        due = plain(entered - before)
        raise business(f"{due} are due on invoice {of.get('RECORDID')}; {plain(more)} cannot be paid")
    paid = before + more
    base = amount(of, "TOTALENTERED")
    base_paid = base if paid == entered else cents(base * paid / entered)
    told = {
        "TRX_TOTALPAID": plain(paid),
        "TRX_TOTALDUE": plain(entered - paid),
        "TOTALPAID": plain(base_paid),
        "TOTALDUE": plain(base - base_paid),
        "STATE": "Paid" if paid == entered else "Partially Paid" if paid else "Posted",
        "WHENPAID": on if paid == entered else None,
    }
    records.update(scope, of, told)
    _pay_lines(scope, of, paid)


def _pay_lines(scope: Scope, of: Row, paid: Decimal) -> None:
    """From the first line down [D]; a line that a payment names is not paid before the others [I]."""
    for item in items(scope, of):
        part = min(amount(item, "TRX_AMOUNT"), paid)
        paid -= part
        records.update(scope, item, {"TOTALPAID": plain(part), "TRX_TOTALPAID": plain(part)})
