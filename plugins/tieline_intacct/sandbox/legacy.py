"""The older functions: the only way to write territories, terms and price lists, and to list territories [D].

Children stand in the documented order, names are in lower case, a created or updated record is named by a `key`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """An object as the older functions know it: children in order, with the fields they fill.

    `key` is the child and attribute that names a record; empty when it is named by its record number alone.
    """

    object: str
    key: str
    fields: Mapping[str, str]

    @property
    def order(self) -> Sequence[str]:
        return (*self.fields, "customfields")


_PRICE_LIST = {"name": "NAME", "datefrom": "DATEFROM", "dateto": "DATETO", "status": "STATUS"}
NOUNS: Mapping[str, Noun] = {
    "territory": Noun(
        "TERRITORY",
        "territoryid",
        {
            "territoryid": "TERRITORYID",
            "name": "NAME",
            "parentid": "PARENTID",
            "managerid": "MANAGERID",
            "status": "STATUS",
        },
    ),
    "arterm": Noun(
        "ARTERM",
        "name",
        {
            "name": "NAME",
            "description": "DESCRIPTION",
            "status": "STATUS",
            "due": "",
            "discount": "",
            "disccalcon": "DISCCALCON",
            "penalty": "",
        },
    ),
    "sopricelist": Noun("SOPRICELIST", "name", _PRICE_LIST),
    "invpricelist": Noun("INVPRICELIST", "name", _PRICE_LIST),
    "invpricelistentry": Noun(
        "INVPRICELISTENTRY",
        "",
        {
            "pricelistid": "PRICELISTID",
            "itemid": "ITEMID",
            "productlineid": "PRODUCTLINEID",
            "datefrom": "DATEFROM",
            "dateto": "DATETO",
            "minimum_quantity": "QTYLIMITMIN",
            "maximum_quantity": "QTYLIMITMAX",
            "value": "VALUE",
            "valuetype": "VALUETYPE",
            "fixed": "FIXED",
            "currency": "CURRENCY",
            "status": "STATUS",
        },
    ),
}
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
_INSIDE: Mapping[str, Mapping[str, str]] = {
    "due": {"dueday": "DUEDATE", "duefrom": "DUEFROM"},
    "discount": {
        "discday": "DISCDATE",
        "discfrom": "DISCFROM",
        "discamount": "DISCAMOUNT",
        "discpercamn": "DISCPERCAMN",
        "discgracedays": "DISCFUDGEDAYS",
    },
    "penalty": {
        "pen_type": "PEN_TYPE",
        "penamount": "PENAMOUNT",
        "penpercamn": "PENPERCAMN",
        "pengracedays": "PENFUDGEDAYS",
    },
}


def create(scope: Scope, element: Element) -> Result:
    noun = _noun(element)
    kind = reachable(scope, noun.object, "")
    forms.check_children(element, noun.order)
    return _keyed(noun, records.save(scope, kind, _given(noun, element), None))


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
        if name in _INSIDE:
            given |= {
                _INSIDE[name][str(one.tag)]: one.text or ""
                for one in elements.children(each)
                if one.tag in _INSIDE[name]
            }
        elif noun.fields.get(name):
            given[noun.fields[name]] = forms.value_of(each)
    return given | forms.custom_of(element)


def _keyed(noun: Noun, row: Row) -> Result:
    return Result([elements.make("key", row.get(row.kind.key) if noun.key else row.ident)])
