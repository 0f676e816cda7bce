"""What we installed into an org, system by system. Kept in the store, so that a component no longer declared is known
to be ours to take away, and so that what people made of a page layout can be told from what we put there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tieline.contract.component import Component, Property
from tieline.package.parts import LAYOUT
from tieline.package.translated import TRANSLATED
from tieline.store.protocol import Store

Key = tuple[str, str]
"""Kind and name."""

Installed = Mapping[Key, Mapping[str, Property]]


@dataclass(frozen=True, slots=True)
class PageNote:
    """What is remembered of a page layout, for all systems together: whether its list of actions is ours, and where
    each part of ours first stood (its heading, the list as it was)."""

    made: bool = False
    placed: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledger:
    """`installed` holds the components of this system as they were installed; `elsewhere` what other systems installed,
    one content a system. `started` names what an installation that did not come to its end may have put there.
    `strangers` are the custom fields of our objects and pages that were there first. `complete` is False until an
    installation went through to its end."""

    org: str
    system: str
    installed: Installed = field(default_factory=dict)
    elsewhere: Mapping[Key, tuple[Mapping[str, Property], ...]] = field(default_factory=dict)
    complete: bool = False
    started: Installed = field(default_factory=dict)
    pages: Mapping[str, PageNote] = field(default_factory=dict)
    strangers: frozenset[str] | None = None
    systems: tuple[str, ...] = ()

    @property
    def ours(self) -> frozenset[Key]:
        """What nobody but this system needs; page layouts and translations are never ours."""
        known = (frozenset(self.installed) | frozenset(self.started)) - frozenset(self.elsewhere)
        return frozenset(key for key in known if key[0] != LAYOUT and key[0] not in TRANSLATED)

    @property
    def components(self) -> tuple[Component, ...]:
        return tuple(Component(*key, properties) for key, properties in self.installed.items())


def read_ledger(store: Store, org: str, system: str) -> Ledger:
    """The ledger of a system in an org (`org` is the org's id or the connection's name; use one of them always).
    `systems` are all that are installed in the org."""
    with store.reading() as tx:
        facts, pages, started = tx.facts(_scope(org)), tx.facts(_pages(org)), tx.facts(_started(org))
    own = facts.get(system) or {}
    elsewhere: dict[Key, tuple[Mapping[str, Property], ...]] = {}
    for row in (row for name, fact in facts.items() if name != system for row in fact["components"]):
        key = row["kind"], row["name"]
        elsewhere[key] = (*elsewhere.get(key, ()), row["properties"])
    strangers = own.get("strangers")
    return Ledger(
        org,
        system,
        {(row["kind"], row["name"]): row["properties"] for row in own.get("components", ())},
        elsewhere,
        bool(own),
        {(row["kind"], row["name"]): row["properties"] for row in started.get(system, ())},
        {name: _note(fact) for name, fact in pages.items()},
        None if strangers is None else frozenset(strangers),
        tuple(sorted(facts)),
    )


def save_start(
    store: Store, ledger: Ledger, components: Iterable[Component], pages: Mapping[str, PageNote | None]
) -> None:
    """Before anything is sent: should this run end halfway, the next one knows what may be ours."""
    sent = {(each.kind, each.name): each.properties for each in components}
    rows = [_row(Component(*key, each)) for key, each in {**ledger.started, **sent}.items()]
    with store.transaction() as tx:
        tx.save_fact(_started(ledger.org), ledger.system, rows)
        for name, note in pages.items():
            if note:
                tx.save_fact(_pages(ledger.org), name, _noted(note))


def save_ledger(
    store: Store,
    ledger: Ledger,
    components: Sequence[Component],
    pages: Mapping[str, PageNote | None],
    at: datetime,
    strangers: Iterable[str] | None = None,
) -> None:
    """What is installed now; nothing at all takes the system off. A page without a note is forgotten."""
    rows = [_row(each) for each in components]
    known = ledger.strangers if ledger.strangers is not None else strangers
    fact = {"at": at.isoformat(), "components": rows, "strangers": None if known is None else sorted(known)}
    with store.transaction() as tx:
        tx.save_fact(_scope(ledger.org), ledger.system, fact if rows else None)
        tx.save_fact(_started(ledger.org), ledger.system, None)
        for name, note in pages.items():
            tx.save_fact(_pages(ledger.org), name, _noted(note) if note else None)


def _row(component: Component) -> dict[str, Any]:
    return {"kind": component.kind, "name": component.name, "properties": _plain(component.properties)}


def _note(fact: Mapping[str, Any]) -> PageNote:
    placed = {name: (section, tuple(line)) for name, (section, line) in fact["placed"].items()}
    return PageNote(bool(fact["made"]), placed)


def _noted(note: PageNote) -> dict[str, Any]:
    return {"made": note.made, "placed": {name: [section, list(line)] for name, (section, line) in note.placed.items()}}


def _scope(org: str) -> str:
    return f"package:{org}"


def _pages(org: str) -> str:
    return f"package pages:{org}"


def _started(org: str) -> str:
    return f"package started:{org}"


def _plain(value: Any) -> Any:
    """JSON's own types."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value
