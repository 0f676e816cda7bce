"""What an opportunity is worth by its documents: the vendor's connector writes that back, and so do we.

A document made by a button names its opportunity in the external ID. All orders of an opportunity count; while there is
none, the newest quote does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from tieline.contract import Capabilities, Cursor, DeleteSource, Outcome, Page, Record, Refused, Shape, Write
from tieline_intacct import currencies, marks, values
from tieline_intacct.documents import EXTERNAL_ID
from tieline_intacct.functions import both, condition, either, one_of
from tieline_intacct.paging import STAMP, Scope, everything, place, stream
from tieline_intacct.replies import Row
from tieline_intacct.resource import Access, Resource
from tieline_intacct.shelves import DEFINITION, KIND
from tieline_intacct.xml import Element

AMOUNTS = f"{KIND}.opportunity"
OPPORTUNITY = "OPPORTUNITY"
_FIELDS = currencies.asked((DEFINITION, "DOCNO", "TOTAL", EXTERNAL_ID, STAMP), currencies.OF_DOCUMENT)
_PER_CALL = 50


class Amounts(Resource):
    """One record an opportunity, by its id in the org: `OPPORTUNITY` and `TOTAL`. Read only."""

    name = AMOUNTS
    kind = KIND
    key = EXTERNAL_ID
    creatable = updatable = deletable = False

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        named = access.company.definitions
        self._quotes, self._orders = named.quote, named.order

    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), deletes=DeleteSource.NONE, resumable=False)

    def where(self) -> Element | None:
        return one_of(DEFINITION, (*self._quotes, *self._orders))

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        """All of it on one page: opportunities with documents are few beside the documents."""
        changed, began = self._changed(entity, since)
        keys = list(dict.fromkeys(key for row in changed if (key := marks.opportunity(row.get(EXTERNAL_ID, "")))))
        known = changed if since is None else self._rows(entity, keys)
        records = sorted(self._records(known, shape), key=_stamp)
        last = max((where for row in changed if (where := place(row, self.company.zone))), default=None)
        yield Page(tuple(records), last, began)

    def _changed(self, entity: str, since: Cursor | None) -> tuple[list[Row], datetime]:
        shelf = self.access.shelves.take(self.name, entity, self.inside(entity), since, _FIELDS)
        if shelf is not None:
            kinds = (*self._quotes, *self._orders)
            return [row for row in shelf.rows or () if row.get(DEFINITION) in kinds], shelf.began
        named = condition("like", EXTERNAL_ID, f"{marks.OPPORTUNITY_PREFIX}%")
        rows, began = [], None
        for page in stream(self.schema, self._scope(entity, named), since, self.company.zone):
            began = began or self.gateway.now
            rows += page
        return rows, began or self.gateway.clock.now()

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> dict[str, Record | None]:
        found = {record.key: record for record in self._records(self._rows(entity, keys), shape)}
        return {key: found.get(key) for key in keys}

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> dict[str, Record]:  # noqa: ARG002 - the same door
        return {}

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:  # noqa: ARG002 - the same door
        return [Refused("amounts come from documents; change those", code="unsupported") for _ in batch]

    def _scope(self, entity: str, where: Element | None) -> Scope:
        return Scope(entity, KIND, _FIELDS, both(self.where(), self.inside(entity), where), self.size)

    def _rows(self, entity: str, keys: Sequence[str]) -> list[Row]:
        wanted = [key for key in dict.fromkeys(keys) if key]
        rows: list[Row] = []
        for start in range(0, len(wanted), _PER_CALL):
            part = wanted[start : start + _PER_CALL]
            named = either(*(condition("like", EXTERNAL_ID, f"{key}%") for key in part))
            rows += everything(self.schema, self._scope(entity, named))
        return rows

    def _records(self, rows: Sequence[Row], shape: Shape) -> list[Record]:
        grouped: dict[str, list[Row]] = {}
        for row in rows:
            grouped.setdefault(marks.opportunity(row.get(EXTERNAL_ID, "")), []).append(row)
        return [self._amount(key, made, shape) for key, made in grouped.items() if key]

    def _amount(self, key: str, made: Sequence[Row], shape: Shape) -> Record:
        stamps = [stamp for row in made if (stamp := values.moment(row.get(STAMP, ""), self.company.zone))]
        stamp = max(stamps, default=None)
        held: Mapping[str, str | Decimal] = {OPPORTUNITY: key, "TOTAL": self._total(made)}
        fields = {name: held[name] for name in shape.fields if name in held}
        return Record(key, fields, f"{stamp:%Y%m%d%H%M%S}" if stamp else "", stamp)

    def _total(self, made: Sequence[Row]) -> Decimal:
        orders = [_number(row) for row in made if row.get(DEFINITION) in self._orders]
        if orders:
            return sum(orders, Decimal(0))
        return _number(max(made, key=_number_of_document))


def _number(row: Row) -> Decimal:
    """In the document's currency, which is the opportunity's."""
    try:
        return Decimal(currencies.own(row, currencies.OF_DOCUMENT).get("TOTAL") or 0)
    except InvalidOperation:
        return Decimal(0)


def _number_of_document(row: Row) -> int:
    told = row.get("RECORDNO", "")
    return int(told) if told.isdigit() else 0


def _stamp(record: Record) -> tuple[float, str]:
    return (record.stamp.timestamp() if record.stamp else 0.0, record.key)
