"""The audit's hash chain: each entry's hash covers the one before it and everything the entry says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tieline.store.nouns import AuditEntry

START = "0" * 64


def digest(previous: str, back_office: str, entry: AuditEntry) -> str:
    """SHA-256 over the former hash and the entry's canonical JSON."""
    text = json.dumps([previous, back_office, body(entry), entry.seq], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def body(entry: AuditEntry) -> dict[str, Any]:
    """Everything an entry says, JSON-safe; empty parts are left out."""
    said = {
        "at": entry.at.isoformat(), "event": entry.event, "link": entry.link, "mapping": entry.mapping,
        "side": str(entry.side), "crm_key": entry.crm_key, "erp_key": entry.erp_key, "call": entry.call,
        "before": plain(entry.before), "after": plain(entry.after), "note": entry.note, "status": str(entry.status),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in ("", {})}


def from_body(said: Mapping[str, Any], seq: int, digest_: str) -> AuditEntry:
    more = {name: value for name, value in said.items() if name != "at"}
    return AuditEntry(at=datetime.fromisoformat(said["at"]), seq=seq, hash=digest_, **more)


def extend(previous: str, seq: int, back_office: str, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """The entries with their place in the chain, after `previous` at `seq`."""
    chained: list[AuditEntry] = []
    for entry in entries:
        seq += 1
        placed = replace(entry, seq=seq, hash="", side=str(entry.side), status=str(entry.status))
        previous = digest(previous, back_office, placed)
        chained.append(replace(placed, hash=previous))
    return chained


def first_break(back_office: str, entries: Iterable[AuditEntry]) -> int | None:
    """The seq of the first entry that does not follow from the one before; None when all do."""
    previous, expected = START, 1
    for entry in entries:
        if entry.seq != expected or digest(previous, back_office, replace(entry, hash="")) != entry.hash:
            return expected
        previous, expected = entry.hash, expected + 1
    return None


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-safe copies: what JSON lacks becomes its text."""
    kept: dict[str, Any] = json.loads(json.dumps(dict(values), default=str, ensure_ascii=False))
    return kept
