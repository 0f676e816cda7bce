"""The accounting entity of a record that is not in the back office yet: a person chooses it on the record's row of the
panel, and Promote without a named entity goes there.

With one entity there is nothing to choose, and nothing is asked. With several, rows that changed are read once a cycle;
an edit is a value that is neither the link's entity nor what stood there last. What cannot be is taken back and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tieline.contract import Cursor, Page, Record, Shape, Side
from tieline.contract.naming import ERP_KEY, LINK_OBJECT
from tieline.store.nouns import AuditEntry, CursorRow, Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.entity_rows import CHOSEN, ENTITY, REFUSED_CHOICE, TOLD, told
from tieline.sync.match import AMBIGUOUS, unmarked
from tieline.sync.panel import LANGUAGE
from tieline.sync.places import entity_named
from tieline.sync.points import Point
from tieline.sync.status import settled

UNKNOWN, GONE_OUT, BELOW, TAKEN = "entity:unknown", "entity:out", "entity:below", "entity:taken"
_EDITOR = "LastModifiedById"


def take_choices(context: Context) -> int:
    """Read what people wrote on the rows of this back office; returns the choices that were made or taken back."""
    if len(context.entities) == 1:
        return 0
    shape = Shape(LINK_OBJECT, (ERP_KEY, ENTITY, _EDITOR), where={"Back_Office__c": context.back_office})
    with context.store.reading() as tx:
        row = tx.cursor(context.back_office, "", Side.CRM, LINK_OBJECT)
    count = 0
    for page, reached in _pages(context, shape, row):
        people = _languages(context, _edits(context, page.records))
        context.point(Point.OBSERVE_BEFORE_COMMIT)
        with context.store.transaction(context.fence, durable=False) as tx:
            count += _take(tx, context, page.records, people)
            tx.save_cursor(reached)
    return count


def _pages(context: Context, shape: Shape, row: CursorRow | None) -> Iterator[tuple[Page, CursorRow]]:
    """Each with the place that is safe once it is taken. A server whose clock went back is read by its own time; the
    cursor waits for it."""
    overlap, first = context.options.overlap, None
    since = Cursor(row.stamp - overlap) if row else None
    for page in context.crm.pages("", shape, since):
        first = first or page.as_of
        reached = min(page.cursor.stamp if page.cursor else first, first)
        yield page, _cursor(context, reached, row)
    if first and row and first < row.stamp - overlap:
        for page in context.crm.pages("", shape, Cursor(first - overlap)):
            yield page, row
    elif first:
        yield Page((), None, first), _cursor(context, first, row)


def _cursor(context: Context, stamp: datetime, row: CursorRow | None) -> CursorRow:
    latest = max(stamp, row.stamp) if row else stamp
    return CursorRow(context.back_office, "", Side.CRM, LINK_OBJECT, latest, "")


def _edits(context: Context, records: Sequence[Record]) -> list[Record]:
    """Rows on which a person wrote something."""
    with context.store.reading() as tx:
        links = tx.links([_link_of(record) for record in records])
    return [record for record in records if _is_edit(links.get(_link_of(record)), record)]


def _link_of(record: Record) -> str:
    return str(record.fields.get(ERP_KEY) or "")


def _said(record: Record) -> str:
    return str(record.fields.get(ENTITY) or "")


def _is_edit(link: Link | None, record: Record) -> bool:
    """A field that the org does not show us says nothing."""
    if link is None or ENTITY not in record.fields:
        return False
    return _said(record).strip() not in {link.entity, told(link).strip()}


def _languages(context: Context, edits: Sequence[Record]) -> Mapping[str, str]:
    """What the people speak who wrote; asked for only when somebody did."""
    if not edits:
        return {}
    return {row.key: row.attributes.get("language", "en")[:2] for row in context.crm.options("", "users")}


def _take(tx: Transaction, context: Context, records: Sequence[Record], people: Mapping[str, str]) -> int:
    edits = {_link_of(record): record for record in records}
    links = {ident: link for ident, link in tx.links(list(edits)).items() if _is_edit(link, edits[ident])}
    ours = {ident: link for ident, link in links.items() if link.back_office == context.back_office}
    if not ours:
        return 0
    busy = {item.link for call in tx.open_calls(context.back_office) for item in call.items}
    notes: list[AuditEntry] = []
    for ident, link in ours.items():
        user = str(edits[ident].fields.get(_EDITOR) or "")
        wanted = _key_of(context, _said(edits[ident]))
        why = _refusal(tx, context, link, wanted, busy)
        after = _taken_back(link, why) if why else _chosen(link, str(wanted), bool(_said(edits[ident]).strip()))
        extra = {**after.extra, TOLD: _said(edits[ident])}
        extra |= {LANGUAGE: people[user]} if user in people else {}
        after = replace(settled(replace(after, extra=extra)), panel="")
        tx.save_links([after])
        notes.append(_note(context, link, after, _said(edits[ident]), user, why))
    tx.append_audit(context.back_office, notes)
    return len(notes)


def _key_of(context: Context, said: str) -> str | None:
    """The entity that a person means; nothing clears the choice. None: there is no such entity."""
    return entity_named(context, said) if said.strip() else context.home


def _refusal(tx: Transaction, context: Context, link: Link, wanted: str | None, busy: set[str]) -> str:
    """Why it cannot go there; empty when it can, or is there."""
    if wanted == link.entity:
        return ""
    if link.erp_key or link.awaiting or link.tombstone or link.id in busy:
        return GONE_OUT
    if context.rules_for(link.entity, link.mapping).mapping.parent:
        return BELOW
    if wanted is None:
        return UNKNOWN
    there = tx.links_by_key(context.back_office, wanted, link.mapping, Side.CRM, [link.crm_key])
    taken = any(other.id != link.id and not other.tombstone for other in there.values())
    return TAKEN if taken else ""


def _taken_back(link: Link, why: str) -> Link:
    return replace(link, extra={**link.extra, REFUSED_CHOICE: why})


def _chosen(link: Link, entity: str, named: bool) -> Link:
    """The link at its new home; whom it may be there is looked at anew. `named`: it is a choice, and not the end of
    one."""
    extra = {name: value for name, value in unmarked(link).items() if name not in {REFUSED_CHOICE, CHOSEN}}
    if named:
        extra[CHOSEN] = True
    unclear = link.problem is not None and link.problem.code == AMBIGUOUS
    return replace(
        link, entity=entity, dirty=True, not_before=None, extra=extra, problem=None if unclear else link.problem
    )


def _note(context: Context, link: Link, after: Link, said: str, user: str, why: str) -> AuditEntry:
    """Who chose what, and what became of it."""
    return context.note(
        "entity_refused" if why else "entity_chosen", link=link.id, mapping=link.mapping, side=Side.CRM,
        crm_key=link.crm_key, erp_key=link.erp_key, status=str(after.status), note=said,
        before={"entity": link.entity}, after={"entity": after.entity, "user": user},
    )  # fmt: skip
