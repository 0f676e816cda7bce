"""Translations are people's like all words: what an administrator made of one that we installed stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieline.contract.component import Component, Property
from tieline.package.canonical import Node, Table, as_properties, of_component, one
from tieline.package.diff import KEYS, Change, changes


def kept_translations(
    component: Component, present: Table, installed: Mapping[str, Property] | None
) -> tuple[Change, ...]:
    """Words that differ in the org although ours are those that were installed. `before` is ours, `after` the
    administrator's."""
    if installed is None:
        return ()
    wanted, base = of_component(component), of_component(Component(component.kind, component.name, installed))
    renewed = {change.property for change in changes(component.kind, wanted, base)}
    return tuple(
        Change(change.property, change.after, change.before)
        for change in changes(component.kind, wanted, present)
        if change.property not in renewed and change.before
    )


def with_translations(component: Component, present: Table, kept: Sequence[Change]) -> Component:
    """The component as declared, with the administrator's words at the places that are kept."""
    paths = {change.property for change in kept}
    table = _with("", of_component(component), present, paths)
    return Component(component.kind, component.name, as_properties(table), component.shared)


def _with(path: str, wanted: Table, present: Table, paths: set[str]) -> Table:
    found: dict[str, tuple[Node, ...]] = {}
    for name, nodes in wanted.items():
        here = f"{path}.{name}" if path else name
        if here in paths:
            found[name] = present.get(name, nodes)
        else:
            found[name] = tuple(_entry(here, name, node, present.get(name, ()), paths) for node in nodes)
    return found


def _entry(path: str, name: str, wanted: Node, present: Sequence[Node], paths: set[str]) -> Node:
    if isinstance(wanted, str) or name not in KEYS:
        return wanted
    about = one(wanted, KEYS[name])
    same = next((node for node in present if not isinstance(node, str) and one(node, KEYS[name]) == about), {})
    return _with(f"{path}[{about}]", wanted, same if not isinstance(same, str) else {}, paths)
