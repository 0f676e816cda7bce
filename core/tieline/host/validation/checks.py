"""All checks of one plugin's declarations, in the order in which a reader would fix them."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Declarations
from tieline.host.validation.actions import check_action
from tieline.host.validation.findings import Problem, check_api_name, check_known, check_label, check_name, path
from tieline.host.validation.findings import check_unique as unique
from tieline.host.validation.mappings import check_mapping
from tieline.host.validation.systems import check_system


def problems(own: Declarations, before: Declarations, everything: Declarations) -> list[Problem]:
    """What is wrong with `own`, whose names must not be taken by plugins `before` it and may lean on `everything`."""
    return [
        *_taken(own, before),
        *_doubles(own),
        *(problem for system in own.systems for problem in check_system(system, everything)),
        *(problem for mapping in own.mappings for problem in check_mapping(mapping, everything)),
        *_lists(own, everything),
        *(problem for action in own.actions for problem in check_action(action, everything)),
        *_layouts(own, everything),
    ]


def _taken(own: Declarations, before: Declarations) -> Iterator[Problem]:
    for kind, mine, theirs in (
        ("system", {s.name for s in own.systems}, {s.name for s in before.systems}),
        ("prefix", {s.prefix.lower() for s in own.systems}, {s.prefix.lower() for s in before.systems}),
        ("mapping", {m.id for m in own.mappings}, {m.id for m in before.mappings}),
        ("list", {x.id for x in own.lists}, {x.id for x in before.lists}),
        ("action", {a.id for a in own.actions}, {a.id for a in before.actions}),
    ):
        for name in sorted(mine & theirs):
            yield Problem(name, f"the {kind} {name!r} is already declared by another plugin", "Choose another name.")


def _doubles(own: Declarations) -> Iterator[Problem]:
    yield from unique("register_systems", "system", (system.name for system in own.systems))
    yield from unique("register_mappings", "mapping", (mapping.id for mapping in own.mappings))
    yield from unique("register_managed_lists", "list", (managed.id for managed in own.lists))
    yield from unique("register_actions", "action", (action.id for action in own.actions))


def _lists(own: Declarations, everything: Declarations) -> Iterator[Problem]:
    for managed in own.lists:
        where = path(managed.system, managed.name)
        yield from check_known(where, "system", managed.system, (s.name for s in everything.systems))
        yield from check_name(where, managed.name)
        yield from check_label(where, managed.label)
        yield from check_label(where, managed.plural)
        yield from unique(where, "attribute", managed.attributes)
        for attribute in managed.attributes:
            yield from check_name(path(where, attribute), attribute)


def _layouts(own: Declarations, everything: Declarations) -> Iterator[Problem]:
    for layout in own.layouts:
        where = path(layout.system, layout.crm_object, layout.section)
        yield from check_known(where, "system", layout.system, (s.name for s in everything.systems))
        yield from check_api_name(where, layout.crm_object)
        yield from check_label(where, layout.section)
        yield from unique(where, "field", layout.fields)
        for name in layout.fields:
            yield from check_api_name(path(where, name), name)
