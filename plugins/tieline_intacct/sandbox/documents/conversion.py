"""Making one document from another: quote, order, invoice, in the order that the definitions allow [D]."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.documents import lines
from tieline_intacct.sandbox.problems import BUSINESS, Problem, Refused, business
from tieline_intacct.sandbox.rows import Row, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import plain

CONVERTED, PARTLY, PENDING = "Converted", "Partially Converted", "Pending"
OPEN = (PENDING, PARTLY)


def source_of(scope: Scope, definition: Row, docid: str, customer: str) -> Row:
    """The document to convert. Raises Refused."""
    source = seen(scope, scope.catalogue["SODOCUMENT"], docid)
    if source is None:
        raise Refused(Problem(BUSINESS, f"The source document '{docid}' does not exist", object="SODOCUMENT"))
    name = definition.get("DOCID")
    if source.get("DOCPARID") not in (definition.get("CONVERTEDFROM") or "").split(", "):
        raise business(f"A {name} cannot be made from a {source.get('DOCPARID')}")
    if source.get("STATE") not in OPEN:
        raise business(f"The document '{docid}' is {source.get('STATE')} and cannot be converted")
    if source.get("CUSTVENDID") != customer:
        raise business(f"The document '{docid}' is for customer {source.get('CUSTVENDID')}, not for {customer}")
    return source


def consume(scope: Scope, source: Row, made: Sequence[Row]) -> None:
    """Take what the new lines name off the source; without any name all of it is taken [I]. Raises Refused."""
    named = [line for line in made if line.get("SOURCE_DOCLINEKEY")]
    for line in named:
        _take(scope, source, line.get("SOURCE_DOCLINEKEY") or "", lines.quantity(line, "UIQTY"))
        records.update(scope, line, {"SOURCE_DOCID": source.get("DOCID"), "SOURCE_DOCKEY": source.ident})
    if not named:
        for line in lines.of(scope, source):
            _set(scope, line, lines.quantity(line, "UIQTY"))
    _settle(scope, source)


def give_back(scope: Scope, document: Row) -> None:
    """A document that goes away gives back what it took."""
    docid = document.get("CREATEDFROM")
    source = seen(scope, scope.catalogue["SODOCUMENT"], docid) if docid else None
    if source is None:
        return
    taken = {line.get("SOURCE_DOCLINEKEY"): lines.quantity(line, "UIQTY") for line in lines.of(scope, document)}
    by_name = any(taken)
    for line in lines.of(scope, source):
        left = lines.quantity(line, "QTY_CONVERTED") - taken.get(line.ident, Decimal(0)) if by_name else Decimal(0)
        _set(scope, line, max(left, Decimal(0)))
    _settle(scope, source)


def _take(scope: Scope, source: Row, key: str, amount: Decimal) -> None:
    line = next((one for one in lines.of(scope, source) if one.ident == key), None)
    if line is None:
        raise business(f"The line {key} is no line of the document '{source.get('DOCID')}'")
    converted = lines.quantity(line, "QTY_CONVERTED") + amount
    if converted > lines.quantity(line, "UIQTY"):
        left = plain(lines.quantity(line, "QTY_REMAINING"))
        raise business(f"Only {left} of line {key} are left to convert; {plain(amount)} were asked for")
    _set(scope, line, converted)


def _set(scope: Scope, line: Row, converted: Decimal) -> None:
    left = lines.quantity(line, "UIQTY") - converted
    records.update(scope, line, {"QTY_CONVERTED": plain(converted), "QTY_REMAINING": plain(left)})


def _settle(scope: Scope, source: Row) -> None:
    """The state that follows from what is left."""
    all_lines = lines.of(scope, source)
    untouched = all(lines.quantity(line, "QTY_CONVERTED") == 0 for line in all_lines)
    whole = all(lines.quantity(line, "QTY_REMAINING") == 0 for line in all_lines)
    state = PENDING if untouched else CONVERTED if whole else PARTLY
    records.update(scope, source, {"STATE": state}, touched=True)
