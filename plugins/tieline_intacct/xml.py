"""XML in and out. What comes in is read without document types, entities or the network; what goes out is escaped by
the library, so an ampersand or an emoji in a name cannot break a request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

Element = etree._Element  # noqa: SLF001 - the public name of the type
MAX_BYTES = 64 * 1024 * 1024
_CANNOT_TRAVEL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Garbage(ValueError):
    """What came is no reply of the gateway: a page for browsers, a part of a reply, nothing."""


def parse(data: bytes) -> Element:
    """The root element. Raises Garbage."""
    if len(data) > MAX_BYTES:
        raise Garbage(f"more than {MAX_BYTES} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(data)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise Garbage(error.msg or "no XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Garbage("a document type")
    return root


def written(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def element(name: str, *inside: Element | None, text: str | None = None, **attributes: str) -> Element:
    """An element with children (None is left out) or text."""
    made = etree.Element(name, attributes)
    made.text = None if text is None else sendable(text)
    made.extend(child for child in inside if child is not None)
    return made


def sendable(text: str) -> str:
    """Without the few characters that XML cannot carry in any form (control characters, half an emoji)."""
    return _CANNOT_TRAVEL.sub("", text)


def children(parent: Element | None) -> Iterator[Element]:
    """Child elements alone; one and many look the same."""
    if parent is not None:
        yield from (child for child in parent if isinstance(child.tag, str))


def child(parent: Element | None, name: str) -> Element | None:
    return next((one for one in children(parent) if one.tag == name), None)


def text(parent: Element | None, name: str) -> str:
    """A child's text without outer blanks; empty when there is none."""
    found = child(parent, name)
    return "" if found is None else inner(found)


def inner(one: Element) -> str:
    return "".join(str(part) for part in one.itertext()).strip()
