"""Checks of what a field or parameter holds."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import Choice, Declarations, Kind, Number, Option, Person, Reference, Text
from tieline.host.validation.findings import Problem, check_known, check_unique

_LONGEST_TEXT = 131_072
"""What the platform holds in a long text area."""


def check_kind(system: str, kind: Kind, everything: Declarations, where: str) -> Iterator[Problem]:
    """`system` is where references and lists are looked up."""
    match kind:
        case Text(length=length) if not 1 <= length <= _LONGEST_TEXT:
            yield Problem(where, f"a text cannot be {length} characters long", f"Give 1 to {_LONGEST_TEXT}.")
        case Number():
            yield from _number(kind, where)
        case Choice():
            yield from _choice(kind, where)
        case Reference(mapping=name):
            yield from check_known(where, "mapping", name, (m.name for m in everything.mappings if m.system == system))
        case Option(list=name):
            yield from check_known(where, "list", name, _lists(system, everything))
        case Person():
            yield from _person(system, kind, everything, where)
        case _:
            return


def _lists(system: str, everything: Declarations) -> list[str]:
    return [managed.name for managed in everything.lists if managed.system == system]


def _number(kind: Number, where: str) -> Iterator[Problem]:
    if not 0 <= kind.scale <= kind.precision <= 18:
        yield Problem(
            where,
            f"scale {kind.scale} and precision {kind.precision} do not fit",
            "Keep 0 <= scale <= precision <= 18.",
        )


def _choice(kind: Choice, where: str) -> Iterator[Problem]:
    yield from check_unique(where, "value", kind.values)
    if not kind.values:
        yield Problem(where, "it has no values to choose from", "Declare them.")


def _person(system: str, kind: Person, everything: Declarations, where: str) -> Iterator[Problem]:
    yield from check_known(where, "list", kind.list, _lists(system, everything))
    for managed in everything.lists:
        if (managed.system, managed.name) == (system, kind.list):
            yield from check_known(where, f"attribute of {kind.list}", kind.attribute, managed.attributes)
