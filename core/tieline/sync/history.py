"""Sync History: what happened to one link, in words, read from the audit. Times are UTC and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from tieline.store.nouns import AuditEntry, Link

SHOWN = 5
"""So many transitions stand in the org; `tieline history` shows all."""
READ = 20
"""So many entries of the audit are read to find them."""
_LINE = 300

Say = Callable[[str], str]

WORDS = {
    "blocked": "not sent",
    "confirmed": "confirmed by the back office",
    "conflict": "both sides had changed",
    "created": "created in the {side}",
    "deleted": "deleted in the {side}",
    "entity_chosen": "an accounting entity was chosen",
    "entity_refused": "the choice of an accounting entity was taken back",
    "held": "waits for Promote",
    "hidden": "out of sight in the {side}",
    "indeterminate": "outcome unknown, looked at anew",
    "integrity": "two contents under one version number",
    "linked": "linked by hand",
    "matched": "matched",
    "merged": "merged with another record",
    "not_executed": "proved not to have happened",
    "overdue": "no answer in time",
    "pressed": "a button was pressed",
    "promoted": "promotion was asked for",
    "queued": "queued in the {side}",
    "refused": "refused by the {side}",
    "replanned": "changed meanwhile, planned anew",
    "resolved": "resolved by hand",
    "retried": "tried again by hand",
    "reverted": "edit taken back",
    "seen": "changed in the {side}",
    "settled": "both sides agree",
    "stale": "an older version was dropped",
    "tombstone": "deleted on one side",
    "undeleted": "came back",
    "unknown": "no answer",
    "unlinked": "unlinked by hand",
    "updated": "updated in the {side}",
}
"""What a person reads for an event of the audit. Others are shown by their own name."""


def transitions(entries: Iterable[AuditEntry], most: int = SHOWN) -> list[AuditEntry]:
    """The last entries that say how the link stood after them, newest first."""
    found = [entry for entry in entries if entry.status]
    return found[: -most - 1 : -1]


def text(entries: Sequence[AuditEntry], say: Say) -> str:
    """The last transitions, a line each, newest first."""
    return "\n".join(line(entry, say) for entry in transitions(entries))


def line(entry: AuditEntry, say: Say) -> str:
    """`2026-01-05 09:00 UTC  Out of Sync: refused by the ERP (Too long)`."""
    what = say(WORDS.get(entry.event, entry.event.replace("_", " "))).replace("{side}", str(entry.side).upper())
    detail = entry.note or ", ".join(str(name) for name in entry.after)
    told = f"{moment(entry.at)}  {say(entry.status)}: {what}{f' ({detail})' if detail else ''}"
    return told if len(told) <= _LINE else told[: _LINE - 1] + "…"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def since(link: Link, entries: Sequence[AuditEntry]) -> datetime | None:
    """Since when the link stands as it does: its problem's time, else the first of the last entries that agree."""
    if link.problem is not None:
        return link.problem.at
    first = link.synced_at
    for entry in transitions(entries, len(entries)):
        if entry.status != str(link.status):
            break
        first = entry.at
    return first
