"""A new order-entry document as the old function takes it: every child in the documented order [D]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tieline.contract import PermanentError, Value, Values, Write
from tieline_intacct import marks, values
from tieline_intacct.functions import condition, one_of
from tieline_intacct.paging import Scope, everything
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access
from tieline_intacct.settings import TOP
from tieline_intacct.xml import Element, element

_HEADER = (
    ("datecreated", "WHENCREATED"), ("createdfrom", "CREATEDFROM"), ("customerid", "CUSTVENDID"),
    ("documentno", "DOCNO"), ("referenceno", "PONUMBER"), ("termname", "TERMNAME"), ("datedue", "WHENDUE"),
    ("message", "MESSAGE"), ("shipto", "SHIPTO.CONTACTNAME"), ("billto", "BILLTO.CONTACTNAME"), ("externalid", ""),
    ("basecurr", "BASECURR"), ("currency", "CURRENCY"), ("exchratedate", "EXCHRATEDATE"),
    ("exchratetype", "EXCHRATETYPE"), ("vsoepricelist", "VSOEPRICELIST"), ("state", "STATE"), ("projectid", "PROJECT"),
)  # fmt: skip
_LINE = (
    ("itemid", "ITEMID"), ("itemdesc", "ITEMDESC"), ("warehouseid", "WAREHOUSEID"), ("quantity", "QUANTITY"),
    ("unit", "UNIT"), ("discountpercent", "DISCOUNTPERCENT"), ("price", "PRICE"),
    ("sourcelinekey", "SOURCE_DOCLINEKEY"),
    ("locationid", "LOCATIONID"), ("departmentid", "DEPARTMENTID"), ("memo", "MEMO"),
    ("revrectemplate", "REVRECTEMPLATE"), ("revrecstartdate", "REVRECSTARTDATE"), ("revrecenddate", "REVRECENDDATE"),
    ("renewalmacro", "RENEWALMACRO"), ("projectid", "PROJECTID"), ("taskid", "TASKID"), ("employeeid", "EMPLOYEEID"),
    ("classid", "CLASSID"), ("billingtemplate", "BILLINGTEMPLATE"),
)  # fmt: skip
_LEFT = "QTY_REMAINING"
_NOTHING = {"0", "0.0", "0.00"}
_CONTACTS = {"shipto", "billto"}


def transaction(
    access: Access, entity: str, definitions: Sequence[str], write: Write, lines: Sequence[Values]
) -> Element:  # fmt: skip
    """`DOCPARID` chooses among the definitions; the first one is the default. Raises PermanentError."""
    chosen = values.printed(write.fields.get("DOCPARID")) or next(iter(definitions), "")
    if chosen not in definitions:
        mend = "Add it to the settings of this connection, or choose another one."
        raise PermanentError(f"{chosen!r} is no definition to create", where="Intacct", mend=mend, code="no_definition")
    given = _with_term(access, entity, write.fields)
    place = access.company.default_location if entity == TOP else entity
    sources = _source_lines(access, entity, values.printed(given.get("CREATEDFROM")))
    made = [_line(_sourced({"LOCATIONID": place, **_told(line)}, sources)) for line in lines]
    named = marks.external(values.printed(given.get("OPPORTUNITY")), write.marker)
    external = {"externalid": element("externalid", text=named)} if write.marker else {}
    return element(
        "create_sotransaction",
        element("transactiontype", text=chosen),
        *_in_order(_HEADER, given, external),
        element("sotransitems", *made),
    )


def _in_order(order: Sequence[tuple[str, str]], given: Values, ready: Mapping[str, Element]) -> Iterator[Element]:
    for name, theirs in order:
        value = given.get(theirs) if theirs else None
        if name in ready:
            yield ready[name]
        elif value is not None and value != "":
            yield _child(name, value)


def _child(name: str, value: Value) -> Element:
    if isinstance(value, date):
        parts = (("year", value.year), ("month", value.month), ("day", value.day))
        return element(name, *(element(part, text=f"{number:02}") for part, number in parts))
    if name in _CONTACTS:
        return element(name, element("contactname", text=values.printed(value)))
    return element(name, text=values.printed(value))


def _line(line: Values) -> Element:
    return element("sotransitem", *_in_order(_LINE, line, {}))


def _told(line: Values) -> dict[str, Value]:
    return {name: value for name, value in line.items() if value is not None and value != ""}


def _with_term(access: Access, entity: str, fields: Values) -> Values:
    """A term or a due date is required [D]: the customer's own term where neither is given."""
    if fields.get("TERMNAME") or fields.get("WHENDUE"):
        return fields
    where = condition("equalto", "CUSTOMERID", values.printed(fields.get("CUSTVENDID")))
    rows = everything(access.schema, Scope(entity, "CUSTOMER", ("TERMNAME",), where, 1))
    term = rows[0].get("TERMNAME", "") if rows else ""
    if term:
        return {**fields, "TERMNAME": term}
    raise PermanentError(
        "the customer has no AR term", where="Intacct", mend="Give it one, or choose one here.", code="no_term"
    )


def _source_lines(access: Access, entity: str, source: str) -> list[Row]:
    """The lines of the document that are still to be converted, in their order."""
    if not source:
        return []
    scope = Scope(entity, "SODOCUMENTENTRY", ("ITEMID", "LINE_NO", _LEFT), one_of("DOCHDRID", [source]), 2000)
    rows = [row for row in everything(access.schema, scope) if row.get(_LEFT) not in _NOTHING]
    return sorted(rows, key=_line_number)


def _line_number(row: Row) -> int:
    told = row.get("LINE_NO", "")
    return int(told) if told.isdigit() else 0


def _sourced(line: dict[str, Value], sources: list[Row]) -> dict[str, Value]:
    """The line with the key of the first line not yet taken that sells the same item."""
    match = next((row for row in sources if row.get("ITEMID") == line.get("ITEMID")), None)
    if match is None:
        return line
    sources.remove(match)
    return {**line, "SOURCE_DOCLINEKEY": match["RECORDNO"]}
