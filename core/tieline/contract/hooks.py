"""The hooks a plugin may implement, in the order in which the host calls them.

A plugin is a module. Declarations are asked for once, after loading; they return frozen values, have no side
effects, and may add to a system another plugin owns. Behaviours are asked per record; most return None to pass.

`ErpPlugin` is what an ERP plugin must have (a type checker verifies `plugin: ErpPlugin = my_module`); everything in
`Extras` is optional. The members of `ErpPlugin` are plain methods because mypy lets a module stand for those and not
for static ones; the host's plugin manager leaves `self` out.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from typing import Protocol

import click
import pluggy

from tieline.contract.action import Action
from tieline.contract.client import ListRow
from tieline.contract.component import Component
from tieline.contract.declarations import Declarations
from tieline.contract.events import Event, Explanation, FieldConflict, Passage
from tieline.contract.inbound import InboundRoute
from tieline.contract.lists import ManagedList, SettledList
from tieline.contract.mapping import Mapping, Side
from tieline.contract.presentation import Layout, Translations
from tieline.contract.system import System
from tieline.contract.values import Values

PROJECT = "tieline"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class ErpPlugin(Protocol):
    @hookspec
    def register_systems(self) -> Sequence[System]:
        """At start. The systems this plugin brings; a name taken by an earlier plugin refuses the later one."""

    @hookspec
    def register_mappings(self) -> Sequence[Mapping]:
        """At start, after systems. May name any registered system."""


class Extras(Protocol):
    @staticmethod
    @hookspec
    def register_managed_lists() -> Sequence[ManagedList]:
        """At start, after mappings. Lists that options and persons of mappings refer to."""

    @staticmethod
    @hookspec
    def register_actions() -> Sequence[Action]:
        """At start, after lists. Buttons; each becomes a quick action and a permission."""

    @staticmethod
    @hookspec
    def register_layouts() -> Sequence[Layout]:
        """When a package is built. Sections on page layouts."""

    @staticmethod
    @hookspec
    def register_translations() -> Sequence[Translations]:
        """When a package is built and when a person is spoken to. Later plugins add; the first word wins."""

    @staticmethod
    @hookspec
    def render_package(declarations: Declarations) -> Sequence[Component]:
        """When a package is built, with the declarations of the systems wanted. Pure; the built-in plugins render
        mappings, lists and actions here, and a plugin may add components of its own. Two different components of
        one name are an error."""

    @staticmethod
    @hookspec(firstresult=True)
    def write_package(components: Sequence[Component], removed: Sequence[Component]) -> MappingType[str, bytes] | None:
        """When a package is sent or built: its files by path, `package.xml` among them; `removed` go into a manifest
        of deletions. Pure, and the same bytes for the same components. The built-in plugin answers when no other
        does."""

    @staticmethod
    @hookspec
    def register_commands() -> Sequence[click.Command]:
        """When the command line starts. Each is added below `tieline`; a name already taken is reported."""

    @staticmethod
    @hookspec
    def register_inbound() -> Sequence[InboundRoute]:
        """When the web process starts."""

    @staticmethod
    @hookspec(firstresult=True)
    def settle_list(managed: ManagedList, stored: Sequence[ListRow], fresh: Sequence[ListRow]) -> SettledList | None:
        """Each time a managed list was read, before its rows are written. Pure: what the fresh rows mean for those
        known. The built-in plugin answers when no other does."""

    @staticmethod
    @hookspec
    def change_record(mapping: Mapping, side: Side, fields: Values, passage: Passage) -> Values | None:
        """Before each write, for the side written. Results chain in order of registration; None leaves the
        fields as they are. Only fields of the mapping may be changed; raising refuses this record alone."""

    @staticmethod
    @hookspec(firstresult=True)
    def match_record(mapping: Mapping, fields: Values, candidates: Sequence[tuple[str, Values]]) -> str | None:
        """The first time a CRM record is seen without a link and strong keys found no single partner. Returns the
        chosen candidate's ERP key; None leaves it to a person."""

    @staticmethod
    @hookspec(firstresult=True)
    def resolve_conflict(conflict: FieldConflict) -> Side | None:
        """Both sides changed a field that has no owner. The side that wins; None applies the field's policy."""

    @staticmethod
    @hookspec(firstresult=True)
    def explain_error(system: str, code: str, reason: str, language: str) -> Explanation | None:
        """Before a person sees a refusal of this system. None shows the vendor's own words."""

    @staticmethod
    @hookspec
    def on_event(event: Event) -> None:
        """After something happened. What it raises is logged and goes no further."""
