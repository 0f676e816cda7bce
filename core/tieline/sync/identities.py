"""What tells records apart that no single field does: values of several fields, references in the CRM's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tieline.contract import Field, Reference, Side
from tieline.store.nouns import Canonical, Link
from tieline.store.protocol import Transaction
from tieline.sync.context import Context
from tieline.sync.matching import Identity
from tieline.sync.rules import Rules

Named = Mapping[tuple[str, Canonical], str]
"""The CRM's id of a record of the ERP, by mapping and key."""
Foreseen = Mapping[tuple[str, str, str], str]
"""The same of records that are about to be joined, by entity, mapping and key."""


def identities(
    tx: Transaction, context: Context, entity: str, rules: Rules, crm: Sequence[Link], erp: Sequence[Link],
    foreseen: Foreseen = MappingProxyType({}),
) -> dict[str, Identity]:  # fmt: skip
    """By link id; a link of which a part is empty, or names a record that is not tied, has none."""
    names = rules.mapping.identity
    fields = [rules.by_name[name] for name in names if name in rules.by_name]
    if not names or len(fields) < len(names):
        return {}
    tied = _tied(tx, context, entity, fields, erp, foreseen)
    found = {link.id: tuple(link.crm.fields.get(one.crm) for one in fields) for link in crm if link.crm}
    found |= {link.id: tuple(_in_crm(one, link, tied) for one in fields) for link in erp if link.erp}
    return {ident: told for ident, told in found.items() if all(part not in (None, "") for part in told)}


def _tied(
    tx: Transaction, context: Context, entity: str, fields: Sequence[Field], erp: Sequence[Link], foreseen: Foreseen
) -> Named:  # fmt: skip
    found: dict[tuple[str, Canonical], str] = {}
    for field in fields:
        if isinstance(field.kind, Reference):
            name = field.kind.mapping
            keys = sorted({str(key) for link in erp if link.erp and (key := link.erp.fields.get(field.crm))})
            for place in context.seen_from(entity):
                links = tx.links_by_key(context.back_office, place, name, Side.ERP, keys)
                found |= {(name, key): link.crm_key for key, link in links.items() if not link.tombstone}
                found |= {(name, key): crm for key in keys if (crm := foreseen.get((place, name, key)))}
    return found


def _in_crm(field: Field, link: Link, tied: Named) -> Canonical:
    value = link.erp.fields.get(field.crm) if link.erp else None
    return tied.get((field.kind.mapping, value)) if isinstance(field.kind, Reference) else value
