"""Both built-in plugins enter by the front door."""

from __future__ import annotations

from typing import Any

import pluggy
import pytest

import tieline_layouts
import tieline_managed_lists
from tieline.contract import PROJECT, Declarations, ErpPlugin, Extras, ListRow, ManagedList
from tieline.package.desired import desired_components


@pytest.fixture
def hook() -> Any:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(ErpPlugin)
    manager.add_hookspecs(Extras)
    manager.register(tieline_layouts)
    manager.register(tieline_managed_lists)
    manager.check_pending()
    return manager.hook


def test_the_host_reaches_all_of_it_by_hooks(hook: Any, acme_declared: Any) -> None:
    def render(declarations: Declarations) -> Any:
        return hook.render_package(declarations=declarations)

    components = desired_components(acme_declared.whole, render)
    names = {component.name for component in components}
    assert {"ERP_Link__c", "Acme_Payment_Term__c", "Tieline_Acme"} <= names
    files = hook.write_package(components=components, removed=())
    rights = files["permissionsets/Tieline_Acme_User.permissionset"].decode()
    assert "Acme_Payment_Term__c.Key__c" in rights
    assert "ERP_Request__c.Action__c" in rights


def test_lists_are_settled_by_hook(hook: Any) -> None:
    terms = ManagedList("acme", "terms", "Payment term", "Payment terms")
    settled = hook.settle_list(managed=terms, stored=[], fresh=[ListRow("a", "A")])
    assert settled.rows == (ListRow("a", "A"),)
