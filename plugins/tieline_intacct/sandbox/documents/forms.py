"""The shape of the order-entry functions: which children, in which order [D], and where their values go."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import BAD_XML, invalid, refused
from tieline_intacct.sandbox.values import day


@dataclass(frozen=True, slots=True)
class Form:
    """One element: its children in order, and the field each one fills."""

    order: Sequence[str]
    fields: Mapping[str, str]


@cache
def form(name: str) -> Form:
    """`header`, `update`, `line` or `subtotal`."""
    text = resources.files("tieline_intacct.sandbox.documents").joinpath("forms.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    fields = tables["header" if name == "update" else name]["fields"]
    return Form(tuple(tables[name]["order"].split()), fields)


def check_order(element: Element, name: str) -> None:
    """Children in the documented order, none twice, none unknown [D]. Raises Refused."""
    check_children(element, form(name).order)


def check_children(element: Element, order: Sequence[str]) -> None:
    """The same for any legacy function. Raises Refused."""
    last = -1
    for each in elements.children(element):
        name = str(each.tag)
        if name not in order:
            raise refused(BAD_XML, f"Element {name} is not expected in {element.tag}")
        at = order.index(name)
        if at <= last:
            wanted = ", ".join(order[max(0, at - 1) : at + 2])
            raise refused(BAD_XML, f"Element {name} is out of order in {element.tag}; the order is ... {wanted} ...")
        last = at


def given_of(element: Element, name: str) -> dict[str, str]:
    """The values by field name; children that this gateway keeps nothing of are passed over [I]. Raises Refused."""
    names = form(name).fields
    given = {names[str(each.tag)]: value_of(each) for each in elements.children(element) if each.tag in names}
    return given | custom_of(element)


def value_of(element: Element) -> str:
    """A text, a contact's name, or a date in its three elements. Raises Refused."""
    inside = elements.children(element)
    if not inside:
        return element.text or ""
    if inside[0].tag == "contactname":
        return elements.text(inside[0])
    return legacy_date(element)


def legacy_date(element: Element) -> str:
    """`year`, `month` and `day` elements as MM/DD/YYYY. Raises Refused."""
    parts = [elements.text_of(element, name) for name in ("year", "month", "day")]
    try:
        return day(date(*map(int, parts)))
    except (ValueError, OverflowError):
        raise invalid(f"{element.tag} must hold year, month and day; it holds {'-'.join(parts)}") from None


def custom_of(element: Element) -> dict[str, str]:
    """The `customfields` block: the company's own fields by their integration names [D]."""
    block = elements.child(element, "customfields")
    pairs = elements.children(block) if block is not None else []
    return {elements.text_of(one, "customfieldname"): elements.text_of(one, "customfieldvalue") for one in pairs}
