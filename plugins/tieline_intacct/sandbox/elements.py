"""XML in and out: one hardened way in, and elements that carry any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotXml(Exception):
    """The body does not parse, or brings a document type; the text gives line and column."""


def read(body: bytes) -> Element:
    """The root. No entities, no network, no document type. Raises NotXml."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(body)
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotXml(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXml("a document type is not allowed, line 1, column 1")
    return root


def children(element: Element) -> list[Element]:
    return [child for child in element if isinstance(child.tag, str)]


def child(element: Element, name: str) -> Element | None:
    return next((each for each in children(element) if each.tag == name), None)


def text(element: Element | None) -> str:
    """All text below, without the blanks around it; empty for nothing."""
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def text_of(element: Element, name: str) -> str:
    return text(child(element, name))


def leaves(element: Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf below with its dotted path and its text as it stands."""
    for each in children(element):
        path = f"{prefix}{each.tag}"
        if children(each):
            yield from leaves(each, f"{path}.")
        else:
            yield path, each.text or ""


def make(name: str, value: str | None = None, **attributes: str) -> Element:
    element = etree.Element(name, attributes)
    element.text = clean(value)
    return element


def add(parent: Element, name: str, value: str | None = None, **attributes: str) -> Element:
    element = etree.SubElement(parent, name, attributes)
    element.text = clean(value)
    return element


def clean(value: str | None) -> str | None:
    """XML cannot carry everything that a person's edit can hold."""
    return _ILLEGAL.sub("\ufffd", value) if value else None


def tree(parent: Element, values: Mapping[str, Any]) -> None:
    """Nested values as nested elements; a list repeats its element."""
    for name, value in values.items():
        for each in value if isinstance(value, Sequence) and not isinstance(value, str) else [value]:
            if isinstance(each, Mapping):
                tree(add(parent, name), each)
            else:
                add(parent, name, each)


def write(root: Element, *, spaced: bool = False) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=spaced)
