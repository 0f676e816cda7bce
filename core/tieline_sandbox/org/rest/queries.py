"""`/query`, `/queryAll` and their pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from tieline_sandbox.org import ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.rest import columns
from tieline_sandbox.org.rest.answers import flag, params
from tieline_sandbox.org.soql.parse import parse
from tieline_sandbox.org.soql.run import Runner
from tieline_sandbox.org.soql.tree import Query
from tieline_sandbox.state import Reader
from tieline_sandbox.wire import Response, json_response

_LIFE = timedelta(days=2)
_MAX_OPEN = 500
_LOCATOR = re.compile(r"(01g\w{12}(?:\w{3})?)-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """An open result: what was asked and the ids found; shown page by page."""

    query: Query
    idents: list[str]
    page: int
    user_id: str
    opened: datetime


class Cursors:
    """Open results of the org, in memory: the real ones live two days, a restart here ends them."""

    def __init__(self) -> None:
        self._open: dict[str, Cursor] = {}
        self._number = 0
        self._lock = Lock()

    def add(self, cursor: Cursor) -> str:
        with self._lock:
            self._number += 1
            if len(self._open) >= _MAX_OPEN:
                self._open.pop(next(iter(self._open)))
            ident = ids.make("01g", f"{int(cursor.opened.timestamp()) % 100000:05d}", self._number)
            self._open[ident] = cursor
            return ident

    def get(self, ident: str, call: Call) -> Cursor:
        cursor = self._open.get(ids.full(ident) or "")
        late = cursor is not None and call.org.clock.now() - cursor.opened > _LIFE
        if cursor is None or late or cursor.user_id != call.caller.user_id:
            raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return cursor


def runner(call: Call, reader: Reader, include_deleted: bool = False) -> Runner:
    now = call.org.clock.now()
    return Runner(call.schema, call.access, reader, now, call.data, call.org.access, include_deleted)


def query(call: Call, cursors: Cursors, include_deleted: bool = False) -> Response:
    """`?q=`: the first page."""
    given = params(call.request)
    if "q" not in given:
        raise OrgError("MALFORMED_QUERY", "A query string has to be specified")
    asked = parse(given["q"])
    call.parsed("queryAll" if include_deleted else "query", asked.object)
    with call.reading() as reader:
        run = runner(call, reader, include_deleted)
        if flag(given, "columns"):
            return json_response(200, columns.describe(run, asked))
        return json_response(200, first_page(call, cursors, run, asked))


def first_page(call: Call, cursors: Cursors, run: Runner, asked: Query) -> dict[str, Any]:
    found = run.run(asked)
    if found.records is not None:
        return {"totalSize": found.total, "done": True, "records": found.records}
    page = min(found.page, _batch(call))
    answer: dict[str, Any] = {"totalSize": found.total, "done": len(found.idents) <= page}
    if not answer["done"]:
        cursor = Cursor(asked, found.idents, page, call.caller.user_id, call.org.clock.now())
        answer["nextRecordsUrl"] = f"{call.data}/query/{cursors.add(cursor)[:15]}-{page}"
    return {**answer, "records": run.show(asked, found.idents[:page]) if found.idents else []}


def _batch(call: Call) -> int:
    """The hint `Sforce-Query-Options: batchSize=N`, between 200 and 2000; here it is taken."""
    match = re.search(r"batchSize\s*=\s*(\d{1,6})", call.request.header("Sforce-Query-Options"), re.IGNORECASE)
    return min(max(int(match[1]), 200), 2000) if match else 2000


def more(call: Call, cursors: Cursors, locator: str) -> Response:
    """A further page, wherever the client asks for it."""
    match = _LOCATOR.fullmatch(locator)
    if match is None:
        raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
    call.parsed("queryMore", key=locator)
    cursor, start = cursors.get(match[1], call), int(match[2])
    if start >= len(cursor.idents):
        raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
    end = start + cursor.page
    answer: dict[str, Any] = {"totalSize": len(cursor.idents), "done": end >= len(cursor.idents)}
    if not answer["done"]:
        answer["nextRecordsUrl"] = f"{call.data}/query/{match[1][:15]}-{end}"
    with call.reading() as reader:
        records = runner(call, reader, True).show(cursor.query, cursor.idents[start:end])
    return json_response(200, {**answer, "records": records})
