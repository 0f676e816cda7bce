"""What the store keeps, as values. One row a link, one row a call; everything else hangs on those two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tieline.contract.mapping import Side

Canonical = str | bool | None
"""A field's canonical value as stored and compared: decimals and dates are text, see `sync.canonical`."""

Fields = Mapping[str, Canonical]
"""Canonical values by the field's name in the mapping (its CRM name)."""


class Status(StrEnum):
    """Sync status as users read it; always derived (`sync.status`), never set by hand."""

    NOT_PROMOTED = "Not Promoted"
    CHANGES_PENDING = "Changes Pending"
    AWAITING_ACKNOWLEDGMENT = "Awaiting Acknowledgment"
    PROMOTED = "Promoted"
    IN_SYNC = "In Sync"
    OUT_OF_SYNC = "Out of Sync"
    DELETE_REQUEST_REJECTED = "Delete Request Rejected"
    PUBLISHED_BY_CRM = "Published by CRM"


@dataclass(frozen=True, slots=True)
class Observation:
    """The last state seen of one side. `sequence` is the vendor's growing version number where it has one."""

    fields: Fields
    version: str = ""
    stamp: datetime | None = None
    sequence: int | None = None
    deleted: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a link is Out of Sync: reason, when, and what a person can do. `final` waits for a change or a person;
    otherwise the host tries again at the link's `not_before`. `side` is the one whose system refused; empty: none."""

    reason: str
    next_step: str
    at: datetime
    code: str = ""
    final: bool = True
    side: str = ""


SUPERSEDED = ("merged", "unlinked")
"""How tombstones begin of links that another link took over from."""


@dataclass(frozen=True, slots=True)
class Link:
    """One CRM record tied (or not yet tied) to one ERP record of one back office and entity.

    `base` holds, per field, the value each side held when they were last known equal: (crm, erp), in each side's own
    canonical terms. `epoch` rises only when an outcome is proved "did not happen and never will", so that keys derived
    from it stay the same on every repeat. `awaiting` is the open ERP call that carries this link. `confirmed` means
    an observation of the ERP made after the last acknowledgment equals the base. `revision` counts saves and fences
    a paused worker. `dirty` asks the planner to look. `panel` is the fingerprint of what the org shows of this link.
    """

    id: str
    back_office: str
    entity: str
    mapping: str
    crm_key: str = ""
    erp_key: str = ""
    crm: Observation | None = None
    erp: Observation | None = None
    base: Mapping[str, tuple[Canonical, Canonical]] = field(default_factory=dict)
    promote: bool = False
    promoted: bool = False
    confirmed: bool = False
    awaiting: str = ""
    delete_refused: str = ""
    tombstone: str = ""
    epoch: int = 0
    attempts: int = 0
    not_before: datetime | None = None
    problem: Problem | None = None
    blocked: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    status: Status = Status.NOT_PROMOTED
    dirty: bool = False
    panel: str = ""
    mapping_version: str = ""
    synced_at: datetime | None = None
    revision: int = 0

    def key(self, side: Side) -> str:
        return self.crm_key if side is Side.CRM else self.erp_key

    def seen(self, side: Side) -> Observation | None:
        return self.crm if side is Side.CRM else self.erp

    @property
    def superseded(self) -> bool:
        """Buried by a person who untied or merged records: another link speaks for them now."""
        return self.tombstone.startswith(SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Item:
    """One record's part of a call. `key` and `fields` are what was meant to be sent, in the client's terms made
    JSON-safe; `merge` is the field plan to adopt when it is acknowledged."""

    link: str
    operation: str
    key: str
    idempotency_key: str
    payload: Mapping[str, Any]
    merge: Mapping[str, Any] = field(default_factory=dict)
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """The write-intent: stored before anything is sent, closed only by a proof. One row a call, with its items.

    `maybe_sent` is sticky: once an attempt may have gone out, a later clean failure proves nothing about it. `made_at`
    is when the last attempt of unknown outcome was made.
    """

    id: str
    back_office: str
    entity: str
    side: Side
    mapping: str
    items: tuple[Item, ...]
    made_at: datetime
    maybe_sent: bool = False
    attempts: int = 0
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class CursorRow:
    """Where reading goes on: per back office, entity, side and object."""

    back_office: str
    entity: str
    side: Side
    object: str
    stamp: datetime
    key: str = ""
    deletes_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing the engine did or noticed. `seq` and `hash` are given by the store: the hash chains each back
    office's entries, so that a row changed, removed or inserted later is found by `verify`."""

    at: datetime
    event: str
    link: str = ""
    mapping: str = ""
    side: str = ""
    crm_key: str = ""
    erp_key: str = ""
    call: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    status: str = ""
    seq: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed `fields`; the loser's values stay readable here before anything is overwritten."""

    id: str
    back_office: str
    link: str
    mapping: str
    fields: tuple[str, ...]
    base: Mapping[str, Any]
    crm: Mapping[str, Any]
    erp: Mapping[str, Any]
    winner: str
    policy: str
    at: datetime
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A managed list's row as last read, and its record in the org."""

    back_office: str
    entity: str
    list: str
    key: str
    label: str
    active: bool
    parent: str
    attributes: Mapping[str, str]
    crm_key: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """A saved connection. `secrets` are ciphertexts (see `host.vault`), never clear text. `tenant` pins who answered
    the first time."""

    name: str
    system: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    tenant: str = ""
    label: str = ""
