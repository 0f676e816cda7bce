"""Contacts behind a record: the one that shows it, and those it names.

A customer's DISPLAYCONTACT is a contact of its own, kept with the customer; CONTACTINFO, BILLTO, SHIPTO and an
employee's PERSONALINFO name contacts that are there [D].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.catalogue.types import CONTACT, CONTACT_KEYS
from tieline_intacct.sandbox.problems import BUSINESS, Problem, Refused
from tieline_intacct.sandbox.rows import Row, by_number, seen
from tieline_intacct.sandbox.scope import Scope
from tieline_sandbox.state import Values

DISPLAY = "DISPLAYCONTACT"


Save = Callable[[Scope, ObjectType, Mapping[str, str], Row | None], Row]


def keep(scope: Scope, kind: ObjectType, given: Mapping[str, str], body: Values, name: str, save: Save) -> None:
    """Set the contact keys in `body`; the contact that shows the record goes through `save`. Raises Refused."""
    for group in kind.contacts:
        inside = _inside(given, group)
        if group == DISPLAY and (inside or "HIDEDISPLAYCONTACT" in given):
            body[CONTACT_KEYS[group]] = _display(scope, inside, body, name, save)
        elif group != DISPLAY and "CONTACTNAME" in inside:
            body[CONTACT_KEYS[group]] = _named(scope, kind, group, inside["CONTACTNAME"])


def changed(given: Mapping[str, str], kind: ObjectType) -> bool:
    """Whether the record counts as changed because its display contact was written."""
    return DISPLAY in kind.contacts and bool(_inside(given, DISPLAY))


def _inside(given: Mapping[str, str], group: str) -> dict[str, str]:
    prefix = f"{group}."
    return {name.removeprefix(prefix): text for name, text in given.items() if name.startswith(prefix)}


def _display(scope: Scope, inside: dict[str, str], body: Values, name: str, save: Save) -> str:
    kind = scope.catalogue[CONTACT]
    known = body.get(CONTACT_KEYS[DISPLAY])
    before = by_number(scope.reader, scope.catalogue, kind, known) if known else None
    if before is None:
        inside.setdefault("CONTACTNAME", name)
        before = seen(scope, kind, inside["CONTACTNAME"])  # one of that name is taken over [I]
    inside["VISIBLE"] = "false" if body.get("HIDEDISPLAYCONTACT") == "true" else "true"
    return save(scope, kind, inside, before).ident


def _named(scope: Scope, kind: ObjectType, group: str, name: str) -> str | None:
    if not name:
        return None
    found = seen(scope, scope.catalogue[CONTACT], name)
    if found is None:
        words = f"Invalid {group} contact '{name}': no such Contact is known here"
        raise Refused(Problem(BUSINESS, words, "Select a valid Contact.", kind.name, f"{group}.CONTACTNAME"))
    return found.ident
