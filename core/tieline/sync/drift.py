"""Do both sides really agree? A full comparison, field by field, of everything that is linked. It writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieline.contract import Direction, ListRow, Person, Record, Side
from tieline.store.nouns import Canonical, Link, StoredRow
from tieline.sync.context import Context
from tieline.sync.paging import all_links
from tieline.sync.planning import parent_missing
from tieline.sync.rules import Rules
from tieline.sync.translate import UNRESOLVED, Translator, Unresolved, build_translator


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one record that is not the same on both sides; values in each side's terms. `field` is empty when a
    record of the ERP has no partner in the CRM and nothing keeps it from having one."""

    mapping: str
    crm_key: str
    erp_key: str
    field: str = ""
    crm: Canonical = None
    erp: Canonical = None


def differences(context: Context) -> list[Difference]:
    """Read both sides whole and compare. Fields that travel one way are compared too; frozen ones are not."""
    found: list[Difference] = []
    for entity, mappings in context.rules.items():
        translator = _translator(context, entity)
        for rules in mappings.values():
            found += _compare(context, entity, rules, translator)
    return found


def _compare(context: Context, entity: str, rules: Rules, translator: Translator) -> list[Difference]:
    crm = {record.key: record for record in _all(context, Side.CRM, "", rules)}
    erp = _all(context, Side.ERP, entity, rules)
    links = {link.erp_key: link for link in _links(context, entity, rules) if not link.tombstone}
    found: list[Difference] = []
    for record in erp:
        link = links.get(record.key)
        partner = crm.get(link.crm_key) if link else None
        if partner is None:
            if rules.mapping.create_in_crm and not _waits(rules, translator, record):
                found.append(Difference(rules.name, link.crm_key if link else "", record.key))
            continue
        found += _fields(rules, translator, partner, record, link)
    return found


def _waits(rules: Rules, translator: Translator, erp: Record) -> bool:
    """Its parent is not in the CRM, perhaps by choice: nothing is made of it before that one is."""
    told = rules.canonical(Side.ERP, erp.fields)
    away = [one.crm for one in rules.mapping.fields if translator.to(Side.CRM, one, told.get(one.crm)) is UNRESOLVED]
    return parent_missing(rules, away)


def _fields(
    rules: Rules, translator: Translator, crm: Record, erp: Record, link: Link | None
) -> list[Difference]:  # fmt: skip
    """Without pairs that both sides are known to hold for one value, each in a form of its own."""
    known = link.base if link else {}
    left, right = rules.canonical(Side.CRM, crm.fields), rules.canonical(Side.ERP, erp.fields)
    found = []
    for field in rules.mapping.fields:
        name = field.crm
        if field.direction is Direction.FROZEN or name not in left or name not in right:
            continue
        if known.get(name) == (left[name], right[name]):
            continue
        wanted = translator.to(Side.CRM, field, right[name])
        if not isinstance(wanted, Unresolved) and wanted != left[name]:
            found.append(Difference(rules.name, crm.key, erp.key, name, left[name], right[name]))
    return found


def _all(context: Context, side: Side, entity: str, rules: Rules) -> list[Record]:
    parent = next((r for r in context.rules_of(entity) if rules in r.embedded), None) if side is Side.ERP else None
    client = context.client(side)
    if parent is None:
        return [record for page in client.pages(entity, rules.shape(side), None) for record in page.records]
    pages = client.pages(entity, parent.shape(side), None)
    held = (record.children.get(rules.object_on(side), ()) for page in pages for record in page.records)
    return [child for children in held for child in children]


def _links(context: Context, entity: str, rules: Rules) -> list[Link]:
    return [link for link in all_links(context, rules.name) if link.entity == entity]


def _translator(context: Context, entity: str) -> Translator:
    joined: dict[str, Sequence[tuple[str, str]]] = {
        rules.name: [(link.crm_key, link.erp_key) for link in _links(context, entity, rules) if not link.tombstone]
        for rules in context.rules_of(entity)
    }
    with context.store.reading() as tx:
        rows: dict[str, list[StoredRow]] = {
            managed.name: tx.list_rows(context.back_office, entity, managed.name) for managed in context.lists
        }
    persons = [f.kind for m in context.mappings for f in m.fields if isinstance(f.kind, Person)]
    users: Sequence[ListRow] = context.crm.options("", "users") if persons else ()
    return build_translator(joined, rows, users, persons)
