"""A managed list in the org: one object, one row a list row, read-only for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tieline.contract import Component, Declarations, ManagedList, System
from tieline.contract.naming import attribute_field, attribute_label, list_object, permission_set, user_permission_set
from tieline.package import fields as make
from tieline.package import rights
from tieline.package.fields import CUSTOM_FIELD
from tieline.package.names import LABEL_LENGTH
from tieline.package.objects import CUSTOM_OBJECT, CUSTOM_TAB, Sharing, list_view, named, tab

KEY_FIELD = "Key__c"


def list_components(declarations: Declarations) -> Sequence[Component]:
    """Objects of all lists, and the rights on them as a share of each system's permission sets."""
    components: list[Component] = []
    for system in declarations.systems:
        lists = [managed for managed in declarations.lists if managed.system == system.name]
        own = [part for managed in lists for part in _object(system, managed)]
        if own:
            components += [*own, *_rights(system, own)]
    return components


def _object(system: System, managed: ManagedList) -> Iterator[Component]:
    name = list_object(system, managed)
    about = f"{managed.plural} of {system.label}, which owns them. Edits here are undone."
    label, plural = of_system(managed.label, system), of_system(managed.plural, system)
    yield named(name, label, plural, Sharing.READ, about)
    yield make.external_id(name, KEY_FIELD, "Key", "Back office, entity and the row's own key.")
    yield make.text(name, "ERP_Id__c", "ERP id")
    yield make.text(name, "Back_Office__c", "Back office")
    yield make.text(name, "Accounting_Entity__c", "Accounting entity")
    yield make.checkbox(name, "Active__c", "Active", "Rows the back office withdrew stay, but are not active.")
    for attribute in managed.attributes:
        yield make.text(name, attribute_field(attribute), attribute_label(attribute))
    if managed.hierarchy:
        yield make.lookup(name, "Parent__c", "Parent", name, "Children")
    yield list_view(name, ("NAME", "ERP_Id__c", "Back_Office__c", "Accounting_Entity__c", "Active__c"))
    yield tab(name, "Custom19: Wrench")


def of_system(label: str, system: System) -> str:
    """`Payment term (Unleashed)`: two systems in one org have lists of one name. Without the system when too long."""
    qualified = f"{label} ({system.label})"
    return qualified if len(qualified) <= LABEL_LENGTH else label


def _rights(system: System, own: Sequence[Component]) -> Iterator[Component]:
    """Rows are created and kept current by the host alone; nobody deletes them."""
    objects = [part.name for part in own if part.kind == CUSTOM_OBJECT]
    fields = [part.name for part in own if part.kind == CUSTOM_FIELD]
    yield rights.permission_set(
        permission_set(system.prefix),
        objects=[rights.on_object(name, create=True, edit=True) for name in objects],
        fields=[rights.on_field(name, edit=True) for name in fields],
    )
    yield rights.permission_set(
        user_permission_set(system.prefix),
        objects=[rights.on_object(name) for name in objects],
        fields=[rights.on_field(name) for name in fields],
        tabs=[rights.on_tab(part.name) for part in own if part.kind == CUSTOM_TAB],
    )
