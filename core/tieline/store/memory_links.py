"""Links in memory: the table, its index by key, and the questions asked of them."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tieline.contract.mapping import Side
from tieline.store.guard import Guard, changed_since, reject_twins, second_link
from tieline.store.nouns import Link
from tieline.store.overlay import Overlay

Key = tuple[str, str, str, Side, str]
"""Back office, entity, mapping, side, key."""


@dataclass
class LinkTables:
    """Links by id, and where they are found: by key, by parent, among those that are dirty, stale, or half."""

    links: dict[str, Link] = field(default_factory=dict)
    keys: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dirty: dict[str, bool] = field(default_factory=dict)
    stale: dict[str, bool] = field(default_factory=dict)
    halves: dict[str, bool] = field(default_factory=dict)


class MemoryLinks:
    """The part of a transaction that deals with links."""

    def __init__(self, guard: Guard, tables: LinkTables) -> None:
        self._guard = guard
        self._links = Overlay(tables.links)
        self._by_key = Overlay(tables.keys)
        self._by_parent = Overlay(tables.parents)
        self._dirty = Overlay(tables.dirty)
        self._stale = Overlay(tables.stale)
        self._halves = Overlay(tables.halves)

    def keep_links(self, tables: LinkTables) -> None:
        self._links.keep(tables.links)
        self._by_key.keep(tables.keys)
        self._by_parent.keep(tables.parents)
        self._dirty.keep(tables.dirty)
        self._stale.keep(tables.stale)
        self._halves.keep(tables.halves)

    def link(self, ident: str) -> Link | None:
        return self._links.get(ident)

    def links(self, idents: Sequence[str]) -> dict[str, Link]:
        return self._links.among(idents)

    def links_by_key(
        self, back_office: str, entity: str, mapping: str, side: Side, keys: Sequence[str]
    ) -> dict[str, Link]:
        found = {key: self._one((back_office, entity, mapping, side, key)) for key in keys if key}
        return {key: link for key, link in found.items() if link is not None}

    def _one(self, key: Key) -> Link | None:
        """The live link before the buried ones; of those, one that another link took over from comes last."""
        candidates = self._links.among(self._by_key.get(key) or ()).values()
        return max(candidates, key=lambda link: (not link.tombstone, not link.superseded, link.id), default=None)

    def children(self, parent: str) -> list[Link]:
        found = self._links.among(self._by_parent.get(parent) or ())
        return [found[ident] for ident in sorted(found)]

    def dirty_links(self, back_office: str, mapping: str, now: datetime, limit: int, after: str = "") -> list[Link]:
        def due(link: Link) -> bool:
            mine = link.back_office == back_office and link.mapping == mapping
            return mine and (link.not_before is None or link.not_before <= now)

        return self._select(self._dirty.keys(), due, after, limit)

    def find_links(
        self, back_office: str = "", mapping: str = "", status: str = "", after: str = "", limit: int = 1000
    ) -> list[Link]:
        def wanted(link: Link) -> bool:
            asked = ((back_office, link.back_office), (mapping, link.mapping), (status, link.status))
            return all(want in ("", have) for want, have in asked)

        return self._select(self._links.keys(), wanted, after, limit)

    def half_links(self, back_office: str, entity: str, mapping: str, limit: int, after: str = "") -> list[Link]:
        place = (back_office, entity, mapping)
        return self._select(
            self._halves.keys(), lambda link: (link.back_office, link.entity, link.mapping) == place, after, limit
        )

    def stale_panels(self, back_office: str, limit: int, after: str = "") -> list[Link]:
        return self._select(self._stale.keys(), lambda link: link.back_office == back_office, after, limit)

    def _select(self, idents: Iterable[str], wanted: Callable[[Link], bool], after: str, limit: int) -> list[Link]:
        found = (self._links.get(ident) for ident in idents if ident > after)
        chosen = (link for link in found if link is not None and wanted(link))
        return heapq.nsmallest(limit, chosen, key=lambda link: link.id)

    def count_links(self, back_office: str = "") -> dict[tuple[str, str, str], int]:
        alive = (link for link in self._links.values() if not link.tombstone and back_office in ("", link.back_office))
        return dict(Counter((link.back_office, link.mapping, str(link.status)) for link in alive))

    def next_due(self, back_office: str) -> datetime | None:
        dirty = self._links.among(self._dirty.keys()).values()
        waits = [link.not_before for link in dirty if link.not_before and link.back_office == back_office]
        return min(waits, default=None)

    # writing

    def save_links(self, links: Sequence[Link]) -> None:
        self._guard.check()
        with self._guard.spoiling():
            reject_twins(links)
            for link in links:
                self._save(link)
            self._reject_second(links)

    def _save(self, link: Link) -> None:
        before = self._links.get(link.id)
        if (before.revision if before else 0) != link.revision:
            raise changed_since(link.id)
        saved = replace(link, revision=link.revision + 1)
        self._links.put(link.id, saved)
        self._index(before, saved)

    def _index(self, before: Link | None, after: Link) -> None:
        old, new = _keys(before), _keys(after)
        for key in old - new:
            self._by_key.put(key, _without(self._by_key.get(key), after.id))
        for key in new - old:
            self._by_key.put(key, (*(self._by_key.get(key) or ()), after.id))
        self._move(before.parent if before else "", after.parent, after.id)
        _mark(self._dirty, after.id, after.dirty)
        _mark(self._stale, after.id, not after.panel)
        _mark(self._halves, after.id, not after.tombstone and not (after.crm_key and after.erp_key))

    def _move(self, old: str, new: str, ident: str) -> None:
        if old == new:
            return
        if old:
            self._by_parent.put(old, _without(self._by_parent.get(old), ident))
        if new:
            self._by_parent.put(new, (*(self._by_parent.get(new) or ()), ident))

    def _reject_second(self, links: Iterable[Link]) -> None:
        for link in links:
            for key in () if link.tombstone else _keys(link):
                others = self._links.among(self._by_key.get(key) or ()).values()
                for other in others:
                    if other.id != link.id and not other.tombstone:
                        raise second_link(link, key[3], other.id)


def _keys(link: Link | None) -> set[Key]:
    if link is None:
        return set()
    return {(link.back_office, link.entity, link.mapping, side, link.key(side)) for side in Side if link.key(side)}


def _without(idents: tuple[str, ...] | None, ident: str) -> tuple[str, ...]:
    return tuple(one for one in idents or () if one != ident)


def _mark(marks: Overlay[str, bool], ident: str, wanted: bool) -> None:
    if wanted:
        marks.put(ident, True)
    else:
        marks.drop(ident)
