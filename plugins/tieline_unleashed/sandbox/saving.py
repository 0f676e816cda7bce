"""Keeping a record: its guid, its code, its stamps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tieline_sandbox.effects import Randomness
from tieline_sandbox.state import Transaction, Values
from tieline_unleashed.sandbox import dates, forms
from tieline_unleashed.sandbox.answers import bad_field, not_found
from tieline_unleashed.sandbox.lookup import Lookup
from tieline_unleashed.sandbox.members import Reading, fold
from tieline_unleashed.sandbox.profile import Profile
from tieline_unleashed.sandbox.resource import Resource

STAMPS = ("CreatedBy", "CreatedOn", "LastModifiedOn")


@dataclass(frozen=True, slots=True)
class Context:
    """One change under way. `by_person`: made in the vendor's screens, which allow and compute more than the API."""

    tx: Transaction
    lookup: Lookup
    profile: Profile
    actor: str
    new_guid: Callable[[], str]
    by_person: bool = False

    def reading(self) -> Reading:
        return Reading(self.lookup)


@dataclass(frozen=True, slots=True)
class Saved:
    resource: Resource
    guid: str
    created: bool


def guid_source(randomness: Randomness) -> Callable[[], str]:
    return lambda: str(UUID(int=randomness.bits(128), version=4))


def path_guid(text: str) -> str:
    """Raises Refused (400) for what is no guid."""
    try:
        return forms.read_guid(text)
    except ValueError as error:
        raise bad_field("Guid", "Invalid", f"{text!r} {error}") from None


def chosen_guid(in_path: str | None, body: Mapping[str, Any]) -> str | None:
    """The guid the caller chose; path and body may not disagree [P]."""
    given = fold(body).get("guid")
    in_body = path_guid(str(given)) if given else None
    if in_path and in_body and in_path != in_body:
        raise bad_field("Guid", "Mismatch", f"The Guid in the body, {in_body}, is not the one in the path, {in_path}")
    return in_path or in_body


def existing(context: Context, resource: Resource, guid: str) -> Values:
    """The stored values. Raises Refused (404)."""
    stored = context.tx.get(resource.name, guid)
    if stored is None:
        raise not_found(f"{resource.name} holds no {guid}")
    return stored


def check_code(context: Context, reading: Reading, resource: Resource, guid: str, values: Values) -> None:
    """A code belongs to one row."""
    code = values.get(resource.code)
    if not resource.unique or code is None:
        return
    owners = [ident for ident, _ in context.tx.find(resource.name, resource.code, code)]
    if any(owner != guid for owner in owners):
        reading.refuse(resource.code, "Duplicate", f"{code} belongs to another row of {resource.name}")


def put(context: Context, resource: Resource, guid: str, values: Values) -> Saved:
    """Insert or replace. LastModifiedOn moves on a real change only [P]: a repeated post leaves no trace."""
    now = dates.to_text(context.tx.now)
    stored = context.tx.get(resource.name, guid)
    if stored is None:
        stamps = {"CreatedBy": context.actor, "CreatedOn": now, "LastModifiedOn": now}
        context.tx.insert(resource.name, guid, {**values, **stamps})
    elif {**stored, **values} != stored:
        context.tx.update(resource.name, guid, {**stored, **values, "LastModifiedOn": now})
    return Saved(resource, guid, stored is None)
