"""Managed lists: owned by the ERP, read-only in the CRM."""

from __future__ import annotations

from dataclasses import dataclass

from tieline.contract.client import ListRow


@dataclass(frozen=True, slots=True)
class ManagedList:
    """A list the back office owns. `name` is what the client's `options` takes; the package makes one read-only
    object of it, `<System>_<Singular>__c`, keyed by the ERP's key. `attributes` are further texts a row carries
    (e-mail, rate); each becomes a text field. `hierarchy` adds a parent look-up.
    """

    system: str
    name: str
    label: str
    plural: str
    attributes: tuple[str, ...] = ()
    hierarchy: bool = False

    @property
    def id(self) -> str:
        return f"{self.system}.{self.name}"


@dataclass(frozen=True, slots=True)
class SettledList:
    """What a list holds after a fresh reading: all rows ever known, withdrawn ones inactive. `alarm` is a sentence
    about what looks wrong; empty when nothing does."""

    rows: tuple[ListRow, ...]
    alarm: str = ""
