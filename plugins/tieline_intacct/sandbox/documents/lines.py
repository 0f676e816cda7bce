"""The lines of a document: what they need, what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.documents import forms
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.owned import lines_of
from tieline_intacct.sandbox.problems import BUSINESS, INVALID, Problem, Refused, invalid
from tieline_intacct.sandbox.rows import Row, found_rows, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import BadValue, cents, number, plain

LINE = "SODOCUMENTENTRY"
UNIT = "Each"
_HUNDRED = Decimal(100)


def of(scope: Scope, document: Row) -> list[Row]:
    """In the order of LINE_NO, which counts from 0."""
    return list(lines_of(scope.reader, scope.catalogue, LINE, "DOCHDRID", document.get("DOCID") or ""))


def append(scope: Scope, document: Row, element: Element) -> Row:
    """A new line behind the others. Raises Refused."""
    forms.check_order(element, "line")
    return append_values(scope, document, forms.given_of(element, "line"))


def append_values(scope: Scope, document: Row, said: Mapping[str, str]) -> Row:
    given = dict(said)
    given |= {
        "DOCHDRID": document.get("DOCID") or "",
        "DOCHDRNO": document.ident,
        "LINE_NO": str(len(of(scope, document))),
    }
    given.setdefault("UNIT", UNIT)
    if not given.get("UIPRICE"):
        given["UIPRICE"] = _price(scope, document, given.get("ITEMID", ""))
    _check(scope, given)
    line = records.save(scope, scope.catalogue[LINE], given, None)
    return records.update(
        scope, line, _sums(document, line) | {"QTY_CONVERTED": "0", "QTY_REMAINING": line.get("UIQTY")}
    )


def change(scope: Scope, document: Row, line: Row, element: Element) -> Row:
    """What is not given stays. Raises Refused."""
    forms.check_order(element, "line")
    return change_values(scope, document, line, forms.given_of(element, "line"))


def change_values(scope: Scope, document: Row, line: Row, given: Mapping[str, str]) -> Row:
    needed = ("ITEMID", "UIQTY", "UNIT", "LOCATIONID", "UIPRICE")
    given = {name: text for name, text in given.items() if text or name not in needed}  # an SDK sends them empty [T]
    whole = {name: line.get(name) or "" for name in needed} | given
    _check(scope, whole)
    changed = records.save(scope, line.kind, given, line)
    left = quantity(changed, "UIQTY") - quantity(changed, "QTY_CONVERTED")
    return records.update(scope, changed, _sums(document, changed) | {"QTY_REMAINING": plain(left)})


def drop(scope: Scope, document: Row, line: Row) -> None:
    """A person may take a line out; the others close up."""
    scope.tx.delete(LINE, line.ident)
    for at, other in enumerate(of(scope, document)):
        records.update(scope, other, {"LINE_NO": str(at)})


def quantity(row: Row, name: str) -> Decimal:
    return number(row.get(name) or "0")


def amount(line: Row) -> Decimal:
    """What the line adds to the document, in its currency, to the cent."""
    discount = quantity(line, "DISCOUNTPERCENT")
    return cents(quantity(line, "UIQTY") * quantity(line, "UIPRICE") * (_HUNDRED - discount) / _HUNDRED)


def _sums(document: Row, line: Row) -> dict[str, str | None]:
    rate = number(document.get("EXCHRATE") or "1")
    total, price = amount(line), quantity(line, "UIPRICE")
    return {
        "QUANTITY": line.get("UIQTY"),
        "PRICE": plain(price * rate),
        "TRX_PRICE": plain(price),
        "UIVALUE": plain(cents(quantity(line, "UIQTY") * price)),
        "TRX_VALUE": plain(total),
        "TRX_LINETOTAL": plain(total),
        "TOTAL": plain(cents(total * rate)),
        "LINETOTAL": plain(cents(total * rate)),
        "CURRENCY": document.get("CURRENCY"),
        "BASECURR": document.get("BASECURR"),
        "STATE": document.get("STATE"),
    }


def _check(scope: Scope, given: Mapping[str, str]) -> None:
    for name, mend in (("ITEMID", "itemid"), ("UIQTY", "quantity")):
        if not given.get(name):
            raise Refused(Problem(BUSINESS, f"A line needs {mend}", f"Enter {mend}.", LINE, name))
    try:
        if number(given["UIQTY"]) == 0:
            raise invalid("The quantity of a line must not be zero")
    except BadValue as bad:
        raise invalid(f"quantity {bad}") from None
    if seen(scope, scope.catalogue["UOMDETAIL"], given["UNIT"]) is None:
        raise Refused(Problem(INVALID, f"The unit '{given['UNIT']}' is not set up", object=LINE, field="UNIT"))
    check_location(scope, given.get("LOCATIONID", ""))


def check_location(scope: Scope, location: str) -> None:
    """Every line has one in a company with entities [D]; an entity may use its own alone [I]."""
    if not location:
        raise Refused(Problem(BUSINESS, "Location is required on every line", "Enter a location.", LINE, "LOCATIONID"))
    found = seen(scope, scope.catalogue["LOCATION"], location)
    here = scope.who.location
    if found is not None and here and entity_of(found) != here:
        words = f"Location '{location}' does not belong to the entity {here}"
        raise Refused(Problem(BUSINESS, words, "Select a location of this entity.", LINE, "LOCATIONID"))


def entity_of(location: Row) -> str:
    """The entity a location lies in: the top of its hierarchy."""
    seen_before = {location.ident}
    while (relation := location.kind.relation("PARENT")) and (parent := location.follow(relation)):
        if parent.ident in seen_before:
            break
        seen_before.add(parent.ident)
        location = parent
    return location.get("LOCATIONID") or ""


def _price(scope: Scope, document: Row, item: str) -> str:
    """From the customer's price list, else the base list, else the item's base price [I]."""
    customer = seen(scope, scope.catalogue["CUSTOMER"], document.get("CUSTVENDID") or "")
    entries = list(found_rows(scope, scope.catalogue["INVPRICELISTENTRY"], "ITEMID", item)) if item else []
    for name in (customer.get("PRICELIST") if customer else None, "Base Price List"):
        found = next((one.get("VALUE") for one in entries if name and one.get("PRICELISTID") == name), None)
        if found:
            return found
    row = seen(scope, scope.catalogue["ITEM"], item) if item else None
    return (row.get("BASEPRICE") if row else None) or "0"
