"""Losses inside a window: where a system takes no condition with an update, an edit made between the engine's last
look and its write is overwritten, and nobody can know. Each one must be shown with what the engine had read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """A value a user typed that is in no log. `written` is what the engine put over it."""

    system: str
    entity: str
    record: str
    field: str
    lost: str
    written: str
    pre_image: str = ""

    def words(self) -> str:
        return f"{self.field} of {self.record}: {self.lost!r} was overwritten by {self.written!r}"
