"""Metadata XML as plain values: an element is its text, or a table of lists of elements.

Parsing is hardened: no document type, no entities, no network, a cap on size and depth.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

Node: TypeAlias = "str | dict[str, list[Any]]"
Body: TypeAlias = "dict[str, list[Any]]"

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MAX_BYTES = 64 * 1024 * 1024
_MAX_DEPTH = 60
_DEFAULT: Any = {None: NAMESPACE}  # the stubs know no default namespace


class BadXml(Exception):
    """XML that is not taken; the text says why, `line` where."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def parse_root(data: bytes) -> etree._Element:
    """The root element of a document; BadXml otherwise."""
    if len(data) > MAX_BYTES:
        raise BadXml("the document is too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(data)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise BadXml(str(error.msg), error.lineno or 1) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadXml("a document type declaration is not allowed")
    return root


def local(element: etree._Element) -> str:
    """An element's name without prefix and namespace."""
    return etree.QName(element).localname


def elements(parent: etree._Element) -> list[etree._Element]:
    """The child elements, without entity references and the like."""
    return [each for each in parent if isinstance(each.tag, str)]


def read(element: etree._Element, depth: int = 0) -> Node:
    """An element as text or table; attributes do not count."""
    if depth > _MAX_DEPTH:
        raise BadXml("elements are nested too deep")
    inner = elements(element)
    if not inner:
        return "" if element.get(f"{{{XSI}}}nil") in ("true", "1") else (element.text or "").strip()
    table: Body = {}
    for each in inner:
        table.setdefault(local(each), []).append(read(each, depth + 1))
    return table


def read_body(element: etree._Element) -> Body:
    """An element that must be a table; an empty one is an empty table."""
    value = read(element)
    return value if isinstance(value, dict) else {}


def one(body: Body, name: str, default: str = "") -> str:
    """The first text under a name."""
    value = body.get(name, [default])[0]
    return value if isinstance(value, str) else default


def flag(body: Body, name: str, default: bool = False) -> bool:
    """Booleans come in any case: `True`, `false`, `1`."""
    text = one(body, name).casefold()
    return default if not text else text in ("true", "1")


def tables(body: Body, name: str) -> list[Body]:
    return [each for each in body.get(name, []) if isinstance(each, dict)]


def below(body: Body, *path: str) -> list[Body]:
    """All tables at the end of a path of elements."""
    found = [body]
    for name in path:
        found = [each for table in found for each in tables(table, name)]
    return found


def texts(body: Body, name: str) -> list[str]:
    return [each for each in body.get(name, []) if isinstance(each, str)]


def ordered(body: Body) -> list[tuple[str, Node]]:
    """The pairs in the order the service writes them: fullName first, then by name."""
    names = sorted(body, key=lambda name: (name != "fullName", name))
    return [(name, node) for name in names for node in body[name]]


def attach(parent: etree._Element, body: Body, namespace: str = NAMESPACE) -> None:
    """Write a table as child elements."""
    for name, node in ordered(body):
        child = etree.SubElement(parent, f"{{{namespace}}}{name}")
        if isinstance(node, dict):
            attach(child, node, namespace)
        else:
            child.text = node


def document(kind: str, body: Body) -> bytes:
    """A metadata file."""
    root = etree.Element(f"{{{NAMESPACE}}}{kind}", nsmap=_DEFAULT)
    attach(root, body)
    etree.indent(root, space="    ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
