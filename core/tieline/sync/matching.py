"""The first meeting of records that both sides already have: pure. Exactly one partner on strong keys, or a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tieline.contract import Field
from tieline.store.nouns import Canonical, Link, Observation
from tieline.sync.rules import Rules

DISTINCT = "distinct"
"""In `Link.extra` of a CRM record: links it looks like and is not."""


Identity = tuple[Canonical, ...]


@dataclass(slots=True)
class Pairing:
    """`pairs` are (CRM link id, ERP link id); `ambiguous` maps a link to the partners it could have, `alike` are those
    of them that agree on no strong key."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    ambiguous: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alike: set[str] = field(default_factory=set)


def pair(
    rules: Rules,
    crm: Sequence[Link],
    erp: Sequence[Link],
    numbered_elsewhere: Collection[str] = frozenset(),
    identities: Mapping[str, Identity] | None = None,
) -> Pairing:
    """Pairs of half-links that agree on a strong key which is unique on both sides. A link with more than one possible
    partner, by one key or by several, is ambiguous, and so are those partners: none of them is linked or created.
    `numbered_elsewhere`: CRM records whose number was given in another company or entity, where it means another
    record. `identities` are what tells links apart that no single field does, in the CRM's terms, by link id."""
    partners_of_crm: dict[str, set[str]] = {link.id: set() for link in crm}
    partners_of_erp: dict[str, set[str]] = {link.id: set() for link in erp}
    ours = [link for link in crm if link.crm_key not in numbered_elsewhere]
    for key in (f for f in rules.mapping.fields if f.key):
        met = ours if key.local else crm
        told = (_values(key, ((one.id, one.crm) for one in met)), _values(key, ((one.id, one.erp) for one in erp)))
        _meet(*told, partners_of_crm, partners_of_erp)
    known = identities or {}
    _meet(_known(known, crm), _known(known, erp), partners_of_crm, partners_of_erp)
    result = Pairing()
    for ident, partners in partners_of_crm.items():
        if len(partners) == 1 and partners_of_erp[next(iter(partners))] == {ident}:
            result.pairs.append((ident, next(iter(partners))))
    paired = {ident for two in result.pairs for ident in two}
    for ident, partners in (*partners_of_crm.items(), *partners_of_erp.items()):
        if partners and ident not in paired:
            result.ambiguous[ident] = tuple(sorted(partners))
    _note_alike(rules, crm, erp, result)
    return result


def matches(rules: Rules) -> bool:
    """Whether records of this mapping are compared with strangers at all."""
    return bool(rules.mapping.review or rules.mapping.identity) or any(field.key for field in rules.mapping.fields)


def _note_alike(rules: Rules, crm: Sequence[Link], erp: Sequence[Link], result: Pairing) -> None:
    """Strangers that no strong key speaks for and that look alike, unless a person said that they differ."""
    names = rules.mapping.review
    taken = {ident for two in result.pairs for ident in two} | result.ambiguous.keys()
    if not names:
        return
    here = {link.id: look for link in crm if link.id not in taken and (look := _look(link.crm, names))}
    there = {link.id: look for link in erp if link.id not in taken and (look := _look(link.erp, names))}
    distinct = {(link.id, other) for link in crm for other in link.extra.get(DISTINCT, ())}
    by_look: dict[tuple[str, ...], list[str]] = {}
    for ident, look in there.items():
        by_look.setdefault(look, []).append(ident)
    for ident, look in here.items():
        for other in by_look.get(look, ()):
            if (ident, other) not in distinct:
                for one, two in ((ident, other), (other, ident)):
                    result.ambiguous[one] = tuple(sorted({*result.ambiguous.get(one, ()), two}))
                    result.alike.add(one)


def _look(seen: Observation | None, names: Sequence[str]) -> tuple[str, ...]:
    """What two records have to agree on to look alike; nothing when a part of it is empty."""
    values = [str(seen.fields.get(name) or "").casefold() for name in names] if seen else []
    return tuple(values) if all(values) else ()


def _meet(
    crm: Iterable[tuple[str, object]],
    erp: Iterable[tuple[str, object]],
    partners_of_crm: dict[str, set[str]],
    partners_of_erp: dict[str, set[str]],
) -> None:
    """Links and what they are known by."""
    by_value: dict[object, list[str]] = {}
    for ident, value in crm:
        by_value.setdefault(value, []).append(ident)
    for ident, value in erp:
        for partner in by_value.get(value, ()):
            partners_of_crm[partner].add(ident)
            partners_of_erp[ident].add(partner)


def _known(identities: Mapping[str, Identity], links: Sequence[Link]) -> Iterator[tuple[str, object]]:
    return ((link.id, identities[link.id]) for link in links if link.id in identities)


def _values(key: Field, seen: Iterable[tuple[str, object]]) -> Iterator[tuple[str, Canonical]]:
    for ident, observation in seen:
        value = getattr(observation, "fields", {}).get(key.crm)
        if value is not None and value is not False:
            yield ident, value.casefold() if isinstance(value, str) and "@" in value else value
