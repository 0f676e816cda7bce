"""Every text of a plugin's declarations that people read: in the org, in the settings, as an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tieline.contract import Action, Choice, Declarations, Kind, ManagedList, Mapping, System
from tieline.contract.naming import attribute_label


def declared_words(declarations: Declarations) -> tuple[str, ...]:
    """Each once, in order of declaration; names that are no words (the system's own label) among them."""
    return tuple(dict.fromkeys(text for text in _texts(declarations) if text))


def _texts(declared: Declarations) -> Iterator[str]:
    for system in declared.systems:
        yield from _system(system)
    for mapping in declared.mappings:
        yield from _mapping(mapping)
    for managed in declared.lists:
        yield from _list(managed)
    for action in declared.actions:
        yield from _action(action)
    for layout in declared.layouts:
        yield layout.section
        yield from (link.label for link in layout.links)


def _system(system: System) -> Iterator[str]:
    yield from (system.label, system.entity_label)
    for setting in system.settings:
        yield from (setting.label, setting.help)


def _mapping(mapping: Mapping) -> Iterator[str]:
    yield mapping.label
    for field in mapping.fields:
        yield from (field.label, field.help)
        yield from _values([field.kind])


def _list(managed: ManagedList) -> Iterator[str]:
    yield from (managed.label, managed.plural, *map(attribute_label, managed.attributes))


def _action(action: Action) -> Iterator[str]:
    yield from (action.label, action.help, action.otherwise)
    for parameter in action.parameters:
        yield parameter.label
        yield from _values([parameter.kind])


def _values(kinds: Iterable[Kind]) -> Iterator[str]:
    for kind in kinds:
        if isinstance(kind, Choice):
            yield from kind.values
