"""Amounts of documents in the document's own currency. `TOTAL` and its like are in the base currency of the entity, and
stand beside others, `TRX_...`, where the document is in another one [D]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tieline_intacct.replies import Row

CURRENCY, BASE = "CURRENCY", "BASECURR"
OF_DOCUMENT: Mapping[str, str] = {"TOTAL": "TRX_TOTAL", "SUBTOTAL": "TRX_SUBTOTAL"}
OF_LINE: Mapping[str, str] = {"PRICE": "TRX_PRICE", "TOTAL": "TRX_VALUE"}


def asked(names: Iterable[str], amounts: Mapping[str, str]) -> tuple[str, ...]:
    """The names, and what tells those amounts in the document's currency."""
    names = tuple(names)
    more = tuple(amounts[name] for name in names if name in amounts)
    return tuple(dict.fromkeys((*names, *more, CURRENCY, BASE))) if more else names


def own(row: Row, amounts: Mapping[str, str]) -> Row:
    """The row with its amounts in its own currency."""
    if not row.get(BASE) or row.get(CURRENCY, "") in ("", row[BASE]):
        return row
    return {**row, **{name: row[theirs] for name, theirs in amounts.items() if row.get(theirs)}}
