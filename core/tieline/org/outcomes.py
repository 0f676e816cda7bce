"""The org's answer to each row of a call, as the contract's outcomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tieline.contract import (
    Done,
    NothingSent,
    Operation,
    Outcome,
    RateLimited,
    Refused,
    Stale,
    TielineError,
    TransientError,
    Unknown,
)
from tieline.org.errors import RETRYABLE, Problem, problem
from tieline.org.values import full_id

_GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})
_DANGLING = "INVALID_CROSS_REFERENCE_KEY"
_CHANGED = "PRECONDITION_FAILED"
_FREE_LATER = frozenset({"ENTITY_IS_LOCKED"})  # an approval holds the record; when it ends nobody edits the record
_RECORD = re.compile(r"record with id: (\w{15,18})\b")
_DUPLICATES = frozenset({"DUPLICATE_VALUE", "DUPLICATE_EXTERNAL_ID"})


def of_items(
    entries: Sequence[Any], operation: Operation, count: int, key_field: str = "", keys: Sequence[str] = ()
) -> list[Outcome]:
    """One outcome per item of a collection's answer; all unknown when it does not have one entry per row, or names
    other records than those sent (`keys`)."""
    if not _one_a_row(entries, count) or _about_others(entries, keys):
        return [Unknown("the answer does not match the rows sent")] * count
    return [of_item(entry, operation, key_field) for entry in entries]


def _one_a_row(entries: Any, count: int) -> bool:
    return isinstance(entries, list) and len(entries) == count and all(isinstance(one, dict) for one in entries)


def _about_others(entries: Sequence[Any], keys: Sequence[str]) -> bool:
    told = [full_id(str(entry.get("id") or "")) for entry in entries]
    return any(one and one != full_id(key) for one, key in zip(told, keys, strict=False))


def of_item(entry: Any, operation: Operation, key_field: str = "") -> Outcome:
    if entry.get("success"):
        key = full_id(str(entry.get("id") or ""))
        return Done(key, created=bool(entry.get("created"))) if key else Unknown("the answer names no record")
    errors = entry.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    return refusal(problem(first), operation, key_field)


def refusal(found: Problem, operation: Operation, key_field: str = "") -> Outcome:
    """`key_field` is the field a row is found by: two births at once make one of them a duplicate, to be repeated."""
    if found.code == _CHANGED:
        return Stale()
    twin = found.code in _DUPLICATES and bool(key_field) and key_field in (*found.fields, found.message.split(":")[0])
    return Refused(
        found.message.strip() or found.code,
        found.code,
        found.fields,
        retryable=found.code in RETRYABLE | _FREE_LATER or twin,
        gone=operation is not Operation.CREATE and _is_gone(found),
    )


def born(outcome: Outcome, marker: str) -> Outcome:
    """The outcome of an insert. Refused for its marker, the record is there already: ours, of an earlier attempt. An
    org that does not name it leaves the outcome open, and it is looked for by its marker."""
    if isinstance(outcome, Done):
        return replace(outcome, created=True)
    if not (isinstance(outcome, Refused) and outcome.code in _DUPLICATES and _names(outcome, marker)):
        return outcome
    named = _RECORD.search(outcome.reason)
    return Done(full_id(named[1]), created=False) if named else Unknown(outcome.reason)


def _names(outcome: Refused, marker: str) -> bool:
    return marker in outcome.fields or f" {marker} " in outcome.reason


def _is_gone(found: Problem) -> bool:
    """A cross reference without a field is the record itself; with one it is what the record points to."""
    return found.code in _GONE or (found.code == _DANGLING and set(found.fields) <= {"Id"})


def of_error(error: TielineError) -> Outcome:
    """A whole call that failed, as seen by each of its rows; a lost answer leaves them unknown."""
    if isinstance(error, TransientError):
        wait = error.retry_after if isinstance(error, RateLimited) else None
        return Refused(error.sentence(), error.code, retryable=True, retry_after=wait)
    return Unknown(error.sentence())


def nothing_sent(error: TransientError) -> TielineError:
    """A failed look before any write: the caller may do the whole batch again."""
    if isinstance(error, NothingSent | RateLimited):
        return error
    return NothingSent(error.what, where=error.where, mend=error.mend, code=error.code)
