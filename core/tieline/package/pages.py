"""Page layouts in a plan: what is declared for an object, laid over every layout that the org has of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tieline.contract.component import Component, Property
from tieline.package.canonical import Table, as_properties, of_component
from tieline.package.layout_merge import Merged, merge
from tieline.package.ledger import Ledger, PageNote
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.parts import ANY, LAYOUT, Key, Part, owner_of, parts

_MANAGED = "__"


@dataclass(frozen=True, slots=True)
class Page:
    """One layout after the plan: what it will hold, which parts on it are ours, and whether its actions are."""

    name: str
    merged: Merged
    ours: frozenset[Key]

    @property
    def component(self) -> Component:
        return Component(LAYOUT, self.name, as_properties(self.merged.table), shared=True)


def expanded(components: Sequence[Component], present: Iterable[str]) -> tuple[Component, ...]:
    """Each declared layout once for every layout of its object; under its own name when the org has none, and for an
    object that comes with it, under the name that the platform gives to an object's first one [K]. `present` are the
    names of the org's layouts, escaped as the org writes them (`Account-Sales %28EU%29`) and sent back so [K];
    those of other vendors' packages are theirs."""
    own = [name for name in sorted(present) if _MANAGED not in name.partition("-")[2]]
    brought = {each.name: str(each.properties["label"]) for each in components if each.kind == CUSTOM_OBJECT}
    found: list[Component] = []
    for component in components:
        if component.kind != LAYOUT:
            found.append(component)
            continue
        names = [name for name in own if owner_of(name) == owner_of(component.name)]
        if not names:
            names = list(_first(component.name, brought))
        found += [Component(LAYOUT, name, component.properties, shared=True) for name in names]
    return tuple(found)


def _first(declared: str, brought: Mapping[str, str]) -> Iterator[str]:
    """What to call the first layout of an object; nothing for one that neither the org nor the package has."""
    owner = owner_of(declared)
    if not declared.endswith(ANY):
        yield declared
    elif owner in brought:
        yield f"{owner}-{brought[owner]} Layout"


def page(name: str, declared: Component | None, theirs: Table, ledger: Ledger) -> Page:
    """`declared` is None when nothing of this system is to stand on it any more."""
    key = LAYOUT, name
    base = of_component(Component(*key, _base(ledger, key, declared is None)))
    ours = of_component(declared) if declared else {}
    others = frozenset(
        part for content in ledger.elsewhere.get(key, ()) for part in parts(of_component(Component(*key, content)))
    )
    made = ledger.pages.get(name, PageNote()).made
    return Page(name, merge(base, theirs, ours, others, made), frozenset(parts(ours)) | others)


def _base(ledger: Ledger, key: tuple[str, str], leaving: bool) -> Mapping[str, Property]:
    """Taking off, what a run began with that never ended counts as put there; putting on it does not."""
    known = ledger.installed.get(key, {})
    return known or ledger.started.get(key, {}) if leaving else known


def left_behind(ledger: Ledger, wanted: Collection[str], present: Collection[str]) -> Iterator[str]:
    """Layouts that hold parts of ours and are not declared any more."""
    for kind, name in {**ledger.installed, **ledger.started}:
        if kind == LAYOUT and name not in wanted and name in present:
            yield name


def note(page: Page, before: PageNote) -> PageNote | None:
    """What to remember: a part keeps the place where it first stood, so that a move is seen later too."""
    placed = {
        str(key): before.placed.get(str(key)) or where
        for key, where in places(page.merged.table).items()
        if key in page.ours
    }
    return PageNote(page.merged.made, placed) if placed else None


def places(layout: Table) -> Mapping[Key, tuple[str, tuple[str, ...]]]:
    """Where each part stands: its heading, and the list it stands in, from first to last."""
    lines: dict[tuple[str, str], list[str]] = {}
    found = parts(layout)
    for part in found.values():
        lines.setdefault(_line(part), []).append(str(part.key))
    return {key: (part.section, tuple(lines[_line(part)])) for key, part in found.items()}


def _line(part: Part) -> tuple[str, str]:
    return part.key.slot, part.section
