"""Checks of an action: what it reads, and the expression that says when it is enabled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieline.contract import Action, Declarations
from tieline.host.validation.findings import (
    Problem,
    check_api_name,
    check_known,
    check_label,
    check_name,
    check_unique,
    path,
)
from tieline.host.validation.kinds import check_kind

VARIABLES = frozenset({"record", "linked", "children"})
"""What `enabled_when` may look at."""

_LOOP_VARIABLE = re.compile(r"\.(?:all|exists|exists_one|map|filter)\s*\(\s*(\w+)\s*,")


def check_action(action: Action, everything: Declarations) -> Iterator[Problem]:
    where = path(action.system, action.name)
    yield from check_known(where, "system", action.system, (s.name for s in everything.systems))
    yield from check_name(where, action.name)
    yield from check_label(where, action.label)
    yield from check_api_name(where, action.on)
    for name in action.lists:
        yield from check_known(where, "list", name, (x.name for x in everything.lists if x.system == action.system))
    yield from _links(action, everything, where)
    yield from _parameters(action, everything, where)
    yield from _enabled_when(action, where)


def _links(action: Action, everything: Declarations, where: str) -> Iterator[Problem]:
    loaded = {*action.reads, *(name for fields in action.children.values() for name in fields), "Id"}
    mappings = [m.name for m in everything.mappings if m.system == action.system]
    for name, mapping in action.links.items():
        yield from check_known(path(where, name), "mapping", mapping, mappings)
        if name not in loaded:
            yield Problem(path(where, name), "it is linked but not read", "Add it to reads or to children.")


def _parameters(action: Action, everything: Declarations, where: str) -> Iterator[Problem]:
    yield from check_unique(where, "parameter", (parameter.name for parameter in action.parameters))
    for parameter in action.parameters:
        yield from check_api_name(path(where, parameter.name), parameter.name)
        yield from check_label(path(where, parameter.name), parameter.label)
        yield from check_kind(action.system, parameter.kind, everything, path(where, parameter.name))
        if parameter.offered:
            known = [
                one.name for system in everything.systems if system.name == action.system for one in system.settings
            ]
            yield from check_known(path(where, parameter.name), "setting", parameter.offered, known)


def _enabled_when(action: Action, where: str) -> Iterator[Problem]:
    if not action.enabled_when:
        return
    import cel  # costs a shared library; only plugins with an expression pay

    spot = path(where, "enabled_when")
    try:
        program = cel.compile(action.enabled_when)
    except ValueError as error:
        words = str(error).partition("ERROR: ")[2].split("\n")[0] or "it does not parse"
        yield Problem(spot, f"the expression cannot be read ({words[:200]})", "Correct it.")
        return
    own = {*VARIABLES, *_LOOP_VARIABLE.findall(action.enabled_when)}
    for name in sorted(set(program.variables()) - own):
        known = ", ".join(sorted(VARIABLES))
        yield Problem(spot, f"there is no {name!r} to look at", f"Use only {known}.")
    if not action.otherwise:
        yield Problem(where, "it can be disabled and does not say why", "Give otherwise, the sentence for the user.")
