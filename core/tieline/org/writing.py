"""Writing rows: which resource, how many a call, what is certain afterwards.

Creates insert rows with the marker, which is unique: a repeat, however late, is refused with the first one's record,
and overwrites nothing that was typed since. Updates carry the time of the last
look where one call can hold a header per row. Nothing is ever sent twice here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tieline.contract import (
    AnswerLost,
    Misconfigured,
    Operation,
    Outcome,
    PermanentError,
    TielineError,
    TransientError,
    Unknown,
    Values,
    Write,
)
from tieline.org.carrying import with_panels
from tieline.org.conditional import Composite
from tieline.org.errors import Problem
from tieline.org.halving import Halving
from tieline.org.outcomes import born, of_error, of_items, refusal
from tieline.org.session import Session

BATCH = 200
Call = Callable[[Sequence[Write]], list[Outcome]]
Rows = Sequence[Mapping[str, Any]]


class Writer:
    """Writes of one object. `sent` tells whether anything may have taken effect."""

    def __init__(self, session: Session, obj: str, marker: str, composite: Composite) -> None:
        self._session, self._obj, self._marker = session, obj, marker
        self._composite, self._carrier = composite, composite.carrier
        self._halving = Halving()
        self.sent = False

    def create(self, writes: Sequence[Write]) -> list[Outcome]:
        return self._in_batches(writes, self._create)

    def update(self, writes: Sequence[Write], seen: Mapping[str, str]) -> list[Outcome]:
        """`seen` holds the version read just before, by key; with it the org refuses what changed since then."""
        if len(writes) <= Composite.MOST and self._composite.offered:
            outcomes = self._attempt(writes, lambda part: self._composite.update(self._obj, part, seen))
            if self._composite.offered:
                return outcomes
        return self._in_batches(writes, self._update)

    def delete(self, writes: Sequence[Write]) -> list[Outcome]:
        return self._in_batches(writes, self._delete)

    def upsert(self, key_field: str, rows: Sequence[Values]) -> list[Outcome]:
        """At most `BATCH` rows by any external id; harmless to repeat, so a lost answer is asked again."""
        path = self._session.data("composite", "sobjects", self._obj, key_field)

        def send(part: Sequence[Values]) -> list[Outcome]:
            document = {"allOrNone": False, "records": [self._typed(row) for row in part]}
            entries = self._session.write_safely("PATCH", path, document)
            return of_items(entries, Operation.CREATE, len(part), key_field)

        return self._halving.run(rows, send)

    def _create(self, writes: Sequence[Write]) -> list[Outcome]:
        path = self._session.data("composite", "sobjects")
        rows = [self._typed({self._marker: write.marker, **write.fields}) for write in writes]
        entries, shown = self._carrier.collection(path, {"allOrNone": False, "records": rows}, writes, "POST")
        outcomes = of_items(entries, Operation.CREATE, len(rows), self._marker)
        return with_panels([born(outcome, self._marker) for outcome in outcomes], shown)

    def _update(self, writes: Sequence[Write]) -> list[Outcome]:
        rows = [self._typed({"Id": write.key, **write.fields}) for write in writes]
        path = self._session.data("composite", "sobjects")
        entries, shown = self._carrier.collection(path, {"allOrNone": False, "records": rows}, writes)
        outcomes = of_items(entries, Operation.UPDATE, len(rows), keys=[write.key for write in writes])
        return with_panels(outcomes, shown)

    def _delete(self, writes: Sequence[Write]) -> list[Outcome]:
        ids = ",".join(write.key for write in writes)
        path = self._session.data("composite", "sobjects") + f"?ids={ids}&allOrNone=false"
        entries = self._session.write("DELETE", path)
        return of_items(entries, Operation.DELETE, len(writes), keys=[write.key for write in writes])

    def _typed(self, values: Values) -> dict[str, Any]:
        return {"attributes": {"type": self._obj}, **values}

    def _in_batches(self, writes: Sequence[Write], call: Call) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for start in range(0, len(writes), BATCH):
            outcomes += self._attempt(writes[start : start + BATCH], call)
        return outcomes

    def _attempt(self, writes: Sequence[Write], call: Call) -> list[Outcome]:
        """A call, or its parts. Raises only while nothing of the batch can have taken effect."""
        try:
            return self._halving.run(writes, lambda part: self._once(part, call))
        except PermanentError as error:
            return [refusal(Problem(error.code, error.sentence()), Operation.CREATE)] * len(writes)

    def _once(self, writes: Sequence[Write], call: Call) -> list[Outcome]:
        try:
            outcomes = call(writes)
        except AnswerLost as error:
            self.sent = True
            return [Unknown(error.sentence())] * len(writes)
        except (TransientError, Misconfigured) as error:
            if not self.sent:
                raise
            return [_later(error)] * len(writes)
        self.sent = True
        return outcomes


def _later(error: TielineError) -> Outcome:
    """A setting that broke in mid-batch: these rows were not sent; the next batch will raise."""
    known = error if isinstance(error, TransientError) else TransientError(error.what, where=error.where)
    return of_error(known)
