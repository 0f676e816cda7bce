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
from tieline_intacct.resource import Access, Trail

TRAIL = "AUDITHISTORY"
KINDS = (
    "customer", "contact", "item", "sopricelist", "invpricelistentry", "project", "task", "sodocument",
    "arinvoice", "arpymt",
    "contract", "contractdetail",
)  # fmt: skip
_FIELDS = ("OBJECTTYPE", "OBJECTKEY", "OBJECTDESC", "ACCESSTIME")
_FRESH = 10.0


def deletions(access: Access, entity: str, kind: str, since: datetime) -> Iterator[Gone]:
    """Access times are in GMT [D]."""
    for row in _trail(access, entity, since).rows:
        if row.get("OBJECTTYPE", "").lower() == kind.lower():
            at = values.moment(row.get("ACCESSTIME", ""), values.UTC_ZONE)
            yield from (Gone(key, at) for key in _names(access, kind, row) if at is None or at >= since)


def _trail(access: Access, entity: str, since: datetime) -> Trail:
    """One question for all objects: the host asks for each of them in turn, and each reading is billed. A deletion that
    comes too late for it is told the next time; the host asks from the last one told on."""
    now = access.gateway.clock.monotonic()
    known = access.trails.get(entity)
    if known is not None and known.since <= since and now - known.asked < _FRESH:
        return known
    where = both(
        condition("in", "OBJECTTYPE", *KINDS),
        condition("equalto", "ACCESSMODE", "D"),  # `query` wants the letter, `readByQuery` the word [D]
        condition("greaterthanorequalto", "ACCESSTIME", values.printed(since)),
    )
    rows = everything(access.schema, Scope(entity, TRAIL, _FIELDS, where, access.company.page_size))
    access.trails[entity] = Trail(since, now, rows)
    return access.trails[entity]


def _names(access: Access, kind: str, row: Row) -> list[str]:
    told = row.get("OBJECTKEY", "")
    met = access.numbers.get(kind, {}).get(told, "")
    return [name for name in dict.fromkeys((told, met, row.get("OBJECTDESC", ""))) if name]
