"""What a person may do to links by hand. Each is a change of the link in one transaction with its audit entry; the next
cycle acts on it like on anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tieline.contract import PermanentError, Side
from tieline.store.nouns import AuditEntry, Canonical, Conflict, Link, Status
from tieline.store.protocol import Store, Transaction
from tieline.sync.family import wake_children
from tieline.sync.identity import derive
from tieline.sync.retied import compare_children, compare_references
from tieline.sync.standing import retried
from tieline.sync.status import overdue, settled

HELD = "held"
"""In `Link.extra`: a person took this record out of matching and creating; only a person puts it back."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Works on one back office's links. `by` names the person in the audit, `siblings` are the other back offices of
    its system."""

    store: Store
    back_office: str
    now: datetime
    by: str
    siblings: tuple[str, ...] = ()

    def stuck(self, mapping: str = "") -> list[Link]:
        """Links that are Out of Sync for a reason a new attempt may cure."""
        found: list[Link] = []
        with self.store.reading() as tx:
            for status in (Status.OUT_OF_SYNC, Status.DELETE_REQUEST_REJECTED):
                after = ""
                while links := tx.find_links(self.back_office, mapping, status, after):
                    found += [link for link in links if _stuck(link)]
                    after = links[-1].id
        return found

    def retry(self, links: Sequence[Link]) -> int:
        """Try these again in the next cycle. A link whose outcome is unknown stays with its open call."""
        with self.store.transaction() as tx:
            fresh = tx.links([link.id for link in links])
            again = [settled(_once_more(one)) for one in fresh.values() if _stuck(one)]
            tx.save_links(again)
            self._note(tx, "retried", [(fresh[one.id], one) for one in again])
        return len(again)

    def resolve(self, link: Link, winner: Side) -> tuple[str, ...]:
        """Settle the open conflicts of a link: the winner's values go to the other side. Returns the fields."""
        with self.store.transaction() as tx:
            fresh = tx.link(link.id) or link
            base = {**fresh.base, **{name: _only_dirty(fresh, winner, name) for name in fresh.blocked}}
            after = settled(replace(fresh, base=base, blocked=(), dirty=True, not_before=None))
            tx.save_links([after])
            open_ones = tx.conflicts(self.back_office, link.id, open_only=True)
            tx.add_conflicts(self._newer(fresh, winner, open_ones))
            tx.resolve_conflicts([one.id for one in open_ones], self.now)
            self._note(tx, "resolved", [(fresh, after)], f"{winner} wins {', '.join(fresh.blocked)}")
        return fresh.blocked

    def _newer(self, link: Link, winner: Side, told: Sequence[Conflict]) -> list[Conflict]:
        """What has been read since the conflict was told: it loses or wins all the same, and stays readable."""
        crm, erp = (_disputed(link, side) for side in Side)
        names = tuple(n for n in link.blocked if not any(_tells(one, n, crm[n], erp[n]) for one in told))
        if not names:
            return []
        base = {name: list(link.base[name]) if name in link.base else None for name in names}
        held = [{name: side[name] for name in names} for side in (crm, erp)]
        ident = derive("resolved", link.id, str(link.revision))
        return [
            Conflict(
                ident, link.back_office, link.id, link.mapping, names, base, held[0], held[1], str(winner),
                "manual", self.now, self.now,
            )
        ]  # fmt: skip

    def join(self, crm: Link, erp: Link) -> Link:
        """Tie two half-links. Raises PermanentError when either has a partner already."""
        for one, side in ((crm, Side.CRM), (erp, Side.ERP)):
            if one.key(side.other) or one.awaiting:
                raise PermanentError(f"{one.key(side)} is linked already", mend="Unlink it first.", code="linked")
        whole = replace(
            crm, entity=erp.entity, erp_key=erp.erp_key, erp=erp.erp, promoted=True, dirty=True, problem=None,
            extra=_free(crm), parent=crm.parent or erp.parent,
        )  # fmt: skip
        whole = settled(whole)
        with self.store.transaction() as tx:
            self._not_twice(tx, crm, erp.entity)
            apart = replace(erp, erp_key="", tombstone=f"merged:{crm.id}", dirty=False, problem=None)
            tx.save_links([settled(apart)])
            tx.save_links([whole])
            wake_children(tx, crm.mapping, [whole])
            compare_children(tx, crm.mapping, [whole])
            compare_references(tx, whole)
            self._reconsider(tx, crm.mapping)
            self._note(tx, "linked", [(crm, whole)])
        return whole

    def _not_twice(self, tx: Transaction, crm: Link, entity: str) -> None:
        """A record has one link in each entity."""
        other = tx.links_by_key(self.back_office, entity, crm.mapping, Side.CRM, [crm.crm_key]).get(crm.crm_key)
        if other is not None and other.id != crm.id and not other.tombstone:
            raise PermanentError(f"{crm.crm_key} is linked there already", mend="Unlink it first.", code="linked")

    def _reconsider(self, tx: Transaction, mapping: str) -> None:
        """Records that could have been either of the two may be clear now: the next cycle compares them again."""
        unclear = tx.find_links(self.back_office, mapping, "Out of Sync", limit=100_000)
        again = [link for link in unclear if link.problem is not None and link.problem.code == "ambiguous"]
        tx.save_links([replace(link, dirty=True) for link in again])

    def part(self, link: Link) -> None:
        """Untie a link. Both records stay where they are and are left alone until a person links or promotes them."""
        if not (link.crm_key and link.erp_key):
            raise PermanentError("there is nothing to unlink", mend="Name a record that is on both sides.")
        if link.awaiting:
            raise PermanentError("a write is on its way", mend="Wait for its answer, then unlink.", code="awaiting")
        held = {HELD: True}
        crm_half = Link(
            derive("parted", link.id, str(link.revision), Side.CRM), link.back_office, link.entity, link.mapping,
            crm_key=link.crm_key, crm=link.crm, extra=held, parent=link.parent,
        )  # fmt: skip
        erp_half = Link(
            derive("parted", link.id, str(link.revision), Side.ERP), link.back_office, link.entity, link.mapping,
            erp_key=link.erp_key, erp=link.erp, extra=held, parent=link.parent,
        )  # fmt: skip
        with self.store.transaction() as tx:
            self._no_call_out(tx, link)
            apart = settled(replace(link, tombstone="unlinked", dirty=False, problem=None))
            halves = [settled(crm_half), settled(erp_half)]
            tx.save_links([apart])
            tx.save_links(halves)
            self._wake_others(tx, link)
            self._note(tx, "unlinked", [(link, one) for one in (apart, *halves)])

    def _wake_others(self, tx: Transaction, link: Link) -> None:
        """Ties of the same CRM record in other places: one of them may own its one-way fields now."""
        for office in dict.fromkeys((self.back_office, *self.siblings)):
            after = ""
            while links := tx.find_links(office, link.mapping, after=after):
                mine = (one for one in links if one.crm_key == link.crm_key and one.erp_key and not one.tombstone)
                tx.save_links([replace(one, dirty=True) for one in mine])
                after = links[-1].id

    def _no_call_out(self, tx: Transaction, link: Link) -> None:
        """Writes to the CRM leave no mark on the link; what comes of them must still find it."""
        if any(item.link == link.id for call in tx.open_calls(self.back_office) for item in call.items):
            raise PermanentError("a write is on its way", mend="Wait for its answer, then unlink.", code="awaiting")

    def find(self, mapping: str, side: Side, key: str) -> Link:
        """A live link by a record's id on one side. Raises PermanentError."""
        after = ""
        with self.store.reading() as tx:
            while links := tx.find_links(self.back_office, mapping, after=after):
                for link in links:
                    if link.key(side) == key and not link.tombstone:
                        return link
                after = links[-1].id
        raise PermanentError(
            f"no {mapping.replace('_', ' ')} {key!r} is known on the {side.upper()}'s side",
            mend="Check the id; run `tieline sync --once` first if it is new.",
            code="unknown_record",
        )

    def _note(self, tx: Transaction, event: str, links: Sequence[tuple[Link, Link]], note: str = "") -> None:
        """Who did it, and how each link stood before and after."""
        entries = [
            AuditEntry(
                self.now, event, one.id, one.mapping, "", one.crm_key, one.erp_key, "", _state(before),
                {"by": self.by, **_state(one)}, note, str(one.status),
            )
            for before, one in links
        ]  # fmt: skip
        if entries:
            tx.append_audit(self.back_office, entries)


def _state(link: Link) -> dict[str, object]:
    """What a person's deed changes of a link; of disputed fields also what each side holds."""
    seen = {side: {n: found.fields.get(n) for n in link.blocked} for side in Side if (found := link.seen(side))}
    said = {
        "status": str(link.status), "crm_key": link.crm_key, "erp_key": link.erp_key,
        "reason": link.problem.reason if link.problem else link.delete_refused, "disputed": list(link.blocked),
        **({str(side): values for side, values in seen.items()} if link.blocked else {}),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _stuck(link: Link) -> bool:
    return link.problem is not None or bool(link.delete_refused)


def _once_more(link: Link) -> Link:
    """As if nothing had been refused. What waits for its answer for too long is asked again, under the same key."""
    extra = {name: value for name, value in retried(link.extra).items() if name != "refused"}
    return replace(
        link, problem=None, delete_refused="", attempts=0, not_before=None, dirty=True, extra=extra,
        promote=link.promote or overdue(link),
    )  # fmt: skip


def _disputed(link: Link, side: Side) -> dict[str, Canonical]:
    """What a side holds of the fields in dispute, as last read."""
    seen = link.seen(side)
    return {name: seen.fields.get(name) if seen else None for name in link.blocked}


def _tells(conflict: Conflict, name: str, crm: Canonical, erp: Canonical) -> bool:
    return name in conflict.fields and (conflict.crm.get(name), conflict.erp.get(name)) == (crm, erp)


def _only_dirty(link: Link, winner: Side, name: str) -> tuple[str | bool | None, str | bool | None]:
    """A base from which only the winner has moved, so that the merge writes its value to the other side."""
    crm = link.crm.fields.get(name) if link.crm else None
    erp = link.erp.fields.get(name) if link.erp else None
    if winner is Side.CRM:
        return (_other_than(crm), erp)
    return (crm, _other_than(erp))


def _other_than(value: str | bool | None) -> str | None:
    return "" if value is None else None


def _free(link: Link) -> dict[str, object]:
    return {name: value for name, value in link.extra.items() if name != HELD}
