"""Faults in what people see, and in who is served."""

from __future__ import annotations

from typing import Any

from tieline.sync import drive, lists, panel
from tieline_simulation.mutants.patch import Patch, mutant


@mutant("versioned")
def reason_dropped(patch: Patch) -> None:
    """Out of Sync, and nobody says why."""
    patch.setattr(panel, "_reason", lambda *_given: None)


@mutant("versioned")
def idle_writes(patch: Patch) -> None:
    """Every cycle writes every panel again."""
    patch.setattr(panel, "_unmoved", lambda _fresh, _links: False)


@mutant("versioned")
def list_edit_kept(patch: Patch) -> None:
    """What people do to a managed list in the CRM stays."""
    patch.setattr(lists, "undo_edits", lambda *_given: None)


@mutant("versioned")
def poison_blocks(patch: Patch) -> None:
    """One record that is refused holds up all that come after it."""
    dirty = drive.Driver._dirty

    def until_refused(self: drive.Driver) -> Any:
        with self.context.store.reading() as tx:
            stuck = any(link.problem for link in tx.find_links(self.context.back_office, self.rules.name))
        return iter(()) if stuck else dirty(self)

    patch.setattr(drive.Driver, "_dirty", until_refused)
