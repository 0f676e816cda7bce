"""Tieline's plugin for Sage Intacct: customers, contacts, items, prices, projects, order-entry documents, twelve lists
and the buttons that send and convert."""

from __future__ import annotations

from collections.abc import Sequence

from tieline import hookimpl
from tieline.contract import (
    Action,
    Component,
    Declarations,
    Explanation,
    Layout,
    ManagedList,
    Mapping,
    System,
    Translations,
)
from tieline_intacct.actions import ACTIONS
from tieline_intacct.explaining import explain
from tieline_intacct.layouts import LAYOUTS
from tieline_intacct.lists import LISTS
from tieline_intacct.mappings import MAPPINGS
from tieline_intacct.package import project_objects
from tieline_intacct.system import INTACCT
from tieline_intacct.translations import FRENCH


@hookimpl
def register_systems() -> Sequence[System]:
    return (INTACCT,)


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


@hookimpl
def render_package(declarations: Declarations) -> Sequence[Component]:
    return project_objects(declarations)


@hookimpl
def explain_error(system: str, code: str, reason: str) -> Explanation | None:
    return explain(system, code, reason)
