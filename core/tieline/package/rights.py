"""Permission sets as values: entries, their union, and what the platform asks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from tieline.contract.component import Component, Property

PERMISSION_SET = "PermissionSet"
_KEYS = {
    "applicationVisibilities": "application",
    "fieldPermissions": "field",
    "objectPermissions": "object",
    "tabSettings": "tab",
    "userPermissions": "name",
}
Entry = Mapping[str, Property]


def on_object(
    name: str,
    *,
    create: bool = False,
    edit: bool = False,
    delete: bool = False,
) -> Entry:
    """Rights on an object. Reading comes with all of them, editing with deleting, as the platform demands [K]."""
    return {
        "object": name,
        "allowRead": True,
        "allowCreate": create,
        "allowEdit": edit or delete,
        "allowDelete": delete,
        "viewAllRecords": False,
        "modifyAllRecords": False,
    }


def on_field(name: str, *, edit: bool = False) -> Entry:
    return {"field": name, "readable": True, "editable": edit}


def on_tab(name: str) -> Entry:
    return {"tab": name, "visibility": "Visible"}


def on_app(name: str) -> Entry:
    return {"application": name, "visible": True}


def may(name: str) -> Entry:
    """A user permission, such as `ApiEnabled`."""
    return {"name": name, "enabled": True}


def permission_set(
    name: str,
    label: str = "",
    about: str = "",
    *,
    objects: Iterable[Entry] = (),
    fields: Iterable[Entry] = (),
    tabs: Iterable[Entry] = (),
    users: Iterable[Entry] = (),
    apps: Iterable[Entry] = (),
) -> Component:
    """A permission set; entries about one thing are joined, the wider right wins. Without a label it is a share in
    a set that another plugin names."""
    given = {"objectPermissions": objects, "fieldPermissions": fields, "tabSettings": tabs, "userPermissions": users}
    given |= {"applicationVisibilities": apps}
    words = {"label": label, "description": about} if label else {}
    properties: dict[str, Property] = {"hasActivationRequired": False, **words}
    properties |= {element: rows for element, entries in given.items() if (rows := _joined(element, entries))}
    return Component(PERMISSION_SET, name, properties)


def united(first: Component, second: Component) -> Component:
    """Two contributions to one permission set as one; label and description are the first's that has them."""
    properties = {**second.properties, **first.properties}
    for element in _KEYS:
        rows = _joined(element, [*entries(first, element), *entries(second, element)])
        if rows:
            properties[element] = rows
    return Component(PERMISSION_SET, first.name, properties)


def entries(component: Component, element: str) -> Sequence[Entry]:
    return cast("Sequence[Entry]", component.properties.get(element, ()))


def _joined(element: str, given: Iterable[Entry]) -> tuple[Entry, ...]:
    key = _KEYS[element]
    found: dict[str, dict[str, Property]] = {}
    for entry in given:
        known = found.setdefault(str(entry[key]), dict(entry))
        for right, value in entry.items():
            known[right] = known[right] or value if isinstance(value, bool) else value
    return tuple(found[name] for name in sorted(found))
