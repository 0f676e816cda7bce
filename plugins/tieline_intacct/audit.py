"""Deletions, from the audit trail: objects keep no tombstones [D].

A row names the record by its record number or by its key, depending on the object [T]. The host reads every key it is
told before it believes it, so both are told: what the number stood for as far as this process met it, and the words
beside it. A deletion that cannot be named is found by the daily reading, as a record out of sight.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tieline.contract import Gone
from tieline_intacct import values
from tieline_intacct.functions import both, condition
from tieline_intacct.paging import Scope, everything
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access

TRAIL = "AUDITHISTORY"
_FIELDS = ("OBJECTKEY", "OBJECTDESC", "ACCESSTIME")


def deletions(access: Access, entity: str, kind: str, since: datetime) -> Iterator[Gone]:
    """Access times are in GMT [D]."""
    where = both(
        condition("equalto", "OBJECTTYPE", kind.lower()),
        condition("equalto", "ACCESSMODE", "D"),  # `query` wants the letter, `readByQuery` the word [D]
        condition("greaterthanorequalto", "ACCESSTIME", values.printed(since)),
    )
    rows = everything(access.schema, Scope(entity, TRAIL, _FIELDS, where, access.company.page_size))
    for row in rows:
        at = values.moment(row.get("ACCESSTIME", ""), _GMT)
        yield from (Gone(key, at) for key in _names(access, kind, row))


_GMT = values.UTC_ZONE


def _names(access: Access, kind: str, row: Row) -> list[str]:
    told = row.get("OBJECTKEY", "")
    met = access.numbers.get(kind, {}).get(told, "")
    return [name for name in dict.fromkeys((told, met, row.get("OBJECTDESC", ""))) if name]
