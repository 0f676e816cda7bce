"""Functions about the company and its users: where we are, what is switched on, who may do what [D]."""

from __future__ import annotations

from collections.abc import Mapping

from tieline_intacct.sandbox import audit, elements
from tieline_intacct.sandbox.documents.transactions import base_currency
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, all_rows, seen
from tieline_intacct.sandbox.scope import Scope

# The entries of the lists below are a plausible choice [I]; their codes and names are the vendor's [D].
_APPLICATIONS = ("CO", "GL", "AR", "SO", "INV", "PA", "ME", "CN")
_PREFERENCES: Mapping[str, Mapping[str, str]] = {
    "GEN": {"PRIMARY_ACCTNO_LENGTH": "4", "FISCAL_FIRST_MONTH": "1", "FISCAL_FIRST_MONTH_TAX": "1", "WEEK_START": "1"},
    "GL": {f"{name}DIMENSION": "T" for name in ("CUSTOMER", "EMPLOYEE", "ITEM", "PROJECT", "CLASS")},
    "ME": {"MULTIENTITY": "T", "MULTICURRENCY": "T"},
    "AR": {"AUTONUMBERCUSTOMERS": "T"},
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def entity_details(scope: Scope, _element: Element) -> list[Element]:
    """The entity of this session; at the top level every entity that the user can reach [I]."""
    kind = scope.catalogue["LOCATIONENTITY"]
    here = scope.who.location
    rows = [row for row in all_rows(scope, kind) if not here or row.get("LOCATIONID") == here]
    data = elements.make("data")
    for row in sorted(rows, key=lambda one: int(one.ident)):
        elements.tree(elements.add(data, "entity"), _entity(scope, row))
    return [data]


def _entity(scope: Scope, row: Row) -> dict[str, str | None]:
    return {
        "id": row.get("LOCATIONID"),
        "name": row.get("NAME"),
        "recordno": row.ident,
        "currency": row.get("CURRENCY") or base_currency(scope),
        "firstfiscalmonth": _month(row.get("FIRSTMONTH")),
        "firstfiscaltaxmonth": _month(row.get("FIRSTMONTHTAX")),
        "weekstart": row.get("WEEKSTART"),
    }


def _month(name: str | None) -> str | None:
    """As a number, as the sample has it [D]."""
    return str(_MONTHS.index(name) + 1) if name in _MONTHS else name


def financial_setup(scope: Scope, _element: Element) -> list[Element]:
    """What the company counts in."""
    data = elements.make("data")
    told = {
        "baseCurrency": base_currency(scope.owned_by("")),
        "defaultBook": "ACCRUAL",
        "firstFiscalMonth": "1",
        "multiBaseCurrency": "false",
        "multiBook": "false",
        "multiCurrency": "true",
        "multiEntityShared": "true",
    }
    elements.tree(elements.add(data, "financialSetup"), told)
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
    """Their codes [D]."""
    data = elements.make("data")
    for code in _APPLICATIONS:
        elements.add(data, "application", code)
    return [data]


def preferences(_scope: Scope, element: Element) -> list[Element]:
    """Of one application. Raises Refused without its code."""
    application = element.get("application", "")
    if not application:
        raise business("get_companyprefs needs the code of an application")
    data = elements.make("data")
    for name, value in _PREFERENCES.get(application, {}).items():
        told = {"application": application, "preference": name, "prefvalue": value}
        elements.tree(elements.add(data, "companypref"), told)
    return [data]


def formatting(scope: Scope, element: Element) -> list[Element]:
    """How a user sees dates and times: named by `key` or `userId`, else the one who asks [I]. Raises Refused."""
    kind = scope.catalogue["USERINFO"]
    key, user = elements.text_of(element, "key"), elements.text_of(element, "userId")
    row = numbered(scope, kind, key) if key else seen(scope, kind, user or scope.who.user)
    if row is None:
        raise business(f"The user '{key or user}' does not exist")
    data = elements.make("data")
    words = {"locale": "en_US", "dateformat": "/mdY", "gmtoffset": "+00:00", "clock": "24"}
    elements.tree(elements.add(data, "userformatting"), {"recordno": row.ident, **words})
    return [data]


def audit_trail(scope: Scope, element: Element) -> list[Element]:
    """Who did what to one record, in times with an offset; named by `recordNo` or `objectKey` [D]. Raises Refused."""
    kind = reachable(scope, elements.text_of(element, "object"), "R")
    number, key = elements.text_of(element, "recordNo"), elements.text_of(element, "objectKey")
    row = numbered(scope, kind, number) if number else seen(scope, kind, key) or numbered(scope, kind, key)
    if row is None:
        raise business(f"Cannot find {kind.name} with key '{number or key}'")
    data = elements.make("data", listtype="audittrail")
    for told in audit.trail(scope.reader, kind, row.ident):
        elements.tree(elements.add(data, "auditTrailDetail"), told)
    return [data]
