"""Replies in JSON and CSV: the bare records, without an envelope and without a status [D]."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import query_failed

XML, JSON, CSV = "xml", "json", "csv"
TYPES: Mapping[str, str] = {JSON: "application/json; charset=UTF-8", CSV: "text/csv; charset=UTF-8"}
"""Which content types the vendor sends was not found [I]."""


def check(text: str) -> None:
    """Raises Refused."""
    if text.lower() not in ("", XML, *TYPES):
        raise query_failed(f"returnformat must be {XML}, {JSON} or {CSV}; it is {text}")


def wanted(functions: Sequence[Element]) -> str:
    """What the reply shall be in: of several functions always XML [I]."""
    if len(functions) != 1:
        return XML
    options = elements.child(functions[0], "options")
    asked = elements.text_of(functions[0], "returnFormat")
    return ((elements.text_of(options, "returnformat") if options is not None else "") or asked or XML).lower()


def bare(form: str, response: Element) -> bytes | None:
    """The records of a reply in JSON or CSV; None for a failure, which stays in XML [I]."""
    data = response.find("operation/result/data")
    if form not in TYPES or data is None or response.findtext("operation/result/status") != "success":
        return None
    records = [_nested(record) for record in elements.children(data)]
    if form == JSON:
        return json.dumps(records, ensure_ascii=False, indent=4).encode()
    return _table([dict(elements.leaves(record)) for record in elements.children(data)]).encode()


def _nested(element: Element) -> Any:
    inside = elements.children(element)
    return {str(each.tag): _nested(each) for each in inside} if inside else element.text or ""


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
