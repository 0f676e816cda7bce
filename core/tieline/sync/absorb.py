"""Taking one record as read into its link: pure. Nothing is ever dropped for being young or for being ours; a record
is an echo only when it says what we already know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tieline.contract import PermanentError, Record, Side
from tieline.store.nouns import AuditEntry, Fields, Link, Observation, Problem
from tieline.sync.identity import reference
from tieline.sync.overtaken import PASSED, passing
from tieline.sync.rules import Rules, name_on
from tieline.sync.status import SYSTEM_OF_RECORD, overdue, settled, with_status

UNREADABLE = "unreadable"
OUT_OF_SIGHT = "out_of_sight"
HIDDEN = "hidden"
"""In `Link.extra`: the side whose record is out of sight."""


FORMER = "former"
"""In `Link.extra`: ids of partners that we deleted ourselves."""


@dataclass(frozen=True, slots=True)
class Absorbed:
    """`link` is None when there is nothing to save."""

    link: Link | None
    notes: tuple[AuditEntry, ...] = ()


def observation(rules: Rules, side: Side, record: Record) -> Observation:
    return Observation(
        rules.canonical(side, record.fields),
        record.version,
        record.stamp,
        record.sequence,
        record.deleted,
        record.address,
    )


def absorb(link: Link, rules: Rules, side: Side, record: Record, now: datetime) -> Absorbed:
    """The link after seeing this record. A change of its status is always noted. A record with a value that its field
    cannot hold is not taken in: the link says so, and keeps what it knew."""
    try:
        taken = _absorbed(link, rules, side, record, now)
    except PermanentError as error:
        taken = _unreadable(link, side, record, error, now)
    after = taken.link or link
    notes = taken.notes
    met_before = link.crm is not None or link.erp is not None
    if met_before and after.status is not link.status and not notes:
        notes = (_note(after, side, now, "confirmed" if after.confirmed and not link.confirmed else "seen"),)
    return replace(taken, notes=with_status(after, notes))


def _absorbed(link: Link, rules: Rules, side: Side, record: Record, now: datetime) -> Absorbed:
    seen = link.seen(side)
    fresh = observation(rules, side, record)
    if seen is not None and fresh.sequence is not None and seen.sequence is not None:
        if fresh.sequence < seen.sequence:
            return Absorbed(None, (_note(link, side, now, "stale"),))
        if fresh.sequence == seen.sequence and _contradicts(seen, fresh):
            # What we sent is known, what became of it was not read yet: this is the state before our write.
            return _integrity(link, side, now) if link.confirmed else Absorbed(None)
    if link.tombstone:
        return _after_burial(link, side, fresh, now)
    if seen is not None and _same(seen, fresh) and link.key(side) == record.key:
        return _echo(link, side, fresh)
    return Absorbed(_changed(link, rules, side, record, fresh))


def _unreadable(link: Link, side: Side, record: Record, error: PermanentError, now: datetime) -> Absorbed:
    """Said once, however often the record is read."""
    reason = f"{error.where}: {error.what}"
    problem = Problem(reason, error.mend, now, UNREADABLE)
    known = link.problem
    if link.tombstone or (known and (known.code, known.reason) == (UNREADABLE, reason)):
        return Absorbed(None)
    keyed = replace(link, crm_key=record.key) if side is Side.CRM else replace(link, erp_key=record.key)
    told = settled(replace(keyed, problem=problem, dirty=False))
    return Absorbed(told, (_note(told, side, now, "unreadable", error.sentence()),))


def _same(seen: Observation, fresh: Observation) -> bool:
    return seen.fields == fresh.fields and seen.deleted == fresh.deleted


def _contradicts(seen: Observation, fresh: Observation) -> bool:
    """One version number, two values for a field; a field shown for the first time contradicts nothing."""
    return any(seen.fields[name] != value for name, value in fresh.fields.items() if name in seen.fields)


def _echo(link: Link, side: Side, fresh: Observation) -> Absorbed:
    seen = link.seen(side)
    cured = link.problem is not None and (link.problem.code == UNREADABLE or _is_back(link, side))
    known = replace(link, problem=None, dirty=True) if cured else link
    after = confirm(_with(known, side, fresh)) if side is Side.ERP else _with(known, side, fresh)
    if seen == fresh and after.confirmed == link.confirmed and not cured:
        return Absorbed(None)
    return Absorbed(settled(after))


def _is_back(link: Link, side: Side) -> bool:
    """Shown again as it was, after it was out of sight on this side."""
    assert link.problem is not None
    return link.problem.code == OUT_OF_SIGHT and link.extra.get(HIDDEN) == str(side)


def _changed(link: Link, rules: Rules, side: Side, record: Record, fresh: Observation) -> Link:
    after = _with(link, side, fresh)
    keyed = replace(after, crm_key=record.key) if side is Side.CRM else replace(after, erp_key=record.key)
    extra = {name: value for name, value in keyed.extra.items() if name != "refused"}
    if side is Side.ERP and link.awaiting:
        extra[PASSED] = {**extra.get(PASSED, {}), **passing(link, fresh)}
    why = link.problem if overdue(link) else None  # an edit is no answer
    keyed = replace(keyed, dirty=True, not_before=None, attempts=0, problem=why, extra=extra)
    keyed = replace(keyed, parent=_parent(keyed, rules, record), mapping_version=rules.version)
    if side is Side.ERP:
        keyed = confirm(keyed)
    if rules.mapping.system_of_record is Side.CRM:
        keyed = replace(keyed, extra={**keyed.extra, SYSTEM_OF_RECORD: str(Side.CRM)})
    return settled(replace(keyed, delete_refused=""))  # something newer happened: the refusal is history


def _with(link: Link, side: Side, fresh: Observation) -> Link:
    return replace(link, crm=fresh) if side is Side.CRM else replace(link, erp=fresh)


def _parent(link: Link, rules: Rules, record: Record) -> str:
    """The parent by the name this side knows it by; the first side to say so names it. Who waits for a parent may be
    given another one meanwhile."""
    if not rules.mapping.parent or (link.parent and link.crm_key and link.erp_key):
        return link.parent
    field = rules.parent_field
    if record.parent:
        return reference(rules.mapping.parent, Side.ERP, record.parent)
    for side in (Side.ERP, Side.CRM):
        seen = link.seen(side)
        value = seen.fields.get(field.crm) if seen and field else None
        if value:
            return reference(rules.mapping.parent, side, str(value))
    return link.parent


def _after_burial(link: Link, side: Side, fresh: Observation, now: datetime) -> Absorbed:
    """A record behind a tombstone came back: an undelete is reported and picked up, an old copy is ignored."""
    seen = link.seen(side)
    if fresh.deleted or seen is None or link.tombstone.startswith("merged"):
        return Absorbed(None)
    if not seen.deleted:  # the partner that is left: what people do to it counts once the other one is restored
        return Absorbed(None if seen == fresh else _with(link, side, fresh))
    back = replace(_with(link, side, fresh), tombstone="", dirty=True, problem=None)
    if link.tombstone == f"deleted:{side.other}":
        back = _alone(back, side)
    return Absorbed(settled(back), (_note(link, side, now, "undeleted"),))


def _alone(link: Link, side: Side) -> Link:
    """We deleted the partner because this record was gone. Now that it is back it gets a new partner, under a new key;
    the old one's id is remembered, for it carries the same marker."""
    former = [*link.extra.get(FORMER, ()), link.key(side.other)]
    free = replace(link, base={}, epoch=link.epoch + 1, confirmed=False, extra={**link.extra, FORMER: former})
    if side is Side.ERP:
        return replace(free, crm_key="", crm=None)
    return replace(free, erp_key="", erp=None, promoted=False)


def _integrity(link: Link, side: Side, now: datetime) -> Absorbed:
    problem = Problem(
        "the back office sent two different contents under one version number",
        "Compare the record in both systems, then press Promote.",
        now,
        "integrity",
    )
    return Absorbed(settled(replace(link, problem=problem)), (_note(link, side, now, "integrity"),))


def _note(link: Link, side: Side, now: datetime, event: str, note: str = "") -> AuditEntry:
    return AuditEntry(
        now, event, link.id, link.mapping, side, link.crm_key, link.erp_key, note=note, status=str(link.status)
    )  # fmt: skip


def gone(link: Link, side: Side) -> Link:
    """The link once a direct look showed that this side's record is not there."""
    seen = link.seen(side) or Observation({})
    why = link.problem if overdue(link) else None
    return replace(_with(link, side, replace(seen, deleted=True)), dirty=True, not_before=None, problem=why)


def confirm(link: Link) -> Link:
    """In sync is what a later look at the ERP confirmed, not what we sent."""
    confirmed = bool(link.promoted and link.erp is not None and _agrees(link, link.erp.fields))
    return replace(link, confirmed=confirmed)


def _agrees(link: Link, erp: Fields) -> bool:
    return all(name not in erp or erp[name] == pair[1] for name, pair in link.base.items())


def expected(rules: Rules, side: Side, link: Link) -> dict[str, object]:
    """The values last read of one side, under the client's names: what a careful writer compares before it writes."""
    seen = link.seen(side)
    if seen is None:
        return {}
    known = {name: value for name, value in seen.fields.items() if name in rules.by_name}
    return {name_on(rules.by_name[n], side): v for n, v in known.items()}
