"""Managed lists: read from the back office, kept in the org as read-only rows. Runs before records, whose look-ups
need the rows. What a fresh list means for the rows we know is decided by the planner given in the context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tieline.contract import Done, ManagedList, Outcome, PermanentError, Refused, Side, TielineError, Value
from tieline.contract.naming import list_object
from tieline.store.nouns import StoredRow
from tieline.sync.context import Context
from tieline.sync.identity import fingerprint
from tieline.sync.list_guard import undo_edits
from tieline.sync.list_readings import note_reading
from tieline.sync.list_rows import KEY_FIELD, row_fields, row_print
from tieline.sync.pace import GUARD, LISTS
from tieline.sync.points import Point
from tieline.sync.withdrawn import offered_again, wake_withdrawn

_AGAIN = timedelta(minutes=1)
"""A list that failed is tried again sooner, and not in every cycle: some fail for good."""
_SOONER = 12
"""... or after this part of the lists' own interval, where that is longer."""
_ASKED = 4
"""What is asked for out of turn is read once in this part of the lists' interval."""
_PASSES = 4
"""A parent has to be there before its children can point at it."""


@dataclass(slots=True)
class ListTally:
    """Rows written to the org, and sentences about lists that could not be read or written."""

    written: int = 0
    problems: list[str] = field(default_factory=list)


def sync_lists(context: Context) -> ListTally:
    """Every list of every entity, when it is time. A list that fails does not hold up the others, and waits for its
    next time like them."""
    tally = ListTally()
    asked = context.pace.asked(LISTS)
    for managed in context.lists:
        try:
            tally.written += _look_at(context, managed, asked=asked)
        except TielineError as error:
            tally.problems.append(f"{managed.plural}: {error.sentence()}")
    return tally


def _look_at(context: Context, managed: ManagedList, *, asked: bool) -> int:
    """At the org's copy often, for that costs the back office nothing; at the back office when it is time."""
    pace, options, now = context.pace, context.options, context.clock.now()
    reading, guard = f"{LISTS} {managed.name}", f"{GUARD} {managed.name}"
    asked = _is_asked(context, reading, everything=asked)
    read = asked or pace.due(reading, now, options.lists_every)
    if not read and not pace.due(guard, now, options.guard_every):
        return 0
    pace.done(guard, now)
    if read:
        pace.done(reading, now)
    try:
        undone = undo_edits(context, managed)
        if read:
            return sum(_read(context, entity, managed) for entity in context.open)
        return sum(_write_known(context, entity, managed) for entity in context.open) if undone else 0
    except TielineError as error:
        pace.by(guard, now + _AGAIN)
        if read:
            pace.by(reading, now + _again(context, error))
        raise


def _is_asked(context: Context, reading: str, *, everything: bool) -> bool:
    """Whether somebody wants it now: at once, and then not again for a while. Many records may wait for a row that
    never comes, each at its own time."""
    pace, now = context.pace, context.clock.now()
    answered = f"{reading} asked"
    if not (pace.asked(reading) or everything):
        return False
    if not pace.due(answered, now, context.options.lists_every / _ASKED):
        pace.ask(reading)
        return False
    pace.done(answered, now)
    return True


def _again(context: Context, error: TielineError) -> timedelta:
    """What fails for good is asked for at the lists' own pace, which fits what a call costs there."""
    every = context.options.lists_every
    return max(every, _AGAIN) if isinstance(error, PermanentError) else max(_AGAIN, every / _SOONER)


def _read(context: Context, entity: str, managed: ManagedList) -> int:
    with context.store.reading() as tx:
        stored = tx.list_rows(context.back_office, entity, managed.name)
    fresh = context.erp.options(entity, managed.name)
    plan = context.plan_rows(context.back_office, entity, managed.name, stored, fresh)
    note_reading(context, entity, managed, plan.alarm)
    return _bring(context, managed, plan.rows)


def _write_known(context: Context, entity: str, managed: ManagedList) -> int:
    """Rows that people spoiled in the org, as they were last read."""
    with context.store.reading() as tx:
        return _bring(context, managed, tuple(tx.list_rows(context.back_office, entity, managed.name)))


def _bring(context: Context, managed: ManagedList, rows: tuple[StoredRow, ...]) -> int:
    written = 0
    for _ in range(_PASSES if managed.hierarchy else 1):
        ids = {row.key: row.crm_key for row in rows}
        lagging = [row for row in rows if row.written != row_print(managed, row, ids)]
        if not lagging:
            break
        kept = {row.key: row for row in _write(context, managed, lagging, ids)}
        rows = tuple(kept.get(row.key, row) for row in rows)
        written += sum(bool(row.written) for row in kept.values())
    return written


def _write(context: Context, managed: ManagedList, rows: Sequence[StoredRow], ids: dict[str, str]) -> list[StoredRow]:
    shown = [row_fields(managed, row, ids) for row in rows]
    context.point(Point.LISTS_BEFORE_WRITE)
    outcomes = context.crm.upsert(list_object(context.system, managed), KEY_FIELD, shown)
    context.point(Point.LISTS_BEFORE_COMMIT)
    answered = list(zip(rows, shown, outcomes, strict=True))
    kept = [_kept(row, fields, outcome) for row, fields, outcome in answered]
    notes = [
        context.note("list_row", mapping=managed.id, side=Side.CRM, crm_key=row.crm_key, erp_key=row.key, after=fields)
        for row, fields, outcome in answered
        if isinstance(outcome, Done)
    ]
    notes += [
        context.note("list_refused", mapping=managed.id, side=Side.CRM, erp_key=row.key, note=outcome.reason)
        for row, _, outcome in answered
        if isinstance(outcome, Refused)
    ]
    with context.store.transaction(context.fence) as tx:
        again = offered_again(tx, kept)
        tx.save_list_rows(kept)
        for entity in sorted(again):
            wake_withdrawn(tx, context.back_office, entity)
        tx.append_audit(context.back_office, notes)
    return kept


def _kept(row: StoredRow, fields: dict[str, Value], outcome: Outcome) -> StoredRow:
    if isinstance(outcome, Done):
        return replace(row, crm_key=outcome.key or row.crm_key, written=fingerprint(fields))
    return replace(row, written="")
