"""What plugins may be asked while records flow, and told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tieline.contract.mapping import Mapping as RecordMapping
from tieline.contract.values import Value


@dataclass(frozen=True, slots=True)
class Passage:
    """A record on its way: where it goes and whether it is new there."""

    back_office: str
    entity: str
    crm_key: str
    erp_key: str
    creating: bool


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """Both sides changed one field (or group) since they last agreed; values are in ERP terms."""

    mapping: RecordMapping
    crm_key: str
    erp_key: str
    fields: tuple[str, ...]
    base: Mapping[str, Value]
    crm: Mapping[str, Value]
    erp: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error in words for the person who must act."""

    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `record.created`, `record.updated`, `conflict.logged`, `status.changed`,
    `request.answered`, `list.changed`, `cycle.finished`. `data` holds plain values and never secrets."""

    name: str
    at: datetime
    back_office: str
    data: Mapping[str, Value]
