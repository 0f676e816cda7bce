"""Managed lists: read from the back office, kept in the org as read-only rows. Runs before records, whose look-ups
need the rows. What a fresh list means for the rows we know is decided by the planner given in the context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tieline.contract import Done, ManagedList, Outcome, Refused, Side, TielineError, Value
from tieline.contract.naming import list_object
from tieline.store.nouns import StoredRow
from tieline.sync.context import Context
from tieline.sync.identity import fingerprint
from tieline.sync.list_guard import undo_edits
from tieline.sync.list_readings import note_reading
from tieline.sync.list_rows import KEY_FIELD, row_fields, row_print
from tieline.sync.pace import LISTS
from tieline.sync.points import Point
from tieline.sync.withdrawn import offered_again, wake_withdrawn

_AGAIN = timedelta(minutes=1)
"""A list that failed is tried again sooner, and not in every cycle: some fail for good."""
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
    now, tally = context.clock.now(), ListTally()
    asked = context.pace.asked(LISTS)
    for managed in context.lists:
        chore = f"{LISTS} {managed.name}"
        if not asked and not context.pace.due(chore, now, context.options.lists_every):
            continue
        context.pace.done(chore, now)
        try:
            undo_edits(context, managed)
            tally.written += sum(_sync(context, entity, managed) for entity in context.open)
        except TielineError as error:
            tally.problems.append(f"{managed.plural}: {error.sentence()}")
            context.pace.done(chore, now - max(context.options.lists_every - _AGAIN, timedelta(0)))
    return tally


def _sync(context: Context, entity: str, managed: ManagedList) -> int:
    with context.store.reading() as tx:
        stored = tx.list_rows(context.back_office, entity, managed.name)
    fresh = context.erp.options(entity, managed.name)
    plan = context.plan_rows(context.back_office, entity, managed.name, stored, fresh)
    note_reading(context, entity, managed, plan.alarm)
    written, rows = 0, plan.rows
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
