"""retrievepdf: a document as a page to print, the plainest there is [D]."""

from __future__ import annotations

from base64 import b64encode

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.documents import transactions
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.scope import Scope

_OBJECTS = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
    "{content}",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def retrieve(scope: Scope, element: Element) -> list[Element]:
    """Raises Refused for a document that is not there."""
    asked = elements.child(element, transactions.DOCUMENT)
    document = transactions.document_of(scope, elements.text_of(asked, "DOCID") if asked is not None else "")
    words = (
        f"{document.get('DOCID')}  {document.get('CUSTVENDID')}  {document.get('TRX_TOTAL')} {document.get('CURRENCY')}"
    )
    data = elements.make("data")
    elements.add(data, "pdfdata", b64encode(_page(words)).decode())
    return [data]


def _page(words: str) -> bytes:
    shown = "".join(character for character in words if character.isascii() and character not in "()\\")
    stream = f"BT /F 12 Tf 72 770 Td ({shown}) Tj ET"
    content = f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(_OBJECTS, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text.replace('{content}', content)}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(places) + 1
    head = f"xref\n0 {count}\n0000000000 65535 f \n{table}"
    tail = f"{head}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + tail).encode("ascii")
