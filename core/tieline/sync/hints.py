"""Hints: somebody told us that a record changed. A hint makes us look; it is never the data.

The web process keeps hints as facts; a cycle takes them. A hint that comes in again while it is being looked at stays
for the next cycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieline.contract import PermanentError, Record, Side
from tieline.sync.context import Context
from tieline.sync.looking import Look, by_key, tells_deletions
from tieline.sync.observe import Births, Observer
from tieline.sync.points import Point
from tieline.sync.rules import Rules


def hints_scope(back_office: str) -> str:
    """Facts of this scope are records to read again: `<object> <key>` -> when the hint came."""
    return f"inbound hints {back_office}"


def settled_scope(back_office: str) -> str:
    """Facts of this scope are correlations whose answers have arrived -> when. Every cycle asks for the answers of all
    open calls, so these only wake it."""
    return f"inbound settled {back_office}"


def take_hints(context: Context, births: Births) -> int:
    """Look at every record hinted at; returns how many hints there were."""
    with context.store.reading() as tx:
        hints = dict(tx.facts(hints_scope(context.back_office)))
        answered = dict(tx.facts(settled_scope(context.back_office)))
    wanted: dict[str, list[str]] = {}
    for name in hints:
        obj, _, key = name.partition(" ")
        wanted.setdefault(obj, []).append(key)
    for entity in context.open:
        for rules in context.rules_of(entity):
            keys = wanted.get(rules.object_on(Side.ERP))
            if keys:
                _look(context, births, entity, rules, keys)
    _forget(context, hints_scope(context.back_office), hints)
    _forget(context, settled_scope(context.back_office), answered)
    return len(hints)


def _look(context: Context, births: Births, entity: str, rules: Rules, keys: Sequence[str]) -> None:
    """One that the vendor, asked directly, says is not there is gone, unless it tells deletions by itself."""
    found = _read(context, entity, rules, keys)
    records = [record for record in found.values() if record is not None]
    missing = {} if tells_deletions(context, Side.ERP, rules) else {k: None for k, r in found.items() if r is None}
    with context.store.transaction(context.fence) as tx:
        Observer(context, births).absorb_all(tx, Side.ERP, entity, rules, records)
        links = tx.links_by_key(context.back_office, entity, rules.name, Side.ERP, list(missing))
        wanted = by_key(Side.ERP, [link for link in links.values() if not link.awaiting])
        Look(tx, context, entity, rules, Side.ERP).take(missing, wanted)


def _read(context: Context, entity: str, rules: Rules, keys: Sequence[str]) -> dict[str, Record | None]:
    """A key that the vendor will never answer for is noted and left out: it does not hold up the others."""
    try:
        return dict(context.erp.read(entity, rules.shape(Side.ERP), keys))
    except PermanentError as error:
        if len(keys) == 1:
            _note_refused(context, rules, keys[0], error)
            return {}
    middle = len(keys) // 2
    return _read(context, entity, rules, keys[:middle]) | _read(context, entity, rules, keys[middle:])


def _note_refused(context: Context, rules: Rules, key: str, error: PermanentError) -> None:
    note = context.note("hint_refused", mapping=rules.name, side=Side.ERP, erp_key=key, note=error.sentence())
    with context.store.transaction(context.fence) as tx:
        tx.append_audit(context.back_office, [note])


def _forget(context: Context, scope: str, taken: Mapping[str, object]) -> None:
    if not taken:
        return
    context.point(Point.HINTS_BEFORE_FORGET)
    with context.store.transaction(context.fence) as tx:
        now = tx.facts(scope)
        for name, when in taken.items():
            if now.get(name) == when:
                tx.save_fact(scope, name, None)
