"""Tieline's built-in plugin for managed lists: what a list is in the org, and what a fresh reading of it means."""

from __future__ import annotations

from collections.abc import Sequence

from tieline import hookimpl
from tieline.contract import Component, Declarations, ListRow, ManagedList, SettledList
from tieline_managed_lists.objects import list_components
from tieline_managed_lists.rows import settle


@hookimpl
def render_package(declarations: Declarations) -> Sequence[Component]:
    return list_components(declarations)


@hookimpl(trylast=True)
def settle_list(managed: ManagedList, stored: Sequence[ListRow], fresh: Sequence[ListRow]) -> SettledList:
    return settle(managed, stored, fresh)
