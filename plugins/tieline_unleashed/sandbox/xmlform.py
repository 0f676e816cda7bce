"""XML, the vendor's other form, in its namespace [V].

How lists and empty values look in XML was not seen on a vendor page [P]: a list is an element of the resource's name
with the rows right below it, an empty value carries `nil`, dates are ISO.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from tieline_unleashed.sandbox.dates import to_text
from tieline_unleashed.sandbox.jsonform import exact

NAMESPACE = "http://api.unleashedsoftware.com/version/1"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{INSTANCE}}}nil"
_ROW_NAMES = {
    "Addresses": "Address",
    "Contacts": "Contact",
    "SalesOrderLines": "SalesOrderLine",
    "SalesOrders": "SalesOrder",
    "SerialNumbers": "SerialNumber",
    "BatchNumbers": "BatchNumber",
}
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> bool:
    """Whether XML can carry the text."""
    return _ILLEGAL.search(text) is None


def read(body: bytes) -> Any:
    """An element as dict, text or None; names repeated become a list. Raises ValueError, also for any DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        parser.feed(body)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type is not allowed")
    return _value(root)


def write(tree: dict[str, Any], root_name: str, row_name: str = "Item") -> bytes:
    """`row_name` names the rows of a list, e.g. `Customer` below `Customers`."""
    prefixes: Any = {None: NAMESPACE, "i": INSTANCE}  # None: the default namespace
    root = etree.Element(f"{{{NAMESPACE}}}{root_name}", nsmap=prefixes)
    for name, value in tree.items():
        if name == "Items" and isinstance(value, list):
            for row in value:
                _append(root, row_name, row)
        else:
            _append(root, name, value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _value(element: etree._Element) -> Any:
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return None if element.get(_NIL) == "true" else element.text
    found: dict[str, Any] = {}
    for child in children:
        name, value = etree.QName(child).localname, _value(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _append(parent: etree._Element, name: str, value: Any) -> None:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if isinstance(value, dict):
        for part, inner in value.items():
            _append(element, part, inner)
    elif isinstance(value, list):
        for row in value:
            _append(element, _ROW_NAMES.get(name, "Item"), row)
    elif value is None:
        element.set(_NIL, "true")
    else:
        element.text = _ILLEGAL.sub("\ufffd", _text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return exact(value)
    return to_text(value) if isinstance(value, datetime) else str(value)
