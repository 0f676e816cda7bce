"""Short words for fields."""

from __future__ import annotations

from tieline.contract import Conversion, Direction, Field, Format, Kind, Number, Text, Value

PHONE = Text(40, Format.PHONE)
MONEY = Number(2, money=True)


def shown(crm: str, erp: str, kind: Kind, label: str, help: str = "") -> Field:  # noqa: A002 - the contract's word
    """A field that the org only shows: the vendor's formula rows, always from Intacct."""
    return Field(crm, erp, kind, Direction.TO_CRM, locked=True, label=label, help=help)


def mirrored(crm: str, erp: str, kind: Kind, label: str) -> Field:
    """A field of a read-only mirror, which nobody may turn round."""
    return Field(crm, erp, kind, Direction.TO_CRM, locked=True, label=label)


def _is_active(told: Value) -> Value:
    return told is True or str(told or "").strip().lower() in {"active", "true", "t"}


def _as_status(active: Value) -> Value:
    return "active" if active is True else "inactive"


ACTIVE = Conversion(to_erp=_as_status, to_crm=_is_active)
"""A flag in the org, `active` or `inactive` at Intacct."""
