"""One record of the CRM tied in several places: in accounting entities of one company, or in several companies.

What a company alone decides (its number, its row of a list) stands in one field of the CRM, which has room for one of
them: the first place the record is tied in owns it, in order of the back offices' names and of their entities. The
others keep their own and write it nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tieline.contract import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.pins import known_entities

Place = tuple[str, str]
"""Back office and entity."""


def places(tx: Transaction, context: Context) -> list[Place]:
    """Every place of this system, the one that owns before the others."""
    return [(office, entity) for office in context.offices for entity in _entities(tx, context, office)]


def _entities(tx: Transaction, context: Context, office: str) -> Sequence[str]:
    return context.entities if office == context.back_office else known_entities(tx, office)


def tied_earlier(tx: Transaction, context: Context, name: str, entity: str, crm_keys: Sequence[str]) -> frozenset[str]:
    """CRM records that are tied in a place before this one too: that tie owns their one-way fields."""
    all_places = places(tx, context)
    return _tied(tx, all_places[: all_places.index((context.back_office, entity))], name, crm_keys)


def tied_elsewhere(
    tx: Transaction, context: Context, name: str, entity: str, crm_keys: Sequence[str]
) -> frozenset[str]:
    """CRM records that are tied in another place: the number they carry is that place's."""
    others = [place for place in places(tx, context) if place != (context.back_office, entity)]
    return _tied(tx, others, name, crm_keys)


def _tied(tx: Transaction, where: Collection[Place], name: str, crm_keys: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    for office, entity in where if crm_keys else ():
        links = tx.links_by_key(office, entity, name, Side.CRM, crm_keys)
        found |= {key for key, link in links.items() if link.erp_key and not link.tombstone}
    return frozenset(found)


def wake_followers(tx: Transaction, context: Context, mapping: str, links: Sequence[Link]) -> None:
    """The tie that owned the one-way fields of a CRM record has ended: its ties in later places are compared anew, for
    one of them is the owner now."""
    ended = [link for link in links if link.tombstone and link.crm_key]
    all_places = places(tx, context) if ended else []
    for link in ended:
        here = (link.back_office, link.entity)
        later = all_places[all_places.index(here) + 1 :] if here in all_places else []
        for office, entity in later:
            found = tx.links_by_key(office, entity, mapping, Side.CRM, [link.crm_key])
            tx.save_links([replace(one, dirty=True) for one in found.values() if not (one.tombstone or one.dirty)])
