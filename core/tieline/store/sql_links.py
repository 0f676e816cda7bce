"""Links in SQL: the part of a transaction that deals with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection as Database
from sqlalchemy import Select, bindparam, case, func, insert, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError

from tieline.contract.mapping import Side
from tieline.store.guard import Guard, changed_since, reject_twins, second_link
from tieline.store.link_codec import COLUMNS, link_of, row_of
from tieline.store.moments import moment, text
from tieline.store.nouns import SUPERSEDED, Link
from tieline.store.protocol import Fenced
from tieline.store.tables import LINK

T = TypeVar("T")
Place = tuple[str, str, str, Side, tuple[str]]
"""Back office, entity, mapping, side, and the one key."""

CHUNK = 500  # keys in one IN list: SQLite's oldest limit is 999 parameters
_EMPTY: Any = literal_column("''")  # partial indexes are only found by the very words of their condition
_ALIVE, _BURIED = LINK.c.tombstone == _EMPTY, LINK.c.tombstone != _EMPTY
_HALF = or_(LINK.c.crm_key == _EMPTY, LINK.c.erp_key == _EMPTY)
_RANK = case((or_(*(LINK.c.tombstone.startswith(how) for how in SUPERSEDED)), 0), else_=1)
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
        """A live link before the buried ones; of those, one that another link took over from comes last."""
        here = (LINK.c.back_office == back_office, LINK.c.entity == entity, LINK.c.mapping == mapping)
        column = _KEYS[side]
        wanted = _LINKS.where(*here, column != _EMPTY)
        found: dict[str, Link] = {}
        for some in chunks(keys):
            alive = self._links(wanted.where(_ALIVE, column.in_(some)))
            found |= {link.key(side): link for link in alive}
            missing = [key for key in some if key not in found]
            if missing:
                buried = self._links(wanted.where(_BURIED, column.in_(missing)).order_by(_RANK, LINK.c.id))
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

    def half_links(self, back_office: str, entity: str, mapping: str, limit: int, after: str = "") -> list[Link]:
        here = (LINK.c.back_office == back_office, LINK.c.entity == entity, LINK.c.mapping == mapping)
        return self._page(_LINKS.where(*here, _ALIVE, _HALF), limit, after)

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
                if not self._write(links):
                    raise self._changed(links) or Fenced("The database does not say how many links it changed.")
            except IntegrityError as error:
                self._write_moved(links, error)

    def _write(self, links: Sequence[Link], *, parked: Sequence[Link] = ()) -> bool:
        """All of it or nothing: a failed statement must not leave its first rows behind. False: a link was changed."""
        with self._db.begin_nested() as attempt:
            if parked:
                self._db.execute(_PARK, [{"its_id": link.id} for link in parked])
            if not self._update([link for link in links if link.revision]):
                attempt.rollback()
                return False
            new = [_named(link) for link in links if not link.revision]
            if new:
                self._db.execute(_INSERT, new)
        return True

    def _update(self, links: Sequence[Link]) -> bool:
        """Whether every link stood as it was loaded."""
        rows = [_named(link) | {"its_id": link.id, "its_revision": link.revision} for link in links]
        return not rows or self._db.execute(_UPDATE, rows).rowcount == len(rows)

    def _changed(self, links: Sequence[Link]) -> Fenced | None:
        """Says which link does not stand as it was loaded, or does not stand at all."""
        stored: dict[str, int] = {}
        for some in chunks([link.id for link in links]):
            rows = self._db.execute(select(LINK.c.id, LINK.c.revision).where(LINK.c.id.in_(some)))
            stored |= {row[0]: row[1] for row in rows}
        changed = (link.id for link in links if stored.get(link.id, 0) != link.revision)
        return next((changed_since(ident) for ident in changed), None)

    def _write_moved(self, links: Sequence[Link], first: IntegrityError) -> None:
        """What counts is the state after the save: a key may move from one link to another in it. So the links that
        change are taken out of the way first. What still collides then is refused."""
        if changed := self._changed(links):
            raise changed from first
        try:
            self._write(links, parked=[link for link in links if link.revision])
        except IntegrityError as error:
            raise self._collision(links) or ValueError(f"The links cannot be saved: {error.orig}.") from error

    def _collision(self, links: Sequence[Link]) -> ValueError | None:
        """Says which two links want one record: both among those saved, or one of them stored."""
        ours = {link.id for link in links}
        taken: dict[Place, str] = {}
        for link, place in _places(links):
            other = taken.setdefault(place, link.id)
            if other == link.id:
                stored = self.links_by_key(*place).get(link.key(place[3]))
                other = stored.id if stored and not stored.tombstone and stored.id not in ours else link.id
            if other != link.id:
                return second_link(link, place[3], other)
        return None


def _places(links: Sequence[Link]) -> Iterator[tuple[Link, Place]]:
    """Where each live link answers."""
    for link in links:
        for side in Side if not link.tombstone else ():
            if link.key(side):
                yield link, (link.back_office, link.entity, link.mapping, side, (link.key(side),))


def _named(link: Link) -> dict[str, Any]:
    return dict(zip(COLUMNS, row_of(link), strict=True))


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
