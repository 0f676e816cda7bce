"""Checks components against the metadata types that simple-salesforce ships, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from lxml import etree

from tieline.contract.component import Component
from tieline.package.canonical import Node, Table, of_component
from tieline.xml import parse

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_PLAIN = {"boolean": frozenset({"true", "false"})}


@dataclass(frozen=True, slots=True)
class MetadataTypes:
    """Complex types: element name -> type name. Enumerations: the words allowed."""

    elements: Mapping[str, Mapping[str, str]]
    words: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def metadata_types() -> MetadataTypes:
    """Read once; 1.5 MB."""
    data = files("simple_salesforce").joinpath("metadata.wsdl").read_bytes()
    root = parse(data, "metadata.wsdl")
    parents: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {}
    for found in root.iter(f"{_XSD}complexType"):
        name = found.get("name")
        if name:
            own[name] = {each.get("name", ""): _local(each.get("type", "")) for each in found.iter(f"{_XSD}element")}
            parents[name] = _base(found)
    elements = {name: {**own.get(parents.get(name, ""), {}), **inner} for name, inner in own.items()}
    return MetadataTypes(elements, {**_PLAIN, **dict(_enumerations(root))})


def _base(found: etree._Element) -> str:
    return next((_local(each.get("base", "")) for each in found.iter(f"{_XSD}extension")), "")


def _enumerations(root: etree._Element) -> Iterator[tuple[str, frozenset[str]]]:
    for found in root.iter(f"{_XSD}simpleType"):
        words = frozenset(each.get("value", "") for each in found.iter(f"{_XSD}enumeration"))
        if words:
            yield found.get("name", ""), words


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def problems(component: Component) -> Iterator[str]:
    """Sentences about elements and words the metadata API does not know."""
    types = metadata_types()
    if component.kind not in types.elements:
        yield f"{component.name}: {component.kind} is no kind of metadata"
        return
    yield from _table(types, component.kind, of_component(component), f"{component.kind} {component.name}")


def _table(types: MetadataTypes, kind: str, table: Table, where: str) -> Iterator[str]:
    known = types.elements[kind]
    for name, nodes in table.items():
        if name not in known:
            yield f"{where}: {kind} has no element {name}"
            continue
        for node in nodes:
            yield from _node(types, known[name], node, f"{where}.{name}")


def _node(types: MetadataTypes, kind: str, node: Node, where: str) -> Iterator[str]:
    if not isinstance(node, str):
        yield from _table(types, kind, node, where) if kind in types.elements else (f"{where}: must be a {kind}",)
    elif kind in types.elements:
        if node:  # an empty element is read as a text
            yield f"{where}: must be a {kind}, not a text"
    elif kind == "int" and not node.lstrip("-").isdigit():
        yield f"{where}: {node!r} is no whole number"
    elif kind in types.words and node not in types.words[kind]:
        yield f"{where}: {node!r} is no {kind}"
