"""Links in SQL: the part of a transaction that deals with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection as Database
from sqlalchemy import Select, bindparam, func, insert, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError

from tieline.contract.mapping import Side
from tieline.store.guard import Guard, changed_since, reject_twins, second_link
from tieline.store.link_codec import COLUMNS, link_of, row_of
from tieline.store.moments import moment, text
from tieline.store.nouns import Link
from tieline.store.tables import LINK

T = TypeVar("T")

CHUNK = 500  # keys in one IN list: SQLite's oldest limit is 999 parameters
_EMPTY: Any = literal_column("''")  # partial indexes are only found by the very words of their condition
_ALIVE, _BURIED = LINK.c.tombstone == _EMPTY, LINK.c.tombstone != _EMPTY
_KEYS = {Side.CRM: LINK.c.crm_key, Side.ERP: LINK.c.erp_key}

_LINKS = select(*(LINK.c[name] for name in COLUMNS))
_INSERT = insert(LINK)
_UPDATE = (
    update(LINK)
    .where(LINK.c.id == bindparam("its_id"), LINK.c.revision == bindparam("its_revision"))
    .values({name: bindparam(name) for name in COLUMNS if name != "id"})
)
_PARK = update(LINK).where(LINK.c.id == bindparam("its_id")).values(tombstone="moving")


class SqlLinks:
    """Links on one connection."""

    def __init__(self, database: Database, guard: Guard) -> None:
        self._db = database
        self._guard = guard

    def link(self, ident: str) -> Link | None:
        return self.links([ident]).get(ident)

    def links(self, idents: Sequence[str]) -> dict[str, Link]:
        found: dict[str, Link] = {}
        for some in chunks(idents):
            found |= {link.id: link for link in self._links(_LINKS.where(LINK.c.id.in_(some)))}
        return found

    def links_by_key(
        self, back_office: str, entity: str, mapping: str, side: Side, keys: Sequence[str]
    ) -> dict[str, Link]:
        """A live link before the buried ones; of those the one with the greatest id."""
        here = (LINK.c.back_office == back_office, LINK.c.entity == entity, LINK.c.mapping == mapping)
        column = _KEYS[side]
        wanted = _LINKS.where(*here, column != _EMPTY)
        found: dict[str, Link] = {}
        for some in chunks(keys):
            alive = self._links(wanted.where(_ALIVE, column.in_(some)))
            found |= {link.key(side): link for link in alive}
            missing = [key for key in some if key not in found]
            if missing:
                buried = self._links(wanted.where(_BURIED, column.in_(missing)).order_by(LINK.c.id))
                found |= {link.key(side): link for link in buried}
        return found

    def children(self, parent: str) -> list[Link]:
        wanted = _LINKS.where(LINK.c.parent == parent, LINK.c.parent != _EMPTY)
        return self._links(wanted.order_by(LINK.c.id))

    def dirty_links(self, back_office: str, mapping: str, now: datetime, limit: int, after: str = "") -> list[Link]:
        due = or_(LINK.c.not_before.is_(None), LINK.c.not_before <= text(now))
        here = (LINK.c.back_office == back_office, LINK.c.mapping == mapping)
        return self._page(_LINKS.where(LINK.c.dirty, *here, due), limit, after)

    def find_links(
        self, back_office: str = "", mapping: str = "", status: str = "", after: str = "", limit: int = 1000
    ) -> list[Link]:
        asked = ((LINK.c.back_office, back_office), (LINK.c.mapping, mapping), (LINK.c.status, str(status)))
        return self._page(_LINKS.where(*(column == value for column, value in asked if value)), limit, after)

    def stale_panels(self, back_office: str, limit: int, after: str = "") -> list[Link]:
        return self._page(_LINKS.where(LINK.c.stale, LINK.c.back_office == back_office), limit, after)

    def _page(self, wanted: Select[Any], limit: int, after: str) -> list[Link]:
        return self._links(wanted.where(LINK.c.id > after).order_by(LINK.c.id).limit(limit))

    def _links(self, wanted: Select[Any]) -> list[Link]:
        return [link_of(row) for row in self._db.execute(wanted)]

    def count_links(self, back_office: str = "") -> dict[tuple[str, str, str], int]:
        """Buried links are not counted."""
        columns = (LINK.c.back_office, LINK.c.mapping, LINK.c.status)
        counted = select(*columns, func.count()).where(_ALIVE).group_by(*columns)
        if back_office:
            counted = counted.where(LINK.c.back_office == back_office)
        return {(row[0], row[1], row[2]): row[3] for row in self._db.execute(counted)}

    def next_due(self, back_office: str) -> datetime | None:
        first = select(func.min(LINK.c.not_before)).where(LINK.c.dirty, LINK.c.back_office == back_office)
        return moment(self._db.execute(first).scalar())

    # writing

    def save_links(self, links: Sequence[Link]) -> None:
        self._guard.check()
        with self._guard.spoiling():
            reject_twins(links)
            try:
                self._write(links)
            except IntegrityError:
                self._write_moved(links)

    def _write(self, links: Sequence[Link], *, parked: Sequence[Link] = ()) -> None:
        """All of it or nothing: a failed statement must not leave its first rows behind."""
        with self._db.begin_nested():
            if parked:
                self._db.execute(_PARK, [{"its_id": link.id} for link in parked])
            self._update([link for link in links if link.revision])
            new = [dict(zip(COLUMNS, row_of(link), strict=True)) for link in links if not link.revision]
            if new:
                self._db.execute(_INSERT, new)

    def _update(self, links: Sequence[Link]) -> None:
        rows = [
            dict(zip(COLUMNS, row_of(link), strict=True), its_id=link.id, its_revision=link.revision) for link in links
        ]
        for row in rows:
            del row["id"]
        if rows and self._db.execute(_UPDATE, rows).rowcount != len(rows):
            raise changed_since(self._first_changed(links))

    def _first_changed(self, links: Sequence[Link]) -> str:
        """A row of ours stands one revision further by now, another's somewhere else."""
        stored = self._revisions(links)
        return next(link.id for link in links if stored.get(link.id) != link.revision + 1)

    def _revisions(self, links: Sequence[Link]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in chunks([link.id for link in links]):
            rows = self._db.execute(select(LINK.c.id, LINK.c.revision).where(LINK.c.id.in_(some)))
            found |= {row[0]: row[1] for row in rows}
        return found

    def _write_moved(self, links: Sequence[Link]) -> None:
        """What counts is the state after the save: a key may move from one link to another in it. So the links that
        change are taken out of the way first. What still collides then is refused."""
        taken = self._revisions([link for link in links if not link.revision])
        if taken:
            raise changed_since(min(taken))
        try:
            self._write(links, parked=[link for link in links if link.revision])
        except IntegrityError as error:
            raise self._collision(links) or ValueError(f"The links cannot be saved: {error.orig}.") from error

    def _collision(self, links: Sequence[Link]) -> ValueError | None:
        saved = {link.id for link in links}
        taken: dict[tuple[str, str, str, Side, str], str] = {}
        for link in links:
            for side in Side if not link.tombstone else ():
                place = (link.back_office, link.entity, link.mapping, side, link.key(side))
                other = taken.setdefault(place, link.id) if link.key(side) else link.id
                if other == link.id and link.key(side):
                    stored = self.links_by_key(*place[:4], [link.key(side)]).get(link.key(side))
                    other = stored.id if stored and not stored.tombstone and stored.id not in saved else link.id
                if other != link.id:
                    return second_link(link, side, other)
        return None


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
