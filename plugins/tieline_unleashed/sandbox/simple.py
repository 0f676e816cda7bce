"""Saving records whose rules are few: products, sales people, and the lists that only people keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox import members
from tieline_unleashed.sandbox.members import Reading, fold
from tieline_unleashed.sandbox.resource import Resource
from tieline_unleashed.sandbox.saving import Context, Saved, check_code, chosen_guid, put

TERM_TYPES = ("DaysOfTheMonthFollowing", "EndOfTheMonthFollowing", "DaysAfter")  # [V]


def save(context: Context, resource: Resource, in_path: str | None, body: Mapping[str, Any]) -> Saved:
    """Create or update by guid. Raises Refused."""
    guid = chosen_guid(in_path, body) or context.new_guid()
    stored = context.tx.get(resource.name, guid)
    reading = context.reading()
    values = members.read(reading, resource.shape, body, stored)
    reading.require(values, *resource.required)
    check_code(context, reading, resource, guid, values)
    _check_kind(context, reading, resource, body, stored, values)
    reading.finish()
    return put(context, resource, guid, values)


def check_fixed_code(
    context: Context, reading: Reading, resource: Resource, stored: Values | None, new: Values
) -> None:
    """A code cannot change through the API [C]; the vendor's own screens can."""
    code = resource.code
    if stored and not context.by_person and new.get(code) and new[code] != stored[code]:
        reading.refuse(code, "Immutable", f"cannot change from {stored[code]} to {new[code]}")


def _check_kind(
    context: Context, reading: Reading, resource: Resource, body: Mapping[str, Any], stored: Values | None, new: Values
) -> None:
    if resource.name == "Salespersons" and stored is None and not context.by_person and not fold(body).get("guid"):
        reading.refuse("Guid", "Required", "is required when a sales person is created")  # [V]
    if resource.name == "Products":
        check_fixed_code(context, reading, resource, stored, new)
    if resource.name == "PaymentTerms" and new["Type"] and new["Type"] not in TERM_TYPES:
        reading.refuse("Type", "Invalid", f"must be one of {', '.join(TERM_TYPES)}")
