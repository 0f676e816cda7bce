"""Records as they go out: their shape, their stamps, and what is taken from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tieline_sandbox.state import Values
from tieline_unleashed.sandbox import forms
from tieline_unleashed.sandbox.forms import Form
from tieline_unleashed.sandbox.lookup import Lookup, Row
from tieline_unleashed.sandbox.members import show
from tieline_unleashed.sandbox.records import CONTACTS, CUSTOMERS
from tieline_unleashed.sandbox.resource import Resource

MAX_CONTACTS = 100  # of a customer, with includeAllContacts [V]
Extras = Callable[[Lookup, str, Values, bool], Values]


def record(lookup: Lookup, resource: Resource, row: Row, *, all_contacts: bool = False) -> Values:
    """The whole record, as a tree for the wire."""
    guid, values = row
    extras = _EXTRAS[resource.name](lookup, guid, values, all_contacts) if resource.name in _EXTRAS else {}
    return {"Guid": guid, **show(lookup, resource.shape, values), **extras, **_stamps(values)}


def contacts_of(lookup: Lookup, customer: str) -> list[Row]:
    """Oldest first; the guid decides between equals."""
    rows = lookup.reader.find(CONTACTS.name, "CustomerGuid", customer)
    return sorted(rows, key=lambda row: (row[1]["CreatedOn"], row[0]))


def _customer(lookup: Lookup, guid: str, values: Values, all_contacts: bool) -> Values:
    contacts = contacts_of(lookup, guid)
    primary = [row for row in contacts if row[1]["IsDefault"]][:1]
    shown = contacts[:MAX_CONTACTS] if all_contacts else primary
    first = primary[0][1] if primary else {}
    return {
        "Contacts": [record(lookup, CONTACTS, row) for row in shown],
        "ContactFirstName": first.get("FirstName"),
        "ContactLastName": first.get("LastName"),
        "TaxRate": forms.show(Form.NUMBER, lookup.value("Taxes", values["TaxCode"], "TaxRate")),
        "CustomerTypeGuid": values["CustomerType"],
    }


def _stamps(values: Values) -> dict[str, Any]:
    return {
        "CreatedBy": values["CreatedBy"],
        "CreatedOn": forms.show(Form.DATE, values["CreatedOn"]),
        "LastModifiedOn": forms.show(Form.DATE, values["LastModifiedOn"]),
    }


_EXTRAS: dict[str, Extras] = {CUSTOMERS.name: _customer}
