"""What really happened: read from the systems' own log, below everything the engine could know or get wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieline.contract import Mapping, Reference, Side
from tieline.contract.kinds import Option
from tieline.store.nouns import Link
from tieline_simulation.transforms import root
from tieline_simulation.world import Change

if TYPE_CHECKING:
    from tieline_simulation.bench import Bench

Place = tuple[str, str, str, str]
"""System, entity, object, key."""

OURS = {"ERP_Link__c", "ERP_Request__c"}


class Truth:
    """State of every record, parentage of every value, and who made, changed and deleted what. `told` is asked about
    each field the engine changed: (change, mapping, field name in the CRM, old value, new value)."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.seen = 0
        self.state: dict[Place, dict[str, Any]] = {}
        self.parents: dict[str, set[str]] = {}
        self.typed_at: dict[str, int] = {}  # value -> place in the log
        self.typed_in: dict[
            str, tuple[str, str, str]
        ] = {}  # value -> entity, object, key where it was typed in the ERP
        self.mutations: Counter[tuple[str, str]] = Counter()
        self.written: set[tuple[str, str, str, str]] = set()  # system, key, field, value
        self.born: dict[Place, str] = {}
        self.deleted: set[Place] = set()
        self.erased: set[Place] = set()  # by the engine, as the mapping asks
        self.dropped: set[str] = set()  # values that a person gave up for none at all, by a merge
        self.touched = 0  # changes that people made
        self.known: set[str] = set()  # every key a link ever had
        self.told: Callable[[Change, Mapping, str, str, str], None] = lambda *_given: None
        self.taken: Callable[[Change, Mapping], None] = lambda *_given: None
        self.engine_deleted: Callable[[Change], None] = lambda _change: None

    @property
    def remade(self) -> bool:
        """Whether systems make something else of values: only their common root can be compared then."""
        return bool(self.bench.crm.transforms or self.bench.erp.transforms)

    def form(self, value: Any) -> str:
        return root(plain(value)) if self.remade else plain(value)

    def mapping_of(self, obj: str) -> Mapping | None:
        return next((m for m in self.bench.mappings if obj in {m.crm_object, m.erp_object}), None)

    def catch_up(self) -> None:
        log = self.bench.world.log
        while self.seen < len(log):
            change = log[self.seen]
            self.seen += 1
            self.touched += not change.engine
            if change.obj not in OURS:
                self._take(change)

    def _take(self, change: Change) -> None:
        place = (change.system, change.entity, change.obj, change.key)
        before = self.state.get(place, {})
        if change.action == "delete":
            self.deleted.add(place)
            if change.key not in self.known:
                self._forget(change, place)
            if change.engine:
                self.erased.add(place)
                self.engine_deleted(change)
            return
        self.state[place] = change.values
        mapping = self.mapping_of(change.obj)
        if mapping is None:
            return
        if change.engine:
            self.mutations[change.system, change.key] += 1
            if not before:
                self.born[place] = change.origin
        self._fields(change, mapping, before)
        self.taken(change, mapping)

    def _forget(self, change: Change, place: Place) -> None:
        """Deleted before the engine learned that it was born: to the engine it never was. Made once more, under the id
        we chose, it has a life of its own."""
        self.state.pop(place, None)
        self.mutations.pop((change.system, change.key), None)
        self.written -= {one for one in self.written if one[:2] == (change.system, change.key)}

    def _fields(self, change: Change, mapping: Mapping, before: dict[str, Any]) -> None:
        crm = change.system == "crm"
        for field in mapping.fields:
            name = field.crm if crm else field.erp
            old, new = self.form(before.get(name)), self.form(change.values.get(name))
            if old == new or isinstance(field.kind, Reference | Option):
                continue
            if change.engine:
                self.told(change, mapping, field.crm, old if name in before else "", new)
            else:
                self._typed(change, old, new, born=not before)

    def _typed(self, change: Change, old: str, new: str, *, born: bool) -> None:
        """What was typed over what; nothing is typed over in a new record."""
        self.typed_at[new] = self.seen - 1
        here = (change.entity, change.obj, change.key) if change.system != "crm" else ("", "", "")
        if self.typed_in.setdefault(new, here) != here:
            self.typed_in[new] = ("", "", "")  # typed by several people: it is nobody's mark
        if new and not born:
            self.parents.setdefault(new, set()).add(old)

    def merged(self, obj: str, winner: str, loser: str) -> None:
        """A person chose the winner's values over the loser's."""
        self.catch_up()
        chosen = self.state.get(("crm", "", obj, winner), {})
        dropped = self.state.get(("crm", "", obj, loser), {})  # nothing, when the engine never knew of it
        for name, value in dropped.items():
            kept, lost = self.form(chosen.get(name)), self.form(value)
            if kept != lost and kept:
                for one in self.ancestors(kept):  # the engine may know the winner by an earlier value
                    self.parents.setdefault(one, set()).add(lost)
            elif lost and not kept:
                self.dropped.add(lost)

    def ancestor(self, old: str, new: str) -> bool:
        """Whether somebody who typed `new`, or a value it was typed over, had `old` before him."""
        if not new and old in self.dropped:
            return True
        return old in self.ancestors(new)

    def ancestors(self, value: str) -> set[str]:
        """The value itself, what it was typed over, and so on back."""
        todo, met = [value], {value}
        while todo:
            fresh = self.parents.get(todo.pop(), set()) - met
            met |= fresh
            todo += fresh
        return met

    # what the engine keeps --------------------------------------------------------------------------------------

    def links(self, *, buried: bool = False) -> list[Link]:
        with self.bench.store.reading() as tx:
            found = tx.find_links("books", limit=100_000)
        return [link for link in found if buried or not link.tombstone]

    def link_at(self, entity: str, mapping: str, key: str, side: Side = Side.ERP) -> Link | None:
        with self.bench.store.reading() as tx:
            return tx.links_by_key("books", entity, mapping, side, [key]).get(key)


def plain(value: Any) -> str:
    """One spelling for comparing: nothing is empty, numbers have two digits."""
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
