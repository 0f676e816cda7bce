"""Values that our own write went over: pure. A system without a precondition takes our write whatever somebody typed
meanwhile. What we had read of that stays readable in the conflict log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tieline.contract import Side
from tieline.store.nouns import Canonical, Conflict, Item, Link, Observation
from tieline.sync.identity import derive

PASSED = "passed"


def passing(link: Link, fresh: Observation) -> dict[str, Canonical]:
    """Values somebody gave the ERP's record while our write is on its way, and that are replaced now: perhaps by our
    write. They are in no base and no observation from here on."""
    before = link.erp.fields if link.erp else {}
    agreed = {name: pair[1] for name, pair in link.base.items()}
    return {
        name: value
        for name, value in before.items()
        if value != agreed.get(name) and fresh.fields.get(name, value) != value
    }


def moved_meanwhile(link: Link, side: Side, item: Item) -> dict[str, Canonical]:
    """Fields of this write that were seen to change on that side while it was on its way, with what was seen."""
    seen = link.seen(side)
    if seen is None or item.operation != "update":
        return {}
    sent, before = item.payload.get("fields", {}), item.payload.get("before", {})
    return {
        name: seen.fields[name]
        for name in sent
        if name in seen.fields and seen.fields[name] not in (before.get(name), sent[name])
    }


def overtaken(
    link: Link, side: Side, item: Item, lost: Mapping[str, Canonical], now: datetime
) -> tuple[Conflict, ...]:  # fmt: skip
    """What to log when a write is acknowledged: `lost`, and values that were replaced before the answer came."""
    both = (lost, _passed(link, item) if side is Side.ERP else {})
    return tuple(_conflict(link, side, item, values, now) for values in both if values)


def without_passed(extra: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in extra.items() if name != PASSED}


def _passed(link: Link, item: Item) -> dict[str, Canonical]:
    """Values seen on the ERP's record while this write was on its way, and replaced before its answer came."""
    sent, before = item.payload.get("fields", {}), item.payload.get("before", {})
    passed: dict[str, Canonical] = link.extra.get(PASSED, {})
    known = {name: (sent[name], before.get(name)) for name in sent}  # what it was to replace is no news
    return {name: value for name, value in passed.items() if name in known and value not in known[name]}


def _conflict(link: Link, side: Side, item: Item, lost: Mapping[str, Canonical], now: datetime) -> Conflict:
    sent = {name: item.payload["fields"][name] for name in lost}
    base = {name: list(link.base[name]) if name in link.base else None for name in lost}
    ident = derive("overtaken", link.id, item.idempotency_key, repr(sorted(lost.items())))
    crm, erp = (lost, sent) if side is Side.CRM else (sent, lost)
    names = tuple(sorted(lost))
    return Conflict(
        ident, link.back_office, link.id, link.mapping, names, base, crm, erp, str(side.other), "overtaken", now, now
    )  # fmt: skip
