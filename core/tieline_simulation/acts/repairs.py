"""People put things right by hand, and an administrator changes the mapping."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tieline.contract import Side, TielineError
from tieline.store.nouns import Link
from tieline.store.protocol import Fenced
from tieline.sync.missing import approve, suspicions
from tieline.sync.parts import Part
from tieline.sync.repair import HELD, Repair
from tieline_simulation.violation import require

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


def confirm_missing(storm: Storm) -> int:
    """An administrator reads what seems to be gone, looks there, and says that it was deleted. Returns how many parts
    he was asked about; being asked about more records than were deleted is a false alarm that did not heal."""
    with storm.store.transaction() as tx:
        asked = suspicions(tx, "books")
        for part, told in asked.items():
            gone = _really_gone(storm, part)
            require(told["missing"] <= gone, "I1", "{} of {} seem to be gone, and {} are", told["missing"], part, gone)
        if asked:
            approve(tx, "books", storm.world.now(), "ann")
    return len(asked)


def _really_gone(storm: Storm, part: Part) -> int:
    """Records of a part that links speak of and that are not there; one side's may have been buried for the other's
    sake since."""
    toy, mapping = (storm.crm, storm.erp)[part.side is Side.ERP], storm.mapping(part.mapping)
    there = toy.alive(mapping.crm_object if part.side is Side.CRM else mapping.erp_object, part.entity)
    mine = (one for one in storm.oracle.truth.links(buried=True) if one.mapping == part.mapping)
    keys = {one.key(part.side) for one in mine if part.side is Side.CRM or one.entity == part.entity}
    return len(keys - {""} - there.keys())


def map_one_more(storm: Storm) -> None:
    """An administrator maps a field that both sides have had for long."""
    storm.widened = True
