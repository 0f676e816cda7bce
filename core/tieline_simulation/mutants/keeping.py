"""Faults in what is kept, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tieline.store.memory import MemoryStore
from tieline.sync import act, drive, outcome
from tieline.sync.context import Context
from tieline.sync.status import settled
from tieline_simulation.mutants.patch import Patch, mutant


@mutant("async")
def loser_dropped(patch: Patch) -> None:
    """The loser of a conflict is written nowhere."""
    patch.setattr(drive.Driver, "_log", lambda *_given: None)


@mutant("versioned")
def loser_late(patch: Patch) -> None:
    """The loser of a conflict is logged after it was overwritten."""
    keep, send = drive.Driver._keep, drive.Driver._send

    def kept(self: drive.Driver, work: Any) -> None:
        conflicts, work.conflicts = work.conflicts, []
        keep(self, work)
        work.conflicts = conflicts

    def sent(self: drive.Driver, work: Any) -> Any:
        try:
            return send(self, work)
        finally:
            keep(self, drive.Worklist(conflicts=work.conflicts, notes=[self.context.note("late")]))

    patch.setattr(drive.Driver, "_keep", kept)
    patch.setattr(drive.Driver, "_send", sent)


@mutant("versioned")
def audit_dropped(patch: Patch) -> None:
    """Updates are not written into the audit."""
    _notes(patch, lambda notes: tuple(note for note in notes if note.event != "updated"))


@mutant("async")
def pre_image_dropped(patch: Patch) -> None:
    """The audit does not say what stood there before."""
    _notes(patch, lambda notes: tuple(replace(note, before={}) for note in notes))


def _notes(patch: Patch, change: Any) -> None:
    apply: Any = outcome.apply

    def settle(*given: Any) -> Any:
        made = apply(*given)
        return replace(made, notes=change(made.notes))

    patch.setattr(act, "apply", settle)


@mutant("versioned")
def status_stored(patch: Patch) -> None:
    """A status stays what it was until somebody sets it."""

    def stale(link: Any) -> Any:
        return replace(settled(link), status=link.status)

    patch.setattr(drive, "settled", stale)
    patch.setattr(act, "settled", stale)


@mutant("versioned")
def lease_ignored(patch: Patch) -> None:
    """A worker that lost its lease records all the same."""
    patch.setattr(MemoryStore, "_hold", lambda _self, _fence: None)


@mutant("async")
def entity_crossed(patch: Patch) -> None:
    """Everything goes to the first accounting entity."""
    patch.setattr(Context, "entity_for", lambda self, side, _entity: "" if side == "crm" else self.entities[0])
