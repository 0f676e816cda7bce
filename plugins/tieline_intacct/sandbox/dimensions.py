"""The dimensions of the company, and which of them lead to which [D]."""

from __future__ import annotations

from collections.abc import Iterator

from tieline_intacct.sandbox import custom_objects, elements
from tieline_intacct.sandbox.catalogue import Catalogue
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.scope import Scope

_DIMENSIONS = ("LOCATION", "DEPARTMENT", "CLASS", "CUSTOMER", "EMPLOYEE", "ITEM", "PROJECT", "TASK", "CONTRACT")
_FIRST_OBJECT, _FIRST_RELATION = 5001, 6001  # standard objects have low numbers in the sample [D]; these are ours [I]
Link = tuple[str, str]


def listed(scope: Scope, _element: Element) -> list[Element]:
    data = elements.make("data")
    dimensions = elements.add(data, "dimensions")
    for name in _DIMENSIONS:
        label = name.capitalize()
        told = {"objectName": name, "objectLabel": label, "termLabel": label}
        flags = {"userDefinedDimension": "false", "enabledInGL": "true"}
        elements.tree(elements.add(dimensions, "dimension"), {**told, **flags})
    for name in custom_objects.dimensions(scope.reader):
        told = {"objectName": name, "objectLabel": name, "termLabel": name}
        flags = {"userDefinedDimension": "true", "enabledInGL": "true"}
        elements.tree(elements.add(dimensions, "dimension"), {**told, **flags})
    return [data]


def relationships(scope: Scope, _element: Element) -> list[Element]:
    """Each dimension with those that it leads to and those that lead to it."""
    links = list(_links(scope.catalogue))
    data = elements.make("data")
    for name in _DIMENSIONS:
        told = elements.add(data, "relationship")
        filled = "true" if any(source == name for source, _ in links) else "false"
        elements.tree(told, {"dimension": name, "object_id": _object(name), "autofillrelated": filled})
        elements.add(told, "enableoverride", "true")
        for number, (source, target) in enumerate(links, start=_FIRST_RELATION):
            if name in (source, target):
                _add_related(told, number, target if name == source else source, leads=name == source)
    return [data]


def _links(catalogue: Catalogue) -> Iterator[Link]:
    for name in _DIMENSIONS:
        targets = {one.target for one in catalogue[name].references.values()}
        yield from ((name, target) for target in _DIMENSIONS if target in targets and target != name)


def _add_related(parent: Element, number: int, other: str, *, leads: bool) -> None:
    told = {"dimension": other, "object_id": _object(other), "relationship_id": str(number)}
    sides = {"source_side": "Many" if leads else "One", "related_side": "One" if leads else "Many"}
    elements.tree(elements.add(parent, "related"), {**told, **sides})


def _object(name: str) -> str:
    return str(_FIRST_OBJECT + _DIMENSIONS.index(name))
