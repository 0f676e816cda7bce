"""The plan: what would change in an org, as a value. Made by a pure comparison; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tieline.contract.component import Component
from tieline.package.canonical import Table, as_properties, of_component
from tieline.package.custom_words import kept_words, with_words
from tieline.package.diff import Change, changes, overlay
from tieline.package.fields import CUSTOM_FIELD
from tieline.package.ledger import Key, Ledger
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.rights import PERMISSION_SET

ASSIGNMENT = "PermissionSetAssignment"
_HOLD_DATA = (CUSTOM_OBJECT, CUSTOM_FIELD)


class Sign(StrEnum):
    ADD = "+"
    CHANGE = "~"
    REMOVE = "-"


@dataclass(frozen=True, slots=True)
class Step:
    """One component that would come, change or go. `component` is what would be sent."""

    sign: Sign
    kind: str
    name: str
    changes: tuple[Change, ...] = ()
    component: Component | None = None

    @property
    def loses_data(self) -> bool:
        return self.sign is Sign.REMOVE and self.kind in _HOLD_DATA

    def describe(self) -> str:
        return f"{self.sign} {self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Kept:
    """Words of a component that an administrator changed and that stay so."""

    kind: str
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order of kind and name. `components` is all that is declared, changed or not."""

    org: str
    system: str
    steps: tuple[Step, ...]
    components: tuple[Component, ...]
    kept: tuple[Kept, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.steps

    @property
    def sent(self) -> tuple[Component, ...]:
        """What is deployed."""
        return tuple(step.component for step in self.steps if step.component and step.sign is not Sign.REMOVE)

    @property
    def removed(self) -> tuple[Component, ...]:
        return tuple(Component(step.kind, step.name, {}) for step in self.steps if step.sign is Sign.REMOVE)

    @property
    def assigned(self) -> tuple[str, ...]:
        """Permission sets the running user gets."""
        return tuple(step.name for step in self.steps if step.kind == ASSIGNMENT)

    @property
    def losing_data(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.loses_data)

    def count(self, sign: Sign) -> int:
        return sum(step.sign is sign for step in self.steps)


def make_plan(
    desired: Sequence[Component], present: Mapping[Key, Table], ledger: Ledger, assign: Sequence[str] = ()
) -> Plan:
    """Pure. `present` holds what the org has of the desired and the installed components; `assign` names permission
    sets the running user needs, planned until an installation has gone through."""
    kept = {_key(each): words for each in desired if (words := _kept(each, present, ledger))}
    own = [with_words(each, present[_key(each)], kept[_key(each)]) if _key(each) in kept else each for each in desired]
    steps = [step for component in own if (step := _step(component, present))]
    steps += _removals(desired, present, ledger)
    ordered = sorted(steps, key=lambda step: (step.kind, step.name))
    if not ledger.complete:
        ordered += [Step(Sign.ADD, ASSIGNMENT, name) for name in assign]
    return Plan(
        ledger.org,
        ledger.system,
        tuple(ordered),
        tuple(desired),
        tuple(Kept(*key, words) for key, words in kept.items()),
    )


def _key(component: Component) -> Key:
    return component.kind, component.name


def _kept(component: Component, present: Mapping[Key, Table], ledger: Ledger) -> tuple[Change, ...]:
    known = present.get(_key(component))
    return kept_words(component, known, ledger.installed.get(_key(component))) if known else ()


def _step(component: Component, present: Mapping[Key, Table]) -> Step | None:
    known = present.get(_key(component))
    if known is None:
        return Step(Sign.ADD, component.kind, component.name, component=component)
    found = changes(component.kind, of_component(component), known)
    if not found:
        return None
    return Step(Sign.CHANGE, component.kind, component.name, found, _sent(component, known))


def _sent(component: Component, known: Table) -> Component:
    """What the org has, with our properties over it: deploying replaces the whole component."""
    if component.kind == PERMISSION_SET:
        return component
    properties = as_properties(overlay(of_component(component), known))
    return Component(component.kind, component.name, properties, component.shared)


def _removals(desired: Sequence[Component], present: Mapping[Key, Table], ledger: Ledger) -> list[Step]:
    """What we installed, nobody declares any more, and still stands. Parts of an object go with it."""
    wanted = {(component.kind, component.name) for component in desired}
    gone = {key for key in ledger.ours - wanted if key in present}
    objects = {name for kind, name in gone if kind == CUSTOM_OBJECT}
    return [
        Step(Sign.REMOVE, kind, name)
        for kind, name in gone
        if kind == CUSTOM_OBJECT or name.partition(".")[0] not in objects
    ]
