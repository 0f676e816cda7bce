"""create_sotransaction, update_sotransaction and delete_sotransaction [D]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tieline_intacct.sandbox import elements, records
from tieline_intacct.sandbox.documents import conversion, forms, lines, posting
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.owned import lines_of
from tieline_intacct.sandbox.problems import BUSINESS, DUPLICATE_DOCUMENT, Problem, Refused, business, refused
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_intacct.sandbox.values import day, moment
from tieline_sandbox.state import Values

DOCUMENT = "SODOCUMENT"
_SUBTOTALS = "SODOCUMENTSUBTOTALS"
_DAILY = "Intacct Daily Rate"
STATES = ("Draft", "Pending", "Closed")
_LOCKED = ("In Progress", "Converted", "Partially Converted")  # [D]
_CLOSED = "Closed"  # refused too [I]


def create(scope: Scope, element: Element) -> Result:
    reachable(scope, DOCUMENT, "")
    forms.check_order(element, "header")
    definition = _definition(scope, elements.text_of(element, "transactiontype"))
    given = forms.given_of(element, "header")
    items = elements.child(element, "sotransitems")
    wanted = elements.children(items) if items is not None else []
    _check_header(given, lines_given=bool(wanted))
    source = _source(scope, definition, given)
    document = _begin(scope, definition, given)
    made = [lines.append(scope, document, line) for line in wanted]
    _add_subtotals(scope, document, elements.child(element, "subtotals"))
    if source is not None:
        conversion.consume(scope, source, made)
    posting.settle(scope, document, definition)
    return _keyed(document.get("DOCID"))


def create_document(scope: Scope, given: Mapping[str, str], items: Sequence[Mapping[str, str]]) -> Row:
    """As typed in by a person: the fields of the header, DOCPARID among them, and those of each line."""
    definition = _definition(scope, given.get("DOCPARID", ""))
    _check_header(given, lines_given=bool(items))
    source = _source(scope, definition, given)
    document = _begin(scope, definition, given)
    made = [lines.append_values(scope, document, item) for item in items]
    if source is not None:
        conversion.consume(scope, source, made)
    return posting.settle(scope, document, definition)


def _begin(scope: Scope, definition: Row, given: Mapping[str, str]) -> Row:
    whole = {**given, **_numbered(scope, definition, given), **money(scope, given), **due(scope, given)}
    return records.save(scope, scope.catalogue[DOCUMENT], whole, None)


def update(scope: Scope, element: Element) -> Result:
    reachable(scope, DOCUMENT, "")
    forms.check_order(element, "update")
    document = document_of(scope, element.get("key", ""))
    check_open(document)
    records.check_owner(scope, document)
    given = forms.given_of(element, "header")
    change = elements.child(element, "updatesotransitems")
    changes = elements.children(change) if change is not None else []
    before = below(scope, document)
    document = change_document(scope, document, given)
    for each in changes:
        _change_line(scope, document, each)
    _change_subtotals(scope, document, elements.child(element, "updatesubtotals"))
    settle(scope, document, before)
    return _keyed(document.get("DOCID"))


def delete(scope: Scope, element: Element) -> Result:
    reachable(scope, DOCUMENT, "")
    delete_document(scope, document_of(scope, element.get("key", "")))
    return _keyed(None)


def delete_document(scope: Scope, document: Row) -> None:
    """Raises Refused for what was converted, posted and paid, or belongs elsewhere."""
    records.check_owner(scope, document)
    if document.get("STATE") in _LOCKED:
        raise business(f"The document '{document.get('DOCID')}' is {document.get('STATE')} and cannot be deleted")
    conversion.give_back(scope, document)
    posting.unpost(scope, document)
    for kind in (lines.LINE, _SUBTOTALS):
        for ident, _ in scope.tx.find(kind, "DOCHDRID", document.get("DOCID")):
            scope.tx.delete(kind, ident)
    scope.tx.delete(DOCUMENT, document.ident)


def change_document(scope: Scope, document: Row, given: Mapping[str, str]) -> Row:
    """The header alone; the caller settles the totals. Raises Refused."""
    if "TERMNAME" in given and "WHENDUE" not in given:
        dates = {"WHENCREATED": given.get("WHENCREATED") or document.get("WHENCREATED") or ""}
        given = {**given, **due(scope, {**dates, "TERMNAME": given["TERMNAME"]})}
    _check_state(given.get("STATE"))
    return records.save(scope, document.kind, given, document)


def below(scope: Scope, document: Row) -> list[Values]:
    """The lines and subtotals as they are stored."""
    rows = [*lines.of(scope, document)]
    rows += lines_of(scope.reader, scope.catalogue, _SUBTOTALS, "DOCHDRID", document.get("DOCID") or "")
    return [row.body for row in rows]


def settle(scope: Scope, document: Row, before: list[Values]) -> Row:
    """Add up; the document changed when what is below it is not what it was before."""
    touched = below(scope, document) != before
    return posting.settle(scope, document, _definition(scope, document.get("DOCPARID") or ""), touched=touched)


def check_open(document: Row) -> None:
    """Raises Refused in the states where nothing may be edited."""
    if document.get("STATE") in (*_LOCKED, _CLOSED):
        words = f"The document '{document.get('DOCID')}' is {document.get('STATE')} and cannot be edited"
        raise Refused(Problem(BUSINESS, words, "Edit the document it was converted to.", DOCUMENT, "STATE"))


def _definition(scope: Scope, name: str) -> Row:
    found = seen(scope, scope.catalogue["SODOCUMENTPARAMS"], name) if name else None
    if found is None or found.get("STATUS") == "inactive":
        words = f"The transaction definition '{name}' does not exist or is inactive"
        raise Refused(Problem(BUSINESS, words, "Select a valid transaction definition.", DOCUMENT, "DOCPARID"))
    return found


def document_of(scope: Scope, key: str) -> Row:
    """By its key. Raises Refused."""
    found = seen(scope, scope.catalogue[DOCUMENT], key)
    if found is None:
        raise Refused(Problem(BUSINESS, f"The document '{key}' does not exist", object=DOCUMENT))
    return found


def _check_header(given: Mapping[str, str], *, lines_given: bool) -> None:
    for name, told in (("WHENCREATED", "datecreated"), ("CUSTVENDID", "customerid")):
        if not given.get(name):
            raise refused(BUSINESS, f"A transaction needs {told}", f"Enter {told}.", object=DOCUMENT, field=name)
    if not (given.get("TERMNAME") or given.get("WHENDUE")):
        raise refused(BUSINESS, "A transaction needs termname or datedue", object=DOCUMENT, field="TERMNAME")
    if not lines_given:
        raise refused(BUSINESS, "A transaction needs at least one line", object=DOCUMENT)
    if given.get("EXCHRATE") and given.get("EXCHRATETYPE"):
        raise business("exchrate and exchratetype exclude each other")
    _check_state(given.get("STATE"))


def _check_state(state: str | None) -> None:
    if state and state not in STATES:
        raise refused(BUSINESS, f"state must be one of {', '.join(STATES)}", object=DOCUMENT, field="STATE")


def _source(scope: Scope, definition: Row, given: Mapping[str, str]) -> Row | None:
    docid = given.get("CREATEDFROM", "")
    return conversion.source_of(scope, definition, docid, given["CUSTVENDID"]) if docid else None


def _numbered(scope: Scope, definition: Row, given: Mapping[str, str]) -> dict[str, str]:
    """The document ID is the definition's name, a hyphen and the number [D]. Raises Refused for a second one."""
    name = definition.get("DOCID") or ""
    said = given.get("DOCNO", "")
    docno = said or _next(scope, definition)
    if scope.tx.find(DOCUMENT, "DOCID", f"{name}-{docno}"):
        words = f"Document number {docno} is already in use for {name}"
        raise refused(DUPLICATE_DOCUMENT, words, "Use a unique document number.", object=DOCUMENT, field="DOCNO")
    told = {"DOCNO": docno, "DOCID": f"{name}-{docno}", "DOCPARID": name}
    return told | {"DOCPARCLASS": definition.get("DOCCLASS") or "", "STATE": given.get("STATE") or "Pending"}


def _next(scope: Scope, definition: Row) -> str:
    while True:
        docno = (definition.get("NUMBERFORMAT") or "{}").format(scope.tx.next_number(f"document/{definition.ident}"))
        if not scope.tx.find(DOCUMENT, "DOCID", f"{definition.get('DOCID')}-{docno}"):
            return docno


def money(scope: Scope, given: Mapping[str, str]) -> dict[str, str]:
    """The base currency is the entity's [D]; the document's own is the base unless it says another. Raises Refused."""
    base = base_currency(scope)
    if given.get("BASECURR") and given["BASECURR"] != base:
        raise business(f"basecurr must be {base}, the base currency here; it is {given['BASECURR']}")
    currency = given.get("CURRENCY") or base
    told = {"BASECURR": base, "CURRENCY": currency}
    if currency == base:
        return told | {"EXCHRATE": "1"}
    return told if given.get("EXCHRATE") else told | {"EXCHRATE": _rate(scope, given, currency, base)}


def base_currency(scope: Scope) -> str:
    entities = scope.catalogue["LOCATIONENTITY"]
    here = seen(scope, entities, scope.who.location) if scope.who.location else None
    first = next((body for _, body in scope.reader.all(entities.name)), {})
    return (here.get("CURRENCY") if here else first.get("CURRENCY")) or "USD"


def _rate(scope: Scope, given: Mapping[str, str], currency: str, base: str) -> str:
    """Of the type that is asked for, else the daily one [D]; of the day, where the rate has days. Raises Refused."""
    named = given.get("EXCHRATETYPE") or given.get("EXCH_RATE_TYPE_ID") or _DAILY
    wanted = (named, currency, base)
    for ident, body in scope.reader.all("EXCHANGERATE"):
        if (body.get("TYPENAME"), body.get("FROM_CURRENCY"), body.get("TO_CURRENCY")) == wanted:
            found = _of_day(scope, ident, given.get("WHENCREATED", "")) or body.get("RATE")
            if found:
                return str(found)
    words = f"There is no exchange rate from {currency} to {base} of the type {named}"
    raise business(words, "Set up the rate, or send exchrate.")


def _of_day(scope: Scope, rate: str, on: str) -> str | None:
    """The last one that began on the day or before."""
    entries = [body for _, body in scope.reader.find("EXCHANGERATEENTRY", "EXCHANGERATEKEY", rate)]
    begun = [body for body in entries if moment(body["EFFECTIVE_START_DATE"]) <= moment(on)] if on else []
    last = max(begun, key=lambda body: moment(body["EFFECTIVE_START_DATE"]), default=None)
    return last.get("EXCHANGE_RATE") if last else None


def due(scope: Scope, given: Mapping[str, str]) -> dict[str, str]:
    """A term says when a document is due, unless the document does."""
    term = seen(scope, scope.catalogue["ARTERM"], given.get("TERMNAME") or "")
    if given.get("WHENDUE") or term is None or not given.get("WHENCREATED"):
        return {}
    try:
        return {"WHENDUE": day(moment(given["WHENCREATED"]) + timedelta(days=int(term.get("DUEDATE") or 0)))}
    except OverflowError:
        raise business(f"A transaction of {given['WHENCREATED']} is due later than there are dates") from None


def _change_line(scope: Scope, document: Row, element: Element) -> None:
    """`line_num` counts from 1, the LINE_NO that is read from 0 [D]; a new line comes last."""
    if element.tag == "sotransitem":
        lines.append(scope, document, element)
        return
    number = element.get("line_num", "")
    known = lines.of(scope, document)
    if element.tag != "updatesotransitem" or not number.isdigit() or not 1 <= int(number) <= len(known):
        raise business(f"The document '{document.get('DOCID')}' has no line {number or element.tag}")
    lines.change(scope, document, known[int(number) - 1], element)


def _add_subtotals(scope: Scope, document: Row, element: Element | None) -> None:
    for at, each in enumerate(elements.children(element) if element is not None else []):
        forms.check_order(each, "subtotal")
        given = forms.given_of(each, "subtotal")
        given |= {"DOCHDRID": document.get("DOCID") or "", "LINE_NO": str(at)}
        records.save(scope, scope.catalogue[_SUBTOTALS], given, None)


def _change_subtotals(scope: Scope, document: Row, element: Element | None) -> None:
    """The one of the same description changes, another one comes last [I]."""
    docid = document.get("DOCID") or ""
    for each in elements.children(element) if element is not None else []:
        known = list(lines_of(scope.reader, scope.catalogue, _SUBTOTALS, "DOCHDRID", docid))
        forms.check_order(each, "subtotal")
        given = forms.given_of(each, "subtotal")
        same = next((one for one in known if one.get("DESCRIPTION") == given.get("DESCRIPTION")), None)
        if same is None:
            given |= {"DOCHDRID": docid, "LINE_NO": str(len(known))}
        records.save(scope, scope.catalogue[_SUBTOTALS], given, same)


def _keyed(key: str | None) -> Result:
    return Result([elements.make("key", key)] if key else [])
