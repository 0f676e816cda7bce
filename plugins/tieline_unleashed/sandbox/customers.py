"""Customers and the contacts below them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox import dates, members
from tieline_unleashed.sandbox.answers import bad_field, not_found
from tieline_unleashed.sandbox.members import Reading, fold, unwrapped
from tieline_unleashed.sandbox.records import CONTACTS, CUSTOMERS
from tieline_unleashed.sandbox.saving import Context, Saved, check_code, chosen_guid, existing, put
from tieline_unleashed.sandbox.simple import check_fixed_code

ADDRESS_TYPES = ("Physical", "Postal", "Shipping")


def save(context: Context, in_path: str | None, body: Mapping[str, Any]) -> Saved:
    """Create or update by guid; what the body leaves out is blanked [C]. Raises Refused."""
    guid = chosen_guid(in_path, body) or context.new_guid()
    stored = context.tx.get(CUSTOMERS.name, guid)
    reading = Reading(context.lookup, context.profile.customer_text_limit)
    values = members.read(reading, CUSTOMERS.shape, body, stored)
    reading.require(values, *CUSTOMERS.required)
    check_code(context, reading, CUSTOMERS, guid, values)
    check_fixed_code(context, reading, CUSTOMERS, stored, values)
    _check_addresses(reading, values)
    reading.finish()
    saved = put(context, CUSTOMERS, guid, values)
    _save_contacts(context, guid, fold(body).get("contacts"))
    return saved


def save_contact(context: Context, customer: str, body: Mapping[str, Any]) -> Saved:
    """A post below a customer. The caller may choose the guid; posting it again updates, as with customers [P]."""
    existing(context, CUSTOMERS, customer)
    guid = chosen_guid(None, body) or context.new_guid()
    return _put_contact(context, customer, guid, body)


def update_contact(context: Context, customer: str, guid: str, body: Mapping[str, Any]) -> Saved:
    """A put blanks what it leaves out, too [P]."""
    owned_contact(context, customer, guid)
    return _put_contact(context, customer, chosen_guid(guid, body) or guid, body)


def delete_contact(context: Context, customer: str, guid: str) -> None:
    owned_contact(context, customer, guid)
    context.tx.delete(CONTACTS.name, guid)
    _touch(context, customer)


def owned_contact(context: Context, customer: str, guid: str) -> Values:
    """A contact of this customer. Raises Refused (404)."""
    existing(context, CUSTOMERS, customer)
    stored = existing(context, CONTACTS, guid)
    if stored["CustomerGuid"] != customer:
        raise not_found(f"The customer {customer} has no contact {guid}")
    return stored


def _save_contacts(context: Context, customer: str, rows: Any) -> None:
    """Contacts inside a customer's body are added or updated; those left out stay, for a read shows only some [P]."""
    for row in unwrapped(rows):
        if not isinstance(row, dict):
            raise bad_field("Contacts", "Invalid", "Contacts must be a list of objects")
        save_contact(context, customer, row)


def _put_contact(context: Context, customer: str, guid: str, body: Mapping[str, Any]) -> Saved:
    stored = context.tx.get(CONTACTS.name, guid)
    reading = context.reading()
    if stored and stored["CustomerGuid"] != customer:
        reading.refuse("Guid", "Duplicate", f"{guid} belongs to a contact of another customer")
    values = members.read(reading, CONTACTS.shape, body, stored)
    if not (values["FirstName"] or values["LastName"]):
        reading.refuse("FirstName", "Required", "or LastName is required")  # [P]
    reading.finish()
    saved = put(context, CONTACTS, guid, {"CustomerGuid": customer, **values})
    if values["IsDefault"]:
        _only_default(context, customer, guid)
    if context.tx.get(CONTACTS.name, guid) != stored:
        _touch(context, customer)
    return saved


def _only_default(context: Context, customer: str, guid: str) -> None:
    """One contact is the primary one; a new one takes the place of the old [P]."""
    for ident, other in context.tx.find(CONTACTS.name, "CustomerGuid", customer):
        if ident != guid and other["IsDefault"]:
            put(context, CONTACTS, ident, {**other, "IsDefault": False})


def _touch(context: Context, customer: str) -> None:
    """A contact's change moves its customer's LastModifiedOn: without it no poll could ever see contacts change [P]."""
    stored = existing(context, CUSTOMERS, customer)
    context.tx.update(CUSTOMERS.name, customer, {**stored, "LastModifiedOn": dates.to_text(context.tx.now)})


def _check_addresses(reading: Reading, values: Values) -> None:
    for number, address in enumerate(values["Addresses"]):
        kind = address["AddressType"]
        if kind is not None and kind not in ADDRESS_TYPES:
            reading.refuse(f"Addresses[{number}].AddressType", "Invalid", f"must be one of {', '.join(ADDRESS_TYPES)}")
