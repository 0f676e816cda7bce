"""Records that seem to be gone: a few are believed, many at once are a suspicion that a person settles.

A lost permission, an expired token or a narrowed scope looks exactly like a mass deletion. So whoever finds records
missing asks here first. What is refused is kept as a suspicion; a full reading of the part (`rounds`) looks again and
lifts it when the records are back, or takes them for gone when a person has said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from tieline.contract import PermanentError, Side
from tieline.store.nouns import AuditEntry, Status
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.parts import Part, order_round

Suspicion = Mapping[str, Any]
"""`missing` of `known` records, `since` when, after how many full `readings`, and `approved`: for how many a person
said yes."""

_DOUBLINGS = 10  # beyond a day whatever the first wait is: keeps the number small


class Verdict(Enum):
    """What may be made of records that are not there: nothing, what the evidence allows, or all of it because a
    person said so."""

    HELD = "held"
    BELIEVED = "believed"
    APPROVED = "approved"


def suspicions_scope(back_office: str) -> str:
    return f"missing {back_office}"


def lately_scope(back_office: str) -> str:
    """Facts of this scope: part -> how many of its records were taken for gone in the last day."""
    return f"lately gone {back_office}"


def believable(tx: Transaction, context: Context, part: Part, missing: int, known: int | None = None) -> Verdict:
    """Whether so many records of a part may be taken for gone now. `known` is how many there should be, where the
    caller has counted. While a suspicion stands nothing of the part is believed."""
    if not missing:
        return Verdict.BELIEVED
    before = tx.fact(suspicions_scope(context.back_office), part.name)
    if before is not None and missing <= before.get("approved", 0):
        return Verdict.HELD  # the full reading that was asked for with the yes takes it from here
    lately = _lately(tx, context, part)
    if before is None and not _many(tx, context, part, missing, known, lately["count"]):
        told = {**lately, "count": lately["count"] + missing}
        tx.save_fact(lately_scope(context.back_office), part.name, told)
        return Verdict.BELIEVED
    _suspect(tx, context, part, missing, known, before)
    return Verdict.HELD


def recheck(tx: Transaction, context: Context, part: Part, missing: int, known: int) -> Verdict:
    """The same after a full reading: a suspicion that stands is judged anew, and a person's word counts."""
    before = tx.fact(suspicions_scope(context.back_office), part.name)
    if before is None:
        return believable(tx, context, part, missing, known)
    approved = missing <= before.get("approved", 0)
    if not approved and missing and _many(tx, context, part, missing, known, _lately(tx, context, part)["count"]):
        _suspect(tx, context, part, missing, known, before)
        return Verdict.HELD
    tx.save_fact(suspicions_scope(context.back_office), part.name, None)
    note = "believed" if missing else "the records are there again"
    tx.append_audit(
        context.back_office, [context.note("missing_settled", mapping=part.mapping, side=part.side, note=note)]
    )
    return Verdict.APPROVED if approved else Verdict.BELIEVED


def doubted(tx: Transaction, context: Context, part: Part, missing: int, known: int) -> bool:
    """Whether so many would be held again: nobody said yes, and the suspicion that stands is no smaller now."""
    before = tx.fact(suspicions_scope(context.back_office), part.name)
    if before is None or "approved" in before:
        return False
    return _many(tx, context, part, missing, known, _lately(tx, context, part)["count"])


def _many(tx: Transaction, context: Context, part: Part, missing: int, known: int | None, lately: int) -> bool:
    """A drip of losses adds up over a day; an object that reads as empty is never believed by itself."""
    options, total = context.options, missing + lately
    if known is not None and missing == known > (0 if erases(context, part) else 1):
        return True
    if total <= options.missing_few:
        return False
    there = (known if known is not None else _count(tx, context, part)) + lately
    return total > options.missing_most or total > there * options.missing_share


def erases(context: Context, part: Part) -> bool:
    """Whether the partner of a record that is gone is deleted too: then even a single one is looked at with care."""
    mapping = context.rules_for(part.entity, part.mapping).mapping
    return mapping.delete_in_crm if part.side is Side.ERP else mapping.delete_in_erp


def _count(tx: Transaction, context: Context, part: Part) -> int:
    """Live records of this kind that the side is known to have, over all entities."""
    unborn = str(Status.NOT_PROMOTED) if part.side is Side.ERP else ""
    counts = tx.count_links(context.back_office).items()
    return sum(n for (_, mapping, status), n in counts if mapping == part.mapping and status != unborn)


def _lately(tx: Transaction, context: Context, part: Part) -> dict[str, Any]:
    told, now = tx.fact(lately_scope(context.back_office), part.name), context.clock.now()
    if told and now - datetime.fromisoformat(told["since"]) < context.options.missing_within:
        return dict(told)
    return {"since": now.isoformat(), "count": 0}


def _suspect(
    tx: Transaction, context: Context, part: Part, missing: int, known: int | None, before: Suspicion | None
) -> None:  # fmt: skip
    """Keep it, tell it once, and have the part read whole again after a while, a longer one each time: it may heal by
    itself, and a reading is dear."""
    now, full = context.clock.now(), known is not None
    if before is not None and known is None:  # a look at some records takes back nothing of what a full reading missed
        missing, known = max(missing, before["missing"]), before["known"]
    there = known if known is not None else _count(tx, context, part)
    since = before["since"] if before else now.isoformat()
    readings = before.get("readings", 0) if before else 0
    wait = min(context.options.missing_again * 2 ** min(readings, _DOUBLINGS), context.options.audit_every)
    told = {"missing": missing, "known": there, "since": since, "readings": readings + full}
    tx.save_fact(suspicions_scope(context.back_office), part.name, told)
    order_round(tx, context.back_office, part, now + wait)
    if before is not None:
        return
    said = f"{missing} of {there} {part.words} seem to be gone"
    tx.append_audit(
        context.back_office, [context.note("missing_held", mapping=part.mapping, side=part.side, note=said)]
    )
    context.tell("records.missing", mapping=part.mapping, side=part.side, missing=missing, known=there)


def suspicions(tx: Transaction, back_office: str) -> dict[Part, Suspicion]:
    """Every suspicion that stands."""
    return {Part.named(name): told for name, told in tx.facts(suspicions_scope(back_office)).items()}


def report_suspicions(context: Context) -> None:
    """Raises PermanentError naming every part of which nothing is believed gone until a person says so."""
    with context.store.reading() as tx:
        held = suspicions(tx, context.back_office)
    if not held:
        return
    told = "; ".join(f"{one['missing']} of {one['known']} {part.words}" for part, one in held.items())
    raise PermanentError(
        f"seem to be gone, and are not taken for deleted: {told}",
        where=f"back office {context.back_office}",
        mend="Check the rights of the users we log in with. If they were really deleted, run `tieline missing --yes`.",
        code="mass_missing",
    )


def approve(tx: Transaction, back_office: str, now: datetime, by: str) -> int:
    """A person says that what is missing now is really gone. The next cycle reads those parts whole and believes it,
    unless more is missing by then. Returns how many records that are."""
    total = 0
    for part, told in suspicions(tx, back_office).items():
        tx.save_fact(suspicions_scope(back_office), part.name, {**told, "approved": told["missing"]})
        order_round(tx, back_office, part, now)
        said = f"{told['missing']} of {told['known']} {part.words} were really deleted"
        note = AuditEntry(now, "missing_believed", mapping=part.mapping, side=part.side, after={"by": by}, note=said)
        tx.append_audit(back_office, [note])
        total += int(told["missing"])
    return total
