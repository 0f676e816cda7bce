"""I2 and I4: no value that a user typed is overwritten unread, and none by an older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieline.contract import Mapping, Precondition, Side, WriteStyle
from tieline.store.nouns import AuditEntry, Conflict
from tieline_simulation.losses import Loss
from tieline_simulation.oracle.truth import Truth, plain
from tieline_simulation.violation import require
from tieline_simulation.world import Change


class Losses:
    """`doubtful` ones happened where nobody can know; `listed` are those that nobody logged by the end."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.observed: set[str] = set()  # values the engine has read in the ERP
        self.doubtful: list[Loss] = []
        self.listed: list[Loss] = []
        self.carried: set[str] = set()  # fields of the write that is under way in the ERP
        self.as_read: list[Loss] = []  # a whole record was put as it was read; these fields were not to change
        self._conflicts: tuple[int, set[str]] = (0, set())

    def overwritten(self, change: Change, name: str, old: str, new: str, *, put_back: bool = False) -> None:
        """The engine has put `new` over `old`."""
        if not old or self.truth.ancestor(old, new) or self.logged(old):
            return
        loss = Loss(change.system, change.entity, f"{change.obj} {change.key}", name, old, new)
        invariant = "I4" if self.truth.ancestor(new, old) else "I2"
        require(self.in_a_window(change, old), invariant, "{} and is in no log", loss.words())
        self.doubtful.append(loss)
        self.as_read += [loss] if put_back else []

    def in_a_window(self, change: Change, old: str) -> bool:
        """A system without a precondition: its queue hides an edit, or the moment between a client's own read and its
        write does. What was typed before that read may not be lost."""
        erp = self.truth.bench.erp
        if change.system != erp.name or erp.shape_of.precondition is not Precondition.NONE:
            return False
        if erp.looked is not None:
            looked = erp.looked.get((change.entity, change.obj, change.key))
            if looked is None:  # a create that came late, for a record that is gone: nothing was overwritten
                return (change.system, change.entity, change.obj, change.key) in self.truth.deleted
            return self.truth.typed_at[old] >= looked
        return True

    def put_back(self, change: Change, mapping: Mapping, name: str, old: str) -> bool:
        """A whole record was written as it had just been read: what was typed in that moment is gone in every field."""
        whole = self.truth.bench.erp.shape_of.writes is WriteStyle.WHOLE
        if not whole or mapping.erp_object != change.obj or not old:
            return False
        theirs = next(field.erp for field in mapping.fields if field.crm == name)
        return theirs not in self.carried and self.in_a_window(change, old)

    def logged(self, value: str) -> bool:
        """In the log, or a user typed a value over it that is."""
        return any(self.truth.ancestor(value, one) for one in self._in_log())

    def _in_log(self) -> set[str]:
        with self.truth.bench.store.reading() as tx:
            conflicts = tx.conflicts("books")
        if len(conflicts) != self._conflicts[0]:
            self._conflicts = (len(conflicts), self._values(conflicts))
        return self._conflicts[1]

    def _values(self, conflicts: Sequence[Conflict]) -> set[str]:
        return {self.truth.form(one) for c in conflicts for one in (*c.crm.values(), *c.erp.values())}

    # in the end ------------------------------------------------------------------------------------------------

    def verdict(self) -> None:
        """What is in the log by now is not lost. Anything else must have been typed after the engine's last look at the
        record and before its write, and the audit must show what that look had seen."""
        for loss in self.doubtful:
            if self.logged(loss.lost):
                continue
            require(loss.lost not in self.observed, "I2", "{}, though it was read before", loss.words())
            self.listed.append(replace(loss, pre_image=self._pre_image(loss)))

    def _pre_image(self, loss: Loss) -> str:
        """What the engine had read of the field before it wrote, by its own account."""
        if loss in self.as_read:
            return loss.written
        form, ancestor = self.truth.form, self.truth.ancestor
        mine = [entry for entry in self._entries(loss) if loss.field in entry.after]
        told = [entry for entry in mine if form(entry.after[loss.field]) == loss.written]
        shown = [entry for entry in told if loss.field in entry.before]
        typed_over = [entry for entry in shown if ancestor(form(entry.before[loss.field]), loss.lost)]
        require(typed_over, "I8", "{}: the audit does not show what stood there before", loss.words())
        before, after = (plain(each[loss.field]) for each in (typed_over[-1].before, typed_over[-1].after))
        # The very values and not their common root: another spelling of a value is a change that had to be written.
        require(before != after, "I4", "{}: the field was not to change and was written", loss.words())
        return form(before)

    def _entries(self, loss: Loss) -> list[AuditEntry]:
        with self.truth.bench.store.reading() as tx:
            entries = tx.audit("books", limit=1_000_000)
        key = loss.record.split(" ", 1)[1]
        mine = [one for one in entries if one.side == Side.ERP and one.erp_key == key]
        return [one for one in mine if one.event in {"updated", "indeterminate"}]
