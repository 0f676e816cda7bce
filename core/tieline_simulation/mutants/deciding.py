"""Faults in what is decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tieline.actions import desk
from tieline.sync import drive, merge, planning
from tieline.sync.identity import derive
from tieline.sync.status import settled
from tieline.sync.translate import Translator
from tieline_simulation.mutants.patch import Patch, mutant


@mutant("versioned")
def two_way(patch: Patch) -> None:
    """Two-way compare: whatever differs is a conflict, and nobody knows who changed it."""

    def compared(rules: Any, crm: Any, erp: Any, _base: Any, translator: Translator, judge: Any, **more: Any) -> Any:
        found = merge.merge(rules, crm, erp, {}, translator, judge, **more)
        found.clashes.clear()
        return found

    patch.setattr(planning, "merge", compared)


@mutant("versioned")
def half_group(patch: Patch) -> None:
    """Fields that belong together are merged one by one."""

    def apart(rules: Any, *given: Any, **more: Any) -> Any:
        return merge.merge(_Apart(rules), *given, **more)  # type: ignore[arg-type]

    patch.setattr(planning, "merge", apart)


class _Apart:
    """The rules of a mapping without its groups."""

    def __init__(self, rules: Any) -> None:
        self._rules = rules
        self.units = tuple((field,) for unit in rules.units for field in unit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rules, name)


@mutant("versioned")
def lock_write(patch: Patch) -> None:
    """A frozen field is treated like any other."""
    decide = merge._decide

    def thaw(unit: Any, result: Any, judge: Any, **more: Any) -> None:
        if unit.fields[0].direction == "frozen":
            merge._both(unit, result, judge)
        else:
            decide(unit, result, judge, **more)

    patch.setattr(merge, "_decide", thaw)


@mutant("versioned")
def resurrect(patch: Patch) -> None:
    """A record that was deleted in the CRM is taken for one that was not made yet."""
    decide: Any = planning.decide

    def forgetting(link: Any, around: Any) -> Any:
        gone = link.crm is not None and link.crm.deleted and link.erp is not None and not link.erp.deleted
        return decide(replace(link, crm=None, crm_key="") if gone and not link.tombstone else link, around)

    patch.setattr(drive, "decide", forgetting)


@mutant("versioned")
def tombstone_forgotten(patch: Patch) -> None:
    """A deletion leaves no tombstone: the link is as if the record had never been."""
    bury = drive.Driver._bury

    def burned(self: drive.Driver, work: Any, link: Any, decision: Any) -> None:
        bury(self, work, link, decision)
        if link.id in work.saved and link.crm is not None and link.crm.deleted:
            work.saved[link.id] = settled(replace(link, crm=None, crm_key="", base={}, dirty=True))

    patch.setattr(drive.Driver, "_bury", burned)


@mutant("versioned")
def unpromoted_sent(patch: Patch) -> None:
    """Records go to the ERP whether anybody promoted them or not."""
    patch.setattr(planning, "_wanted", lambda _link, _around: True)


@mutant("versioned")
def base_early(patch: Patch) -> None:
    """The base moves when a write is planned, not when it is acknowledged."""
    after_merge = drive.Driver._after_merge

    def moved(self: drive.Driver, link: Any, found: Any, *given: Any, **more: Any) -> Any:
        after = after_merge(self, link, found, *given, **more)
        forth = {name: (link.crm.fields[name], value) for name, value in found.to_erp.items()}
        back = {name: (value, link.erp.fields[name]) for name, value in found.to_crm.items()}
        return settled(replace(after, base={**after.base, **forth, **back}))

    patch.setattr(drive.Driver, "_after_merge", moved)


@mutant("versioned")
def parent_ignored(patch: Patch) -> None:
    """A child goes before its parent."""
    patch.setattr(planning, "parent_missing", lambda _rules, _unresolved: False)


@mutant("whole")
def press_unkeyed(patch: Patch) -> None:
    """Each time a press is handled it is a new document."""
    count = iter(range(10**9))
    pick_up = desk.Desk._pick_up

    def again(self: Any, record: Any) -> None:
        with self.context.store.transaction() as tx:
            tx.save_fact(self.counter.scope, record.key, None)
        pick_up(self, record)

    patch.setattr(desk.Desk, "_pick_up", again)
    patch.setattr(desk, "derive", lambda *parts: derive(*parts, str(next(count))))
