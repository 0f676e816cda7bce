"""Reading records: change streams by keyset, and records by id or marker.

Descriptions are kept, so they can be behind the org. When it says that a field is not there, they are fetched anew
once: a field that was hidden in the meantime is absent from then on, not empty and not an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tieline.contract import Cursor, Page, PermanentError, Record, Shape, TransientError
from tieline.org import soql
from tieline.org.describe import Describer
from tieline.org.errors import garbage, understood
from tieline.org.queries import ROWS_MISSING, Queries, Row
from tieline.org.selection import Selection
from tieline.org.session import Session
from tieline.org.soql import Condition
from tieline.org.values import full_id

_LOCATOR_LOST = "INVALID_QUERY_LOCATOR"
_OUTDATED = "INVALID_FIELD"


class Reader:
    def __init__(self, session: Session, describer: Describer, marker: str) -> None:
        self._session, self._describer, self._marker = session, describer, marker
        self.queries = Queries(session)

    def pages(self, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        """See the contract. When the org forgets the rest of a result, the sweep goes on from the last row seen; when
        rows are missing from it, all is read once more, for they may be missing anywhere."""
        place, as_of = since, None
        forgiven: list[tuple[str, Cursor | None]] = []
        while True:
            try:
                for page in self._sweep(shape, place):
                    as_of = as_of or page.as_of
                    place = page.cursor
                    yield Page(page.records, place, as_of)
                return
            except TransientError as error:
                if error.code != ROWS_MISSING or (error.code, since) in forgiven:
                    raise
                forgiven.append((error.code, since))
                place = since
            except PermanentError as error:
                if error.code not in (_LOCATOR_LOST, _OUTDATED) or (error.code, place) in forgiven:
                    raise
                forgiven.append((error.code, place))
                self._describer.forget()

    def _sweep(self, shape: Shape, place: Cursor | None) -> Iterator[Page]:
        selection = self._selection(shape)
        for answer in self.queries.pages(selection.changed_since(place)):
            with understood(self._session.where):
                records = tuple(selection.record(row, self.queries.whole) for row in answer.rows)
            place = _after(records) or place
            yield Page(records, place, answer.at)

    def by(self, shape: Shape, field: str, values: Iterable[str]) -> list[Record]:
        """Records whose field holds one of these texts, whatever the shape's `where` says."""
        wanted = list(values)
        if not wanted:
            return []
        return self._current(lambda: self._by(shape, field, wanted))

    def _by(self, shape: Shape, field: str, values: Sequence[str]) -> list[Record]:
        selection = self._selection(shape)

        def query(part: list[str]) -> str:
            holds: Condition = soql.one_of(field, part)
            return selection.query(holds)

        rows = self.queries.rows_for(values, query)
        with understood(self._session.where):
            return [selection.record(row, self.queries.whole) for row in self._asked_for(rows, field, values)]

    def _asked_for(self, rows: Iterable[Row], field: str, values: Sequence[str]) -> Iterator[Row]:
        """Raises TransientError for a row that nobody asked for: it answers somebody else's question."""
        wanted = {_plain(field, value) for value in values}
        for row in rows:
            if _plain(field, str(row.get(field) or "")) not in wanted:
                raise garbage("holds records we did not ask for", self._session.where)
            yield row

    def _current(self, look: Callable[[], list[Record]]) -> list[Record]:
        try:
            return look()
        except TransientError as error:
            if error.code != ROWS_MISSING:
                raise
        except PermanentError as error:
            if error.code != _OUTDATED:
                raise
            self._describer.forget()
        return look()

    def _selection(self, shape: Shape) -> Selection:
        return Selection(self._describer, shape, self._marker, self._session.grant().instance_url)


def _after(records: Sequence[Record]) -> Cursor | None:
    last = records[-1] if records else None
    return Cursor(last.stamp, last.key) if last and last.stamp else None


def _plain(field: str, value: str) -> str:
    """The org compares text without case, and ids come with 15 or 18 characters."""
    return full_id(value) if field == "Id" else value.casefold()
