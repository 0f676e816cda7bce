"""Managed lists: read from the back office, kept in the org as read-only rows. Runs before records, whose look-ups
need the rows. What a fresh list means for the rows we know is decided by the planner given in the context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Done, ManagedList, Outcome, Refused, Side, Value
from tieline.contract.naming import list_object
from tieline.store.nouns import StoredRow
from tieline.sync.context import Context
from tieline.sync.identity import fingerprint
from tieline.sync.list_guard import undo_edits
from tieline.sync.list_rows import KEY_FIELD, row_fields, row_print
from tieline.sync.pace import LISTS
from tieline.sync.points import Point


def sync_lists(context: Context) -> int:
    """Every list of every entity, when it is time; returns rows written to the org."""
    now = context.clock.now()
    if not context.pace.due(LISTS, now, context.options.lists_every):
        return 0
    for managed in context.lists:
        undo_edits(context, managed)
    written = sum(_sync(context, entity, managed) for entity in context.entities for managed in context.lists)
    context.pace.done(LISTS, now)
    return written


def _sync(context: Context, entity: str, managed: ManagedList) -> int:
    with context.store.reading() as tx:
        stored = tx.list_rows(context.back_office, entity, managed.name)
    fresh = context.erp.options(entity, managed.name)
    plan = context.plan_rows(context.back_office, entity, managed.name, stored, fresh)
    if plan.alarm:
        _alarm(context, managed, plan.alarm)
    ids = {row.key: row.crm_key for row in stored}
    lagging = [row for row in plan.rows if row.written != row_print(managed, row, ids)]
    return _write(context, managed, lagging, ids) if lagging else 0


def _write(context: Context, managed: ManagedList, rows: Sequence[StoredRow], ids: dict[str, str]) -> int:
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
        tx.save_list_rows(kept)
        tx.append_audit(context.back_office, notes)
    return sum(isinstance(outcome, Done) for _, _, outcome in answered)


def _kept(row: StoredRow, fields: dict[str, Value], outcome: Outcome) -> StoredRow:
    if isinstance(outcome, Done):
        return replace(row, crm_key=outcome.key or row.crm_key, written=fingerprint(fields))
    return replace(row, written="")


def _alarm(context: Context, managed: ManagedList, alarm: str) -> None:
    with context.store.transaction(context.fence) as tx:
        tx.append_audit(context.back_office, [context.note("list_alarm", mapping=managed.id, note=alarm)])
    context.tell("list.alarm", list=managed.id, note=alarm)
