"""What a full reading did not show: links whose record was not met, and children that no parent carries any more."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from tieline.contract import Record, Side
from tieline.store.nouns import Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.looking import Look, Wanted, is_carried, is_missing, not_carried, tells_deletions
from tieline.sync.missing import Verdict, believable, doubted, recheck
from tieline.sync.paging import all_links
from tieline.sync.parts import Part, part_of
from tieline.sync.rules import Rules

_KEY_HASH = 12  # hex digits: one pair in a million records collides once in 500 rounds, and only hides it from one
_SAMPLE = 10  # records looked up while a suspicion stands: enough to notice that they are to be seen again


def short(key: str) -> str:
    """What is kept of a key that a reading met."""
    return hashlib.sha256(key.encode()).hexdigest()[:_KEY_HASH]


@dataclass(slots=True)
class Absent:
    """Ids of links by the key that was not met, and how many different records the part should have."""

    wanted: dict[str, list[str]] = field(default_factory=dict)
    known: int = 0


class Absence:
    """The end of a full reading of one part."""

    def __init__(self, context: Context, part: Part, rules: Rules) -> None:
        self.context, self.part, self.rules, self.side = context, part, rules, part.side
        self.client = context.client(part.side)
        self.capabilities = self.client.capabilities(rules.object_on(part.side))

    def compare(self, met: Collection[str]) -> Absent:
        """Links whose record was not met. Only those are kept: a part may have a million."""
        absent = Absent()
        several = self.side is Side.CRM and len({*self.context.entities, self.context.home}) > 1
        counted: set[str] = set()  # one CRM record may have a link in each entity
        for link in self._live():
            key = link.key(self.side)
            digest = short(key)
            if digest not in met:
                absent.wanted.setdefault(key, []).append(link.id)
            if several:
                counted.add(digest)
            else:
                absent.known += 1
        absent.known += len(counted)
        return absent

    def _live(self) -> Iterator[Link]:
        """Links of this part whose record should be there. One with a write on its way is left for the next round."""
        homes = {*self.context.entities, self.context.home} if self.side is Side.CRM else {self.part.entity}
        for link in all_links(self.context, self.rules.name):
            there = link.entity in homes and link.key(self.side) and link.seen(self.side) is not None
            if there and not link.awaiting and is_missing(link, self.side, None):
                yield link

    def look_up(self, absent: Absent) -> dict[str, Record | None]:
        """Each absent record by its key. While so many are doubted a few are enough, for a system may read them one
        by one: when none of those is there, the others are taken for absent too."""
        keys = list(absent.wanted)
        with self.context.store.reading() as tx:
            doubt = doubted(tx, self.context, self.part, len(keys), absent.known)
        if doubt:
            sample = keys[:: max(1, len(keys) // _SAMPLE)][:_SAMPLE]
            if not any(self._read(sample).values()):
                return dict.fromkeys(keys)
        return self._read(keys)

    def _read(self, keys: Sequence[str]) -> dict[str, Record | None]:
        shape, size = self.rules.shape(self.side), max(1, self.capabilities.page_size)
        found: dict[str, Record | None] = {}
        for start in range(0, len(keys), size):
            found |= self.client.read(self.part.entity, shape, keys[start : start + size])
        return found

    def told(self) -> frozenset[str]:
        """What the system says was deleted, as far back as it remembers."""
        if not tells_deletions(self.context, self.side, self.rules):
            return frozenset()
        since = self.context.clock.now() - self.capabilities.deletes_kept
        gone = self.client.deleted(self.part.entity, self.rules.object_on(self.side), since)
        return frozenset(one.key for one in gone)

    def settle(
        self, tx: Transaction, found: dict[str, Record | None], wanted: Wanted, told: Collection[str], known: int
    ) -> None:  # fmt: skip
        Look(tx, self.context, self.part.entity, self.rules, self.side, told, known).take(found, wanted)


def carried_by(rules: Rules) -> Iterator[Rules]:
    """Mappings whose records come inside these, and inside those."""
    for child in rules.embedded:
        yield child
        yield from carried_by(child)


def known_children(context: Context, entity: str, child: Rules) -> int:
    """How many of them their parents should carry."""
    return sum(link.entity == entity and is_carried(link) for link in all_links(context, child.name))


def settle_children(
    tx: Transaction, context: Context, entity: str, child: Rules, lost: Sequence[str], known: int | None
) -> None:  # fmt: skip
    """What no parent carries is gone, within reason or, when all parents were read, because a person said so. `known`:
    how many there should be, when all were."""
    links = [link for link in tx.links(lost).values() if is_carried(link)]
    part, missing = part_of(Side.ERP, entity, child.name), len(links)
    verdict = believable(tx, context, part, missing) if known is None else recheck(tx, context, part, missing, known)
    if verdict is not Verdict.HELD:
        tx.save_links([not_carried(link) for link in links])
