"""The older functions: the only way to write territories, terms and price lists; customers and contacts too [D].

Children stand in the documented order, names are in lower case, a created or updated record is named by a `key`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from tieline_intacct.sandbox import elements, records
from tieline_intacct.sandbox.documents import forms
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.removal import remove
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, seen
from tieline_intacct.sandbox.scope import Scope


@dataclass(frozen=True, slots=True)
class Noun:
    """An object as the older functions know it: children in order, the fields they fill, nested ones by their group.

    `key` is the child and attribute that names a record; empty when it is named by its record number alone. `shown` is
    the child with the contact that shows a record.
    """

    object: str
    key: str
    order: Sequence[str]
    fields: Mapping[str, str]
    inside: Mapping[str, Mapping[str, str]]
    shown: str = ""


def _nouns() -> dict[str, Noun]:
    text = resources.files("tieline_intacct.sandbox").joinpath("legacy.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    return {name: _noun_of(table, tables["contact"]) for name, table in tables.items()}


def _noun_of(table: Mapping[str, Any], contact: Mapping[str, Any]) -> Noun:
    filled = _filled(table["order"])
    fields = {name: field for name, field in filled.items() if field and name != "customfields"}
    inside = {group: _filled(text) for group, text in table.get("inside", {}).items()}
    shown = table.get("shown", "")
    if shown:
        inside[shown] = _display(contact)
    return Noun(table["object"], table["key"], tuple(filled), fields, inside, shown)


def _display(contact: Mapping[str, Any]) -> dict[str, str]:
    """The children of a contact inside another record."""
    known = _filled(contact["order"])
    own = {f"contact.{name}": field for name, field in known.items() if field and name != "customfields"}
    address = {
        f"contact.mailaddress.{name}": field for name, field in _filled(contact["inside"]["mailaddress"]).items()
    }
    return {path: f"DISPLAYCONTACT.{field}" for path, field in {**own, **address}.items()}


def _filled(text: str) -> dict[str, str]:
    """`name` or `name=FIELD` each."""
    pairs = [one.partition("=") for one in text.split()]
    return {name: field if sign else name.upper() for name, sign, field in pairs}


NOUNS: Mapping[str, Noun] = _nouns()
DELETED_BY_NAME = (
    "customer",
    "contact",
    "location",
    "department",
    "class",
    "item",
    "task",
    "project",
    "employee",
    "contract",
)
"""Objects of the generic functions that the SDKs delete by an older one [S]."""


def create(scope: Scope, element: Element) -> Result:
    noun = _noun(element)
    kind = reachable(scope, noun.object, "")
    forms.check_children(element, noun.order)
    given = _given(noun, element)
    if noun.shown:  # the contact is optional here [D]
        given.setdefault("DISPLAYCONTACT.PRINTAS", given.get("NAME", ""))
    return _keyed(noun, records.save(scope, kind, given, None))


def update(scope: Scope, element: Element) -> Result:
    noun = _noun(element)
    row = _row(scope, noun, element)
    forms.check_children(element, noun.order)
    return _keyed(noun, records.save(scope, row.kind, _given(noun, element), row))


def delete(scope: Scope, element: Element) -> Result:
    row = _row(scope, _noun(element), element)
    remove(scope, row.kind, row, row.ident)
    return Result()


def delete_named(scope: Scope, element: Element) -> Result:
    """`delete_customer customerid="C-1"` and its like: named by the ID, by `key` where there is none."""
    kind = reachable(scope, str(element.tag).partition("_")[2], "D")
    key = element.get(kind.key.lower() if kind.key else "key") or element.get("key") or ""
    remove(scope, kind, (seen(scope, kind, key) if kind.key else None) or numbered(scope, kind, key), key)
    return Result()


def _noun(element: Element) -> Noun:
    return NOUNS[str(element.tag).partition("_")[2]]


def _row(scope: Scope, noun: Noun, element: Element) -> Row:
    """Named by an attribute; without a name of its own by `key`, the record number [I]. Raises Refused."""
    kind = reachable(scope, noun.object, "")
    key = (element.get(noun.key) if noun.key else None) or element.get("key") or ""
    found = (seen(scope, kind, key) if noun.key else None) or numbered(scope, kind, key)
    if found is None:
        raise business(f"Cannot find {noun.object.lower()} '{key}'")
    return found


def _given(noun: Noun, element: Element) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in elements.children(element):
        name = str(each.tag)
        if name in noun.inside:
            given |= _inside(noun.inside[name], each)
        elif name in noun.fields:
            given[noun.fields[name]] = forms.value_of(each)
    return given | forms.custom_of(element)


def _inside(names: Mapping[str, str], element: Element) -> dict[str, str]:
    """The leaves of a group; one that stands several times is a list in one field."""
    given: dict[str, str] = {}
    for path, text in elements.leaves(element):
        if path in names:
            before = given.get(names[path])
            given[names[path]] = f"{before}#~#{text}" if before else text
    return given


def _keyed(noun: Noun, row: Row) -> Result:
    return Result([elements.make("key", row.get(row.kind.key) if noun.key else row.ident)])
