"""Names that are derived, never drawn: the same cause gives the same id after any crash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction

_NAMESPACE = UUID("6ba1c0de-71e1-5eed-8a1e-71e11e000001")


def derive(*parts: str) -> str:
    """A UUID from its parts; parts are length-prefixed, so no two lists of parts collide."""
    return str(uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)))


def link_id(back_office: str, entity: str, mapping: str, side: Side, key: str) -> str:
    """A link is named after the record that was seen first."""
    return derive("link", back_office, entity, mapping, side, key)


def unused(tx: Transaction, born: Mapping[str, list[Link]]) -> dict[str, list[Link]]:
    """The same new links under names that no link has. A merge lets the survivor go on with the link of the record that
    was lost; when that record comes back from the bin, its own name is in use."""
    found = dict(born)
    while taken := tx.links([link.id for links in found.values() for link in links if not link.revision]):
        for key, links in found.items():
            found[key] = [_renamed(link) if link.id in taken and not link.revision else link for link in links]
    return found


def _renamed(link: Link) -> Link:
    return replace(link, id=derive("again", link.id))


def operation_key(link: str, side: Side, operation: str, epoch: int) -> str:
    """The idempotency key of one operation; a new one only in a new epoch."""
    return derive("operation", link, side, operation, str(epoch))


def marker(back_office: str, entity: str, obj: str, erp_key: str) -> str:
    """The birth marker we leave on a CRM record made from an ERP record. It names the ERP record, so the tie can be
    read back from the org even when the store is lost."""
    return "/".join((back_office, entity, obj, erp_key))


def read_marker(text: str) -> tuple[str, str, str, str] | None:
    """(back office, entity, object, ERP key) of a marker; None when it is not one. Keys may hold slashes."""
    parts = text.split("/", 3)
    return (parts[0], parts[1], parts[2], parts[3]) if len(parts) == 4 else None


def reference(mapping: str, side: Side, key: str) -> str:
    """How a child names its parent before the parent's link is known."""
    return f"{mapping}|{side}|{key}"


def fingerprint(value: Mapping[str, Any]) -> str:
    """A short hash of JSON-safe content, the same for equal content."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
