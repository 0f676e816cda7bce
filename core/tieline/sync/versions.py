"""What to do when a mapping is another one than last time: every record is compared anew under the new one, and both
sides are read whole, for a field that was not mapped has not been seen. Links tell which version they were last
compared by."""

from __future__ import annotations

from dataclasses import replace

from tieline.contract import Side
from tieline.sync.context import Context
from tieline.sync.paging import link_pages
from tieline.sync.parts import order_round, part_of
from tieline.sync.rules import Rules


def adopt_mappings(context: Context) -> list[str]:
    """Names of mappings that have changed since the last cycle. Safe to repeat after a crash at any moment."""
    scope = f"mappings {context.back_office}"
    with context.store.reading() as tx:
        known = dict(tx.facts(scope))
    changed = [
        (entity, rules, f"{entity}/{rules.name}")
        for entity, mappings in context.rules.items()
        for rules in mappings.values()
        if known.get(f"{entity}/{rules.name}") != rules.version
    ]
    for entity, rules, name in changed:
        again = name in known
        if again:
            _compare_again(context, entity, rules)
        with context.store.transaction(context.fence) as tx:
            for side in Side if again else ():
                part = part_of(side, entity, _read_with(context, entity, rules, side))
                order_round(tx, context.back_office, part, context.clock.now())
            tx.save_fact(scope, name, rules.version)
            note = context.note("mapping", mapping=rules.name, note=f"version {rules.version}")
            tx.append_audit(context.back_office, [note])
    return [rules.name for _, rules, name in changed if name in known]


def _read_with(context: Context, entity: str, rules: Rules, side: Side) -> str:
    """The mapping whose reading brings these records: their own, or that of the records that carry them."""
    if side is Side.CRM or not rules.mapping.embedded_in:
        return rules.name
    return next((one.name for one in context.rules_of(entity) if rules in one.embedded), rules.name)


def _compare_again(context: Context, entity: str, rules: Rules) -> None:
    for links in link_pages(context, rules.name):
        mine = [one for one in links if one.entity in {entity, context.home} and not one.tombstone]
        with context.store.transaction(context.fence) as tx:
            fresh = tx.links([one.id for one in mine if one.mapping_version != rules.version]).values()
            tx.save_links([replace(one, mapping_version=rules.version, dirty=True) for one in fresh])
