"""Lines that a record owns and brings along when it is read whole [D]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tieline_intacct.sandbox.catalogue import Catalogue, Kind
from tieline_intacct.sandbox.rows import Row
from tieline_sandbox.state import Reader

_OWNED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "SODOCUMENT": {
        "SODOCUMENTENTRIES": ("SODOCUMENTENTRY", "DOCHDRID"),
        "SUBTOTALS": ("SODOCUMENTSUBTOTALS", "DOCHDRID"),
    },
    "ARINVOICE": {"ARINVOICEITEMS": ("ARINVOICEITEM", "RECORDKEY")},
}


def owned_lines(row: Row) -> dict[str, Any]:
    """Each collection by name, its lines in lower-case elements [D]."""
    found: dict[str, Any] = {}
    for name, (kind, field) in _OWNED.get(row.kind.name, {}).items():
        key = row.ident if row.catalogue[kind].fields[field].kind is Kind.INTEGER else row.get(row.kind.key) or ""
        lines = list(lines_of(row.reader, row.catalogue, kind, field, key))
        found[name] = {kind.lower(): [_cells(line) for line in lines]}
    return found


def lines_of(reader: Reader, catalogue: Catalogue, kind: str, field: str, key: str) -> Iterator[Row]:
    """The lines of one record in the order of their numbers."""
    rows = [Row(reader, catalogue, catalogue[kind], *found) for found in reader.find(kind, field, key)]
    yield from sorted(rows, key=lambda line: int(line.get("LINE_NO") or 0))


def _cells(line: Row) -> dict[str, str | None]:
    return {name: line.get(name) for name in line.kind.fields}
