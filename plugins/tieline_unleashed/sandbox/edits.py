"""Edits as a person makes them in the vendor's screens: one field changes, the others stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline_sandbox.application import EditRefused
from tieline_sandbox.state import Values
from tieline_unleashed.sandbox import customers, members, orders, simple, totals
from tieline_unleashed.sandbox.answers import Refused
from tieline_unleashed.sandbox.members import fold
from tieline_unleashed.sandbox.profile import PROFILE_SETTING, Profile
from tieline_unleashed.sandbox.records import CONTACTS, CUSTOMERS, SALES_ORDERS
from tieline_unleashed.sandbox.registry import RESOURCES
from tieline_unleashed.sandbox.resource import OBSOLETE, Resource
from tieline_unleashed.sandbox.saving import Context, existing

ORGANISATION = "organisation"
# Besides the fields of the shape: the guid of a new row, the contacts of a customer, the owner of a contact.
_BESIDES = {CUSTOMERS.name: {"contacts"}, CONTACTS.name: {"customerguid", "customercode"}}


def edit(context: Context, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
    """Returns the guid of the record. `kind` is a resource, `Contacts`, or `Organisation` for the switches."""
    try:
        if kind.lower() == ORGANISATION:
            return _set_profile(context, action, values)
        return _edit(context, action, _resource(kind), ident.lower(), values)
    except Refused as refused:
        raise EditRefused(f"{kind}: {'; '.join(p.description for p in refused.problems) or refused}") from None


def _edit(context: Context, action: str, resource: Resource, ident: str, values: Mapping[str, Any]) -> str:
    _check_names(resource, values)
    if action == "create":
        return _create(context, resource, values)
    stored = existing(context, resource, ident)
    if action == "delete":
        return _delete(context, resource, ident, stored)
    if action != "update":
        raise EditRefused(f"{action} is no action; use create, update or delete")
    return _update(context, resource, ident, _merged(context, resource, stored, values), stored)


def _create(context: Context, resource: Resource, values: Mapping[str, Any]) -> str:
    if resource is CUSTOMERS:
        return customers.save(context, None, values).guid
    if resource is CONTACTS:
        return customers.save_contact(context, _owner(context, fold(values)), values).guid
    if resource is SALES_ORDERS:
        return orders.create(context, None, values).guid
    return simple.save(context, resource, None, values).guid


def _update(context: Context, resource: Resource, ident: str, whole: Mapping[str, Any], stored: Values) -> str:
    if resource is CUSTOMERS:
        return customers.save(context, ident, whole).guid
    if resource is CONTACTS:
        return customers.update_contact(context, stored["CustomerGuid"], ident, whole).guid
    if resource is SALES_ORDERS:
        return orders.update(context, ident, whole).guid
    return simple.save(context, resource, ident, whole).guid


def _delete(context: Context, resource: Resource, ident: str, stored: Values) -> str:
    if resource is CONTACTS:
        customers.delete_contact(context, stored["CustomerGuid"], ident)
    elif resource is SALES_ORDERS:
        orders.delete(context, ident)
    elif OBSOLETE in resource.shape:
        raise EditRefused(f"Rows of {resource.name} are never deleted; set Obsolete to true instead")
    else:
        context.tx.delete(resource.name, ident)
    return ident


def _merged(context: Context, resource: Resource, stored: Values, values: Mapping[str, Any]) -> dict[str, Any]:
    """The record as shown, with the edited fields in it. The order screen adds up by itself."""
    whole = fold(members.show(context.lookup, resource.shape, stored))
    if resource is SALES_ORDERS:
        for name in (*totals.ORDER_TOTALS, "TaxRate"):
            whole.pop(name.lower())
    return {**whole, **fold(values)}


def _check_names(resource: Resource, values: Mapping[str, Any]) -> None:
    known = {member.name.lower() for member in resource.shape} | {"guid"} | _BESIDES.get(resource.name, set())
    unknown = [name for name in values if name.lower() not in known]
    if unknown:
        raise EditRefused(f"{resource.name} has no field {', '.join(unknown)}")


def _owner(context: Context, given: Mapping[str, Any]) -> str:
    if given.get("customerguid"):
        return str(given["customerguid"]).lower()
    found = context.lookup.find(CUSTOMERS.name, CUSTOMERS.code, str(given.get("customercode")))
    if found is None:
        raise EditRefused("A contact needs its customer: give CustomerGuid or CustomerCode")
    return found[0]


def _resource(kind: str) -> Resource:
    found = RESOURCES.get(kind.lower())
    if found is None or not found.shape:
        editable = ", ".join(resource.name for resource in RESOURCES.values() if resource.shape)
        raise EditRefused(f"{kind} cannot be edited; kinds are {editable}")
    return found


def _set_profile(context: Context, action: str, values: Mapping[str, Any]) -> str:
    if action != "update":
        raise EditRefused("The organisation can only be updated")
    changed = {**context.tx.setting(PROFILE_SETTING, {}), **values}
    try:
        Profile().changed(changed)
    except ValueError as error:
        raise EditRefused(str(error)) from None
    context.tx.set_setting(PROFILE_SETTING, changed)
    return "Organisation"
