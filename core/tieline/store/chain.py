"""The audit's hash chain: each entry's hash covers the one before it and all that is stored of the entry.

It shows a row that was edited, removed, swapped or put in between. It does not stop somebody who can rewrite the whole
chain and its head; for that a copy of the head has to be kept in a second place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieline.store.nouns import AuditEntry

_dump = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode

TRAIL = 50
"""So many entries of one link can be asked for at once."""


@dataclass(frozen=True, slots=True)
class Head:
    """A chain's last entry; the start of an empty one."""

    seq: int = 0
    hash: str = "0" * 64


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as stored: its link by a column of its own, the rest as canonical JSON."""

    seq: int
    link: str
    body: str
    hash: str


def extend(head: Head, back_office: str, entries: Iterable[AuditEntry]) -> tuple[list[Row], Head]:
    """The rows to store after `head`, and the head after them."""
    rows: list[Row] = []
    for entry in entries:
        seq, body = head.seq + 1, _body(entry)
        head = Head(seq, _digest(head.hash, back_office, seq, entry.link, body))
        rows.append(Row(seq, entry.link, body, head.hash))
    return rows, head


def first_break(back_office: str, rows: Iterable[Row], head: Head) -> int | None:
    """The number at which the chain breaks: of the first entry that does not follow from the one before, or that is
    missing. None when it holds up to `head`. Rows come in order of `seq`."""
    here = Head()
    for row in rows:
        following = here.seq + 1
        if row.seq != following:
            return min(row.seq, following)
        if row.hash != _digest(here.hash, back_office, row.seq, row.link, row.body):
            return row.seq
        here = Head(row.seq, row.hash)
    return None if here == head else min(here.seq, head.seq) + 1


def entry_of(row: Row) -> AuditEntry:
    said = json.loads(row.body)
    at = datetime.fromisoformat(said.pop("at"))
    return AuditEntry(at=at, link=row.link, seq=row.seq, hash=row.hash, **said)


def _digest(before: str, back_office: str, seq: int, link: str, body: str) -> str:
    said: Sequence[Any] = (before, back_office, seq, link, body)
    return hashlib.sha256(_dump(said).encode()).hexdigest()


def _body(entry: AuditEntry) -> str:
    """Everything else an entry says; empty parts are left out. What JSON lacks becomes its text."""
    said: Mapping[str, Any] = {
        "at": entry.at.isoformat(), "event": entry.event, "mapping": entry.mapping, "side": str(entry.side),
        "crm_key": entry.crm_key, "erp_key": entry.erp_key, "call": entry.call, "before": dict(entry.before),
        "after": dict(entry.after), "note": entry.note, "status": str(entry.status),
    }  # fmt: skip
    return _dump({name: value for name, value in said.items() if value or name == "event"})
