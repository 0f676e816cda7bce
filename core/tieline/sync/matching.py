"""The first meeting of records that both sides already have: pure. Exactly one partner on strong keys, or a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tieline.contract import Field
from tieline.store.nouns import Canonical, Link
from tieline.sync.rules import Rules


@dataclass(slots=True)
class Pairing:
    """`pairs` are (CRM link id, ERP link id); `ambiguous` maps a link to the partners it could have."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    ambiguous: dict[str, tuple[str, ...]] = field(default_factory=dict)


def pair(rules: Rules, crm: Sequence[Link], erp: Sequence[Link]) -> Pairing:
    """Pairs of half-links that agree on a strong key which is unique on both sides. A link with more than one possible
    partner, by one key or by several, is ambiguous, and so are those partners: none of them is linked or created."""
    partners_of_crm: dict[str, set[str]] = {link.id: set() for link in crm}
    partners_of_erp: dict[str, set[str]] = {link.id: set() for link in erp}
    for key in (f for f in rules.mapping.fields if f.key):
        _meet(key, crm, erp, partners_of_crm, partners_of_erp)
    result = Pairing()
    for ident, partners in partners_of_crm.items():
        if len(partners) == 1 and partners_of_erp[next(iter(partners))] == {ident}:
            result.pairs.append((ident, next(iter(partners))))
    paired = {ident for two in result.pairs for ident in two}
    for ident, partners in (*partners_of_crm.items(), *partners_of_erp.items()):
        if partners and ident not in paired:
            result.ambiguous[ident] = tuple(sorted(partners))
    return result


def _meet(
    key: Field,
    crm: Sequence[Link],
    erp: Sequence[Link],
    partners_of_crm: dict[str, set[str]],
    partners_of_erp: dict[str, set[str]],
) -> None:
    by_value: dict[Canonical, list[str]] = {}
    for ident, value in _values(key, ((link.id, link.crm) for link in crm)):
        by_value.setdefault(value, []).append(ident)
    for ident, value in _values(key, ((link.id, link.erp) for link in erp)):
        for partner in by_value.get(value, ()):
            partners_of_crm[partner].add(ident)
            partners_of_erp[ident].add(partner)


def _values(key: Field, seen: Iterable[tuple[str, object]]) -> Iterable[tuple[str, Canonical]]:
    for ident, observation in seen:
        value = getattr(observation, "fields", {}).get(key.crm)
        if value is not None and value is not False:
            yield ident, value.casefold() if isinstance(value, str) and "@" in value else value
