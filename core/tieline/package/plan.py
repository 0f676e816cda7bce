"""The plan: what would change in an org, as a value. Made by a pure comparison; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tieline.contract.component import Component
from tieline.package.canonical import Table, as_properties, of_component
from tieline.package.custom_words import kept_words, with_words
from tieline.package.diff import Change, changes, overlay
from tieline.package.ledger import Key, Ledger
from tieline.package.pages import Page, left_behind, page
from tieline.package.parts import LAYOUT
from tieline.package.removals import ASSIGNMENT, HOLD_DATA, removed_keys
from tieline.package.rights import PERMISSION_SET


class Sign(StrEnum):
    ADD = "+"
    CHANGE = "~"
    REMOVE = "-"


class Purpose(StrEnum):
    """Why a plan was made; kept with the picture of the org before it."""

    APPLY = "apply"
    ROLLBACK = "rollback"
    UNINSTALL = "uninstall"


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
        return self.sign is Sign.REMOVE and self.kind in HOLD_DATA

    def describe(self) -> str:
        return f"{self.sign} {self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a component stays as an administrator made it."""

    kind: str
    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order of kind and name. `components` is all that will be installed afterwards, changed or not; `pages`
    the layouts among them as they will stand. `ledger` is what was known when the plan was made."""

    ledger: Ledger
    steps: tuple[Step, ...]
    components: tuple[Component, ...]
    kept: tuple[Kept, ...] = ()
    pages: tuple[Page, ...] = ()
    purpose: Purpose = Purpose.APPLY

    @property
    def org(self) -> str:
        return self.ledger.org

    @property
    def system(self) -> str:
        return self.ledger.system

    @property
    def is_empty(self) -> bool:
        return not self.steps

    @property
    def sent(self) -> tuple[Component, ...]:
        """What is deployed."""
        return tuple(step.component for step in self.steps if step.component and step.sign is not Sign.REMOVE)

    @property
    def removed(self) -> tuple[Component, ...]:
        return tuple(Component(step.kind, step.name, {}) for step in self._removing if step.kind != ASSIGNMENT)

    @property
    def assigned(self) -> tuple[str, ...]:
        """Permission sets the running user gets."""
        return tuple(step.name for step in self.steps if (step.kind, step.sign) == (ASSIGNMENT, Sign.ADD))

    @property
    def unassigned(self) -> tuple[str, ...]:
        """Permission sets that are taken from everybody, because they go."""
        return tuple(step.name for step in self._removing if step.kind == ASSIGNMENT)

    @property
    def losing_data(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.loses_data)

    @property
    def _removing(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.sign is Sign.REMOVE)

    def count(self, sign: Sign) -> int:
        return sum(step.sign is sign for step in self.steps)


def make_plan(
    desired: Sequence[Component],
    present: Mapping[Key, Table],
    ledger: Ledger,
    assign: Sequence[str] = (),
    purpose: Purpose = Purpose.APPLY,
) -> Plan:
    """Pure. `present` holds what the org has of the desired and the installed components; `assign` names permission
    sets the running user needs, planned until an installation has gone through."""
    own = [component for component in desired if component.kind != LAYOUT]
    gone = removed_keys({_key(each) for each in desired}, present, ledger)
    pages = _pages(desired, present, ledger, {name for kind, name in gone if kind == "CustomObject"})
    kept = {_key(each): words for each in own if (words := _kept(each, present, ledger))}
    steps = [step for component in own if (step := _step(component, present, kept.get(_key(component), ())))]
    steps += [step for each in pages if (step := page_step(each, (LAYOUT, each.name) in present))]
    steps += removal_steps(gone)
    if not ledger.complete and desired:
        steps += [Step(Sign.ADD, ASSIGNMENT, name) for name in assign]
    off = [Kept(LAYOUT, each.name, each.merged.kept) for each in pages if each.merged.kept]
    off += [Kept(*key, words) for key, words in kept.items()]
    return Plan(ledger, ordered(steps), tuple(desired), tuple(off), tuple(pages), purpose)


def ordered(steps: Sequence[Step]) -> tuple[Step, ...]:
    """By kind and name; assignments, which are no metadata, come last."""
    return tuple(sorted(steps, key=lambda step: (step.kind == ASSIGNMENT, step.kind, step.name)))


def removal_steps(gone: Sequence[Key]) -> Iterator[Step]:
    """A permission set is taken from people before it goes: the org refuses to delete an assigned one."""
    for kind, name in gone:
        yield Step(Sign.REMOVE, kind, name)
        if kind == PERMISSION_SET:
            yield Step(Sign.REMOVE, ASSIGNMENT, name)


def page_step(found: Page, is_present: bool) -> Step | None:
    if is_present and not found.merged.changes:
        return None
    sign, told = (Sign.CHANGE, found.merged.changes) if is_present else (Sign.ADD, ())
    return Step(sign, LAYOUT, found.name, told, found.component)


def _pages(desired: Sequence[Component], present: Mapping[Key, Table], ledger: Ledger, objects: set[str]) -> list[Page]:
    """Declared layouts, and those that held parts of ours; what belongs to an object that goes, goes with it."""
    declared = {component.name: component for component in desired if component.kind == LAYOUT}
    standing = {name for kind, name in present if kind == LAYOUT and name.partition("-")[0] not in objects}
    names = [*declared, *left_behind(ledger, declared.keys(), standing)]
    return [page(name, declared.get(name), present.get((LAYOUT, name), {}), ledger) for name in sorted(names)]


def _key(component: Component) -> Key:
    return component.kind, component.name


def _kept(component: Component, present: Mapping[Key, Table], ledger: Ledger) -> tuple[Change, ...]:
    known = present.get(_key(component))
    return kept_words(component, known, ledger.installed.get(_key(component))) if known else ()


def _step(component: Component, present: Mapping[Key, Table], kept: tuple[Change, ...]) -> Step | None:
    known = present.get(_key(component))
    if known is None:
        return Step(Sign.ADD, component.kind, component.name, component=component)
    wanted = with_words(component, known, kept)
    found = changes(wanted.kind, of_component(wanted), known)
    if not found:
        return None
    return Step(Sign.CHANGE, component.kind, component.name, found, _sent(wanted, known))


def _sent(component: Component, known: Table) -> Component:
    """What the org has, with our properties over it: deploying replaces the whole component."""
    if component.kind == PERMISSION_SET:
        return component
    properties = as_properties(overlay(of_component(component), known))
    return Component(component.kind, component.name, properties, component.shared)
