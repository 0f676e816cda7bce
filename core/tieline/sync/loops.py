"""The loop breaker: two systems that both change what is written to them would write to each other for ever.

A field that was written once more with a value it was written with before has flipped: systems repeat themselves. One
that turned back to the other side with a value never seen may be two people at work, or two systems that each make
something new of it: that counts a quarter. After so many flips within an hour the field is not written any more, on
either side, until a person has looked at it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tieline.contract import Side
from tieline.store.nouns import Canonical, Link, Problem
from tieline.sync.identity import fingerprint
from tieline.sync.merge import Merge
from tieline.sync.rules import Rules
from tieline.sync.standing import LOOP, LOOPING, WRITTEN, stand

_KEPT = 40  # writes remembered a field
_TURNED = 0.25
Write = tuple[Side, datetime, str]


def remember(link: Link, side: Side, fields: Mapping[str, Canonical], now: datetime) -> Link:
    """The link after an acknowledged update of these fields."""
    written = dict(link.extra.get(WRITTEN, {}))
    for name, value in fields.items():
        entry = f"{side} {now.isoformat()} {fingerprint({'value': value})[:8]}"
        written[name] = [*written.get(name, ()), entry][-_KEPT:]
    return replace(link, extra={**link.extra, WRITTEN: written})


def forget(link: Link, since: datetime) -> Link:
    """The link without what was written before: nobody asks for that any more."""
    written = link.extra.get(WRITTEN)
    if not written:
        return link
    young = {name: [one for one in entries if _read(one)[1] >= since] for name, entries in written.items()}
    kept = {name: entries for name, entries in young.items() if entries}
    rest = {name: value for name, value in link.extra.items() if name != WRITTEN}
    return replace(link, extra={**rest, WRITTEN: kept} if kept else rest)


def flips(entries: Sequence[str], since: datetime) -> float:
    """How often a field was written again because the other side would not keep it."""
    writes = [one for one in map(_read, entries) if one[1] >= since]
    seen: set[tuple[Side, str]] = set()
    count = 0.0
    for number, (side, _, value) in enumerate(writes):
        turned = number > 0 and writes[number - 1][0] is not side
        count += 1 if (side, value) in seen else _TURNED if turned else 0
        seen.add((side, value))
    return count


def _read(entry: str) -> Write:
    side, at, value = entry.split(" ")
    return Side(side), datetime.fromisoformat(at), value


def broken(link: Link, merge: Merge, rules: Rules, now: datetime, within: timedelta, most: int) -> frozenset[str]:
    """Fields of this merge that may not be written: those stopped before, those that have flipped too often by now, and
    whatever merges as one value with them."""
    wanted = {*merge.to_crm, *merge.to_erp}
    written = link.extra.get(WRITTEN, {})
    stopped = set(link.extra.get(LOOPING, ()))
    stopped |= {name for name in wanted if flips(written.get(name, ()), now - within) > most}
    units = [{field.crm for field in unit} for unit in rules.units]
    return frozenset(name for unit in units if unit & stopped for name in unit)


def without(merge: Merge, fields: Collection[str]) -> Merge:
    """The merge as far as it does not touch these fields."""
    if not fields:
        return merge
    return replace(
        merge,
        to_crm={name: value for name, value in merge.to_crm.items() if name not in fields},
        to_erp={name: value for name, value in merge.to_erp.items() if name not in fields},
        clashes=[clash for clash in merge.clashes if not set(clash.fields) & set(fields)],
        reverted=[name for name in merge.reverted if name not in fields],
    )


def stop(link: Link, fields: Collection[str], now: datetime) -> Link:
    """The link with these fields stopped, told once; what stood before stays as it was told."""
    known = set(link.extra.get(LOOPING, ()))
    if set(fields) <= known:
        return link
    told = stand(link, _problem(link, sorted({*known, *fields}), now))
    return replace(told, extra={**told.extra, LOOPING: sorted({*known, *fields})})


def _problem(link: Link, fields: Sequence[str], now: datetime) -> Problem:
    held = ", ".join(
        f"{name} is {_value(link, Side.CRM, name)} in the CRM and {_value(link, Side.ERP, name)} in the back office"
        for name in fields
    )
    return Problem(
        f"both systems keep changing it: {held}",
        "Find the rule on either side that changes what was written, then press Promote or run `tieline retry`.",
        now,
        LOOP,
    )


def _value(link: Link, side: Side, name: str) -> str:
    seen = link.seen(side)
    value = seen.fields.get(name) if seen else None
    return "empty" if value is None else repr(value)
