"""Checks of a mapping: its place among the others, its fields, and rules that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tieline.contract import Declarations, Direction, Mapping, Policy, Promotion, Reference, Side
from tieline.contract.mapping import Field
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

_TO_ERP = frozenset({Direction.BOTH, Direction.TO_ERP})


def check_mapping(mapping: Mapping, everything: Declarations) -> Iterator[Problem]:
    where = path(mapping.system, mapping.name)
    yield from check_known(where, "system", mapping.system, (s.name for s in everything.systems))
    yield from check_name(where, mapping.name)
    yield from check_label(where, mapping.label)
    yield from check_api_name(where, mapping.crm_object)
    if not mapping.erp_object:
        yield Problem(where, "it names no ERP object", "Give erp_object.")
    if not mapping.fields:
        yield Problem(where, "it has no fields", "Map at least one field.")
    yield from _place(mapping, everything, where)
    yield from _sets_of_fields(mapping, where)
    for field in mapping.fields:
        yield from _field(mapping, field, everything, path(where, field.crm))
    for name in (*mapping.turns, *mapping.identity):
        yield from check_known(where, "field", name, (field.crm for field in mapping.fields))


def _place(mapping: Mapping, everything: Declarations, where: str) -> Iterator[Problem]:
    siblings = [m for m in everything.mappings if m.system == mapping.system]
    if mapping.parent:
        yield from _parent(mapping, siblings, where)
    elif mapping.promotion is Promotion.WITH_PARENT:
        yield Problem(where, "it is promoted with its parent and has none", "Give parent, or another promotion.")
    if mapping.embedded_in:
        objects = {m.erp_object for m in siblings if m is not mapping and not m.embedded_in}
        yield from check_known(where, "mapping of the ERP object", mapping.embedded_in, objects)
    if mapping.promotion is Promotion.AUTOMATIC and not mapping.create_in_erp:
        yield Problem(where, "it is promoted by itself and may not create in the ERP", "Allow one or drop the other.")


def _parent(mapping: Mapping, siblings: list[Mapping], where: str) -> Iterator[Problem]:
    yield from check_known(where, "mapping", mapping.parent, (m.name for m in siblings))
    if _in_circle(mapping, {m.name: m.parent for m in siblings}):
        yield Problem(where, "its parents lead back to itself", "Break the circle.")
    if not any(isinstance(f.kind, Reference) and f.kind.mapping == mapping.parent for f in mapping.fields):
        yield Problem(
            where,
            f"no field refers to its parent {mapping.parent!r}",
            f"Map one with kind Reference({mapping.parent!r}).",
        )


def _in_circle(mapping: Mapping, parents: dict[str, str]) -> bool:
    seen, name = {mapping.name}, mapping.parent
    while name and name not in seen:
        seen.add(name)
        name = parents.get(name, "")
    return name == mapping.name


def _sets_of_fields(mapping: Mapping, where: str) -> Iterator[Problem]:
    yield from check_unique(where, "CRM field", (field.crm for field in mapping.fields))
    writing = (field.erp for field in mapping.fields if field.direction in _TO_ERP)
    for problem in check_unique(where, "ERP field", writing):
        yield Problem(where, problem.what, "Let only one CRM field write it.")
    for name in mapping.review:
        yield from check_known(path(where, "review"), "CRM field", name, (f.crm for f in mapping.fields))
    if mapping.number:
        yield from check_known(path(where, "number"), "ERP field", mapping.number, (f.erp for f in mapping.fields))
    for name in mapping.crm_constants:
        yield from check_api_name(path(where, name), name)
        if any(field.crm == name for field in mapping.fields):
            yield Problem(path(where, name), "it is mapped and constant", "Keep one of them.")
    for name in set(mapping.erp_constants) & {f.erp for f in mapping.fields if f.direction in _TO_ERP}:
        yield Problem(path(where, name), "it is mapped and constant", "Keep one of them.")
    yield from _groups(mapping, where)


def _groups(mapping: Mapping, where: str) -> Iterator[Problem]:
    members: defaultdict[str, list[Field]] = defaultdict(list)
    for field in mapping.fields:
        if field.group:
            members[field.group].append(field)
    for group, fields in members.items():
        if len({(f.direction, f.owner, f.policy) for f in fields}) > 1:
            yield Problem(
                path(where, group),
                "its fields merge as one value and differ in direction, owner or policy",
                "Give them all the same.",
            )


def _field(mapping: Mapping, field: Field, everything: Declarations, where: str) -> Iterator[Problem]:
    yield from check_api_name(where, field.crm)
    yield from check_label(where, field.label, required=False)
    if not field.erp:
        yield Problem(where, "it names no ERP field", "Give erp.")
    yield from check_kind(mapping.system, field.kind, everything, where)
    if field.policy is Policy.NEWEST and not any(s.one_clock for s in everything.systems if s.name == mapping.system):
        what = "the newer edit cannot be told: stamps of two systems come from two clocks"
        yield Problem(where, what, "Give an owner or another policy.")
    if field.owner is not None and field.merge is not None:
        yield Problem(where, "it has an owner and a merge function", "Keep one of them.")
    if (field.direction, field.owner) in {(Direction.TO_CRM, Side.CRM), (Direction.TO_ERP, Side.ERP)}:
        yield Problem(where, "the side that owns it is never asked for it", "Change owner or direction.")
    if field.direction is Direction.TO_ERP and not (mapping.create_in_erp or mapping.update_automatically):
        yield Problem(where, "it goes to the ERP only, and the mapping never writes there", "Change its direction.")
