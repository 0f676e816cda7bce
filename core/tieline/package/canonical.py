"""Metadata in one form, whether it was declared or read from an org: every element a list, every leaf a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from tieline.contract.component import Component, Property
from tieline.xml import children, local_name

Table = Mapping[str, "tuple[Node, ...]"]
Node = str | Table


def of_component(component: Component) -> Table:
    return _table(component.properties)


def of_element(element: etree._Element) -> Node:
    """An element as text or table; attributes do not count."""
    inner = children(element)
    if not inner:
        return (element.text or "").strip()
    found: dict[str, list[Node]] = {}
    for child in inner:
        found.setdefault(local_name(child), []).append(of_element(child))
    return {name: tuple(nodes) for name, nodes in found.items()}


def as_properties(table: Table) -> dict[str, Property]:
    """Back to what a component carries; leaves stay texts."""
    return {name: tuple(_as_property(node) for node in nodes) for name, nodes in table.items()}


def one(table: Table, name: str) -> str:
    """The first text under a name; empty when there is none."""
    node = table.get(name, ("",))[0]
    return node if isinstance(node, str) else ""


def _as_property(node: Node) -> Property:
    return node if isinstance(node, str) else as_properties(node)


def _table(properties: Mapping[str, Property]) -> Table:
    return {name: _nodes(value) for name, value in properties.items()}


def _nodes(value: Property) -> tuple[Node, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_node(item) for item in value)
    return (_node(value),)


def _node(value: Property) -> Node:
    if isinstance(value, Mapping):
        return _table(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
