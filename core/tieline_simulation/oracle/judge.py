"""The judge: hears of everything that happens, and gives the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tieline.contract import Mapping, Write
from tieline.store.nouns import Link
from tieline_simulation.losses import Loss
from tieline_simulation.oracle.books import Books
from tieline_simulation.oracle.endings import Endings
from tieline_simulation.oracle.groups import Groups
from tieline_simulation.oracle.losses import Losses
from tieline_simulation.oracle.rights import Rights
from tieline_simulation.oracle.truth import Truth
from tieline_simulation.systems import Toy
from tieline_simulation.world import Change

if TYPE_CHECKING:
    from tieline_simulation.bench import Bench


class Oracle:
    """Reads the log as it grows; `verdict` checks how things ended."""

    def __init__(self, bench: Bench) -> None:
        self.truth = Truth(bench)
        self.truth.told, self.truth.engine_deleted = self._wrote, self._deleted
        self.truth.taken = Groups(self.truth).taken
        self.overwrites = Losses(self.truth)
        self.rights = Rights(self.truth)
        self.tied = self.truth.known
        self.endings = Endings(self.truth, self.rights.promoted, self.tied, self.rights.partners)
        self.books = Books(self.truth, self.endings)

    @property
    def allowed(self) -> set[tuple[str, str]]:
        return self.rights.allowed

    @property
    def promoted(self) -> set[tuple[str, str]]:
        return self.rights.promoted

    @property
    def losses(self) -> list[Loss]:
        """Inside a window, each with what the engine had read."""
        return self.overwrites.listed

    def catch_up(self) -> None:
        self.truth.catch_up()

    def merged(self, winner: str, loser: str) -> None:
        """A person merged two accounts: the values he gave up are no loss, and what was promoted is so still."""
        self.truth.merged("Account", winner, loser)
        self.rights.allowed.update([(winner, entity) for key, entity in self.rights.allowed if key == loser])

    def saved(self, link: Link) -> None:
        """Values the engine has seen in the ERP, and records it knows."""
        self.tied |= {link.crm_key, link.erp_key}
        self.rights.saved(link)
        if link.erp is not None:
            self.overwrites.observed.update(self.truth.form(value) for value in link.erp.fields.values())

    def about_to_write(self, toy: Toy, entity: str, obj: str, batch: Sequence[Write]) -> None:
        self.catch_up()
        self.rights.about_to_write(toy, entity, obj, batch)
        if toy is self.truth.bench.erp:
            self.overwrites.carried = {name for write in batch for name in write.fields}

    def _wrote(self, change: Change, mapping: Mapping, name: str, old: str, new: str) -> None:
        put_back = self.overwrites.put_back(change, mapping, name, old)
        if not put_back:
            self.rights.wrote(change, mapping, name, new)
            self.truth.written.add((change.system, change.key, name, new))
        self.overwrites.overwritten(change, name, old, new, put_back=put_back)

    def _deleted(self, change: Change) -> None:
        self.rights.deleted(change)

    def verdict(self) -> None:
        self.catch_up()
        self.overwrites.verdict()
        self.endings.verdict()
        self.books.verdict()
