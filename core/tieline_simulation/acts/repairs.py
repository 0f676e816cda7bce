"""People put things right by hand, and an administrator changes the mapping."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tieline.contract import Side, TielineError
from tieline.store.nouns import Link
from tieline.store.protocol import Fenced
from tieline.sync.repair import HELD, Repair

if TYPE_CHECKING:
    from tieline_simulation.storm import Storm


def _repair(storm: Storm) -> Repair:
    return Repair(storm.store, "books", storm.world.now(), "ann")


def retry(storm: Storm) -> None:
    repair = _repair(storm)
    with contextlib.suppress(Fenced):
        if repair.retry(repair.stuck()):
            storm.tally.add("retries")


def resolve(storm: Storm) -> None:
    """Somebody chooses a side of an open conflict."""
    open_ones = [link for link in storm.live_links() if link.blocked]
    if open_ones:
        with contextlib.suppress(Fenced, TielineError):
            _repair(storm).resolve(storm.rng.choice(open_ones), storm.rng.choice(list(Side)))
            storm.tally.add("resolved")


def unlink(storm: Storm) -> None:
    tied = [link for link in storm.live_links() if link.crm_key and link.erp_key and link.mapping == "customer"]
    if tied:
        with contextlib.suppress(Fenced, TielineError):
            _repair(storm).part(storm.rng.choice(tied))
            storm.tally.add("unlinked")


def link(storm: Storm) -> None:
    """Somebody ties two records that have no partner: two that were parted, or any two."""
    alone = [one for one in storm.live_links() if one.mapping == "customer" and _alone(one)]
    crm = [one for one in alone if one.crm_key]
    erp = [one for one in alone if one.erp_key]
    if crm and erp:
        with contextlib.suppress(Fenced, TielineError):
            _repair(storm).join(storm.rng.choice(crm), storm.rng.choice(erp))
            storm.tally.add("linked")


def _alone(link: Link) -> bool:
    return bool(link.extra.get(HELD)) and bool(link.crm_key) != bool(link.erp_key)


def map_one_more(storm: Storm) -> None:
    """An administrator maps a field that both sides have had for long."""
    storm.widened = True
