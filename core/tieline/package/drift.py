"""What people changed of the things we installed. Their changes stay; this names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tieline.contract.component import Component
from tieline.package.canonical import Node, Table, of_component
from tieline.package.diff import changes
from tieline.package.fields import CUSTOM_FIELD
from tieline.package.inspect import inspect
from tieline.package.ledger import Key, Ledger
from tieline.package.metadata import Metadata
from tieline.package.pages import places
from tieline.package.parts import LAYOUT, parts


class What(StrEnum):
    """Kinds of drift."""

    CHANGED = "changed"
    MISSING = "missing"
    MOVED = "moved"
    TAKEN_OFF = "taken off"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that differs from what was installed. `property` is empty when it is about the whole component."""

    what: What
    kind: str
    name: str
    property: str = ""
    installed: str = ""
    found: str = ""

    def describe(self) -> str:
        line = f"{self.kind} {self.name}"
        if self.property:
            line += f" {self.property}"
        change = f": {self.installed or '(none)'} -> {self.found or '(none)'}" if self.what is What.CHANGED else ""
        return f"{line} {self.what}{change}"


def find_drift(metadata: Metadata, ledger: Ledger) -> tuple[Drift, ...]:
    """In order of kind and name. Nothing is changed."""
    present = inspect(metadata, ledger.installed).components
    found = [*_components(ledger, present), *_pages(ledger, present)]
    if ledger.strangers is not None:
        found += _fields(ledger, metadata.list_components(CUSTOM_FIELD))
    return tuple(sorted(found, key=lambda each: (each.kind, each.name, each.property)))


def _components(ledger: Ledger, present: Mapping[Key, Table]) -> Iterator[Drift]:
    for (kind, name), properties in ledger.installed.items():
        now = present.get((kind, name))
        if now is None:
            yield Drift(What.MISSING, kind, name)
        elif kind != LAYOUT:
            for change in changes(kind, of_component(Component(kind, name, properties)), now):
                yield Drift(What.CHANGED, kind, name, change.property, change.after, change.before)


def _pages(ledger: Ledger, present: Mapping[Key, Table]) -> Iterator[Drift]:
    for (kind, name), properties in ledger.installed.items():
        now = present.get((kind, name))
        if kind == LAYOUT and now is not None:
            yield from _page(ledger, name, of_component(Component(kind, name, properties)), now)


def _page(ledger: Ledger, name: str, installed: Table, now: Table) -> Iterator[Drift]:
    """Parts taken off, moved, or shown in another way."""
    have, where = parts(now), places(now)
    noted = ledger.pages[name].placed if name in ledger.pages else {}
    for key, part in parts(installed).items():
        if key not in have:
            yield Drift(What.TAKEN_OFF, LAYOUT, name, str(key))
            continue
        if str(key) in noted and _moved(str(key), noted[str(key)], where[key]):
            yield Drift(What.MOVED, LAYOUT, name, str(key))
        for change in changes(LAYOUT, _content(part.node), _content(have[key].node)):
            yield Drift(What.CHANGED, LAYOUT, name, f"{key}.{change.property}", change.after, change.before)


def _moved(part: str, then: tuple[str, tuple[str, ...]], now: tuple[str, tuple[str, ...]]) -> bool:
    """Under another heading, or on the other side of something that stood in the list already."""
    if then[0] != now[0]:
        return True
    first = [name for name in then[1] if name in now[1]]
    later = [name for name in now[1] if name in then[1]]
    return set(first[: first.index(part)]) != set(later[: later.index(part)])


def _content(node: Node) -> Table:
    """Without its place in the list, which `moved` is about."""
    return {} if isinstance(node, str) else {name: nodes for name, nodes in node.items() if name != "sortOrder"}


def _fields(ledger: Ledger, now: Sequence[str]) -> Iterator[Drift]:
    """Fields that somebody put on an object of this package since it was installed."""
    known = {name for kind, name in (*ledger.installed, *ledger.elsewhere) if kind == CUSTOM_FIELD}
    owners = {name.partition(".")[0] for name in known}
    for name in now:
        if name.partition(".")[0] in owners and name not in known and name not in (ledger.strangers or ()):
            yield Drift(What.ADDED, CUSTOM_FIELD, name)
