"""Sales orders and their lines: read as they are, created whole with the caller's totals, never changed from here."""

# ruff: noqa: ARG002 - the same door as a resource

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from tieline.contract import Capabilities, DeleteSource, Gone, Idempotency, Outcome, Record, Refused, Shape, Write
from tieline_unleashed import members
from tieline_unleashed.dates import day_filter, milliseconds
from tieline_unleashed.embedded import Embedded
from tieline_unleashed.guids import guid, pair
from tieline_unleashed.paging import Json, read_list, stamp_of
from tieline_unleashed.resource import Resource

LINES = "SalesOrderLines"
ORDER = "SalesOrder.Guid"
DELETED = "Deleted"


class SalesOrders(Resource):
    """A deleted order stays readable with the status Deleted; lists leave it out unless asked for [V]."""

    name = "SalesOrders"
    deletes = DeleteSource.FEED
    updatable = False
    records_leave = True

    def is_deleted(self, item: Json) -> bool:
        return item.get("OrderStatus") == DELETED

    def children(self, item: Json, shape: Shape) -> dict[str, tuple[Record, ...]]:
        rows = item.get(LINES)
        inside = [embedded for embedded in shape.embedded if embedded.object == LINES]
        if not isinstance(rows, list) or not inside:
            return {}
        shown = (row for row in rows if isinstance(row, dict) and guid(row.get("Guid")))
        return {LINES: tuple(line_record(item, row, inside[0]) for row in shown)}

    def create_body(self, key: str, write: Write) -> dict[str, Any]:
        """Lines come as `Write.children`; which totals are required varies [P], so all are sent."""
        lines = [
            members.plant({}, {name: told for name, told in line.items() if told is not None})
            for line in write.children.get(LINES, ())
        ]
        return {**super().create_body(key, write), LINES: lines}

    def deleted(self, since: datetime) -> Iterator[Gone]:
        query = [("orderStatus", DELETED), ("modifiedSince", day_filter(since))]
        listing = read_list(
            self.wire, self.name, query, self.access.page_size, lambda item: guid(item.get("Guid"))
        )  # fmt: skip
        for key, item in listing.items.items():
            at = stamp_of(item)
            if at is None or at >= since:
                yield Gone(key, at)


class SalesOrderLines(Embedded):
    """Lines come and go with their order."""

    name = LINES

    def capabilities(self) -> Capabilities:
        return replace(
            self.outer.capabilities(), idempotency=Idempotency.NONE, deletes=DeleteSource.NONE, creatable=False
        )

    def write(self, shape: Shape, write: Write) -> Outcome:
        return Refused(f"an order's lines cannot be {write.operation}d alone; change the order", code="unsupported")


def line_record(order: Json, row: Json, shape: Shape) -> Record:
    parent, own = guid(order.get("Guid")), guid(row.get("Guid"))
    stamp = stamp_of(order)
    fields = members.values(row, (name for name in shape.fields if name != ORDER))
    return Record(
        key=pair(parent, own),
        fields={**fields, ORDER: parent} if ORDER in shape.fields else fields,
        version=milliseconds(stamp) if stamp else "",
        stamp=stamp,
        parent=parent,
    )
