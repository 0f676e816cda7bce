"""Whole change streams, page by page: in order of the stamp and the record number, each page asked for from the place
where the one before ended.

An offset would be another query each time, and a row that moves between two of them is missed or met twice [D].
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tieline.contract import Cursor
from tieline_intacct import values
from tieline_intacct.functions import both, condition, either, query
from tieline_intacct.replies import Result, Row
from tieline_intacct.schema import Schema
from tieline_intacct.xml import Element

STAMP = "WHENMODIFIED"
NUMBER = "RECORDNO"
_DIGITS = 18
_HOUR = timedelta(hours=1)


class Scope(NamedTuple):
    """What to select of an object, and in pages of which size."""

    entity: str
    kind: str
    fields: tuple[str, ...]
    where: Element | None
    size: int


def stream(schema: Schema, scope: Scope, since: Cursor | None, zone: ZoneInfo) -> Iterator[list[Row]]:
    """At least one page. Rows without a stamp end a reading of everything."""
    beyond, seen, whole = _from(since, zone), 0, 0
    while True:
        result = _page(schema, scope, beyond, (STAMP, NUMBER))
        rows = result.rows()
        whole = whole or result.count("totalcount")
        seen += len(rows)
        yield rows
        if not _more(result, rows, scope.size):
            break
        beyond = _after(rows[-1])
    if since is None and seen < whole:
        yield _page(schema, scope, condition("isnull", STAMP), (NUMBER,)).rows()


def first_page(schema: Schema, scope: Scope, since: Cursor | None, zone: ZoneInfo) -> list[Row] | None:
    """The stream's first page, if that is all there is."""
    result = _page(schema, scope, _from(since, zone), (STAMP, NUMBER))
    rows = result.rows()
    whole = not _more(result, rows, scope.size) and result.count("totalcount") <= len(rows)
    return rows if whole else None


def everything(schema: Schema, scope: Scope) -> list[Row]:
    """Every row, in order of the record number, for what is read whole."""
    rows: list[Row] = []
    beyond: Element | None = None
    while True:
        result = _page(schema, scope, beyond, (NUMBER,))
        fresh = result.rows()
        rows += fresh
        if not _more(result, fresh, scope.size):
            return rows
        beyond = condition("greaterthan", NUMBER, fresh[-1][NUMBER])


def place(row: Row, zone: ZoneInfo) -> Cursor | None:
    """Where a row stands in the stream."""
    stamp = values.moment(row.get(STAMP, ""), zone)
    return Cursor(stamp, row.get(NUMBER, "").zfill(_DIGITS)) if stamp else None


def _page(schema: Schema, scope: Scope, beyond: Element | None, order: tuple[str, ...]) -> Result:
    make = partial(_query, schema, scope, both(scope.where, beyond), order)
    return schema.query(scope.entity, scope.kind, (*order, *scope.fields), make)


def _query(schema: Schema, scope: Scope, where: Element | None, order: tuple[str, ...], names: list[str]) -> Element:
    present = tuple(name for name in order if schema.has(scope.kind, name))
    return query(scope.kind, names, where, present, scope.size)


def _more(result: Result, rows: list[Row], size: int) -> bool:
    """Whether rows are left; the vendor says how many, and a full page is a sign where it does not."""
    if not rows:
        return False
    return result.count("numremaining") > 0 if result.attribute("numremaining") else len(rows) >= size


def _from(since: Cursor | None, zone: ZoneInfo) -> Element | None:
    if since is None:
        return None
    stamp = values.printed(_before_turning_back(since.stamp, zone), zone)
    number = since.key.lstrip("0")
    if not number.isdigit():
        return condition("greaterthanorequalto", STAMP, stamp)
    return _beyond(stamp, "greaterthanorequalto", number)


def _after(row: Row) -> Element | None:
    return _beyond(row.get(STAMP, ""), "greaterthan", row.get(NUMBER, ""))


def _beyond(stamp: str, operator: str, number: str) -> Element | None:
    same = both(condition("equalto", STAMP, stamp), condition(operator, NUMBER, number))
    return either(condition("greaterthan", STAMP, stamp), same)


def _before_turning_back(stamp: datetime, zone: ZoneInfo) -> datetime:
    """In the hour before a clock is put back, an hour earlier: later changes will print earlier times."""
    now, soon = stamp.astimezone(zone).utcoffset(), (stamp + _HOUR).astimezone(zone).utcoffset()
    return stamp - (now - soon) if now and soon and now > soon else stamp
