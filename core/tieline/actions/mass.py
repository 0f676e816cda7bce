"""Sending many records at once: chosen by a condition, counted before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tieline.actions.expressions import evaluate, fields_of, nested
from tieline.actions.promote import is_undecided, mark
from tieline.contract import Misconfigured, PermanentError, Promotion, Record, Shape, Side
from tieline.store.nouns import AuditEntry, Link, Status
from tieline.sync.context import Context
from tieline.sync.match import AMBIGUOUS
from tieline.sync.places import without_choice

BATCH = 200
NOTES = {
    "undecided": "no accounting entity is chosen",
    "deleted": "deleted on one side",
    "awaiting": "on its way already",
    "ambiguous": "could be more than one record",
    "done": "nothing is left to send",
    "off": "this kind of record is switched off",
}
"""Why a record stays as it is."""
SENT = frozenset({Status.IN_SYNC, Status.PROMOTED, Status.PUBLISHED_BY_CRM})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: `where` is a CEL expression over `record`, empty for all; `statuses` empty for any; `entity` None
    for where each is or shall go."""

    mapping: str
    where: str = ""
    statuses: frozenset[Status] = frozenset()
    entity: str | None = None


@dataclass
class Found:
    """What would become of them: `create` and `update` are (CRM id, entity), `left` counts why others stay."""

    create: list[tuple[str, str]] = field(default_factory=list)
    update: list[tuple[str, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def all(self) -> list[tuple[str, str]]:
        return [*self.create, *self.update]


def find(context: Context, wanted: Wanted) -> Found:
    """Reads the org's records of this kind, with the fields that the condition names and no others. Raises
    Misconfigured for a condition that cannot be evaluated."""
    rules = context.rules_for(context.entities[0], wanted.mapping)
    shape = Shape(rules.object_on(Side.CRM), fields_of(wanted.where, "record"), where=dict(rules.constants))
    found = Found()
    for page in context.crm.pages("", shape, None):
        chosen = [record.key for record in page.records if not record.deleted and _fits(wanted.where, record)]
        known = _links(context, wanted.mapping, chosen)
        for key in chosen:
            _sort(context, wanted, key, known.get(key, []), found)
    return found


def _fits(where: str, record: Record) -> bool:
    if not where:
        return True
    try:
        result = evaluate(where, {"record": nested(record.fields)})
    except ValueError as error:
        raise _bad(where, record, str(error)) from error
    if not isinstance(result, bool):
        raise _bad(where, record, "it is neither true nor false")
    return result


def _bad(where: str, record: Record, why: str) -> Misconfigured:
    return Misconfigured(
        f"the condition cannot be evaluated for {record.key}: {why}",
        where=where,
        mend="Write it like record.Industry == 'Energy' && record.Rank != null && record.Rank > 2.",
        code="bad_condition",
    )


def _links(context: Context, mapping: str, keys: Sequence[str]) -> Mapping[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    with context.store.reading() as tx:
        for entity in dict.fromkeys((context.home, *context.entities)):
            links = tx.links_by_key(context.back_office, entity, mapping, Side.CRM, keys) if keys else {}
            for key, link in links.items():
                found.setdefault(key, []).append(link)
    return found


def _sort(context: Context, wanted: Wanted, key: str, links: Sequence[Link], found: Found) -> None:
    entity = _target(context, wanted, links)
    if entity is None:
        found.left[NOTES["undecided"]] += 1
        return
    there = next((link for link in links if link.entity == entity), None)
    link = there or next((link for link in links if not link.erp_key), None)
    status = link.status if link else Status.NOT_PROMOTED
    if wanted.statuses and status not in wanted.statuses:
        return
    why = _reason(context, wanted.mapping, entity, link)
    if why:
        found.left[why] += 1
    else:
        (found.update if there is not None and there.erp_key else found.create).append((key, entity))


def _target(context: Context, wanted: Wanted, links: Sequence[Link]) -> str | None:
    """The entity named; else the one it is in, or chosen for; else the one for records without a choice."""
    if wanted.entity is not None:
        return wanted.entity
    homes = [
        link.entity
        for link in links
        if link.entity in context.entities and not link.tombstone and not is_undecided(context, link)
    ]
    return homes[0] if len(homes) == 1 else without_choice(context)


def _reason(context: Context, mapping: str, entity: str, link: Link | None) -> str:
    """Why it cannot or need not be sent; empty when it can."""
    if link is None:
        return ""
    if link.tombstone:
        return NOTES["deleted"]
    if link.awaiting:
        return NOTES["awaiting"]
    if link.problem is not None and link.problem.code == AMBIGUOUS:
        return NOTES["ambiguous"]
    if link.erp_key and link.status in SENT:
        return NOTES["done"]
    promotion = context.rules_for(entity, mapping).promotion(link.crm.fields if link.crm else {})
    return NOTES["off"] if promotion is Promotion.NEVER and not link.erp_key else ""


def send(
    context: Context, mapping: str, records: Sequence[tuple[str, str]], told: Callable[[int], object] = lambda _n: None
) -> list[str]:
    """Ask for all of them to go out; returns their links. What cannot be asked for is passed over: its link says why.
    `told` hears how many were asked for so far."""
    asked: list[str] = []
    for entity, keys in _batches(records):
        asked += _ask(context, mapping, entity, keys)
        told(len(asked))
    return asked


def _batches(records: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    for entity in sorted({entity for _, entity in records}):
        keys = [key for key, there in records if there == entity]
        yield from ((entity, keys[start : start + BATCH]) for start in range(0, len(keys), BATCH))


def _ask(context: Context, mapping: str, entity: str, keys: Sequence[str]) -> list[str]:
    known = _links(context, mapping, keys)
    unread = [key for key in keys if not any(not one.erp_key or one.entity == entity for one in known.get(key, []))]
    shape = context.rules_for(entity, mapping).shape(Side.CRM)
    records = context.crm.read("", shape, unread) if unread else {}
    links = []
    with context.store.transaction(context.fence) as tx:
        for key in keys:
            with suppress(PermanentError):
                links.append(mark(tx, context, mapping, key, entity, records.get(key)))
        tx.append_audit(context.back_office, [_note(context, link) for link in links])
    return [link.id for link in links]


def _note(context: Context, link: Link) -> AuditEntry:
    return context.note(
        "promoted", link=link.id, mapping=link.mapping, side=Side.CRM, crm_key=link.crm_key, erp_key=link.erp_key,
        status=str(link.status),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many are there, out of step with a reason, and still under way."""

    done: int
    refused: int
    waiting: int


def outcome(context: Context, links: Sequence[str]) -> Outcome:
    with context.store.reading() as tx:
        found = list(tx.links(list(links)).values())
    refused = sum(link.problem is not None for link in found)
    done = sum(link.problem is None and link.promoted and not link.promote and not link.awaiting for link in found)
    return Outcome(done, refused, len(links) - done - refused)
