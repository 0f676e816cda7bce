"""Running queries: pages behind locators, rows one by one, lists too long for one address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tieline.contract import HttpResponse
from tieline.org.errors import http_date
from tieline.org.session import Session
from tieline.org.soql import lists

PAGE_SIZE = 2000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of rows and the server's time when it was made (ours when it did not tell)."""

    rows: list[Row]
    at: datetime


class Queries:
    def __init__(self, session: Session) -> None:
        self._session = session

    def pages(self, soql: str, *, deleted: bool = False) -> Iterator[Answer]:
        """At least one page. `deleted` sees the recycle bin too. Raises INVALID_QUERY_LOCATOR (PermanentError) when
        the org forgot the rest."""
        path = self._session.data("queryAll" if deleted else "query")
        options = {"Sforce-Query-Options": f"batchSize={PAGE_SIZE}"}
        answer = self._session.get(path, {"q": soql}, options)
        while True:
            document = answer.json()
            yield Answer(document["records"], self._time(answer))
            if document.get("done", True):
                return
            answer = self._session.get(self._session.local(document["nextRecordsUrl"]), headers=options)

    def rows(self, soql: str, *, deleted: bool = False) -> Iterator[Row]:
        for answer in self.pages(soql, deleted=deleted):
            yield from answer.rows

    def rows_for(self, values: Iterable[str], soql: Callable[[list[str]], str]) -> Iterator[Row]:
        """Rows of one query per list of values, each short enough for an address."""
        for part in lists(dict.fromkeys(values)):
            yield from self.rows(soql(part))

    def whole(self, children: Row | None) -> Iterator[Row]:
        """All rows of a sub-select: those given with the parent, then those behind its locator."""
        document = children
        while document:
            yield from document["records"]
            more = None if document.get("done", True) else document.get("nextRecordsUrl")
            document = self._session.read(self._session.local(more)) if more else None

    def _time(self, answer: HttpResponse) -> datetime:
        told = http_date(answer.header("Date"))
        return told.astimezone(UTC) if told else self._session.clock.now()
