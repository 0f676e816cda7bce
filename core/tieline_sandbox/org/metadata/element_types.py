"""Which elements a metadata file may hold, by the service's own description of its types.

The description is the Metadata API's WSDL (v63.0), which simple-salesforce ships as a file. Newer elements than that
are refused, as an older org would refuse them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from lxml import etree

from tieline_sandbox.org.metadata.tree import NAMESPACE, XSI, BadXml, elements, local, parse_root

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class _Element:
    """`type` is the local name of its type, `many` whether it may be there more than once."""

    type: str
    many: bool


@dataclass(frozen=True, slots=True)
class _Types:
    complex: Mapping[str, Mapping[str, _Element]]
    enums: Mapping[str, frozenset[str]]


def check_elements(element: etree._Element, type_name: str, depth: int = 0) -> None:
    """BadXml, with the line, when an element, a choice or a flag in it is not one of the type's (texts [K])."""
    known = _types().complex.get(type_name)
    if known is None:
        _check_text(element, type_name)
        return
    if depth > _MAX_DEPTH:
        raise BadXml("elements are nested too deep", _line(element))
    seen: set[str] = set()
    for each in elements(element):
        name = local(each)
        found = known.get(name)
        if found is None or (name in seen and not found.many):
            fault = "is duplicated" if found else "invalid"
            raise BadXml(f"Element {{{NAMESPACE}}}{name} {fault} at this location in type {type_name}", _line(each))
        seen.add(name)
        check_elements(each, found.type, depth + 1)


def _check_text(element: etree._Element, type_name: str) -> None:
    text = (element.text or "").strip()
    if element.get(f"{{{XSI}}}nil") or not text:
        return
    allowed = _types().enums.get(type_name)
    if allowed is not None and text not in allowed:
        raise BadXml(f"'{text[:100]}' is not a valid value for the enum '{type_name}'", _line(element))
    # Clients send True and 1 as well. [C]
    if type_name == "boolean" and text.casefold() not in ("true", "false", "1", "0"):
        raise BadXml(f"'{text[:100]}' is not a valid value for the type xsd:boolean", _line(element))


def _line(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 1


@lru_cache(maxsize=1)
def _types() -> _Types:
    root = parse_root(files("simple_salesforce").joinpath("metadata.wsdl").read_bytes())
    raw = {each.get("name", ""): each for each in root.iter(f"{_XSD}complexType")}
    complex_types = {name: dict(_elements(raw, name)) for name in raw if name}
    enums = {
        str(each.get("name")): frozenset(str(value.get("value")) for value in each.iter(f"{_XSD}enumeration"))
        for each in root.iter(f"{_XSD}simpleType")
    }
    return _Types(complex_types, {name: values for name, values in enums.items() if values})


def _elements(raw: Mapping[str, etree._Element], name: str) -> Iterator[tuple[str, _Element]]:
    """A type's elements, those of the types it extends first."""
    for extension in raw[name].iter(f"{_XSD}extension"):
        base = _local_type(extension.get("base"))
        if base in raw:
            yield from _elements(raw, base)
    for each in raw[name].iter(f"{_XSD}element"):
        many = each.get("maxOccurs", "1") not in ("0", "1")
        yield str(each.get("name")), _Element(_local_type(each.get("type")), many)


def _local_type(name: str | None) -> str:
    return (name or "").rpartition(":")[2]
