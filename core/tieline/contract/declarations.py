"""All declarations of all loaded plugins, as one value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from tieline.contract.action import Action
from tieline.contract.lists import ManagedList
from tieline.contract.mapping import Mapping
from tieline.contract.presentation import Layout, Translations
from tieline.contract.system import System

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Declarations:
    systems: tuple[System, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    lists: tuple[ManagedList, ...] = ()
    actions: tuple[Action, ...] = ()
    layouts: tuple[Layout, ...] = ()
    translations: tuple[Translations, ...] = ()

    def system(self, name: str) -> System:
        """Raises KeyError."""
        return _first((s for s in self.systems if s.name == name), name)

    def mapping(self, system: str, name: str) -> Mapping:
        """Raises KeyError."""
        return _first((m for m in self.mappings if (m.system, m.name) == (system, name)), f"{system}.{name}")

    def managed_list(self, system: str, name: str) -> ManagedList:
        """Raises KeyError."""
        return _first((x for x in self.lists if (x.system, x.name) == (system, name)), f"{system}.{name}")

    def action(self, ident: str) -> Action:
        """By `system.name`; raises KeyError."""
        return _first((a for a in self.actions if a.id == ident), ident)

    def only(self, system: str) -> Declarations:
        """The part that belongs to one system."""
        return Declarations(
            tuple(x for x in self.systems if x.name == system),
            tuple(x for x in self.mappings if x.system == system),
            tuple(x for x in self.lists if x.system == system),
            tuple(x for x in self.actions if x.system == system),
            tuple(x for x in self.layouts if x.system == system),
            tuple(x for x in self.translations if x.system == system),
        )


def _first(found: Iterator[T], name: str) -> T:
    for value in found:
        return value
    raise KeyError(name)
