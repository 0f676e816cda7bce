"""Documents of all kinds in one question, as long as one page holds them.

They are one object to the vendor, and the host asks for each kind in turn. Each question is billed, and between two
looks there is hardly ever more than a page of changes: so the page is kept, and each kind takes its own from it, once.
What does not fit on a page is read kind by kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tieline.contract import Cursor
from tieline_intacct.functions import both, one_of
from tieline_intacct.gateway import Gateway
from tieline_intacct.paging import Scope, first_page
from tieline_intacct.replies import Row
from tieline_intacct.schema import Schema
from tieline_intacct.settings import Company
from tieline_intacct.xml import Element

KIND = "SODOCUMENT"
DEFINITION = "DOCPARID"
_LONG = timedelta(days=1)
_FRESH = 60.0  # seconds; the kinds are asked for one right after the other
_ALWAYS = (DEFINITION, "DOCNO", "TOTAL", "EXTERNALID")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What changed since a place, of one entity; `began` and `asked` tell when, by the vendor's clock and ours. `rows`
    is None where a page did not hold it all."""

    since: Cursor | None
    began: datetime
    asked: float
    fields: frozenset[str]
    rows: Sequence[Row] | None
    taken: set[str] = field(default_factory=set)

    def serves(self, name: str, since: Cursor | None, fields: frozenset[str], now: float) -> bool:
        reaches = self.since is None or (since is not None and self.since <= since)
        return name not in self.taken and reaches and fields <= self.fields and now - self.asked < _FRESH


class Shelves:
    """One shelf an entity."""

    def __init__(self, company: Company, gateway: Gateway, schema: Schema) -> None:
        self._company, self._gateway, self._schema = company, gateway, schema
        self._shelves: dict[str, Shelf] = {}
        self._fields: frozenset[str] = frozenset(_ALWAYS)
        self._definitions: dict[str, None] = {}
        self._large: set[str] = set()  # entities with more documents than a page holds

    def hold(self, definitions: Iterable[str]) -> None:
        """Documents of these definitions belong on the shelves."""
        self._definitions.update(dict.fromkeys(definitions))

    def take(
        self, name: str, entity: str, inside: Element | None, since: Cursor | None, fields: Iterable[str]
    ) -> Shelf | None:
        """The page that holds all kinds, for the kind `name`; None where it did not, or surely would not."""
        if self._is_much(entity, since):
            return None
        wanted, now = frozenset(fields), self._gateway.clock.monotonic()
        shelf = self._shelves.get(entity)
        if shelf is None or not shelf.serves(name, since, wanted, now):
            self._fields |= wanted
            shelf = self._fill(entity, inside, since, now)
            self._shelves[entity] = shelf
        shelf.taken.add(name)
        return shelf if shelf.rows is not None else None

    def _is_much(self, entity: str, since: Cursor | None) -> bool:
        """A reading that was left half-way or begins long ago: asking for all kinds would be a call for nothing."""
        if since is None:
            return entity in self._large
        return (self._gateway.now or self._gateway.clock.now()) - since.stamp > _LONG

    def _fill(self, entity: str, inside: Element | None, since: Cursor | None, now: float) -> Shelf:
        where = both(one_of(DEFINITION, tuple(self._definitions)), inside)
        scope = Scope(entity, KIND, tuple(sorted(self._fields)), where, self._company.page_size)
        rows = first_page(self._schema, scope, since, self._company.zone)
        if rows is None and since is None:
            self._large.add(entity)
        began = self._gateway.now or self._gateway.clock.now()
        return Shelf(since, began, now, self._fields, rows)
