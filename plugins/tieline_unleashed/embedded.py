"""Records inside others: contacts in customers, lines in orders. Their key is `<outer guid>/<own guid>`, so that they
can be read again: the vendor has no way to ask for one by its own guid alone."""

# ruff: noqa: ARG002 - the same door as a resource

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tieline.contract import Cursor, Gone, Page, Record, Shape
from tieline_unleashed.guids import guid, unpair
from tieline_unleashed.resource import Resource, paged


class Embedded:
    """Reads rows through the resource that holds them; a row's stamp is that of its record."""

    name: str

    def __init__(self, outer: Resource) -> None:
        self.outer = outer
        self.access = outer.access
        self.wire = outer.wire

    def pages(self, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        around = self._around(shape)
        listing = self.outer.listing(around, since)
        rows: list[Record] = []
        for item in listing.items.values():
            rows += self.outer.children(self.outer.listed(item, around), around).get(self.name, ())
        return paged(rows, listing.as_of, since, self.access.page_size)

    def read(self, shape: Shape, keys: Sequence[str]) -> dict[str, Record | None]:
        """A record that holds several of the keys is read once."""
        inside: dict[str, dict[str, Record]] = {}
        found: dict[str, Record | None] = {}
        for key in keys:
            outer, own = unpair(key)
            if outer not in inside:
                inside[outer] = self._rows(shape, outer)
            found[key] = inside[outer].get(own)
        return found

    def find(self, shape: Shape, markers: Sequence[str]) -> dict[str, Record]:
        """Markers are rows' own guids, or whole keys. Own guids alone can be found in a full read only."""
        whole = [marker for marker in markers if all(unpair(marker))]
        found = {marker: record for marker, record in self.read(shape, whole).items() if record is not None}
        alone = {guid(marker): marker for marker in markers if guid(marker)}
        for page in self.pages(shape, None) if alone else ():
            found |= {alone[own]: record for record in page.records if (own := unpair(record.key)[1]) in alone}
        return found

    def deleted(self, since: datetime) -> Iterator[Gone]:
        """A row that is gone is missing from its record's full set."""
        return iter(())

    def _rows(self, shape: Shape, outer: str) -> dict[str, Record]:
        record = self.outer.read_one(self._around(shape), outer)
        rows = record.children.get(self.name, ()) if record and not record.deleted else ()
        return {unpair(row.key)[1]: row for row in rows}

    def _around(self, shape: Shape) -> Shape:
        return Shape(self.outer.name, (), (shape,))
