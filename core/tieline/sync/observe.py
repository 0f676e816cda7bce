"""Reading what changed: observations and the cursor that vouches for them are kept in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from tieline.contract import Cursor, PermanentError, Record, Side
from tieline.store.nouns import AuditEntry, CursorRow, Link
from tieline.store.protocol import Transaction
from tieline.sync.absorb import absorb
from tieline.sync.backward import CLOCK, STAMPS, note_backward, settle_backward, went_back
from tieline.sync.context import Context
from tieline.sync.family import wake_children
from tieline.sync.identity import link_id, read_marker, reference, unused
from tieline.sync.looking import is_carried, is_missing, not_carried
from tieline.sync.merged import come_back
from tieline.sync.missing import Verdict, believable
from tieline.sync.parts import part_of
from tieline.sync.planning import BORN_ELSEWHERE
from tieline.sync.points import Point
from tieline.sync.rules import Rules


@dataclass(slots=True)
class Seen:
    """What a sweep met: records read, and links that changed by it."""

    records: int = 0
    changed: int = 0

    def add(self, other: Seen) -> None:
        self.records += other.records
        self.changed += other.changed


Births = dict[tuple[str, str], str]
"""(mapping, ERP key) -> link, for creates that are sent and not yet acknowledged."""


Lost = dict[str, dict[str, str]]
"""Children that their parents do not carry any more, for whoever judges them together: mapping -> ERP key -> link."""

Known = dict[str, list[Link]]
"""Links by the record's key."""

RefusedPart = Callable[[Rules, PermanentError], object]


def _raised(_rules: Rules, error: PermanentError) -> None:
    raise error


class Observer:
    """Sweeps one side of a back office."""

    def __init__(self, context: Context, births: Births) -> None:
        self.context = context
        self.births = births

    def sweep(self, side: Side, refused: RefusedPart = _raised) -> Seen:
        """All mappings of one side, each entity on its own. One that is refused for good (its object is gone, or out
        of sight) is told and does not keep the others from being read."""
        total = Seen()
        for entity in self.entities(side):
            for rules in self.context.rules[entity].values():
                if not self.reads_alone(rules, side):
                    continue
                try:
                    total.add(self._sweep_mapping(side, entity, rules))
                except PermanentError as error:
                    refused(rules, error)
        return total

    def entities(self, side: Side) -> tuple[str, ...]:
        """The CRM knows no entities: it is read once, unless the constants that select our records name one."""
        context = self.context
        if side is Side.ERP or len(context.entities) == 1:
            return context.open
        first = context.rules[context.entities[0]]
        differ = any(
            context.rules[e][name].constants != rules.constants
            for e in context.entities
            for name, rules in first.items()
        )
        return context.entities if differ else context.entities[:1]

    def reads_alone(self, rules: Rules, side: Side) -> bool:
        return side is Side.CRM or not rules.mapping.embedded_in

    def _sweep_mapping(self, side: Side, entity: str, rules: Rules) -> Seen:
        context = self.context
        with context.store.reading() as tx:
            row = tx.cursor(context.back_office, entity, side, rules.name)
        seen, as_of = self._read_on(side, entity, rules, self._since(row))
        if row is not None and as_of is not None:
            if as_of < row.stamp - context.options.overlap:
                seen.add(self._turned_back(side, entity, rules, as_of))
            else:
                settle_backward(context, CLOCK, side, entity, rules.name)
        return seen

    def _since(self, row: CursorRow | None) -> Cursor | None:
        overlap = self.context.options.overlap
        return Cursor(row.stamp - overlap, "" if overlap else row.key) if row else None

    def _read_on(self, side: Side, entity: str, rules: Rules, since: Cursor | None) -> tuple[Seen, datetime | None]:
        """Everything from a place on, and the server's time when the reading began."""
        seen, first = Seen(), None
        client = self.context.client(side)
        for page in client.pages(self.context.entity_for(side, entity), rules.shape(side), since):
            first = first or page.as_of
            reached = min(page.cursor, Cursor(first)) if page.cursor else None
            seen.add(self._take(side, entity, rules, page.records, reached))
        if first is not None:
            self._finish(side, entity, rules, first)
        return seen, first

    def _turned_back(self, side: Side, entity: str, rules: Rules, as_of: datetime) -> Seen:
        """The server's clock stands before our cursor: it was set back, or the system came from a backup. The cursor
        stays; what is stamped now is read by the server's own time, and the part is read whole once."""
        seen, _ = self._read_on(side, entity, rules, Cursor(as_of - self.context.options.overlap))
        with self.context.store.transaction(self.context.fence) as tx:
            note_backward(tx, self.context, CLOCK, side, entity, rules.name, "the clock of this system went back")
        return seen

    def _take(self, side: Side, entity: str, rules: Rules, records: Sequence[Record], reached: Cursor | None) -> Seen:
        context = self.context
        context.point(Point.OBSERVE_BEFORE_COMMIT)
        with context.store.transaction(context.fence, durable=False) as tx:
            seen = self.absorb_all(tx, side, entity, rules, records)
            if reached is not None:
                tx.save_cursor(self._row(side, entity, rules, reached))
        context.point(Point.OBSERVE_AFTER_COMMIT)
        return seen

    def _finish(self, side: Side, entity: str, rules: Rules, as_of: datetime) -> None:
        """A whole sweep vouches for everything up to the server's time at its start."""
        self.context.point(Point.OBSERVE_BEFORE_FINISH)
        with self.context.store.transaction(self.context.fence, durable=False) as tx:
            tx.save_cursor(self._row(side, entity, rules, Cursor(as_of)))

    def _row(self, side: Side, entity: str, rules: Rules, place: Cursor) -> CursorRow:
        return CursorRow(self.context.back_office, entity, side, rules.name, place.stamp, place.key)

    def absorb_all(
        self, tx: Transaction, side: Side, entity: str, rules: Rules, records: Sequence[Record], *,
        known: Known | None = None, lost: Lost | None = None,
    ) -> Seen:  # fmt: skip
        """Take records (and the children they carry) into their links, inside the caller's transaction. `known` are
        their links, where the caller has them. With `lost`, children of parents that have not moved are looked for
        too, and those that are not carried any more are put there instead of being judged page by page."""
        links = self.links_of(tx, side, entity, rules, records) if known is None else known
        records = self._believed(tx, side, entity, rules, records, links)
        strangers = [record for record in records if not links.get(record.key)]
        born = unused(tx, {one.key: self.newborn(tx, side, entity, rules, one) for one in strangers})
        saved: dict[str, Link] = {}
        back: list[Link] = []  # restored: whoever waited for them waits no longer
        notes: list[AuditEntry] = []
        for record in records:
            for link in links.get(record.key) or born[record.key]:
                if went_back(link, side, record):
                    why = f"{record.key} has an earlier stamp than before"
                    note_backward(tx, self.context, STAMPS, side, entity, rules.name, why)
                changed, said = self._absorb_one(saved.get(link.id, link), rules, side, record)
                notes += said
                if changed is not None and link.tombstone and not changed.tombstone:
                    back.append(changed)
                    saved |= {one.id: one for one in come_back(tx, self.context, side, changed)}
                elif changed is not None:
                    saved[link.id] = changed
        tx.save_links(list(saved.values()))
        wake_children(tx, rules.name, back)
        if notes:
            tx.append_audit(self.context.back_office, notes)
        seen = Seen(len(records), len(saved))
        moved = {link.key(side) for link in saved.values()} | {one.key for one in records if lost is not None}
        for child in rules.embedded if side is Side.ERP else ():
            seen.add(self._embedded(tx, entity, rules, child, records, moved, lost))
        return seen

    def _believed(
        self, tx: Transaction, side: Side, entity: str, rules: Rules, records: Sequence[Record],
        links: Mapping[str, Sequence[Link]],
    ) -> Sequence[Record]:  # fmt: skip
        """Without those shown as deleted when that is too many at once to be true."""
        lost = {r.key for r in records if any(is_missing(link, side, r) for link in links.get(r.key, ()))}
        part = part_of(side, entity, rules.name)
        if believable(tx, self.context, part, len(lost)) is Verdict.BELIEVED:
            return records
        return [record for record in records if record.key not in lost]

    def links_of(self, tx: Transaction, side: Side, entity: str, rules: Rules, records: Sequence[Record]) -> Known:
        """One ERP record has one link; one CRM record may have one in each entity."""
        context = self.context
        keys = [record.key for record in records]
        entities = [entity] if side is Side.ERP else list(dict.fromkeys((*context.entities, context.home)))
        found: Known = {}
        for name in entities:
            for key, link in tx.links_by_key(context.back_office, name, rules.name, side, keys).items():
                found.setdefault(key, []).append(link)
        return found

    def _absorb_one(
        self, link: Link, rules: Rules, side: Side, record: Record
    ) -> tuple[Link | None, tuple[AuditEntry, ...]]:
        context = self.context
        try:
            result = absorb(link, rules, side, record, context.clock.now())
        except PermanentError as error:  # one bad value stops one record
            note = context.note("unreadable", link=link.id, mapping=link.mapping, side=side, note=error.sentence())
            return None, (note,)
        return result.link, result.notes

    def newborn(self, tx: Transaction, side: Side, entity: str, rules: Rules, record: Record) -> list[Link]:
        """The link of a record met for the first time: one of our own births, or a new one; none if not ours."""
        context = self.context
        if record.deleted:
            return []
        if side is Side.ERP:
            if (rules.name, record.key) in self.births:
                return []  # ours, sent and not acknowledged: recovery adopts it
            born = tx.link(record.marker) if record.marker else None
            if born is not None and born.mapping == rules.name and not born.erp_key:
                return [born]
        elif record.marker:
            return self._born_in_crm(tx, rules, record)
        elif not self._can_start_in_crm(rules):
            return []
        home = entity if side is Side.ERP else context.home
        ident = link_id(context.back_office, home, rules.name, side, record.key)
        return [Link(ident, context.back_office, home, rules.name)]

    def _born_in_crm(self, tx: Transaction, rules: Rules, record: Record) -> list[Link]:
        context = self.context
        told = read_marker(record.marker)
        if told is None or told[2] != rules.object_on(Side.ERP):
            return []  # made by another system, or a marker nobody understands
        if told[0] != context.back_office:
            return self._born_elsewhere(rules, record) if told[0] in context.offices else []
        entity, key = told[1], told[3]
        link = tx.links_by_key(context.back_office, entity, rules.name, Side.ERP, [key]).get(key)
        if link is not None:
            return [link] if not link.crm_key else []
        ident = link_id(context.back_office, entity, rules.name, Side.ERP, key)
        return [Link(ident, context.back_office, entity, rules.name, erp_key=key, promoted=True)]

    def _born_elsewhere(self, rules: Rules, record: Record) -> list[Link]:
        """Another company's record became this one: it may be one of ours too (an item that both sell)."""
        if not self._can_start_in_crm(rules):
            return []
        office, home = self.context.back_office, self.context.home
        ident = link_id(office, home, rules.name, Side.CRM, record.key)
        return [Link(ident, office, home, rules.name, extra={BORN_ELSEWHERE: True})]

    def _can_start_in_crm(self, rules: Rules) -> bool:
        mapping = rules.mapping
        return mapping.create_in_erp or bool(mapping.identity) or any(field.key for field in mapping.fields)

    def _embedded(
        self, tx: Transaction, entity: str, rules: Rules, child: Rules, records: Iterable[Record], moved: Set[str],
        lost: Lost | None,
    ) -> Seen:  # fmt: skip
        """Children come as the full set of their parent: one that is missing from it is gone. Only a parent that moved
        can have lost one."""
        held = {record.key: record.children.get(child.object_on(Side.ERP)) for record in records}
        told = [
            replace(row, parent=row.parent or parent) for parent, rows in held.items() for row in rows or ()
        ]  # fmt: skip
        total = self.absorb_all(tx, Side.ERP, entity, child, told, lost=lost) if told else Seen()
        for parent, rows in held.items():
            if rows is not None and parent in moved:
                orphans = self._orphans(tx, entity, rules, child, parent, {row.key for row in rows})
                if lost is None:
                    total.changed += self._bury(tx, entity, child, orphans)
                else:
                    lost.setdefault(child.name, {}).update({link.erp_key: link.id for link in orphans})
        for row in told:  # moved here from another parent, or this parent was read before in an older version
            (lost or {}).get(child.name, {}).pop(row.key, None)
        return total

    def _orphans(
        self, tx: Transaction, entity: str, rules: Rules, child: Rules, parent: str, present: set[str]
    ) -> list[Link]:  # fmt: skip
        return [
            link
            for link in tx.children(reference(rules.name, Side.ERP, parent))
            if (link.back_office, link.entity, link.mapping) == (self.context.back_office, entity, child.name)
            and is_carried(link)
            and link.erp_key not in present
        ]

    def _bury(self, tx: Transaction, entity: str, child: Rules, orphans: Sequence[Link]) -> int:
        part = part_of(Side.ERP, entity, child.name)
        if believable(tx, self.context, part, len(orphans)) is not Verdict.BELIEVED:
            return 0
        tx.save_links([not_carried(link) for link in orphans])
        return len(orphans)
