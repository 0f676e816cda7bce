"""Tieline's plugin for Unleashed: customers, contacts, products and sales orders, five lists and three buttons."""

from __future__ import annotations

from collections.abc import Sequence

from tieline import hookimpl
from tieline.contract import Action, Layout, ManagedList, Mapping, System, Translations
from tieline_unleashed.actions import ACTIONS
from tieline_unleashed.layouts import LAYOUTS
from tieline_unleashed.lists import LISTS
from tieline_unleashed.mappings import MAPPINGS
from tieline_unleashed.system import UNLEASHED
from tieline_unleashed.translations import FRENCH


@hookimpl
def register_systems() -> Sequence[System]:
    return (UNLEASHED,)


@hookimpl
def register_mappings() -> Sequence[Mapping]:
    return MAPPINGS


@hookimpl
def register_managed_lists() -> Sequence[ManagedList]:
    return LISTS


@hookimpl
def register_actions() -> Sequence[Action]:
    return ACTIONS


@hookimpl
def register_layouts() -> Sequence[Layout]:
    return LAYOUTS


@hookimpl
def register_translations() -> Sequence[Translations]:
    return (FRENCH,)
