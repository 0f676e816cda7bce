"""Generic functions as XML: `query` with its filters, `create`, `update`, `delete`, `lookup`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy

from tieline_intacct.xml import Element, element

MOST_VALUES = 1000
"""Values of one `in` [D]."""


def query(
    kind: str,
    fields: Iterable[str],
    where: Element | None = None,
    order: Sequence[str] = (),
    size: int = 2000,
) -> Element:
    """One page from the start. An order is always sent: without one pages of one query may overlap [D]."""
    return element(
        "query",
        element("object", text=kind),
        element("select", *(element("field", text=name) for name in dict.fromkeys(fields))),
        None if where is None else element("filter", deepcopy(where)),
        element("orderby", *(element("order", element("field", text=name), element("ascending")) for name in order)),
        element("pagesize", text=str(size)),
        element("offset", text="0"),
    )


def condition(operator: str, field: str, *values: str) -> Element:
    """`equalto`, `greaterthan`, `in`, `like`, `isnull`, ..."""
    return element(operator, element("field", text=field), *(element("value", text=value) for value in values))


def both(*conditions: Element | None) -> Element | None:
    """All of them; `and` takes two or more [D]."""
    return _joined("and", [one for one in conditions if one is not None])


def either(*conditions: Element | None) -> Element | None:
    return _joined("or", [one for one in conditions if one is not None])


def _joined(operator: str, conditions: Sequence[Element]) -> Element | None:
    """Copies: an element has one place only, and a condition may be used again."""
    if len(conditions) > 1:
        return element(operator, *(deepcopy(one) for one in conditions))
    return conditions[0] if conditions else None


def one_of(field: str, values: Sequence[str]) -> Element:
    """Any of these; more than one `in` takes are spread over several."""
    if len(values) == 1:
        return condition("equalto", field, values[0])
    parts = [values[start : start + MOST_VALUES] for start in range(0, len(values), MOST_VALUES)]
    spread = [condition("in", field, *part) for part in parts]
    return element("or", *spread) if len(spread) > 1 else spread[0]


def record(kind: str, fields: Mapping[str, str]) -> Element:
    """`DISPLAYCONTACT.PRINTAS` stands in an element inside an element; an empty text clears."""
    made = element(kind)
    inside: dict[str, Element] = {"": made}
    for path, value in fields.items():
        _place(inside, path).text = element("x", text=value).text
    return made


def _place(inside: dict[str, Element], path: str) -> Element:
    if path not in inside:
        above, _, name = path.rpartition(".")
        place = element(name)
        _place(inside, above).append(place)
        inside[path] = place
    return inside[path]


def create(*made: Element) -> Element:
    return element("create", *made)


def update(made: Element) -> Element:
    return element("update", made)


def delete(kind: str, record_number: str) -> Element:
    return element("delete", element("object", text=kind), element("keys", text=record_number))


def lookup(kind: str) -> Element:
    return element("lookup", element("object", text=kind))


def get_list(kind: str, start: int, most: int) -> Element:
    """The old way to list; territories have no other [D]."""
    return element("get_list", object=kind, start=str(start), maxitems=str(most))
