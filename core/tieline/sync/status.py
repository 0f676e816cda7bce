"""Sync status: a pure function of the link. Nobody sets it; a copy is stored and shown, and rewritten with the link."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from tieline.store.nouns import AuditEntry, Link, Status
from tieline.sync.standing import reminded

SYSTEM_OF_RECORD = "system_of_record"
"""In `Link.extra`: the mapping says that the CRM is where this kind of record lives."""

OVERDUE = "overdue"
"""In `Link.extra`: the deadline of its open write has passed once; the write stays open."""


def derive(link: Link) -> Status:
    """The first rule that holds, in this order."""
    if link.delete_refused:
        return Status.DELETE_REQUEST_REJECTED
    if link.awaiting and not overdue(link):
        return Status.AWAITING_ACKNOWLEDGMENT
    if link.problem is not None or link.blocked:
        return Status.OUT_OF_SYNC
    if not link.erp_key:
        return Status.NOT_PROMOTED
    if link.extra.get("pending"):
        return Status.CHANGES_PENDING
    if link.extra.get(SYSTEM_OF_RECORD) == "crm":
        return Status.PUBLISHED_BY_CRM
    return Status.IN_SYNC if link.confirmed else Status.PROMOTED


def overdue(link: Link) -> bool:
    """Whether its write has waited for an answer for too long, and nobody has asked again since."""
    return bool(link.extra.get(OVERDUE)) and link.problem is not None


def answered(link: Link) -> Link:
    """The link once its open write in the ERP has an outcome."""
    extra = {name: value for name, value in link.extra.items() if name != OVERDUE}
    return replace(link, awaiting="", extra=extra)


def settled(link: Link) -> Link:
    """The link with its status as it must be stored, and its panel marked stale when a person would see a change."""
    link = reminded(link)
    status = derive(link)
    shown = visible(link, status)
    if link.status is status and link.extra.get("shown") == shown:
        return link
    return replace(link, status=status, panel="", extra={**link.extra, "shown": shown})


def with_status(link: Link, notes: Iterable[AuditEntry]) -> tuple[AuditEntry, ...]:
    """The notes of what happened to a link, with the status that came of it: Sync History is read from them."""
    return tuple(replace(note, status=str(link.status)) for note in notes)


def visible(link: Link, status: Status) -> str:
    """A fingerprint of what the panel shows."""
    problem = (link.problem.reason, link.problem.next_step) if link.problem else None
    synced = link.synced_at.isoformat() if link.synced_at else ""
    version = (link.erp.sequence, link.erp.version, link.erp.address) if link.erp else None
    parts = (
        status, link.crm_key, link.erp_key, link.entity, link.tombstone, link.delete_refused, link.blocked,
        link.extra.get("waiting"), link.extra.get("strangers"), problem, synced, version,
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
