"""Running queries: pages behind locators, rows one by one, lists too long for one address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieline.contract import HttpResponse, TransientError
from tieline.org.errors import garbage, http_date
from tieline.org.session import Session
from tieline.org.soql import lists

PAGE_SIZE = 2000
ROWS_MISSING = "rows_missing"
_ONLY_COUNTED = "SELECT COUNT()"  # its answer has a total and no rows
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
        the org forgot the rest, TransientError for an answer that cannot be whole."""
        path = self._session.data("queryAll" if deleted else "query")
        options = {"Sforce-Query-Options": f"batchSize={PAGE_SIZE}"}
        answer = self._session.get(path, {"q": soql}, options)
        reading = _Reading(self._session)
        while True:
            document = reading.page(answer.json())
            yield Answer(document["records"], self._time(answer))
            place = reading.place(document)
            if place is None:
                break
            answer = self._session.get(place, headers=options)
        if not soql.startswith(_ONLY_COUNTED):
            reading.check_whole()

    def rows(self, soql: str, *, deleted: bool = False) -> Iterator[Row]:
        for answer in self.pages(soql, deleted=deleted):
            yield from answer.rows

    def rows_for(
        self, values: Iterable[str], soql: Callable[[list[str]], str], *, deleted: bool = False
    ) -> Iterator[Row]:  # fmt: skip
        """Rows of one query per list of values, each short enough for an address."""
        for part in lists(dict.fromkeys(values)):
            yield from self.rows(soql(part), deleted=deleted)

    def whole(self, children: Row | None) -> Iterator[Row]:
        """All rows of a sub-select: those given with the parent, then those behind its locator."""
        document, reading = children, _Reading(self._session)
        while document:
            yield from reading.page(document)["records"]
            place = reading.place(document)
            document = self._session.read(place) if place else None

    def _time(self, answer: HttpResponse) -> datetime:
        told = http_date(answer.header("Date"))
        return told or self._session.clock.now()


class _Reading:
    """One result on its way: its pages have to be pages, lead on to new ones, and hold as many rows as were told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: int | None = None
        self._rows = 0
        self._places: set[str] = set()

    def page(self, document: Any) -> dict[str, Any]:
        """Counted. Raises TransientError for what is no page."""
        rows = document.get("records") if isinstance(document, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._odd("is no page of rows")
        self._rows += len(rows)
        if self._told is None and isinstance(document.get("totalSize"), int):
            self._told = document["totalSize"]
        return dict(document)

    def place(self, document: Row) -> str | None:
        """Where the next page is; None after the last. A page that does not say that it is the last is not."""
        if document.get("done") is True:
            return None
        address = document.get("nextRecordsUrl")
        if not isinstance(address, str) or not address:
            raise self._odd("ends without a next page")
        place = self._session.local(address)
        if place in self._places:
            raise self._odd("leads back to a page we had")
        self._places.add(place)
        return place

    def check_whole(self) -> None:
        """Raises TransientError when rows are missing, or too many."""
        if self._told is not None and self._told != self._rows:
            what = f"told of {self._told} rows and sent {self._rows}"
            mend = "If it lasts, look for what stands between us and the org."
            raise TransientError(what, where=self._session.where, mend=mend, code=ROWS_MISSING)

    def _odd(self, what: str) -> TransientError:
        return garbage(what, self._session.where)
