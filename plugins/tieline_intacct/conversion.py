"""Which lines of the document that is converted a new document's lines go on from, and how much of each is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from tieline.contract import PermanentError, Value, Values
from tieline_intacct import values
from tieline_intacct.functions import one_of
from tieline_intacct.paging import Scope, everything
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access

_LEFT, _DONE = "QTY_REMAINING", "QTY_CONVERTED"
_FIELDS = ("ITEMID", "LINE_NO", _LEFT, _DONE)


def source_lines(access: Access, entity: str, source: str) -> list[Row]:
    """The lines of the document, in their order."""
    if not source:
        return []
    scope = Scope(entity, "SODOCUMENTENTRY", _FIELDS, one_of("DOCHDRID", [source]), 2000)
    return sorted(everything(access.schema, scope), key=_line_number)


def continued(lines: Sequence[Values], sources: Sequence[Row], source: str) -> list[dict[str, Value]]:
    """The lines, each with the key of the first source line of its item that no other took. Of a line that was
    converted in part the rest is taken, of one that was converted nothing; what the source does not sell is added.
    Raises PermanentError when nothing is left."""
    found = list(_continued(lines, list(sources)))
    if lines and not found:
        mend = "Go on with the documents that were made of it."
        raise PermanentError(f"nothing of {source} is left to convert", where="Intacct", mend=mend, code="nothing_left")
    return found


def _continued(lines: Sequence[Values], sources: list[Row]) -> Iterator[dict[str, Value]]:
    for line in lines:
        match = next((row for row in sources if row.get("ITEMID") == line.get("ITEMID")), None)
        if match is None:
            yield dict(line)
            continue
        sources.remove(match)
        left = _number(match, _LEFT)
        if left is None or left > 0:
            wanted = Decimal(values.printed(line.get("QUANTITY")) or 0)
            rest = {"QUANTITY": left} if _number(match, _DONE) and left is not None and left < wanted else {}
            yield {**line, **rest, "SOURCE_DOCLINEKEY": match["RECORDNO"]}


def _line_number(row: Row) -> int:
    told = row.get("LINE_NO", "")
    return int(told) if told.isdigit() else 0


def _number(row: Row, name: str) -> Decimal | None:
    """None where a company does not show it."""
    try:
        return Decimal(row.get(name) or "")
    except InvalidOperation:
        return None
