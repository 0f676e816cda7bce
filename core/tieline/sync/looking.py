"""Direct looks at records by key, and what it means when one is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tieline.contract import DeleteSource, Record, Side
from tieline.store.nouns import AuditEntry, Link, Problem, Status
from tieline.store.protocol import Transaction
from tieline.sync.absorb import HIDDEN, OUT_OF_SIGHT, absorb, gone
from tieline.sync.backward import STAMPS, note_backward, went_back
from tieline.sync.context import Context
from tieline.sync.merged import come_back
from tieline.sync.missing import Verdict, believable, erases, recheck
from tieline.sync.outcome import backoff
from tieline.sync.parts import Part, order_round, part_of
from tieline.sync.rules import Rules
from tieline.sync.status import settled

Found = Mapping[str, Record | None]
Wanted = Mapping[str, Sequence[str]]
"""Ids of links by the record's key; one CRM record may have several."""


def look_again(context: Context, entity: str, rules: Rules, side: Side, links: Sequence[Link]) -> None:
    """Read these records by key now. One that is not there is gone where the system tells no deletions; where it does,
    it is out of sight until the system says that it was deleted."""
    wanted = by_key(side, links)
    if not wanted:
        return
    found = context.client(side).read(context.entity_for(side, entity), rules.shape(side), list(wanted))
    with context.store.transaction(context.fence) as tx:
        Look(tx, context, entity, rules, side, parking=True).take(found, wanted)


def by_key(side: Side, links: Sequence[Link]) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for link in links:
        if link.key(side):
            wanted.setdefault(link.key(side), []).append(link.id)
    return wanted


def tells_deletions(context: Context, side: Side, rules: Rules) -> bool:
    deletes = context.client(side).capabilities(rules.object_on(side)).deletes
    return deletes in {DeleteSource.FEED, DeleteSource.AUDIT}


def is_missing(link: Link, side: Side, record: Record | None) -> bool:
    """Whether this look would take a record for gone that was not yet."""
    seen = link.seen(side)
    known = bool(link.tombstone) or (seen is not None and seen.deleted)
    return not known and (record is None or record.deleted)


def is_carried(link: Link) -> bool:
    """Whether its parent should carry this child. One with a write on its way is not judged."""
    return link.erp is not None and not link.erp.deleted and not link.awaiting


def not_carried(link: Link) -> Link:
    """The child as its parent's record tells: gone."""
    return settled(replace(link, erp=replace(link.erp, deleted=True) if link.erp else None, dirty=True))


@dataclass
class Look:
    """What a look showed, taken into links inside the caller's transaction. `told` are keys the system itself says
    were deleted. `known`: how many records there should be, after a full reading. `parking`: what may not be taken for
    gone is wanted, so it is put off instead of being left as it is."""

    tx: Transaction
    context: Context
    entity: str
    rules: Rules
    side: Side
    told: Collection[str] = ()
    known: int | None = None
    parking: bool = False
    saved: list[Link] = field(default_factory=list)
    notes: list[AuditEntry] = field(default_factory=list)

    def take(self, found: Found, wanted: Wanted) -> int:
        """Returns the links that changed. Judged together; loaded and saved a page at a time, for it may be all."""
        keys, size = list(found), self.context.options.page_of_links
        pages = [keys[start : start + size] for start in range(0, len(keys), size)]
        missing = sum(self._missing_of(self._pairs(page, found, wanted)) for page in pages)
        verdict = self._verdict(missing)
        return sum(self._take_page(verdict, self._pairs(page, found, wanted)) for page in pages)

    def _pairs(self, keys: Sequence[str], found: Found, wanted: Wanted) -> list[tuple[Link, Record | None]]:
        fresh = self.tx.links([ident for key in keys for ident in wanted.get(key, ())])
        return [(fresh[ident], found[key]) for key in keys for ident in wanted.get(key, ()) if ident in fresh]

    def _missing_of(self, pairs: Sequence[tuple[Link, Record | None]]) -> int:
        return len({link.key(self.side) for link, record in pairs if is_missing(link, self.side, record)})

    def _take_page(self, verdict: Verdict, pairs: Sequence[tuple[Link, Record | None]]) -> int:
        for link, record in pairs:
            if not is_missing(link, self.side, record):
                self._absorb(link, record)
            elif verdict is not Verdict.HELD or self.parking:
                proved = self._is_gone(verdict, link, record)
                self.saved.append(settled(gone(link, self.side)) if proved else self._out_of_sight(link))
        return self._save()

    def _save(self) -> int:
        changed = len(self.saved)
        self.tx.save_links(self.saved)
        if self.notes:
            self.tx.append_audit(self.context.back_office, self.notes)
        self.saved, self.notes = [], []
        return changed

    def _verdict(self, missing: int) -> Verdict:
        part = part_of(self.side, self.entity, self.rules.name)
        if self.known is not None:
            return recheck(self.tx, self.context, part, missing, self.known)
        if missing and not self._is_evidence(part):
            order_round(self.tx, self.context.back_office, part, self.context.clock.now())
            return Verdict.HELD
        return believable(self.tx, self.context, part, missing)

    def _is_evidence(self, part: Part) -> bool:
        """Whether a record that is not shown may be taken for gone. Where its partner is deleted for that, and the
        system tells no deletions, it could be the whole kind that is out of sight: only a full reading shows that."""
        return not erases(self.context, part) or tells_deletions(self.context, self.side, self.rules)

    def _is_gone(self, verdict: Verdict, link: Link, record: Record | None) -> bool:
        if verdict is not Verdict.BELIEVED:
            return verdict is Verdict.APPROVED
        told = record is not None or link.key(self.side) in self.told
        return told or not tells_deletions(self.context, self.side, self.rules)

    def _absorb(self, link: Link, record: Record | None) -> None:
        if record is None:
            return  # known to be gone already
        if went_back(link, self.side, record):
            why = f"{record.key} has an earlier stamp than before"
            note_backward(self.tx, self.context, STAMPS, self.side, self.entity, self.rules.name, why)
        taken = absorb(link, self.rules, self.side, record, self.context.clock.now())
        self.notes += taken.notes
        if taken.link is None:
            return
        back = link.tombstone and not taken.link.tombstone
        self.saved += come_back(self.tx, self.context, self.side, taken.link) if back else [taken.link]

    def _out_of_sight(self, link: Link) -> Link:
        """Looked for again after a while: rights come back, and a system may tell a deletion late."""
        attempts, now = link.attempts + 1, self.context.clock.now()
        problem = link.problem if link.problem and link.problem.code == OUT_OF_SIGHT else _hidden(self.side, now)
        due = now + backoff(attempts, self.context.options)
        extra = {**link.extra, HIDDEN: str(self.side)}
        after = settled(replace(link, problem=problem, attempts=attempts, not_before=due, dirty=True, extra=extra))
        if problem is not link.problem:
            self.notes.append(
                self.context.note(
                    "hidden", link=link.id, mapping=link.mapping, side=self.side, crm_key=link.crm_key,
                    erp_key=link.erp_key, status=str(after.status),
                )
            )  # fmt: skip
        return after


def _hidden(side: Side, now: datetime) -> Problem:
    return Problem(
        f"the record is out of sight in the {side.upper()}: deleted there, or not shown to us",
        "Give the user we log in with access to it; if it was deleted, run `tieline missing --yes`.",
        now,
        OUT_OF_SIGHT,
        final=False,
    )


def out_of_sight(tx: Transaction, back_office: str) -> list[Link]:
    """Links one of whose records is not shown to us, and nobody told that it was deleted."""
    after, found = "", []
    while links := tx.find_links(back_office, status=Status.OUT_OF_SYNC, after=after):
        found += [link for link in links if link.problem is not None and link.problem.code == OUT_OF_SIGHT]
        after = links[-1].id
    return found


def believe_hidden(tx: Transaction, back_office: str, now: datetime, by: str) -> int:
    """A person says that what is out of sight was deleted. Returns how many records that are."""
    links = out_of_sight(tx, back_office)
    tx.save_links([settled(gone(link, Side(link.extra[HIDDEN]))) for link in links])
    notes = [
        AuditEntry(
            now, "missing_believed", link.id, link.mapping, link.extra[HIDDEN], link.crm_key, link.erp_key,
            after={"by": by},
        )
        for link in links
    ]  # fmt: skip
    tx.append_audit(back_office, notes)
    return len(links)
