"""One hardened way into XML: no document type, no entities, no network, a cap on size."""

from __future__ import annotations

from lxml import etree

from tieline.contract.errors import PermanentError

MAX_BYTES = 64 * 1024 * 1024


def parse(data: bytes, where: str, max_bytes: int = MAX_BYTES) -> etree._Element:
    """The root element. Raises PermanentError for what is no XML, too large, or brings a document type."""
    if len(data) > max_bytes:
        raise _refused(f"is larger than {max_bytes} bytes", where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(data)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise _refused(f"is no XML: {error.msg}", where) from None
    if root.getroottree().docinfo.internalDTD is not None:  # any document type declaration makes one
        raise _refused("carries a document type", where)
    return root


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element) -> list[etree._Element]:
    """The child elements alone, without entity references."""
    return [child for child in element if isinstance(child.tag, str)]


def _refused(what: str, where: str) -> PermanentError:
    return PermanentError(what, where=where, mend="Ask who sent it for well-formed XML.", code="xml")
