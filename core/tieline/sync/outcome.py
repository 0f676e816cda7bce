"""What an answer means for a link: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tieline.contract import Done, Outcome, Pending, PermanentError, Record, Refused, Side, Stale, Unknown
from tieline.store.nouns import AuditEntry, Canonical, Conflict, Item, Link, Observation, Problem
from tieline.sync.absorb import absorb, confirm, observation
from tieline.sync.context import Options
from tieline.sync.forms import acknowledged
from tieline.sync.identity import fingerprint
from tieline.sync.intents import still_speaks
from tieline.sync.loops import forget, remember
from tieline.sync.overtaken import moved_meanwhile, overtaken, without_passed
from tieline.sync.rules import Rules
from tieline.sync.status import answered, settled, with_status

FREE_IT = "Restore the deleted record, or free the other one of what holds it and ask your administrator to retry."


TAKEN = "taken"
"""The record a create was to make is there and belongs to another link: a refusal that proves something."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The link after an answer. `item` is what stays open (None: the intent is closed). `reread` asks for a fresh look
    at the record before anything else is decided."""

    link: Link
    item: Item | None = None
    notes: tuple[AuditEntry, ...] = ()
    reread: bool = False
    conflicts: tuple[Conflict, ...] = ()


def apply(
    link: Link,
    item: Item,
    side: Side,
    outcome: Outcome,
    rules: Rules,
    now: datetime,
    options: Options,
    ambiguous: bool = False,
) -> Settled:
    """Take one outcome into the link it belongs to. `ambiguous`: an earlier attempt ended unknown, so a refusal now
    proves nothing about that one and the intent stays open. Notes carry the status that came of it."""
    link = forget(link, now - options.flips_within)
    return _told(_applied(link, item, side, outcome, rules, now, options, ambiguous=ambiguous))


def _told(one: Settled) -> Settled:
    return replace(one, notes=with_status(one.link, one.notes))


def _applied(
    link: Link, item: Item, side: Side, outcome: Outcome, rules: Rules, now: datetime, options: Options, *,
    ambiguous: bool,
) -> Settled:  # fmt: skip
    if ambiguous and isinstance(outcome, Refused) and not outcome.gone and outcome.code != TAKEN:
        return _still_open(link, item, side, outcome, now)
    if isinstance(outcome, Done):
        return _as_far_as_readable(link, item, side, outcome, rules, now)
    if isinstance(outcome, Pending):
        note = _note(link, item, side, now, "queued")
        return Settled(settled(link), replace(item, correlation=outcome.correlation), (note,))
    if isinstance(outcome, Unknown):
        return Settled(settled(link), item, (_note(link, item, side, now, "unknown", outcome.reason),))
    free = answered(link) if side is Side.ERP else link
    if isinstance(outcome, Stale):
        return _stale(free, item, side, outcome, rules, now)
    return _refused(free, item, side, outcome, now, options)


def _as_far_as_readable(
    link: Link, item: Item, side: Side, outcome: Done, rules: Rules, now: datetime
) -> Settled:  # fmt: skip
    """Without the read-back when it holds a value no field can: the write was done, the next reading tells the rest."""
    try:
        return _done(link, item, side, outcome, rules, now)
    except PermanentError:
        return _done(link, item, side, replace(outcome, record=None), rules, now)


def _still_open(link: Link, item: Item, side: Side, outcome: Refused, now: datetime) -> Settled:
    problem = link.problem if outcome.retryable else _problem(outcome, side, now)
    note = _note(link, item, side, now, "refused", f"{outcome.reason} (an earlier attempt is still unproved)")
    return Settled(settled(replace(link, problem=problem)), item, (note,))


def _done(link: Link, item: Item, side: Side, outcome: Done, rules: Rules, now: datetime) -> Settled:
    if item.operation == "delete":
        freed = answered(link) if side is Side.ERP else link
        seen = replace(link.seen(side) or Observation({}), deleted=True)
        freed = replace(freed, crm=seen) if side is Side.CRM else replace(freed, erp=seen)
        buried = replace(freed, tombstone=f"deleted:{side}", dirty=False, problem=None)
        return Settled(settled(buried), None, (_note(link, item, side, now, "deleted"),))
    created, key = item.operation == "create", outcome.key or item.key
    if link.key(side) not in {"", key}:
        return _moved_on(link, item, side, key, now)
    bound = _bound(answered(link) if side is Side.ERP else link, side, key)
    bound = bound if created else remember(bound, side, item.payload.get("fields", {}), now)
    moved = moved_meanwhile(link, side, item)
    seen = _seen_after(bound, side, item, outcome, rules, moved)
    bound = replace(bound, crm=seen) if side is Side.CRM else replace(bound, erp=seen)
    base = {**link.base, **still_speaks(link, item, side, acknowledged(rules, side, item, outcome))}
    after = replace(
        bound,
        extra=bound.extra if side is Side.CRM else without_passed(bound.extra),
        base=_agreed(rules, bound, base),
        promoted=True,
        promote=False if side is Side.ERP else bound.promote,
        problem=link.problem if _refused_elsewhere(link, side) else None,
        attempts=0,
        not_before=None,
        synced_at=now,
        dirty=True,  # a last look: what the other side made of our values is decided like any other change
    )
    unseen = side is Side.ERP and outcome.record is None
    after = replace(after, confirmed=False) if unseen else confirm(after)
    note = _note(after, item, side, now, "created" if created else "updated")
    lost = moved if outcome.record is None else {n: v for n, v in moved.items() if seen.fields.get(n) != v}
    # A late answer shows the record as it was then; without a version number only a look tells how it is now.
    unsure = bool(lost) or (bool(item.correlation) and seen.sequence is None) or _out_of_order(link, side, outcome)
    return Settled(settled(after), None, (note,), unsure, overtaken(link, side, item, lost, now))


def _moved_on(link: Link, item: Item, side: Side, key: str, now: datetime) -> Settled:
    """The record written was merged into another one since, and the tie is that one's now: it stays so."""
    free = replace(answered(link) if side is Side.ERP else link, dirty=True)
    note = _note(free, item, side, now, "created" if item.operation == "create" else "updated")
    told = replace(note, crm_key=key) if side is Side.CRM else replace(note, erp_key=key)
    return Settled(settled(free), None, (told,))


def _out_of_order(link: Link, side: Side, outcome: Done) -> bool:
    """The record as answered bears an earlier stamp than the record as last read."""
    before, record = link.seen(side), outcome.record
    stamps = (before.stamp, record.stamp) if before is not None and record is not None else (None, None)
    return stamps[0] is not None and stamps[1] is not None and stamps[1] < stamps[0]


def _refused_elsewhere(link: Link, side: Side) -> bool:
    return str(side.other) in link.extra.get("refused", {})


def _bound(link: Link, side: Side, key: str) -> Link:
    return replace(link, crm_key=key) if side is Side.CRM else replace(link, erp_key=key)


def _seen_after(
    link: Link, side: Side, item: Item, outcome: Done, rules: Rules, moved: Mapping[str, Canonical]
) -> Observation:
    """What the side holds now: the read-back unless a later state was seen already, else what we sent over what we
    knew. A new record that was met before the answer came is known better by that meeting."""
    before = link.seen(side)
    if outcome.record is not None:
        fresh = observation(rules, side, outcome.record)
        if before is None or not _older(fresh, before):
            return fresh
        return before if moved or not _by_the_clock(fresh, before) else _set_back(fresh, before, item)
    if before is not None and item.operation == "create":
        return before
    known: Mapping[str, Canonical] = before.fields if before else {}
    sent: Mapping[str, Canonical] = item.payload.get("fields", {})
    return Observation(
        {**known, **sent, **moved},
        outcome.version or (before.version if before else ""),
        before.stamp if before else None,
        before.sequence if before else None,
    )


def _set_back(fresh: Observation, before: Observation, item: Item) -> Observation:
    """Stamped earlier than what was seen before our write: the system's clock was put back. Of the fields we wrote the
    answer knows better; the others are looked at again."""
    told = {n: fresh.fields[n] for n in item.payload.get("fields", {}) if n in fresh.fields}
    return replace(fresh, fields={**before.fields, **told})


def _by_the_clock(fresh: Observation, before: Observation) -> bool:
    """Whether only stamps tell which of two states is the later one."""
    return fresh.sequence is None or before.sequence is None


def _older(fresh: Observation, before: Observation) -> bool:
    if fresh.sequence is not None and before.sequence is not None:
        return fresh.sequence < before.sequence
    return fresh.stamp is not None and before.stamp is not None and fresh.stamp < before.stamp


def _agreed(
    rules: Rules, link: Link, base: dict[str, tuple[Canonical, Canonical]]
) -> dict[str, tuple[Canonical, Canonical]]:
    """Fields that came out equal without being written (both empty, mostly) are agreed too."""
    if link.crm is None or link.erp is None:
        return base
    for name in rules.by_name:
        if name in base or name not in link.crm.fields or name not in link.erp.fields:
            continue
        pair = (link.crm.fields[name], link.erp.fields[name])
        if pair[0] == pair[1]:
            base[name] = pair
    return base


def _stale(link: Link, item: Item, side: Side, outcome: Stale, rules: Rules, now: datetime) -> Settled:
    note = _note(link, item, side, now, "replanned", "the record changed before we wrote")
    free = settled(replace(link, dirty=True))
    if outcome.record is None:
        return Settled(free, None, (note,), reread=True)
    fresh = absorb(free, rules, side, outcome.record, now)
    return Settled(fresh.link or free, None, (note, *fresh.notes))


def _refused(link: Link, item: Item, side: Side, outcome: Refused, now: datetime, options: Options) -> Settled:
    note = _note(link, item, side, now, "refused", outcome.reason)
    if outcome.gone:  # if it is back when we look, the same write is a new one: a system remembers its answers by key
        return Settled(settled(replace(link, dirty=True, epoch=link.epoch + 1)), None, (note,), reread=True)
    attempts = link.attempts + 1
    if outcome.retryable:
        wait = max(backoff(attempts, options), _asked(outcome.retry_after, options))
        spent = attempts >= options.retry_budget
        problem = _problem(outcome, side, now, final=False) if spent else link.problem
        later = replace(link, attempts=attempts, not_before=now + wait, problem=problem, dirty=True)
        return Settled(settled(later), None, (note,))
    if item.operation == "delete":
        why = replace(_problem(outcome, side, now), next_step=FREE_IT)
        refused = replace(link, delete_refused=outcome.reason, problem=why, dirty=False)
        return Settled(settled(refused), None, (note,))
    # A definite no proves that nothing happened: the next attempt is a new operation with a new key. What was refused
    # is remembered and not sent again; an update's other side is looked at once more, for it may have its own part.
    refused_now = {**link.extra.get("refused", {}), str(side): refusal_of(item.payload.get("fields", {}))}
    stuck = replace(
        link,
        attempts=attempts,
        epoch=link.epoch + 1,
        problem=_problem(outcome, side, now),
        dirty=item.operation == "update",
        extra={**link.extra, "refused": refused_now},
    )
    return Settled(settled(stuck), None, (note,))


def _asked(seconds: float | None, options: Options) -> timedelta:
    """The wait the vendor wants, up to our longest: a number without measure must not park a record for years."""
    longest = options.retry_last.total_seconds()
    return timedelta(seconds=min(seconds, longest) if seconds and seconds > 0 else 0)


def refusal_of(fields: Mapping[str, Canonical]) -> str:
    """How a refused write is recognised when the same would be sent again."""
    return fingerprint(fields)


def _problem(outcome: Refused, side: Side, now: datetime, *, final: bool = True) -> Problem:
    fields = f" ({', '.join(outcome.fields)})" if outcome.fields else ""
    mend = outcome.mend or "Correct the record; it is sent again when you save it."
    step = mend if final else "Nothing: it is tried again by itself."
    return Problem(f"{outcome.reason}{fields}", step, now, outcome.code, final, str(side))


def backoff(attempts: int, options: Options) -> timedelta:
    """Doubles from the first wait up to the last; no jitter, since one record's wait meets nobody else's."""
    doubled: timedelta = options.retry_first * (2.0 ** min(attempts - 1, 20))
    return min(doubled, options.retry_last)


def never_happened(link: Link, item: Item, side: Side, now: datetime) -> Settled:
    """It is proved that the write did not take effect and never will: plan anew, under a new key."""
    free = replace(answered(link) if side is Side.ERP else link, epoch=link.epoch + 1, dirty=True)
    return _told(Settled(settled(free), None, (_note(link, item, side, now, "not_executed"),)))


def indeterminate(link: Link, item: Item, side: Side, now: datetime) -> Settled:
    """The record changed since and no longer tells whether our write was there: drop the intent, look, plan anew."""
    free = replace(answered(link) if side is Side.ERP else link, dirty=True)
    return _told(Settled(settled(free), None, (_note(link, item, side, now, "indeterminate"),), reread=True))


def adopt(record: Record) -> Done:
    """A look at the other side proved that our write is there."""
    return Done(record.key, record.version, record)


def _note(link: Link, item: Item, side: Side, now: datetime, event: str, note: str = "") -> AuditEntry:
    before = link.seen(side)
    old = {name: before.fields.get(name) for name in item.payload.get("fields", {})} if before else {}
    return AuditEntry(
        now,
        event,
        link.id,
        link.mapping,
        side,
        link.crm_key,
        link.erp_key,
        item.idempotency_key,
        item.payload.get("before", old),
        item.payload.get("fields", item.payload.get("raw", {})),
        note,
        str(link.status),
    )
