"""What the first load would do, counted before anything is written: a person confirms these numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tieline.contract import Promotion
from tieline.store.nouns import Link
from tieline.sync.context import Context
from tieline.sync.match import strangers
from tieline.sync.matching import matches, pair
from tieline.sync.rules import Rules


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
    found: dict[str, Counts] = {}
    for entity, mappings in context.rules.items():
        for name, rules in mappings.items():
            found[name] = _add(found.get(name, Counts()), _count(context, entity, rules))
    return found


def _count(context: Context, entity: str, rules: Rules) -> Counts:
    with context.store.reading() as tx:
        erp = [link for link in strangers(tx, context, entity, rules) if link.erp and not link.crm_key]
        crm = [
            link
            for home in dict.fromkeys((entity, context.home))
            for link in strangers(tx, context, home, rules)
            if link.crm and not link.crm.deleted and not link.erp_key
        ]
    pairing = pair(rules, crm, erp) if matches(rules) else pair(rules, [], [])
    taken = {ident for two in pairing.pairs for ident in two} | set(pairing.ambiguous)
    new_in_crm = [link for link in erp if link.id not in taken] if rules.mapping.create_in_crm else []
    free = [link for link in crm if link.id not in taken]
    new_in_erp = [link for link in free if _goes_out(rules, link)]
    return Counts(
        len(pairing.pairs), len(new_in_crm), len(new_in_erp), len(pairing.ambiguous), len(free) - len(new_in_erp)
    )  # fmt: skip


def _goes_out(rules: Rules, link: Link) -> bool:
    promotion = rules.promotion(link.crm.fields if link.crm else {})
    wanted = link.promote or promotion is Promotion.AUTOMATIC
    return rules.mapping.create_in_erp and wanted and promotion is not Promotion.NEVER


def _add(one: Counts, two: Counts) -> Counts:
    return Counts(
        one.link + two.link,
        one.create_crm + two.create_crm,
        one.create_erp + two.create_erp,
        one.ambiguous + two.ambiguous,
        one.skip + two.skip,
    )
