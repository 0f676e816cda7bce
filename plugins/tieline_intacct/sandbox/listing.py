"""get_list and get, the older way to read [D]: names in lower case, `listtype` before `data`, rows counted from 0."""

from __future__ import annotations

from collections.abc import Sequence

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.attachments import FILES
from tieline_intacct.sandbox.catalogue import Kind, ObjectType
from tieline_intacct.sandbox.conditions import All, Condition, Dialect, Either, Leaf, Reading
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.legacy import NOUNS
from tieline_intacct.sandbox.problems import query_failed, unknown_field
from tieline_intacct.sandbox.querying import DEFAULT_ORDER, Order, sorted_rows, whole
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, all_rows, resolve, seen
from tieline_intacct.sandbox.scope import Scope

_DEFAULT_ITEMS = 100
_MOST_ITEMS = 1000
_PAPER = {
    "SUPDOC": {"creationdate": "WHENCREATED", "attachments": FILES},
    "SUPDOCFOLDER": {"creationdate": "WHENCREATED", "supdocfoldername": "NAME"},
}
"""How attachments are listed [T]."""
_SIGNS = {
    "=": "equalto",
    "!=": "notequalto",
    "<": "lessthan",
    "<=": "lessthanorequalto",
    ">": "greaterthan",
    ">=": "greaterthanorequalto",
    "like": "like",
    "is null": "isnull",
}


def get_list(scope: Scope, element: Element) -> list[Element]:
    kind = reachable(scope, element.get("object", ""), "")
    name = kind.name.lower()
    private = element.get("showprivate", "false").lower() == "true"
    rows = list(all_rows(scope, kind, private=private))
    condition = _filter(kind, elements.child(element, "filter"))
    if condition is not None:
        test = Reading(scope.catalogue, kind, Dialect.DISPLAY).test(condition)
        rows = [row for row in rows if test(row)]
    rows = sorted_rows(rows, _orders(scope, kind, elements.child(element, "sorts")))
    start = whole(element.get("start", ""), "start", 0, 0, 2**31)
    count = whole(element.get("maxitems", ""), "maxitems", _DEFAULT_ITEMS, 1, _MOST_ITEMS)
    shown = rows[start : start + count]
    names = _fields(kind, elements.child(element, "fields"))
    end = str(max(start + len(shown) - 1, 0))
    told = elements.make("listtype", name, start=str(start), end=end, total=str(len(rows)))
    return [told, _data(name, shown, names)]


def get(scope: Scope, element: Element) -> list[Element]:
    """One record by its ID or its record number."""
    kind = reachable(scope, element.get("object", ""), "")
    key = element.get("key", "")
    found = seen(scope, kind, key) or numbered(scope, kind, key)
    return [_data(kind.name.lower(), [found] if found else [], _fields(kind, elements.child(element, "fields")))]


def _data(name: str, rows: Sequence[Row], names: Sequence[tuple[str, str]]) -> Element:
    data = elements.make("data")
    for row in rows:
        record = elements.add(data, name)
        for shown, path in names:
            if row.kind.fields[path].kind is Kind.LIST:
                elements.tree(elements.add(record, shown), row.body.get(path) or {})
            else:
                elements.add(record, shown, row.get(path))
    return data


def _fields(kind: ObjectType, element: Element | None) -> list[tuple[str, str]]:
    """(name in lower case, field) of what is asked for; everything by default."""
    noun = NOUNS.get(kind.name.lower())
    known = {"key": "RECORDNO"} | {
        name.lower(): name for name, field in kind.fields.items() if field.kind is not Kind.LIST and "." not in name
    }
    known |= noun.fields if noun else {}
    known |= _PAPER.get(kind.name, {})
    asked = [elements.text(each) for each in elements.children(element)] if element is not None else list(known)
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise unknown_field(unknown, kind.name.lower())
    return [(name, known[name]) for name in asked]


def _filter(kind: ObjectType, element: Element | None) -> Condition | None:
    if element is None:
        return None
    inside = elements.children(element)
    if len(inside) != 1:
        raise query_failed("filter must hold exactly one expression or logical")
    return _condition(kind, inside[0])


def _condition(kind: ObjectType, element: Element) -> Condition:
    if element.tag == "logical":
        parts = [_condition(kind, each) for each in elements.children(element)]
        said = element.get("logical_operator", "").lower()
        if said not in ("and", "or") or not parts:
            raise query_failed("logical needs a logical_operator, and or or, and the expressions that it joins")
        return Either(parts) if said == "or" else All(parts)
    sign = elements.text_of(element, "operator").lower()
    if element.tag != "expression" or sign not in _SIGNS:
        raise query_failed(f"A filter of get_list does not know {element.tag} {sign}")
    path = dict(_fields(kind, None)).get(elements.text_of(element, "field"))
    if path is None:
        raise unknown_field([elements.text_of(element, "field")], kind.name.lower())
    value = elements.child(element, "value")
    return Leaf(_SIGNS[sign], path, [] if sign == "is null" or value is None else [value.text or ""])


def _orders(scope: Scope, kind: ObjectType, element: Element | None) -> list[Order]:
    found: list[Order] = []
    for each in elements.children(element) if element is not None else []:
        path = dict(_fields(kind, None)).get(elements.text(each))
        if path is None:
            raise unknown_field([elements.text(each)], kind.name.lower())
        field, said = resolve(scope.catalogue, kind, path), each.get("order", "asc").lower()
        if said not in ("asc", "desc"):
            raise query_failed(f"order must be asc or desc; it is {said}")
        found.append(Order(path, field, said == "desc"))
    return found or [DEFAULT_ORDER]
