"""Functions about the company and its users: where we are, what is switched on, who may do what [D]."""

from __future__ import annotations

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import by_key, seen
from tieline_intacct.sandbox.scope import Scope

# The entries of the three lists below are a plausible choice [I].
_APPLICATIONS = ("Accounts Receivable", "Company", "Contracts", "Inventory Control", "Order Entry", "Projects")
_PREFERENCES = {"MULTIENTITY": "T", "MULTICURRENCY": "T", "AUTONUMBERCUSTOMERS": "T", "DATEFORMAT": "/mdY"}
_DIMENSIONS = ("LOCATION", "DEPARTMENT", "CLASS", "CUSTOMER", "EMPLOYEE", "ITEM", "PROJECT")


def entity_details(scope: Scope, _element: Element) -> list[Element]:
    """The entity of this session. Raises Refused at the top level [I]."""
    kind = scope.catalogue["LOCATIONENTITY"]
    row = by_key(scope.reader, scope.catalogue, kind, scope.who.location) if scope.who.location else None
    if row is None:
        raise business("readEntityDetails needs a session in an entity")
    data = elements.make("data")
    entity = elements.add(data, "entity")
    told = {
        "id": row.get("LOCATIONID"),
        "name": row.get("NAME"),
        "recordno": row.ident,
        "currency": row.get("CURRENCY"),
        "firstfiscalmonth": row.get("FIRSTMONTH"),
        "firstfiscaltaxmonth": row.get("FIRSTMONTHTAX"),
        "weekstart": row.get("WEEKSTART"),
    }
    elements.tree(entity, told)
    return [data]


def permissions(scope: Scope, element: Element) -> list[Element]:
    """What a user may do, by application; an object the company denies is left out."""
    user = elements.text_of(element, "userId") or elements.text_of(element, "userid") or scope.who.user
    if seen(scope, scope.catalogue["USERINFO"], user) is None:
        raise business(f"The user '{user}' does not exist")
    data = elements.make("data", listtype="permissions")
    listed = elements.add(elements.add(data, "permissions"), "appSubscription")
    elements.add(listed, "applicationName", "All applications")
    policies = elements.add(listed, "policies")
    denied = scope.profile.denied_objects.split()
    for kind in scope.catalogue:
        if kind.name not in denied:
            policy = elements.add(policies, "policy")
            elements.add(policy, "policyName", kind.name)
            elements.add(policy, "rights", "List|View|Add|Edit|Delete")
    return [data]


def applications(_scope: Scope, _element: Element) -> list[Element]:
    data = elements.make("data")
    for name in _APPLICATIONS:
        told = elements.add(data, "application")
        elements.add(told, "name", name)
        elements.add(told, "subscribed", "true")
    return [data]


def preferences(_scope: Scope, element: Element) -> list[Element]:
    data = elements.make("data")
    for name, value in _PREFERENCES.items():
        told = elements.add(data, "companypref")
        elements.tree(told, {"application": element.get("application", ""), "preference": name, "prefvalue": value})
    return [data]


def dimensions(_scope: Scope, _element: Element) -> list[Element]:
    data = elements.make("data")
    listed = elements.add(data, "dimensions")
    for name in _DIMENSIONS:
        told = elements.add(listed, "dimension")
        elements.tree(told, {"objectName": name, "objectLabel": name.capitalize(), "userDefinedDimension": "false"})
    return [data]


def formatting(_scope: Scope, _element: Element) -> list[Element]:
    data = elements.make("data")
    told = elements.add(data, "userformatting")
    words = {"locale": "en_US.UTF-8", "dateformat": "/mdY", "gmtoffset": "0", "clock": "24", "decimalseparator": "."}
    elements.tree(told, words)
    return [data]


def audit_trail(scope: Scope, element: Element) -> list[Element]:
    """Who did what to one record, in times with an offset [D]."""
    kind = reachable(scope, elements.text_of(element, "object"), "R")
    number = elements.text_of(element, "recordNo")
    if numbered(scope, kind, number) is None:
        raise business(f"Cannot find {kind.name} with key '{number}'")
    data = elements.make("data", listtype="audittrail")
    for mutation in scope.reader.mutations():
        if (mutation.kind, mutation.id) == (kind.name, number):
            told = elements.add(data, "entry")
            elements.tree(told, {"user": mutation.actor, "accessmode": mutation.action, "accesstime": mutation.at})
    return [data]
