"""Sync status: a pure function of the link. Nobody sets it; a copy is stored and shown, and rewritten with the link."""

from __future__ import annotations

from dataclasses import replace

from tieline.store.nouns import Link, Status


def derive(link: Link) -> Status:
    """The first rule that holds, in this order."""
    if link.delete_refused:
        return Status.DELETE_REQUEST_REJECTED
    if link.awaiting:
        return Status.AWAITING_ACKNOWLEDGMENT
    if link.problem is not None or link.blocked:
        return Status.OUT_OF_SYNC
    if not link.erp_key:
        return Status.NOT_PROMOTED
    if link.extra.get("pending"):
        return Status.CHANGES_PENDING
    if link.extra.get("system_of_record") == "crm":
        return Status.PUBLISHED_BY_CRM
    return Status.IN_SYNC if link.confirmed else Status.PROMOTED


def settled(link: Link) -> Link:
    """The link with its status as it must be stored."""
    status = derive(link)
    return link if link.status is status else replace(link, status=status, panel="")
