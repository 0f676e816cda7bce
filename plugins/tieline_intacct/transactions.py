"""A new order-entry document as the old function takes it: every child in the documented order [D]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tieline.contract import PermanentError, Value, Values, Write
from tieline_intacct import marks, values
from tieline_intacct.conversion import continued, source_lines
from tieline_intacct.functions import condition
from tieline_intacct.paging import Scope, everything
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access
from tieline_intacct.settings import TOP
from tieline_intacct.shelves import DEFINITION
from tieline_intacct.xml import Element, element

_HEADER = (
    ("datecreated", "WHENCREATED"), ("dateposted", "WHENPOSTED"), ("createdfrom", "CREATEDFROM"),
    ("customerid", "CUSTVENDID"), ("documentno", "DOCNO"), ("origdocdate", "ORIGDOCDATE"),
    ("referenceno", "PONUMBER"), ("termname", "TERMNAME"), ("datedue", "WHENDUE"), ("message", "MESSAGE"),
    ("shippingmethod", "SHIPVIA"), ("shipto", "SHIPTO.CONTACTNAME"), ("billto", "BILLTO.CONTACTNAME"),
    ("supdocid", "SUPDOCID"), ("externalid", ""), ("basecurr", "BASECURR"), ("currency", "CURRENCY"),
    ("exchratedate", "EXCHRATEDATE"), ("exchratetype", "EXCHRATETYPE"), ("exchrate", "EXCHRATE"),
    ("vsoepricelist", "VSOEPRICELIST"), ("customfields", ""), ("state", "STATE"), ("projectid", "PROJECT"),
    ("needbydate", "NEEDBYDATE"), ("shipbydate", "SHIPBYDATE"), ("cancelafterdate", "CANCELAFTERDATE"),
    ("donotshipbeforedate", "DONOTSHIPBEFOREDATE"), ("donotshipafterdate", "DONOTSHIPAFTERDATE"),
    ("servicedeliverydate", "SERVICEDELIVERYDATE"), ("trackingnumber", "TRACKINGNUMBER"),
    ("customerponumber", "CUSTOMERPONUMBER"),
)  # fmt: skip
_LINE = (
    ("itemid", "ITEMID"), ("itemdesc", "ITEMDESC"), ("taxable", "TAXABLE"), ("warehouseid", "WAREHOUSEID"),
    ("quantity", "QUANTITY"), ("unit", "UNIT"), ("discountpercent", "DISCOUNTPERCENT"), ("price", "PRICE"),
    ("sourcelinekey", "SOURCE_DOCLINEKEY"), ("discsurchargememo", "DISCOUNT_MEMO"), ("locationid", "LOCATIONID"),
    ("departmentid", "DEPARTMENTID"), ("memo", "MEMO"), ("customfields", ""),
    ("revrectemplate", "REVRECTEMPLATE"), ("revrecstartdate", "REVRECSTARTDATE"), ("revrecenddate", "REVRECENDDATE"),
    ("renewalmacro", "RENEWALMACRO"), ("projectid", "PROJECTID"), ("taskid", "TASKID"), ("vendorid", "VENDORID"),
    ("employeeid", "EMPLOYEEID"), ("classid", "CLASSID"), ("contractid", "CONTRACTID"),
    ("billingtemplate", "BILLINGTEMPLATE"), ("needbydate", "NEEDBYDATE"),
)  # fmt: skip
_OURS = {"CREATEDFROM", "CUSTVENDID", "BASECURR", "ITEMID", "QUANTITY", "SOURCE_DOCLINEKEY", ""}
"""What a button decides: an administrator's rows may not."""
_ASIDE = {"OPPORTUNITY", DEFINITION}
"""Told by a button and no field of the document: the external ID and the function's own element hold them."""
HEADER_FIELDS = tuple(theirs for _, theirs in _HEADER if theirs not in _OURS)
LINE_FIELDS = tuple(theirs for _, theirs in _LINE if theirs not in _OURS)
DECIDED = tuple(sorted((_OURS | _ASIDE) - {""}))
"""... nor as a field of the company's own: who buys, what is converted, what the document is known by."""
_CONTACTS = {"shipto", "billto"}
_DAYS = {
    "datecreated", "dateposted", "origdocdate", "datedue", "exchratedate", "needbydate", "shipbydate",
    "cancelafterdate", "donotshipbeforedate", "donotshipafterdate", "servicedeliverydate", "revrecstartdate",
    "revrecenddate",
}  # fmt: skip


def transaction(
    access: Access, entity: str, definitions: Sequence[str], write: Write, lines: Sequence[Values]
) -> Element:  # fmt: skip
    """`DOCPARID` chooses among the definitions; the first one is the default. Raises PermanentError."""
    chosen = values.printed(write.fields.get(DEFINITION)) or next(iter(definitions), "")
    if chosen not in definitions:
        mend = "Add it to the settings of this connection, or choose another one."
        raise PermanentError(f"{chosen!r} is no definition to create", where="Intacct", mend=mend, code="no_definition")
    given = _completed(access, entity, write.fields)
    place = access.company.default_location if entity == TOP else entity
    source = values.printed(given.get("CREATEDFROM"))
    told = continued([_told(line) for line in lines], source_lines(access, entity, source), source)
    made = [_line({"LOCATIONID": place, **line}) for line in told]
    named = marks.external(values.printed(given.get("OPPORTUNITY")), write.marker)
    ready = _custom(given, _HEADER)
    if write.marker:
        ready["externalid"] = element("externalid", text=named)
    return element(
        "create_sotransaction",
        element("transactiontype", text=chosen),
        *_in_order(_HEADER, given, ready),
        element("sotransitems", *made),
    )


def _in_order(order: Sequence[tuple[str, str]], given: Values, ready: Mapping[str, Element]) -> Iterator[Element]:
    for name, theirs in order:
        value = given.get(theirs) if theirs else None
        if name in ready:
            yield ready[name]
        elif value is not None and value != "":
            yield _child(name, _day(theirs, value) if name in _DAYS else value)


def _day(name: str, value: Value) -> date:
    """Rows of the settings give days as texts. Raises PermanentError."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(values.printed(value)[:10])
    except ValueError:
        mend = "Write it like 2026-01-31."
        raise PermanentError(f"{name}: {value!r} is no day", where="Intacct", mend=mend, code="no_day") from None


def _custom(given: Values, order: Sequence[tuple[str, str]]) -> dict[str, Element]:
    """The company's own fields, by their integration names, in a block of their own [D]."""
    known = {theirs for _, theirs in order} | _ASIDE
    told = {name: value for name, value in given.items() if name not in known and value is not None and value != ""}
    fields = [
        element(
            "customfield",
            element("customfieldname", text=name),
            element("customfieldvalue", text=values.printed(value)),
        )
        for name, value in told.items()
    ]
    return {"customfields": element("customfields", *fields)} if fields else {}


def _child(name: str, value: Value) -> Element:
    if isinstance(value, date):
        parts = (("year", value.year), ("month", value.month), ("day", value.day))
        return element(name, *(element(part, text=f"{number:02}") for part, number in parts))
    if name in _CONTACTS:
        return element(name, element("contactname", text=values.printed(value)))
    return element(name, text=values.printed(value))


def _line(line: Values) -> Element:
    return element("sotransitem", *_in_order(_LINE, line, _custom(line, _LINE)))


def _told(line: Values) -> dict[str, Value]:
    return {name: value for name, value in line.items() if value is not None and value != ""}


def _completed(access: Access, entity: str, fields: Values) -> Values:
    """A term or a due date is required [D]: the customer's own term where neither is given. A currency, which an org
    of several currencies names, has to be the customer's. Raises PermanentError."""
    has_term = bool(fields.get("TERMNAME") or fields.get("WHENDUE"))
    currency = values.printed(fields.get("CURRENCY"))
    if has_term and not currency:
        return fields
    where = condition("equalto", "CUSTOMERID", values.printed(fields.get("CUSTVENDID")))
    rows = everything(access.schema, Scope(entity, "CUSTOMER", ("TERMNAME", "CURRENCY"), where, 1))
    customer = rows[0] if rows else {}
    _check_currency(currency, customer.get("CURRENCY", ""))
    return fields if has_term else {**fields, "TERMNAME": _term(customer)}


def _check_currency(currency: str, of_customer: str) -> None:
    if currency and of_customer and currency != of_customer:
        what = f"this is in {currency}, and the customer in {of_customer}"
        mend = "Sell in the customer's currency, or choose an account of this one, and press again."
        raise PermanentError(what, where="Intacct", mend=mend, code="other_currency")


def _term(customer: Row) -> str:
    term = customer.get("TERMNAME", "")
    if not term:
        mend = "Give it one or choose one at the button, and press again."
        raise PermanentError("the customer has no AR term", where="Intacct", mend=mend, code="no_term")
    return term
