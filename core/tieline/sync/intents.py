"""From decisions to write-intents, and from a stored intent back to the client's write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieline.contract import Capabilities, Idempotency, Operation, Passage, Side, Values, Write
from tieline.contract import Mapping as RecordMapping
from tieline.store.nouns import Canonical, Item, Link
from tieline.sync.absorb import expected
from tieline.sync.context import Context
from tieline.sync.identity import marker, operation_key
from tieline.sync.payload import pack, unpack
from tieline.sync.planning import Create
from tieline.sync.rules import Rules, name_on

Merged = Mapping[str, tuple[Canonical, Canonical]]


@dataclass(frozen=True, slots=True)
class Intended:
    """A link with what shall be written for it."""

    link: Link
    item: Item


def create_item(context: Context, rules: Rules, link: Link, plan: Create) -> Item:
    """The intent to make the missing record. Raises what a plugin's hook or a too long value raises."""
    side = plan.side
    key = operation_key(link.id, side, Operation.CREATE, link.epoch)
    chosen = key if chooses_id(context.client(side).capabilities(rules.object_on(side))) else ""
    merged = _pairs(link, side, plan.fields)
    payload = {"fields": plan.fields, "parent": plan.parent, "marker": birth_marker(context, rules, link, side)}
    payload["of"] = link.key(side.other)
    payload["values"] = pack(_outgoing(context, rules, link, side, plan.fields, creating=True))
    return Item(link.id, Operation.CREATE, chosen, key, payload, _as_json(merged))


def update_item(context: Context, rules: Rules, link: Link, side: Side, fields: Mapping[str, Canonical]) -> Item:
    """The intent to change these fields, and no others."""
    seen = link.seen(side)
    version = seen.version if seen else ""
    # Without a version the last acknowledgment tells two equal edits apart: A, B, A and B again is a new write.
    since = version or (link.synced_at.isoformat() if link.synced_at else "")
    key = operation_key(link.id, side, f"{Operation.UPDATE}:{since}:{sorted(fields.items())!r}", link.epoch)
    payload: dict[str, Any] = {
        "fields": dict(fields),
        "of": link.key(side.other),
        "before": {name: seen.fields.get(name) for name in fields} if seen else {},
        "version": version,
        "values": pack(_outgoing(context, rules, link, side, fields, creating=False)),
    }
    return Item(link.id, Operation.UPDATE, link.key(side), key, payload, _as_json(_pairs(link, side, fields)))


def still_speaks(link: Link, item: Item, side: Side, pairs: Merged) -> Merged:
    """What both sides hold of a write whose answer has come. If the record that it carried has been merged into another
    one meanwhile, a blank of the survivor says nothing: it is no edit of what was carried."""
    if item.payload.get("of", "") in {"", link.key(side.other)}:
        return pairs
    seen = link.seen(side.other)
    return {name: pair for name, pair in pairs.items() if seen is not None and seen.fields.get(name) is not None}


def delete_item(link: Link, side: Side) -> Item:
    key = operation_key(link.id, side, Operation.DELETE, link.epoch)
    seen = link.seen(side)
    before = dict(seen.fields) if seen else {}
    return Item(link.id, Operation.DELETE, link.key(side), key, {"before": before})


def as_write(rules: Rules, link: Link, item: Item, side: Side) -> Write:
    """What the client is asked to do. The values last read of the record travel along for a careful writer."""
    values = unpack(item.payload.get("values", {}))
    if "raw" in item.payload:
        values = unpack(item.payload["raw"])
    known = expected(rules, side, link) if item.operation != Operation.CREATE else {}
    return Write(
        Operation(item.operation),
        item.key,
        values,
        item.idempotency_key,
        marker=str(item.payload.get("marker", "")),
        version=str(item.payload.get("version", "")),
        parent=str(item.payload.get("parent", "")),
        expected=_typed(rules, side, known),
        children=_children(item.payload.get("children", {})),
    )


def birth_marker(context: Context, rules: Rules, link: Link, side: Side) -> str:
    """On the ERP's side a record carries its link's id; on the CRM's side it names the ERP record it came from."""
    if side is Side.ERP:
        return link.id
    return marker(context.back_office, link.entity, rules.object_on(Side.ERP), link.erp_key)


def chooses_id(capabilities: Capabilities) -> bool:
    return capabilities.idempotency is Idempotency.CLIENT_ID


def _outgoing(
    context: Context, rules: Rules, link: Link, side: Side, fields: Mapping[str, Canonical], *, creating: bool
) -> Values:
    """Client's names and types, after the plugins' hooks; constants select our records on both sides."""
    mapping: RecordMapping = rules.mapping
    values: dict[str, Any] = dict(rules.restored(side, fields))
    if creating:
        values = {**(rules.constants if side is Side.CRM else mapping.erp_constants), **values}
        if side is Side.CRM:
            values |= unpack(link.extra.get("origin", {}))
    passage = Passage(context.back_office, link.entity, link.crm_key, link.erp_key, creating)
    return context.behaviours.change(mapping, side, values, passage)


def _pairs(link: Link, side: Side, fields: Mapping[str, Canonical]) -> dict[str, tuple[Canonical, Canonical]]:
    """What both sides hold once this is written: (crm, erp), each in its own terms."""
    other = link.seen(side.other)
    pairs: dict[str, tuple[Canonical, Canonical]] = {}
    for name, value in fields.items():
        if other is None or name not in other.fields:
            continue
        theirs = other.fields[name]
        pairs[name] = (value, theirs) if side is Side.CRM else (theirs, value)
    return pairs


def _as_json(pairs: Merged) -> dict[str, list[Canonical]]:
    return {name: list(pair) for name, pair in pairs.items()}


def _typed(rules: Rules, side: Side, known: Mapping[str, Any]) -> Values:
    by_client = {name_on(field, side): field.crm for field in rules.mapping.fields}
    canonical = {by_client[name]: value for name, value in known.items()}
    return rules.as_read(side, canonical)


def _children(children: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[Values, ...]]:
    return {name: tuple(unpack(row) for row in rows) for name, rows in children.items()}
