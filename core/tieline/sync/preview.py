"""What the first load would do, counted before anything is written: a person confirms these numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tieline.contract import Promotion
from tieline.store.nouns import Link
from tieline.sync.context import Context
from tieline.sync.identities import identities
from tieline.sync.match import strangers
from tieline.sync.matching import Pairing, matches, pair
from tieline.sync.planning import BORN_ELSEWHERE
from tieline.sync.rules import Rules
from tieline.sync.ties import tied_elsewhere


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one mapping: records to be joined, made in the CRM, made in the ERP, left to a person, left alone."""

    link: int = 0
    create_crm: int = 0
    create_erp: int = 0
    ambiguous: int = 0
    skip: int = 0

    @property
    def writes(self) -> int:
        return self.link + self.create_crm + self.create_erp


def preview(context: Context) -> dict[str, Counts]:
    """Counts by mapping, over all entities. Reads the store only: sweep both sides first."""
    names = dict.fromkeys(name for mappings in context.rules.values() for name in mappings)
    foreseen: dict[tuple[str, str, str], str] = {}
    return {name: _count(context, name, foreseen) for name in names}


def _count(context: Context, name: str, foreseen: dict[tuple[str, str, str], str]) -> Counts:
    """A record of the CRM that nobody chose an entity for may be joined in any, and is counted once. `foreseen`
    gets who will be joined: records that point at those may be told apart by it."""
    joined, unclear, new_in_crm, free, taken = 0, 0, 0, dict[str, Link](), set[str]()
    for entity in context.entities:
        rules = context.rules[entity][name]
        crm, erp = _halves(context, entity, rules)
        crm = [link for link in crm if link.id not in taken]
        pairing = _pairing(context, entity, rules, crm, erp, foreseen)
        taken |= {ident for two in pairing.pairs for ident in two} | set(pairing.ambiguous)
        joined, unclear = joined + len(pairing.pairs), unclear + len(pairing.ambiguous)
        new_in_crm += sum(link.id not in taken for link in erp) if rules.mapping.create_in_crm else 0
        free |= {link.id: link for link in crm}
    left = [link for ident, link in free.items() if ident not in taken]
    out = sum(_goes_out(context.rules_for(link.entity, name), link) for link in left)
    return Counts(joined, new_in_crm, out, unclear, len(left) - out)


def _pairing(
    context: Context, entity: str, rules: Rules, crm: list[Link], erp: list[Link],
    foreseen: dict[tuple[str, str, str], str],
) -> Pairing:  # fmt: skip
    if not matches(rules):
        return Pairing()
    with context.store.reading() as tx:
        numbered = tied_elsewhere(tx, context, rules.name, entity, [link.crm_key for link in crm])
        told_apart = identities(tx, context, entity, rules, crm, erp, foreseen)
    found = pair(rules, crm, erp, numbered, told_apart)
    keys = {link.id: link.crm_key for link in crm} | {link.id: link.erp_key for link in erp}
    foreseen |= {(entity, rules.name, keys[theirs]): keys[ours] for ours, theirs in found.pairs}
    return found


def _halves(context: Context, entity: str, rules: Rules) -> tuple[list[Link], list[Link]]:
    """Records without a partner that may meet in this entity: of the CRM, and of the ERP."""
    with context.store.reading() as tx:
        erp = [link for link in strangers(tx, context, entity, rules) if link.erp and not link.crm_key]
        places = dict.fromkeys((entity, context.home))
        crm = [link for home in places for link in strangers(tx, context, home, rules)]
    return [link for link in crm if link.crm and not link.crm.deleted and not link.erp_key], erp


def _goes_out(rules: Rules, link: Link) -> bool:
    promotion = rules.promotion(link.crm.fields if link.crm else {})
    wanted = link.promote or (promotion is Promotion.AUTOMATIC and not link.extra.get(BORN_ELSEWHERE))
    return rules.mapping.create_in_erp and wanted and promotion is not Promotion.NEVER
