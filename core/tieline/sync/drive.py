"""From dirty links to intents: load what a decision needs, decide, keep what needs no call, hand over the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tieline.contract import Field as RecordField
from tieline.contract import FieldConflict, ListRow, Option, Person, Side, TielineError
from tieline.store.nouns import AuditEntry, Conflict, Item, Link, Problem, Status, StoredRow
from tieline.store.protocol import Transaction
from tieline.sync.absorb import OUT_OF_SIGHT
from tieline.sync.act import Actor, Tally
from tieline.sync.context import Context
from tieline.sync.erasing import overruled
from tieline.sync.family import follows, residences
from tieline.sync.identity import derive, reference
from tieline.sync.intents import Intended, create_item, delete_item, update_item
from tieline.sync.loops import broken, stop, without
from tieline.sync.match import AMBIGUOUS
from tieline.sync.merge import Base, Clash, Judge, Merge, Values
from tieline.sync.outcome import backoff, refusal_of
from tieline.sync.pace import CHANGES, LISTS
from tieline.sync.panel import STRANGERS
from tieline.sync.parts import part_of, whole_is_due
from tieline.sync.planning import Block, Bury, Create, Decision, Surroundings, Update, Wait, decide
from tieline.sync.points import Point
from tieline.sync.repair import HELD
from tieline.sync.rules import RECORD_TYPE, Rules
from tieline.sync.status import settled
from tieline.sync.ties import tied_earlier, tied_elsewhere, wake_followers
from tieline.sync.translate import Translator, build_translator, unmapped


@dataclass(slots=True)
class Worklist:
    """What one batch of links came to."""

    saved: dict[str, Link] = field(default_factory=dict)
    crm: list[Intended] = field(default_factory=list)
    erp: list[Intended] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notes: list[AuditEntry] = field(default_factory=list)


class Driver:
    """Plans and carries out one mapping of one entity."""

    def __init__(
        self,
        context: Context,
        entity: str,
        rules: Rules,
        rows: dict[str, list[StoredRow]],
        users: Sequence[ListRow],
        busy: frozenset[str],
    ) -> None:
        self.context, self.entity, self.rules = context, entity, rules
        self.rows, self.users, self.busy = rows, users, busy
        self.capabilities = context.erp.capabilities(rules.object_on(Side.ERP))

    def run(self) -> Tally:
        total = Tally()
        for links in self._dirty():
            work = self._plan(links)
            self._keep(work)
            total.add(self._send(work))
        return total

    def _send(self, work: Worklist) -> Tally:
        """To both sides; one that cannot be reached does not keep the other from its part."""
        total, failure = Tally(), None
        for side, intended in ((Side.ERP, work.erp), (Side.CRM, work.crm)):
            try:
                total.add(Actor(self.context, self.entity, self.rules, side).send(intended))
            except TielineError as error:
                failure = failure or error
        if failure is not None:
            raise failure
        return total

    def _dirty(self) -> Iterator[list[Link]]:
        context, after = self.context, ""
        limit = context.options.page_of_links
        while True:
            with context.store.reading() as tx:
                links = tx.dirty_links(context.back_office, self.rules.name, context.clock.now(), limit, after)
                mine = self._mine(tx, links)
            yield [link for link in mine if self._free(link) and not self._unread_type(link)]
            if len(links) < limit:
                return
            after = links[-1].id

    def _mine(self, tx: Transaction, links: Sequence[Link]) -> list[Link]:
        """Links of this entity, and those without one that belong here."""
        homeless = [link for link in links if self._is_homeless(link) or follows(link, self.rules)]
        at = residences(tx, self.context, self.rules, homeless) if homeless else {}
        return [link for link in links if at.get(link.id, link.entity) == self.entity]

    def _is_homeless(self, link: Link) -> bool:
        """Nobody chose an entity. One that is not among ours (any more) is somebody's all the same."""
        return not (link.entity or link.erp_key) and "" not in self.context.open

    def _free(self, link: Link) -> bool:
        stuck = link.problem is not None and link.problem.code == AMBIGUOUS
        held = bool(link.extra.get(HELD)) and not link.promote
        return link.id not in self.busy and not link.awaiting and not stuck and not held

    def _unread_type(self, link: Link) -> bool:
        """The type that decides about its promotion has not been read since the administrator named types."""
        unread = bool(self.rules.mapping.record_types) and link.crm is not None and RECORD_TYPE not in link.crm.fields
        return unread and not link.erp_key and self._reading_is_due

    @cached_property
    def _reading_is_due(self) -> bool:
        with self.context.store.reading() as tx:
            return whole_is_due(tx, self.context.back_office, part_of(Side.CRM, self.entity, self.rules.name))

    # planning --------------------------------------------------------------------------------------------------

    def _plan(self, links: Sequence[Link]) -> Worklist:
        work = Worklist()
        if not links:
            return work
        with self.context.store.reading() as tx:
            translator = self._translator(tx, links)
            promoted = self._promoted_parents(tx, links)
            keys = [link.crm_key for link in links if link.crm_key]
            led = tied_earlier(tx, self.context, self.rules.name, self.entity, keys)
            numbered = tied_elsewhere(tx, self.context, self.rules.name, self.entity, keys)
            families = self._families(tx, links)
        for link in links:
            around = Surroundings(
                self.rules, translator, self.capabilities, self._judge(link), lambda one: one.parent in promoted,
                link.crm_key in led, lambda one: one.id in families, link.crm_key in numbered,
            )  # fmt: skip
            try:
                self._take(work, link, decide(link, around))
            except TielineError as error:  # one bad record stops only itself
                self._block(work, link, Block(error.what, error.mend or "Correct the record.", error.code or "refused"))
        return work

    def _take(self, work: Worklist, link: Link, decision: Decision) -> None:
        if isinstance(decision, Wait):
            self._wait(work, link, decision)
        elif isinstance(decision, Create):
            self._create(work, link, decision)
        elif isinstance(decision, Update):
            self._update(work, link, decision)
        elif isinstance(decision, Block):
            self._block(work, link, decision)
        else:
            self._bury(work, link, decision)

    def _create(self, work: Worklist, link: Link, decision: Create) -> None:
        if decision.side is Side.ERP and self.context.pace.skipped(CHANGES):
            self.context.pace.ask(CHANGES)  # somebody may have made it there since: the next cycle looks first
            return
        if link.entity != self.entity:  # nobody had chosen an entity: it is this one from now on
            link = work.saved[link.id] = settled(replace(link, entity=self.entity))
        self._ask_for_lists(decision.unresolved)
        self._hand_over(work, link, decision.side, create_item(self.context, self.rules, link, decision))

    def _wait(self, work: Worklist, link: Link, decision: Wait) -> None:
        extra = {**link.extra, "waiting": decision.reason} if decision.reason else _without(link.extra, "waiting")
        after = replace(link, dirty=False, extra=extra)
        if after != link:
            work.saved[link.id] = settled(after)

    def _block(self, work: Worklist, link: Link, decision: Block) -> None:
        now = self.context.clock.now()
        problem = Problem(decision.reason, decision.next_step, now, decision.code)
        work.saved[link.id] = settled(replace(link, problem=problem, dirty=False))
        work.notes.append(self._note("blocked", work.saved[link.id], decision.reason))
        side = Side.ERP if link.crm and link.crm.deleted else Side.CRM
        self._log_overruled(work, link, side, decision.edited)

    def _log_overruled(self, work: Worklist, link: Link, side: Side, fields: tuple[str, ...]) -> None:
        if fields:
            work.conflicts.append(self._conflict(link, overruled(link, side, fields)))
            work.notes.append(self._note("conflict", link, f"{', '.join(fields)}: deleted in the {side.other}"))

    def _bury(self, work: Worklist, link: Link, decision: Bury) -> None:
        if decision.erase:
            self._log_overruled(work, link, decision.side.other, decision.edited)
            self._hand_over(work, link, decision.side.other, delete_item(link, decision.side.other))
            return
        buried = replace(link, tombstone=f"gone:{decision.side}", dirty=False, problem=None, extra={})
        work.saved[link.id] = settled(buried)
        seen = link.seen(decision.side)
        note = self._note("tombstone", work.saved[link.id], f"deleted in the {decision.side}")
        work.notes.append(replace(note, side=decision.side, before=dict(seen.fields) if seen else {}))

    def _update(self, work: Worklist, link: Link, decision: Update) -> None:
        before = link
        link, merge = self._break_loops(work, link, decision.merge)
        refused = _refused_before(link, merge)
        after = self._after_merge(link, merge, refused, held=decision.held)
        self._log(work, link, after, merge)
        to_erp = {} if decision.held or Side.ERP in refused else merge.to_erp
        to_crm = {} if Side.CRM in refused else merge.to_crm
        if to_erp or to_crm:
            work.saved[link.id] = _on_its_way(after, link)
        elif after != before:
            work.saved[link.id] = after
        if to_erp:
            work.erp.append(Intended(after, update_item(self.context, self.rules, after, Side.ERP, to_erp)))
        if to_crm:
            work.crm.append(Intended(after, update_item(self.context, self.rules, after, Side.CRM, to_crm)))

    def _break_loops(self, work: Worklist, link: Link, merge: Merge) -> tuple[Link, Merge]:
        """A field that goes to and fro is left as it is on both sides from here on."""
        now, options = self.context.clock.now(), self.context.options
        fields = broken(link, merge, self.rules, now, options.flips_within, options.flips)
        after = stop(link, fields, now)
        if after is not link:
            work.notes.append(self._note("loop", after, after.problem.reason if after.problem else ""))
            self.context.tell("record.looping", mapping=self.rules.mapping.id, key=link.crm_key)
        return after, without(merge, fields)

    def _after_merge(self, link: Link, merge: Merge, refused: Collection[Side], *, held: bool) -> Link:
        """What the merge settles without a write: agreed values, open conflicts, changes held back."""
        extra = _without(link.extra, "pending", "waiting", "strangers", "drifted", "refused")
        if refused:
            extra["refused"] = {str(side): link.extra["refused"][str(side)] for side in refused}
        if held:
            extra["pending"] = True
        if merge.drifted:
            extra["drifted"] = sorted(merge.drifted)
        due = None
        if merge.unresolved:
            self._ask_for_lists(merge.unresolved)
            extra["waiting"] = ", ".join(sorted(merge.unresolved))
            extra |= self._strangers(link, merge.unresolved)
            due = self.context.clock.now() + backoff(link.attempts + 1, self.context.options)
        attempts = link.attempts + 1 if merge.unresolved else 0
        met = not link.base and not (merge.to_erp or merge.to_crm)  # two records as read: nothing of ours in between
        return settled(
            replace(
                link,
                confirmed=link.confirmed or (met and link.promoted),
                base={**link.base, **merge.agreed},
                blocked=tuple(sorted(merge.blocked)),
                extra=extra,
                dirty=bool(merge.unresolved),
                not_before=due,
                attempts=attempts,
                promote=False if not held else link.promote,
                problem=link.problem if refused or _is_hidden(link) else None,
            )
        )

    def _strangers(self, link: Link, fields: Sequence[str]) -> dict[str, Any]:
        """Who is nobody on the other side, by field: people want a name, and no id."""
        found: dict[str, str] = {}
        for name in fields:
            kind = self.rules.by_name[name].kind
            if isinstance(kind, Person):
                people = unmapped(kind, self.rows.get(kind.list, ()), self.users)
                keys = (str(seen.fields.get(name) or "") for seen in (link.crm, link.erp) if seen)
                found[name] = next((people[key] for key in keys if key in people), "")
        known = {name: label for name, label in found.items() if label}
        return {STRANGERS: known} if known else {}

    def _ask_for_lists(self, fields: Sequence[str]) -> None:
        """A value may be a list row that is too young to be known."""
        for kind in (self.rules.by_name[name].kind for name in fields):
            if isinstance(kind, Option):
                self.context.pace.ask(f"{LISTS} {kind.list}")

    def _hand_over(self, work: Worklist, link: Link, side: Side, item: Item) -> None:
        (work.crm if side is Side.CRM else work.erp).append(Intended(link, item))

    def _log(self, work: Worklist, link: Link, after: Link, merge: Merge) -> None:
        """Conflicts, edits taken back, and any change of the status that no answer will tell."""
        for clash in merge.clashes:
            work.conflicts.append(self._conflict(link, clash))
            winner = str(clash.winner or clash.policy)
            work.notes.append(self._note("conflict", after, f"{', '.join(clash.fields)}: {winner}"))
        if merge.reverted:
            work.notes.append(self._note("reverted", after, ", ".join(merge.reverted)))
        written = (merge.to_erp or merge.to_crm) and after.status is not Status.CHANGES_PENDING
        if after.status is not link.status and not (merge.clashes or merge.reverted or written):
            event = "held" if after.status is Status.CHANGES_PENDING else "settled"
            work.notes.append(self._note(event, after, ", ".join(sorted(merge.to_erp))))

    def _conflict(self, link: Link, clash: Clash) -> Conflict:
        values = repr((sorted(clash.crm.items()), sorted(clash.erp.items())))
        ident = derive("conflict", link.id, *clash.fields, values)
        now = self.context.clock.now()
        base = {name: list(pair) if pair else None for name, pair in clash.base.items()}
        open_still = clash.winner is None and clash.policy == "manual"
        return Conflict(
            ident, link.back_office, link.id, link.mapping, clash.fields, base, dict(clash.crm), dict(clash.erp),
            str(clash.winner or ""), clash.policy, now, None if open_still else now,
        )  # fmt: skip

    def _note(self, event: str, link: Link, note: str) -> AuditEntry:
        return self.context.note(
            event, link=link.id, mapping=link.mapping, crm_key=link.crm_key, erp_key=link.erp_key, note=note,
            status=str(link.status),
        )  # fmt: skip

    def _keep(self, work: Worklist) -> None:
        if not work.saved and not work.notes:
            return
        self.context.point(Point.DRIVE_BEFORE_KEEP)
        with self.context.store.transaction(self.context.fence) as tx:
            tx.add_conflicts(work.conflicts)  # the loser is readable before anything is overwritten
            tx.save_links(list(work.saved.values()))
            wake_followers(tx, self.context, self.rules.name, list(work.saved.values()))
            if work.notes:
                tx.append_audit(self.context.back_office, work.notes)

    # what decisions look at ------------------------------------------------------------------------------------

    def _translator(self, tx: Transaction, links: Sequence[Link]) -> Translator:
        joined: dict[str, list[tuple[str, str]]] = {}
        for name, mapping in self.rules.references:
            found: dict[str, Link] = {}
            for side in Side:
                keys = sorted(
                    {str(seen.fields[name]) for one in links if (seen := one.seen(side)) and seen.fields.get(name)}
                )
                for place in self.context.seen_from(self.entity):
                    by_key = tx.links_by_key(self.context.back_office, place, mapping, side, keys)
                    found |= {link.id: link for link in by_key.values()}
            nearest = sorted(found.values(), key=lambda link: link.entity == self.entity)  # the last one counts
            pairs = [(link.crm_key, link.erp_key) for link in nearest if not link.tombstone]
            joined.setdefault(mapping, []).extend(pairs)
        fields = self.rules.mapping.fields
        persons = [f.kind for f in fields if isinstance(f.kind, Person)]
        names = {f.kind.list for f in fields if isinstance(f.kind, Option | Person)}
        return build_translator(joined, {n: self.rows.get(n, []) for n in names}, self.users, persons)

    def _families(self, tx: Transaction, links: Sequence[Link]) -> frozenset[str]:
        """Links whose record was deleted on one side while others hang on it."""
        lost = [link for link in links if any(seen and seen.deleted for seen in (link.crm, link.erp))]
        return frozenset(link.id for link in lost if any(tx.children(name) for name in self._names(link)))

    def _names(self, link: Link) -> list[str]:
        return [reference(self.rules.name, side, link.key(side)) for side in Side if link.key(side)]

    def _promoted_parents(self, tx: Transaction, links: Sequence[Link]) -> frozenset[str]:
        """References of parents that are in the ERP."""
        parent = self.rules.mapping.parent
        if not parent:
            return frozenset()
        told: dict[Side, list[str]] = {Side.CRM: [], Side.ERP: []}
        for link in links:
            parts = link.parent.split("|", 2)
            if len(parts) == 3 and parts[0] == parent:
                told[Side(parts[1])].append(parts[2])
        promoted = set()
        for side, keys in told.items():
            for place in self.context.seen_from(self.entity):
                found = tx.links_by_key(self.context.back_office, place, parent, side, keys)
                promoted |= {f"{parent}|{side}|{key}" for key, link in found.items() if link.promoted}
        return frozenset(promoted)

    def _judge(self, link: Link) -> Judge:
        def judge(unit: tuple[RecordField, ...], crm: Values, erp: Values, base: Base) -> Side | None:
            before = {name: pair[1] for name, pair in base.items()}
            names = tuple(one.crm for one in unit)
            conflict = FieldConflict(self.rules.mapping, link.crm_key, link.erp_key, names, before, crm, erp)
            return self.context.behaviours.resolve(conflict)

        return judge


def _refused_before(link: Link, merge: Merge) -> tuple[Side, ...]:
    """Sides that have already refused exactly what would be sent now."""
    known = link.extra.get("refused", {})
    wanted = ((Side.CRM, merge.to_crm), (Side.ERP, merge.to_erp))
    return tuple(side for side, fields in wanted if fields and known.get(str(side)) == refusal_of(fields))


def _on_its_way(after: Link, link: Link) -> Link:
    """Until the answer is there, the tries so far and what came of them are remembered: waits grow, people are told."""
    told = link.problem if link.problem is not None and not link.problem.final else after.problem
    return settled(replace(after, dirty=True, attempts=max(after.attempts, link.attempts), problem=told))


def _without(extra: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in extra.items() if name not in names}


def _is_hidden(link: Link) -> bool:
    """One of its records is out of sight: only a reading that shows it again says otherwise."""
    return link.problem is not None and link.problem.code == OUT_OF_SIGHT
