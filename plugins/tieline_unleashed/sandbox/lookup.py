"""Reading rows that other rows point at, each one once per request."""

from __future__ import annotations

from tieline_sandbox.state import Reader, Values

Row = tuple[str, Values]


class Lookup:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._rows: dict[tuple[str, str], Values | None] = {}

    def get(self, kind: str, guid: str) -> Values | None:
        """A row by its guid."""
        slot = (kind, guid)
        if slot not in self._rows:
            self._rows[slot] = self.reader.get(kind, guid)
        return self._rows[slot]

    def find(self, kind: str, field: str, value: str) -> Row | None:
        """The first row whose indexed field has this value."""
        return next(iter(self.reader.find(kind, field, value)), None)

    def value(self, kind: str, guid: str | None, field: str) -> str | None:
        """One field of a row; None when there is no row."""
        row = self.get(kind, guid) if guid else None
        return row.get(field) if row else None
