"""The judge of a storm: from the log of what really changed it tells whether anything was lost, doubled or leaked.

**No silent loss.** Every value a user typed is new, so it is known which value each one was typed over (its parent).
When the engine overwrites x with y on one record, x must be an ancestor of y (whoever typed y, or a value before it,
had x before him), or stand in the conflict log at that very moment. A user's overwrite of what he sees on the same
record is his own business. The values that are overwritten by nobody are compared at the end: both sides equal. Thus a
typed value is in the end the final one, an ancestor of it, or readable. The one exception: a system without a
precondition that queues our write may put it over an edit made after we sent it; the engine cannot know such an edit
unless it read it in between, so only edits it did read must be in the log, and those by the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieline.contract import Direction, Precondition, Reference, Side, Write
from tieline.contract import Mapping as RecordMapping
from tieline.store.nouns import AuditEntry, Link, Status
from tieline.sync.panel import row as panel_row
from tieline_simulation.bench import CONTACT, CUSTOMER
from tieline_simulation.losses import Loss
from tieline_simulation.systems import Toy, WholeErp
from tieline_simulation.violation import Violation, require
from tieline_simulation.world import Change

if TYPE_CHECKING:
    from tieline_simulation.bench import Bench

Place = tuple[str, str, str, str]
"""System, entity, object, key."""

MAPPINGS = (CUSTOMER, CONTACT)
OURS = {"ERP_Link__c", "ERP_Request__c"}


class Oracle:
    """Reads the log as it grows; `verdict` checks how things ended."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.seen = 0
        self.state: dict[Place, dict[str, Any]] = {}
        self.parents: dict[str, str] = {}
        self.allowed: set[tuple[str, str]] = set()  # a user asked for it, perhaps in vain
        self.promoted: set[tuple[str, str]] = set()  # a user asked for it and was told yes
        self.observed: set[str] = set()
        self.typed_at: dict[str, int] = {}  # place in the log
        self.doubtful: list[Loss] = []
        self.losses: list[Loss] = []  # inside a window, each with what the engine had read
        self.mutations: Counter[tuple[str, str]] = Counter()
        self.born: dict[Place, str] = {}
        self.deleted: set[Place] = set()
        self.tied: set[str] = set()

    # while it happens ------------------------------------------------------------------------------------------

    def saved(self, link: Link) -> None:
        """Values the engine has seen in the ERP, and records it knows."""
        self.tied |= {link.crm_key, link.erp_key}
        if link.erp is not None:
            self.observed.update(str(value) for value in link.erp.fields.values())

    def about_to_write(self, toy: Toy, entity: str, obj: str, batch: Sequence[Write]) -> None:
        """Nothing leaves for the ERP that was not promoted."""
        self.catch_up()
        for write in batch:
            if toy is self.bench.erp and obj == "Customers" and write.operation == "create":
                link = self._link(write.marker)
                if link is None:
                    raise Violation("I5", f"a create for no link: {write}")
                allowed = (link.crm_key, entity) in self.allowed
                require(allowed, "I5", "{} was not promoted to {!r}", link.crm_key, entity)

    def catch_up(self) -> None:
        log = self.bench.world.log
        while self.seen < len(log):
            change = log[self.seen]
            self.seen += 1
            if change.obj not in OURS:
                self._take(change)

    def _take(self, change: Change) -> None:
        place = (change.system, change.entity, change.obj, change.key)
        before = self.state.get(place, {})
        if change.action == "delete":
            require(not change.engine, "I5", "the engine deleted {}", change)
            self.deleted.add(place)
            return
        self.state[place] = change.values
        if change.engine:
            self.mutations[change.system, change.key] += 1
            if not before:
                self.born[place] = change.origin
        mapping = next((m for m in MAPPINGS if change.obj in {m.crm_object, m.erp_object}), None)
        if mapping is not None:
            self._fields(change, mapping, before)

    def _fields(self, change: Change, mapping: RecordMapping, before: Mapping[str, Any]) -> None:
        side = Side.CRM if change.system == "crm" else Side.ERP
        for field in mapping.fields:
            name = field.crm if side is Side.CRM else field.erp
            old, new = before.get(name), change.values.get(name)
            if plain(old) == plain(new) or isinstance(field.kind, Reference):
                continue
            if not change.engine:
                self._typed(plain(old), plain(new), born=not before)
                continue
            if isinstance(self.bench.erp, WholeErp) and self._put_back(change, plain(old), plain(new)):
                self._overwritten(plain(old), plain(new), change, field.crm)
                continue
            foreign = {Direction.FROZEN, Direction.TO_CRM if side is Side.ERP else Direction.TO_ERP}
            require(field.direction not in foreign, "I5", "{} is not the engine's to write: {}", name, change)
            if old is not None:
                self._overwritten(plain(old), plain(new), change, field.crm)

    def _typed(self, old: str, new: str, *, born: bool) -> None:
        """What was typed over what; nothing is typed over in a new record."""
        self.typed_at[new] = self.seen - 1
        if new and not born:
            self.parents[new] = old

    def _overwritten(self, old: str, new: str, change: Change, name: str) -> None:
        if self._ancestor(old, new) or self._logged(old):
            return
        loss = Loss(change.system, change.entity, f"{change.obj} {change.key}", name, old, new)
        invariant = "I4" if self._ancestor(new, old) else "I2"
        require(self._in_a_window(change, old), invariant, "{} and is in no log", loss.words())
        self.doubtful.append(loss)

    def _in_a_window(self, change: Change, old: str) -> bool:
        """A system without a precondition: its queue hides an edit, or the moment between a client's own read and its
        write does. What was typed before that read may not be lost."""
        erp = self.bench.erp
        if change.system != erp.name or erp.shape_of.precondition is not Precondition.NONE:
            return False
        if isinstance(erp, WholeErp):
            return self.typed_at[old] >= erp.looked[change.entity, change.obj, change.key]
        return True

    def _ancestor(self, old: str, new: str) -> bool:
        here: str | None = new
        while here is not None:
            if here == old:
                return True
            here = self.parents.get(here)
        return False

    def _logged(self, value: str) -> bool:
        """In the log, or a user typed a value over it that is."""
        with self.bench.store.reading() as tx:
            conflicts = tx.conflicts("books")
        logged = {plain(one) for c in conflicts for one in (*c.crm.values(), *c.erp.values())}
        return any(self._ancestor(value, one) for one in logged)

    def _link(self, ident: str) -> Link | None:
        with self.bench.store.reading() as tx:
            return tx.link(ident)

    # in the end ------------------------------------------------------------------------------------------------

    def verdict(self) -> None:
        self.catch_up()
        self._late_losses()
        self._no_twins()
        links = self._links()
        self._one_link_a_record(links)
        self._all_there(links)
        for link in links:
            self._equal(link)
            self._explained(link)
        self._audited()
        self._answered()

    def _late_losses(self) -> None:
        """What is in the log by now is not lost. Anything else must have been typed after the engine's last look at the
        record and before its write, and the audit must show what that look had seen."""
        for loss in self.doubtful:
            if self._logged(loss.lost):
                continue
            require(loss.lost not in self.observed, "I2", "{}, though it was read before", loss.words())
            self.losses.append(replace(loss, pre_image=self._pre_image(loss)))

    def _put_back(self, change: Change, old: str, new: str) -> bool:
        """A whole record was written as it had just been read: what was typed since is gone, in every field."""
        return self._ancestor(new, old) and self._in_a_window(change, old)

    def _pre_image(self, loss: Loss) -> str:
        """What the engine had read of the field before it wrote, by its own account."""
        mine = [entry for entry in self._written(loss) if loss.field in entry.after]
        told = [entry for entry in mine if plain(entry.after[loss.field]) == loss.written]
        if not told and isinstance(self.bench.erp, WholeErp) and self._ancestor(loss.written, loss.lost):
            return loss.written  # the write put the whole record as it was read; this field was not to change
        shown = [plain(entry.before[loss.field]) for entry in told if loss.field in entry.before]
        typed_over = [one for one in shown if self._ancestor(one, loss.lost)]
        require(typed_over, "I8", "{}: the audit does not show what stood there before", loss.words())
        unchanged = typed_over[-1] == loss.written
        require(not unchanged, "I4", "{}: the field was not to change and was written", loss.words())
        return typed_over[-1]

    def _written(self, loss: Loss) -> list[AuditEntry]:
        with self.bench.store.reading() as tx:
            entries = tx.audit("books", limit=1_000_000)
        key = loss.record.split(" ", 1)[1]
        mine = [one for one in entries if one.side == Side.ERP and one.erp_key == key]
        return [one for one in mine if one.event in {"updated", "indeterminate"}]

    def _links(self) -> list[Link]:
        with self.bench.store.reading() as tx:
            found = tx.find_links("books", limit=100_000)
        return [link for link in found if not link.tombstone]

    def _no_twins(self) -> None:
        for system in ("crm", self.bench.erp.name):
            born: dict[str, list[Place]] = {}
            for place, origin in self.born.items():
                if place[0] == system and not self._vanished(place):
                    born.setdefault(origin, []).append(place)
            twice = {origin: places for origin, places in born.items() if len(places) > 1}
            require(not twice, "I3", "made twice: {}", twice)
        for (system, _, obj, key), origin in self.born.items():
            if system == "crm" and obj in {"Account", "Contact"}:
                _, entity, erp_obj, erp_key = origin.split("/", 3)
                back = (self.bench.erp.name, entity, erp_obj, erp_key) in self.born
                require(not back, "I3", "{} {} was made from {}, which the engine itself had made", obj, key, erp_key)

    def _vanished(self, place: Place) -> bool:
        """Deleted by a user before the engine learned that it was born: to the engine it never was."""
        return place in self.deleted and place[3] not in self.tied

    def _one_link_a_record(self, links: Sequence[Link]) -> None:
        for side in Side:
            keys = Counter((link.entity, link.mapping, link.key(side)) for link in links if link.key(side))
            twice = [one for one, count in keys.items() if count > 1]
            require(not twice, "I3", "more than one link for {}", twice)

    def _all_there(self, links: Sequence[Link]) -> None:
        """Every record of the ERP has a partner, and every promoted one of the CRM, unless a reason stands there."""
        for mapping in MAPPINGS:
            for entity in self.bench.entities:
                for key in self.bench.erp.alive(mapping.erp_object, entity):
                    self._has_partner(mapping, entity, key)
        for crm_key, entity in self.promoted:
            if crm_key in self.bench.crm.alive("Account"):
                mine = [one for one in links if one.crm_key == crm_key and one.entity == entity]
                require(mine, "I1", "{} was promoted to {!r} and has no link there", crm_key, entity)
                there = mine[0].erp_key or mine[0].problem
                require(there, "I1", "{} was promoted to {!r}: {}", crm_key, entity, mine[0])
        self._followed(links)

    def _followed(self, links: Sequence[Link]) -> None:
        """Contacts go where their account went, at least to one entity of several."""
        alive = self.bench.crm.alive("Account")
        gone = {link.crm_key for link in links if link.mapping == "customer" and link.erp_key}
        for key, values in self.bench.crm.alive("Contact").items():
            if values["AccountId"] in alive and values["AccountId"] in gone:
                mine = [one for one in links if one.mapping == "contact" and one.crm_key == key]
                there = any(one.erp_key or one.problem for one in mine)
                require(there, "I1", "contact {} did not follow: {}", key, mine)

    def _has_partner(self, mapping: RecordMapping, entity: str, key: str) -> None:
        with self.bench.store.reading() as tx:
            buried = tx.links_by_key("books", entity, mapping.name, Side.ERP, [key]).get(key)
        if buried is None:
            raise Violation("I1", f"{mapping.name} {key} of {entity!r} was never seen")
        if buried.tombstone:
            gone = buried.crm is not None and buried.crm.deleted
            require(gone, "I1", "{} {} was buried: {}", mapping.name, key, buried)
            return
        waits = buried.problem or buried.extra.get("waiting")
        there = buried.crm_key in self.bench.crm.alive(mapping.crm_object)
        require(there or waits, "I1", "no partner for {}", buried)
        if buried.extra.get("waiting") and not (buried.crm_key or buried.problem):
            require(self._parent_hangs(entity, key), "I9", "waits for nothing: {}", buried)

    def _parent_hangs(self, entity: str, key: str) -> bool:
        """Whether the person's customer is itself without a partner."""
        parent = self.bench.erp.alive("People", entity)[key]["customer"]
        with self.bench.store.reading() as tx:
            link = tx.links_by_key("books", entity, "customer", Side.ERP, [parent]).get(parent)
        return link is None or bool(link.tombstone) or not link.crm_key

    def _equal(self, link: Link) -> None:
        mapping = next((m for m in MAPPINGS if m.name == link.mapping), None)
        if mapping is None or not (link.crm_key and link.erp_key):
            return
        crm = self.bench.crm.alive(mapping.crm_object)[link.crm_key]
        erp = self.bench.erp.alive(mapping.erp_object, link.entity)[link.erp_key]
        refused = {*self.bench.crm.faults.refuse, *self.bench.erp.faults.refuse}
        poisoned = any(value in refused for value in (*crm.values(), *erp.values()))
        require(not link.problem or poisoned, "I1", "a problem without a cause: {}", link)
        led = self._led(link)
        for field in mapping.fields:
            if led and field.direction is Direction.TO_CRM:
                continue
            skip = isinstance(field.kind, Reference) or field.direction is Direction.FROZEN or field.crm in link.blocked
            mine, theirs = plain(crm.get(field.crm)), plain(erp.get(field.erp))
            never_told = field.direction is Direction.TO_ERP and not mine
            if not (skip or never_told or poisoned):
                require(mine == theirs, "I1", "{} differs, {!r} and {!r}: {}", field.crm, mine, theirs, link)

    def _led(self, link: Link) -> bool:
        """Tied in an earlier entity too: that tie owns the one-way fields."""
        entities = self.bench.entities
        earlier = entities[: entities.index(link.entity)]
        return any(one.entity in earlier and one.crm_key == link.crm_key and one.erp_key for one in self._links())

    def _explained(self, link: Link) -> None:
        if link.status in {Status.OUT_OF_SYNC, Status.DELETE_REQUEST_REJECTED}:
            shown = panel_row(self.bench.context(), link)
            require(shown["Reason__c"], "I12", "no reason: {}", link)
            require(shown["Next_Step__c"], "I12", "no next step: {}", link)
            with self.bench.store.reading() as tx:
                conflicts = tx.conflicts("books", link=link.id, open_only=True)
            require(link.problem or conflicts, "I12", "no time: {}", link)
        require(link.status is not Status.AWAITING_ACKNOWLEDGMENT, "I1", "still awaiting: {}", link)

    def _audited(self) -> None:
        done: Counter[tuple[str, str]] = Counter()
        with self.bench.store.reading() as tx:
            require(tx.verify_audit("books") is None, "I8", "the audit chain is broken")
            for entry in tx.audit("books", limit=1_000_000):
                if entry.event in {"created", "updated", "indeterminate", "not_executed"}:
                    system = "crm" if entry.side == Side.CRM else self.bench.erp.name
                    done[system, entry.crm_key if entry.side == Side.CRM else entry.erp_key] += 1
        unknown = {(place[0], place[3]) for place in self.born if self._vanished(place)}
        missing = {at: count for at, count in self.mutations.items() if done[at] < count and at not in unknown}
        require(not missing, "I8", "writes without an audit entry: {}", missing)

    def _answered(self) -> None:
        for key, row in self.bench.crm.alive("ERP_Request__c").items():
            answered = row["Status__c"] in {"Done", "Refused", "Failed"}
            require(answered, "I9", "press {} is not answered: {}", key, row)


def plain(value: Any) -> str:
    """One spelling for comparing: nothing is empty, numbers have two digits."""
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
