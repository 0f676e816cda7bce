"""Managed lists belong to the back office: what people do to the copy in the org is noticed, noted and undone.

Only rows that changed since the last look are read. A row that was edited or deleted is marked, and the pass that
follows (`lists`) writes it again; a row that somebody made is switched off, for a record may point at it already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tieline.contract import Cursor, Done, ManagedList, Operation, PermanentError, Record, Side, Values, Write
from tieline.contract.compare import moved
from tieline.contract.naming import list_key, list_object
from tieline.store.nouns import AuditEntry, CursorRow, StoredRow
from tieline.sync.context import Context
from tieline.sync.deletes import FORGOTTEN
from tieline.sync.identity import derive
from tieline.sync.list_rows import ACTIVE_FIELD, KEY_FIELD, OWNER_FIELD, row_fields, row_shape


@dataclass(frozen=True, slots=True)
class _Known:
    """The rows of one list over all entities, by external id, and what the org should hold of each."""

    rows: Mapping[str, StoredRow]
    wanted: Mapping[str, Values]

    def of(self, record: Record) -> tuple[str, StoredRow] | None:
        """By its key; by its id when somebody changed the key."""
        key = str(record.fields.get(KEY_FIELD) or "")
        if key in self.rows:
            return key, self.rows[key]
        return next(((name, row) for name, row in self.rows.items() if row.crm_key == record.key), None)


@dataclass(frozen=True, slots=True)
class _Edit:
    key: str
    row: StoredRow
    record: Record
    names: tuple[str, ...]


def undo_edits(context: Context, managed: ManagedList) -> int:
    """Look at what changed in the org since the last look. Returns the rows that had to be put right."""
    obj, since = list_object(context.system, managed), _since(context, managed)
    gone = _gone(context, obj, since)
    whole = since is None or gone is None or _is_due(context, managed)
    records, reached = _changed(context, managed, obj, None if whole else since)
    if since is None:  # rows of an earlier installation are taken over by their key
        _save(context, managed, reached, [], [])
        return 0
    known = _known(context, managed)
    edits = [edit for record in records if (edit := _edit(known, record))]
    lost = _lost(known, records) if whole else _told_lost(known, gone or frozenset())
    strangers = [record for record in records if _is_stranger(context, known, record)]
    notes = [_edited(context, managed, known, edit) for edit in edits]
    notes += [_noted(context, managed, "list_row_deleted", row.crm_key, row.key) for row in lost]
    notes += [_noted(context, managed, "list_row_foreign", one.key, "", before=one.fields) for one in strangers]
    touched = {(row.entity, row.key): row for row in (*lost, *(edit.row for edit in edits))}  # entities share keys
    again = [replace(row, written="") for row in touched.values()]
    _save(context, managed, None, again, notes)
    _mend(context, managed, obj, [e for e in edits if KEY_FIELD in e.names], strangers)
    _save(context, managed, reached, [], [], whole=whole)
    return len(again) + len(strangers)


def _since(context: Context, managed: ManagedList) -> Cursor | None:
    with context.store.reading() as tx:
        row = tx.cursor(context.back_office, "", Side.CRM, _cursor_name(managed))
    return Cursor(row.stamp - context.options.overlap) if row else None


def _cursor_name(managed: ManagedList) -> str:
    return f"list:{managed.name}"


def _changed(
    context: Context, managed: ManagedList, obj: str, since: Cursor | None
) -> tuple[list[Record], datetime | None]:
    records: list[Record] = []
    as_of = None
    for page in context.crm.pages("", row_shape(managed, obj), since):
        as_of = as_of or page.as_of
        records += page.records
    return records, as_of


def _known(context: Context, managed: ManagedList) -> _Known:
    rows: dict[str, StoredRow] = {}
    wanted: dict[str, Values] = {}
    with context.store.reading() as tx:
        for entity in context.entities:
            stored = tx.list_rows(context.back_office, entity, managed.name)
            ids = {row.key: row.crm_key for row in stored}
            for row in stored:
                key = list_key(row.back_office, row.entity, row.key)
                rows[key], wanted[key] = row, row_fields(managed, row, ids)
    return _Known(rows, wanted)


def _edit(known: _Known, record: Record) -> _Edit | None:
    """Somebody else's content in a row of ours. A row that is waiting to be written again is not compared, unless its
    key is wrong: it would be made a second time."""
    found = known.of(record)
    if found is None:
        return None
    key, row = found
    names = moved(known.wanted[key], record.fields)
    waiting = not row.written and KEY_FIELD not in names
    return _Edit(key, row, record, names) if names and not waiting else None


def _gone(context: Context, obj: str, since: Cursor | None) -> frozenset[str] | None:
    """Rows deleted since the last look; None when the org no longer knows them all."""
    if since is None:
        return frozenset()
    try:
        return frozenset(one.key for one in context.crm.deleted("", obj, since.stamp))
    except PermanentError as error:
        if error.code != FORGOTTEN:
            raise
        return None


def _is_due(context: Context, managed: ManagedList) -> bool:
    """Once a day a list is read whole: the org forgets what was deleted while nobody looked."""
    with context.store.reading() as tx:
        last = tx.fact(_scope(context), managed.name)
    return last is None or context.clock.now() - datetime.fromisoformat(last) >= context.options.audit_every


def _scope(context: Context) -> str:
    return f"lists_whole:{context.back_office}"


def _standing(known: _Known) -> dict[str, StoredRow]:
    return {row.crm_key: row for row in known.rows.values() if row.crm_key and row.written}


def _lost(known: _Known, records: Sequence[Record]) -> list[StoredRow]:
    seen = {record.key for record in records}
    return [row for key, row in _standing(known).items() if key not in seen]


def _told_lost(known: _Known, gone: frozenset[str]) -> list[StoredRow]:
    return [row for key, row in _standing(known).items() if key in gone]


def _is_stranger(context: Context, known: _Known, record: Record) -> bool:
    """An active row that says it is this back office's, or nobody's, and that we did not make."""
    owner = record.fields.get(OWNER_FIELD) or context.back_office
    active = bool(record.fields.get(ACTIVE_FIELD))
    return active and owner == context.back_office and known.of(record) is None


def _mend(
    context: Context, managed: ManagedList, obj: str, keys: Sequence[_Edit], strangers: Sequence[Record]
) -> None:  # fmt: skip
    """By id: what the upsert by key cannot reach."""
    batch = [_update(edit.record, {KEY_FIELD: edit.key}) for edit in keys]
    batch += [_update(record, {ACTIVE_FIELD: False}) for record in strangers]
    if batch:
        outcomes = context.crm.write("", row_shape(managed, obj), batch)
        failed = [write.key for write, outcome in zip(batch, outcomes, strict=True) if not isinstance(outcome, Done)]
        for key in failed:
            context.tell("list.alarm", list=managed.id, note=f"row {key} could not be put right")


def _update(record: Record, fields: Values) -> Write:
    return Write(Operation.UPDATE, record.key, fields, derive("list", record.key, record.version))


def _save(
    context: Context,
    managed: ManagedList,
    reached: datetime | None,
    rows: Sequence[StoredRow],
    notes: Sequence[AuditEntry],
    *,
    whole: bool = True,
) -> None:
    """The notes first, the cursor last: a look that ends half-way is looked at again."""
    with context.store.transaction(context.fence) as tx:
        if rows:
            tx.save_list_rows(rows)
        if notes:
            tx.append_audit(context.back_office, notes)
        if reached is not None and whole:
            tx.save_fact(_scope(context), managed.name, context.clock.now().isoformat())
        if reached is not None:
            tx.save_cursor(CursorRow(context.back_office, "", Side.CRM, _cursor_name(managed), reached))


def _edited(context: Context, managed: ManagedList, known: _Known, edit: _Edit) -> AuditEntry:
    before = {name: edit.record.fields.get(name) for name in edit.names}
    after = {name: known.wanted[edit.key].get(name) for name in edit.names}
    return _noted(context, managed, "list_row_reverted", edit.record.key, edit.row.key, before, after)


def _noted(
    context: Context,
    managed: ManagedList,
    event: str,
    crm_key: str,
    key: str,
    before: Values | None = None,
    after: Values | None = None,
) -> AuditEntry:
    shown = {"before": dict(before or {}), "after": dict(after or {})}
    return context.note(event, mapping=managed.id, side=Side.CRM, crm_key=crm_key, erp_key=key, **shown)
