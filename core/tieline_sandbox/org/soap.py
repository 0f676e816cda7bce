"""SOAP envelopes: read by local names, written as the service writes them."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.tree import BadXml, elements, local, parse_root
from tieline_sandbox.wire import Response

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PARTNER = "urn:partner.soap.sforce.com"
PARTNER_FAULT = "urn:fault.partner.soap.sforce.com"
METADATA = "http://soap.sforce.com/2006/04/metadata"
_HEADERS = (("Content-Type", "text/xml; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class SoapCall:
    """The first child of Body decides what is asked, never SOAPAction."""

    operation: str
    body: etree._Element
    session: str


def read(data: bytes) -> SoapCall:
    """OrgError when it is no envelope."""
    try:
        root = parse_root(data)
    except BadXml as error:
        raise OrgError("INVALID_TYPE", f"Error parsing the SOAP envelope: {error}") from None
    parts = {local(each): each for each in elements(root)}
    inner = elements(parts["Body"]) if "Body" in parts else []
    if local(root) != "Envelope" or not inner:
        raise OrgError("INVALID_TYPE", "The request is no SOAP envelope with a call in its body")
    return SoapCall(local(inner[0]), inner[0], _session(parts.get("Header")))


def _session(header: etree._Element | None) -> str:
    for element in header.iter() if header is not None else ():
        if isinstance(element.tag, str) and local(element) == "sessionId":
            return (element.text or "").strip()
    return ""


def text_of(element: etree._Element, name: str) -> str | None:
    """The text of the first child of that name."""
    return next((element_text(each) for each in elements(element) if local(each) == name), None)


def element_text(element: etree._Element) -> str:
    return (element.text or "").strip()


def envelope(inner: str, namespace: str) -> Response:
    """A result; its own elements carry no prefix and no attributes of the envelope."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns="{namespace}"'
        f' xmlns:xsi="{XSI}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>'
    )
    return Response(200, _HEADERS, body.encode("utf-8", "replace"))


def fault(error: OrgError, namespace: str = METADATA) -> Response:
    """A 500 with the literal prefix `sf`, as clients look for it."""
    code, text = escape(error.code), escape(printable(error.message))
    partner = namespace == PARTNER
    detail = (
        f'<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{text}</sf:exceptionMessage></sf:LoginFault></detail>"
        if partner
        else ""
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}"'
        f' xmlns:sf="{PARTNER_FAULT if partner else namespace}" xmlns:xsi="{XSI}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {text}</faultstring>{detail}"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return Response(500, _HEADERS, body.encode("utf-8", "replace"))


def tag(name: str, value: str | bool | int | None) -> str:
    """One element; None is left out."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else escape(printable(str(value)))
    return f"<{name}>{text}</{name}>"


def printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(char if char >= " " or char in "\t\n\r" else "\ufffd" for char in text)
