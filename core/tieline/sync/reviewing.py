"""The review queue: records that could be one and the same, until a person has said so or denied it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tieline.contract import PermanentError
from tieline.store.nouns import AuditEntry, Link, Status
from tieline.store.protocol import Transaction
from tieline.sync.match import AMBIGUOUS, CANDIDATES, only_alike, unmarked
from tieline.sync.matching import DISTINCT
from tieline.sync.status import settled


@dataclass(frozen=True, slots=True)
class Unclear:
    """A CRM record and the ERP records it could be."""

    link: Link
    candidates: tuple[Link, ...]


def unclear(tx: Transaction, back_office: str, mapping: str = "", crm_key: str = "") -> list[Unclear]:
    """In order of the link; what has no candidate any more is compared anew by the next cycle."""
    after, found = "", []
    while links := tx.find_links(back_office, mapping, Status.OUT_OF_SYNC, after):
        for link in links:
            if link.problem is not None and link.problem.code == AMBIGUOUS and crm_key in {"", link.crm_key}:
                found += [Unclear(link, _candidates(tx, link))] if link.crm_key else []
        after = links[-1].id
    return found


def _candidates(tx: Transaction, link: Link) -> tuple[Link, ...]:
    told: dict[str, list[str]] = dict(link.extra.get(CANDIDATES, {}))
    found = tx.links(sorted({ident for idents in told.values() for ident in idents}))
    return tuple(one for one in found.values() if not one.tombstone)


def say_different(tx: Transaction, back_office: str, one: Unclear, now: datetime, by: str) -> Link:
    """A person says that the record is none of its candidates. Raises PermanentError where a strong key says so too:
    then the key has to be corrected, for the next comparison would find the same."""
    if not only_alike(one.link):
        raise PermanentError(
            "a strong key says that they are the same", mend="Correct the key, or use `tieline link`.", code="linked"
        )
    others = [candidate.id for candidate in one.candidates]
    extra = unmarked(one.link)
    extra[DISTINCT] = sorted({*extra.get(DISTINCT, ()), *others})
    free = settled(replace(one.link, problem=None, dirty=True, extra=extra))
    tx.save_links([free, *(replace(candidate, dirty=True) for candidate in one.candidates)])
    note = AuditEntry(
        now, "told_apart", free.id, free.mapping, crm_key=free.crm_key, after={"by": by, "from": others},
        status=str(free.status),
    )  # fmt: skip
    tx.append_audit(back_office, [note])
    return free
