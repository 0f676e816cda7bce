"""What the org shows of each link: one `ERP_Link__c` row, written only when something a person can see has changed.

Rows are upserted by the link's id, so a repeat after a crash writes the same row again and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tieline.contract import Done, Refused, Side, Value, Values
from tieline.contract.naming import ERP_KEY, LINK_OBJECT, lookup_field
from tieline.store.nouns import AuditEntry, Link, Status
from tieline.sync import history
from tieline.sync.context import Context
from tieline.sync.entity_rows import ENTITY, REFUSED_CHOICE, remembering, unsaid
from tieline.sync.identity import fingerprint
from tieline.sync.panel_waits import drop_waits, is_waiting, keep_waits, waits_scope
from tieline.sync.places import offered
from tieline.sync.points import Point
from tieline.sync.rules import Rules
from tieline.sync.telling import told as told_why

BATCH = 200
NOT_SHOWN = "-"
RECORD_ID = "Record_Id__c"
STRANGERS = "strangers"
"""In `Link.extra`: by field, the people whom the other side does not know by their e-mail address."""
LANGUAGE = "language"
"""In `Link.extra`: what the person speaks who pressed a button on it last."""
REASON_LENGTH = 1000
NOTES = {
    "gone:erp": "Deleted in the back office",
    "unlinked": "Unlinked by hand",
    "entity:unknown": "There is no such accounting entity.",
    "entity:out": "The record is in the back office, or on its way there: its accounting entity stays.",
    "entity:below": "The record goes where the one above it goes: its accounting entity stays.",
    "entity:taken": "The record has a row of its own for that accounting entity.",
}


def write_panels(context: Context) -> int:
    """Bring every panel that lags up to date; returns the rows written."""
    written, after, lagging = 0, "", set[str]()
    while True:
        with context.store.reading() as tx:
            links = tx.stale_panels(context.back_office, BATCH, after)
            waits = tx.facts(waits_scope(context.back_office))
            now = context.clock.now()
            shown = [link for link in links if has_panel(context, link) and not is_waiting(link, waits, now)]
            trails = tx.trails(context.back_office, [link.id for link in shown], history.READ)
        if shown:
            written += _write(context, shown, trails)
        _skip(context, [link for link in links if not has_panel(context, link)])
        lagging |= {link.id for link in links}
        if len(links) < BATCH:
            drop_waits(context, waits.keys() - lagging)
            return written
        after = links[-1].id


def row(context: Context, link: Link, trail: Sequence[AuditEntry] = ()) -> dict[str, Value]:
    """The panel's fields. Empty texts clear what an earlier state said. `trail`: the end of the link's audit."""
    rules = context.rules_for(link.entity, link.mapping)
    shown = None if link.tombstone == "unlinked" else link.crm_key  # its record has a link of its own now
    there = None if link.crm and link.crm.deleted else shown
    language = str(link.extra.get(LANGUAGE) or context.language)

    def say(text: str) -> str:
        return context.say(language, text)

    why = told_why(context, link, language)
    return {
        ERP_KEY: link.id,
        lookup_field(rules.mapping.crm_object): there,
        RECORD_ID: shown,
        "Back_Office__c": link.back_office,
        ENTITY: link.entity or None,
        "Mapping__c": rules.mapping.id,
        "Sync_Status__c": str(Status.NOT_PROMOTED if link.tombstone == "unlinked" else link.status),
        "ERP_Id__c": link.erp_key or None,
        "Number__c": _number(rules, link),
        "Variation_ID__c": _variation(link),
        "Notes__c": _notes(context, link, say),
        "Reason__c": (why.reason[:REASON_LENGTH] or None) if why else _reason(link, rules, say),
        "Next_Step__c": (why.next_step or None) if why else _next_step(link, say),
        "Since__c": history.since(link, trail),
        "History__c": history.text(trail, say) or None,
        "Last_Sync__c": link.synced_at,
        "Address__c": link.erp.address or None if link.erp else None,
    }


def _reason(link: Link, rules: Rules, say: history.Say) -> str | None:
    words = str(link.extra.get("waiting") or "")
    strangers: Mapping[str, str] = link.extra.get(STRANGERS) or {}
    if strangers and not link.blocked:
        return _unmapped(rules, strangers, say)[:REASON_LENGTH]
    fields = words.split(", ")
    names = _labels(rules, link.blocked or fields)
    if all(name in rules.by_name for name in fields):
        words = f"Not known on the other side yet: {names}"
    if link.blocked:
        words = f"Both sides changed: {names}"
    return say(words)[:REASON_LENGTH] or None


def _unmapped(rules: Rules, strangers: Mapping[str, str], say: history.Say) -> str:
    names, people = _labels(rules, sorted(strangers)), ", ".join(strangers[name] for name in sorted(strangers))
    return say(f"{names}: nobody on the other side has the e-mail address of {people}")


def _labels(rules: Rules, names: Sequence[str]) -> str:
    return ", ".join(rules.by_name[name].label or name for name in names if name in rules.by_name)


def _notes(context: Context, link: Link, say: history.Say) -> str | None:
    refused = str(link.extra.get(REFUSED_CHOICE) or "")
    code = link.tombstone if link.tombstone in NOTES else refused
    if code == "entity:unknown":
        names = offered(context)
        return f"{say(NOTES[code])} {say(f'Choose one of {names}.')}"
    return say(NOTES[code]) if code else None


def _next_step(link: Link, say: history.Say) -> str | None:
    if link.extra.get(STRANGERS) and not link.blocked:
        return say("Give the same person that address there too, or choose somebody else.")
    return say("Choose the value to keep.") if link.blocked else None


def _number(rules: Rules, link: Link) -> str | None:
    name = rules.mapping.number
    field = next((f for f in rules.mapping.fields if f.erp == name), None)
    value = link.erp.fields.get(field.crm) if field and link.erp else None
    return str(value) if value else None


def _variation(link: Link) -> str | None:
    if link.erp is None:
        return None
    return str(link.erp.sequence) if link.erp.sequence is not None else link.erp.version or None


def has_panel(context: Context, link: Link) -> bool:
    """A deleted record has none, unless its deletion was refused: that has to be seen somewhere."""
    if not link.crm_key or (link.crm and link.crm.deleted and not link.delete_refused):
        return False
    return context.rules_for(link.entity, link.mapping).mapping.panel and not link.tombstone.startswith("merged")


def _write(context: Context, links: Sequence[Link], trails: Mapping[str, Sequence[AuditEntry]]) -> int:
    rows = [row(context, link, trails.get(link.id, ())) for link in links]
    context.point(Point.PANEL_BEFORE_WRITE)
    sent = [unsaid(context, link, shown) for link, shown in zip(links, rows, strict=True)]
    outcomes = context.crm.upsert(LINK_OBJECT, ERP_KEY, sent)
    context.point(Point.PANEL_BEFORE_COMMIT)
    done: dict[str, str] = {}
    refused: list[Link] = []
    stand = {link.id: shown for link, shown in zip(links, rows, strict=True)}
    for link, shown, outcome in zip(links, rows, outcomes, strict=True):
        if isinstance(outcome, Done):
            done[link.id] = fingerprint(shown)
        elif isinstance(outcome, Refused) and not outcome.retryable:
            done[link.id] = NOT_SHOWN  # the record is gone or hidden; the next change of the link tries again
        elif isinstance(outcome, Refused):
            refused.append(link)
    with context.store.transaction(context.fence) as tx:
        fresh = tx.links(list(done))
        same = [replace(one, panel=done[one.id]) for one in fresh.values() if _unmoved(one, links)]
        tx.save_links([_remembered(context, one, stand[one.id]) for one in same])
        keep_waits(tx, context, refused, done)
        tx.append_audit(context.back_office, [told(context, sorted(done))] if done else [])
    context.point(Point.PANEL_AFTER_COMMIT)
    return len(done)


def _remembered(context: Context, link: Link, shown: Values) -> Link:
    return link if link.panel == NOT_SHOWN else remembering(context, link, shown)


def told(context: Context, links: Sequence[str]) -> AuditEntry:
    """The audit's word for panels written."""
    return context.note("panel", side=Side.CRM, after={"rows": list(links)}, note=f"{len(links)} rows")


def _unmoved(fresh: Link, links: Sequence[Link]) -> bool:
    return any(link.id == fresh.id and link.revision == fresh.revision for link in links)


def _skip(context: Context, links: Sequence[Link]) -> None:
    if links:
        with context.store.transaction(context.fence, durable=False) as tx:
            tx.save_links([replace(link, panel=NOT_SHOWN) for link in links])
