"""Change events, read off the ground truth: what was committed is what is told (shapes [K])."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tieline_sandbox.org.access import Access
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import Org
from tieline_sandbox.state import Mutation

ALL = "/data/ChangeEvents"
KEPT = timedelta(hours=72)
_PAGE = 500
_SUFFIX = "ChangeEvent"
_SILENT = frozenset({"Id", "IsDeleted", "SystemModstamp", "LastModifiedById", "CreatedById", "CreatedDate"})
Event = dict[str, Any]


def channel_of(kind: ObjectType) -> str:
    """`/data/AccountChangeEvent`, `/data/Thing__ChangeEvent`."""
    stem = kind.name.removesuffix("c") if kind.custom else kind.name
    return f"/data/{stem}{_SUFFIX}"


def known(org: Org, access: Access, channel: str) -> bool:
    """Whether the caller may listen there. Every object is selected for notifications in the local org."""
    kinds = (kind for kind in org.schema.objects.values() if _told(access, kind))
    return channel == ALL or any(channel_of(kind) == channel for kind in kinds)


def _told(access: Access, kind: ObjectType) -> bool:
    return kind.replicateable and kind.layoutable and not kind.computed and access.rights(kind).read


def after(org: Org, access: Access, channel: str, position: int) -> tuple[list[Event], int]:
    """Up to a page of messages behind a position, and the position behind them."""
    oldest = org.clock.now() - KEPT
    found: list[Event] = []
    while len(found) < _PAGE and (page := org.state.mutations(position, _PAGE)):
        position = page[-1].seq
        kept = (each for each in page if datetime.fromisoformat(each.at) >= oldest)
        found += [
            _message(channel, each.seq, payload) for each in kept for payload in _payload(org, access, channel, each)
        ]
    return found, position


def _message(channel: str, seq: int, payload: Event) -> Event:
    return {"channel": channel, "data": {"schema": "local", "payload": payload, "event": {"replayId": seq}}}


def _payload(org: Org, access: Access, channel: str, told: Mutation) -> Iterator[Event]:
    """The event of a change, if it is one of a record that the channel carries and the listener may see."""
    kind = org.schema.object(told.kind)
    if kind is None or not _told(access, kind) or channel not in (ALL, channel_of(kind)):
        return
    changes = _type(told)
    before, after_ = told.before or {}, told.after or {}
    seen = [each for each in kind.fields.values() if access.sees(kind, each) and each.name not in _SILENT]
    changed = [each.name for each in seen if before.get(each.name) != after_.get(each.name)]
    values = {} if changes == "DELETE" else {name: after_.get(name) for name in changed}
    yield {"ChangeEventHeader": _header(org, kind, told, changes, changed), **values}


def _type(told: Mutation) -> str:
    if told.before is None:
        return "CREATE"
    if told.action == "delete":
        return "DELETE"
    if told.before.get("IsDeleted") and not (told.after or {}).get("IsDeleted"):
        return "UNDELETE"
    return "UPDATE"


def _header(org: Org, kind: ObjectType, told: Mutation, changes: str, changed: list[str]) -> Event:
    user = org.user_named(told.actor) if told.actor else None
    return {
        "entityName": kind.name, "recordIds": [told.id], "changeType": changes,
        "changedFields": changed if changes == "UPDATE" else [], "changeOrigin": "com/salesforce/api/soap/60.0",
        "transactionKey": f"{told.seq:08x}-0000-4000-8000-000000000000", "sequenceNumber": 1, "nulledFields": [],
        "diffFields": [], "commitTimestamp": int(datetime.fromisoformat(told.at).timestamp() * 1000),
        "commitNumber": told.seq, "commitUser": user or "",
    }  # fmt: skip
