"""A client behind a guard: what it raises by mistake stays inside the error tree, and no secret leaves in its words.

A client that fails in a way its contract does not know is a bug of its plugin. A read then counts as not done, a write
as unknown; the traceback goes to the log. Texts of the vendor may echo what we sent, so every one of them is cleaned
before it reaches a link, the audit or the org.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from tieline.contract import (
    AnswerLost,
    Capabilities,
    Client,
    CrmClient,
    Cursor,
    Done,
    Gone,
    Identity,
    ListRow,
    Misconfigured,
    NothingSent,
    Outcome,
    Page,
    Pending,
    RateLimited,
    Record,
    Refused,
    Shape,
    Stale,
    TielineError,
    TransientError,
    Unknown,
    Values,
    Write,
)
from tieline.workers.pause import Pause

_logger = logging.getLogger(__name__)
_MEND = "Tell the plugin's author; the details are in the log."
_OUTCOMES = (Done, Pending, Refused, Stale, Unknown)
_HARMLESS = (AnswerLost, NothingSent, RateLimited, Misconfigured, TransientError)


@dataclass(frozen=True)
class Guarded:
    """`Client` around another one. `name` is the connection's, for messages."""

    inner: Client
    name: str
    clean: Callable[[str], str]
    pause: Pause

    def capabilities(self, obj: str) -> Capabilities:
        return self.inner.capabilities(obj)

    def check(self) -> Identity:
        with self._reading():
            return self.inner.check()

    def pages(self, entity: str, shape: Shape, since: Cursor | None) -> Iterator[Page]:
        with self._reading():
            for page in self.inner.pages(entity, shape, since):
                yield _checked(page)

    def read(self, entity: str, shape: Shape, keys: Sequence[str]) -> Mapping[str, Record | None]:
        with self._reading():
            return self.inner.read(entity, shape, keys)

    def find(self, entity: str, shape: Shape, markers: Sequence[str]) -> Mapping[str, Record]:
        with self._reading():
            return self.inner.find(entity, shape, markers)

    def deleted(self, entity: str, obj: str, since: datetime) -> Iterator[Gone]:
        with self._reading():
            yield from self.inner.deleted(entity, obj, since)

    def options(self, entity: str, name: str) -> Sequence[ListRow]:
        with self._reading():
            return self.inner.options(entity, name)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        with self._writing():
            outcomes = self.inner.write(entity, shape, batch)
            if len(outcomes) != len(batch):
                raise ValueError(f"{len(outcomes)} outcomes for {len(batch)} writes")
            return [self._cleaned(outcome) for outcome in outcomes]

    def settle(self, correlations: Sequence[str]) -> Mapping[str, Outcome]:
        with self._reading():
            answers = self.inner.settle(correlations)
            return {key: self._cleaned(outcome) for key, outcome in answers.items()}

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self.pause.check()
        try:
            yield
        except TielineError as error:
            self._noticed(error)
            raise
        except Exception as error:
            raise self._mistake(TransientError, error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Only errors that say what became of the write pass; after any other it is unknown."""
        self.pause.check()
        try:
            yield
        except TielineError as error:
            self._noticed(error)
            if isinstance(error, _HARMLESS):
                raise
            raise AnswerLost(error.what, where=error.where, mend=error.mend, code=error.code) from error
        except Exception as error:
            raise self._mistake(AnswerLost, error) from error

    def _mistake(self, kind: type[TielineError], error: Exception) -> TielineError:
        _logger.exception("the client of %s failed", self.name)
        return kind(f"the client failed ({type(error).__name__})", where=self.name, mend=_MEND, code="client_failed")

    def _cleaned(self, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, _OUTCOMES):
            raise TypeError(f"{type(outcome).__name__} is no outcome")
        if isinstance(outcome, Refused | Unknown):
            return replace(outcome, reason=self.clean(outcome.reason))
        return outcome

    def _noticed(self, error: TielineError) -> None:
        """Cleaned of secrets; one that asks us to wait is heeded by all further calls."""
        error.what, error.where, error.mend = (self.clean(t) for t in (error.what, error.where, error.mend))
        error.args = (error.sentence(),)
        if isinstance(error, RateLimited):
            self.pause.begin(error)


def _checked(page: Page) -> Page:
    """A page that is none, or holds what is no record, would spoil everything behind it."""
    if not isinstance(page, Page) or not all(isinstance(one, Record) and one.key for one in page.records):
        raise TypeError("a page must hold records that have a key")
    return page


@dataclass(frozen=True)
class GuardedCrm(Guarded):
    """The same for the CRM's client."""

    inner: CrmClient

    def upsert(self, obj: str, key_field: str, rows: Sequence[Values]) -> Sequence[Outcome]:
        with self._writing():
            return [self._cleaned(outcome) for outcome in self.inner.upsert(obj, key_field, rows)]

    def may_edit(self, user_id: str, record_id: str) -> bool:
        with self._reading():
            return self.inner.may_edit(user_id, record_id)
