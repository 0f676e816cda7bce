"""What to do about one link: a pure decision from its two observations, its base and its mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from tieline.contract import Capabilities, Direction, Field, Promotion, Reference, Side, Value
from tieline.store.nouns import Canonical, Fields, Link, Observation
from tieline.sync.canonical import canon
from tieline.sync.erasing import DELETE_CONFLICT, edited
from tieline.sync.merge import Judge, Merge, merge, no_judge
from tieline.sync.rules import Rules
from tieline.sync.translate import Translator, Unresolved
from tieline.sync.withdrawn import WITHDRAWN

BORN_ELSEWHERE = "born_elsewhere"
"""In `Link.extra` of a CRM record that another company's record became: it may be joined here, and is made here only
when a person says so."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do now. `retry` asks to look again later by itself; otherwise an event will make it dirty."""

    reason: str = ""
    retry: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """Make the missing record on `side`. `fields` are canonical, in that side's terms."""

    side: Side
    fields: dict[str, Canonical]
    parent: str = ""
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Both records exist. `held` keeps outbound changes back until a user promotes them."""

    merge: Merge
    held: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A person must act before this record can go on. `edited` are fields of a record that its partner's deletion
    would have taken along."""

    reason: str
    next_step: str
    code: str
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bury:
    """One side's record is gone: keep the link as a tombstone; `erase` deletes the other side's record too, whose
    `edited` fields never travelled."""

    side: Side
    erase: bool = False
    edited: tuple[str, ...] = ()


Decision = Wait | Create | Update | Block | Bury


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a decision may look at besides the link. `follower`: another tie owns its one-way fields;
    `numbered_elsewhere`: the number it carries is another company's or entity's."""

    rules: Rules
    translator: Translator
    erp: Capabilities
    judge: Judge = no_judge
    parent_promoted: Callable[[Link], bool] = dataclass_field(default=lambda _link: False)
    follower: bool = False
    has_family: Callable[[Link], bool] = dataclass_field(default=lambda _link: False)
    numbered_elsewhere: bool = False


def decide(link: Link, around: Surroundings) -> Decision:
    """The next step for one link."""
    if link.tombstone:
        return Wait()
    crm, erp = link.crm, link.erp
    if (crm and crm.deleted) or (erp and erp.deleted):
        return _gone(link, around)
    if crm is None:  # a record whose key is known but which was not read yet is not missing
        return _create_in_crm(link, around) if erp and not link.crm_key else Wait()
    if erp is None:
        return _create_in_erp(link, around) if not link.erp_key else Wait()
    found = merge(
        around.rules, crm.fields, erp.fields, link.base, around.translator, around.judge, follower=around.follower,
        newest=_newest(crm, erp),
    )  # fmt: skip
    if around.rules.mapping.sync_once and link.base:
        found.drifted.extend(found.to_erp)
        found.to_erp.clear()
    held = bool(found.to_erp) and not around.rules.mapping.update_automatically and not link.promote
    if found.to_erp and not around.erp.updatable:
        return Block("the back office cannot change this kind of record", "Change it there.", "not_updatable")
    if withdrawn := _withdrawn(found.to_erp, around):
        return withdrawn
    return Update(found, held)


def _newest(crm: Observation, erp: Observation) -> Side | None:
    """The side whose record was edited last; none when a tie or a missing stamp does not tell."""
    if crm.stamp is None or erp.stamp is None or crm.stamp == erp.stamp:
        return None
    return Side.CRM if crm.stamp > erp.stamp else Side.ERP


def _gone(link: Link, around: Surroundings) -> Bury | Block:
    side = Side.CRM if link.crm and link.crm.deleted else Side.ERP
    mapping = around.rules.mapping
    if side is Side.ERP:
        erase = mapping.delete_in_crm and bool(link.crm_key)
    else:
        both = bool(link.erp and link.erp.deleted)
        erase = mapping.delete_in_erp and around.erp.deletable and bool(link.erp_key) and not both
    lost = edited(link, side.other, around.rules) if erase else ()
    if lost and around.has_family(link):
        return Block(
            f"deleted in the {side.upper()} while {', '.join(lost)} was changed in the {side.other.upper()}",
            f"Restore it in the {side.upper()}, or delete it in the {side.other.upper()} as well.",
            DELETE_CONFLICT,
            lost,
        )
    return Bury(side, erase, lost)


def _create_in_crm(link: Link, around: Surroundings) -> Decision:
    mapping = around.rules.mapping
    if not mapping.create_in_crm or link.erp is None:
        return Wait()
    fields: dict[str, Canonical] = {}
    unresolved: list[str] = []
    whole = around.rules.whole(link.erp.fields)
    for field in mapping.fields:
        if not _travels_to_crm(field) or field.crm not in whole:
            continue
        value = around.translator.to(Side.CRM, field, link.erp.fields[field.crm])
        if isinstance(value, Unresolved):
            unresolved.append(field.crm)
        elif value is not None:
            fields[field.crm] = value
    if parent_missing(around.rules, unresolved):
        return Wait(f"its {mapping.parent.replace('_', ' ')} is not in the CRM yet")
    return Create(Side.CRM, fields, unresolved=tuple(unresolved))


def _travels_to_crm(field: Field) -> bool:
    """What the CRM owns has no other source either when a record is made there; of that only what must be filled."""
    return field.direction in {Direction.BOTH, Direction.TO_CRM} or (
        field.direction is Direction.TO_ERP and field.required
    )


def _create_in_erp(link: Link, around: Surroundings) -> Decision:
    mapping = around.rules.mapping
    if link.crm is None or not mapping.create_in_erp or not around.erp.creatable:
        return Wait()
    if not _wanted(link, around):
        return Wait()
    fields, unresolved, missing = _for_erp(link.crm.fields, around)
    if parent_missing(around.rules, unresolved):
        return Wait(f"its {mapping.parent.replace('_', ' ')} is not promoted yet")
    if missing:
        return Block(f"{', '.join(missing)} must be filled in", "Fill it in and save.", "required")
    if withdrawn := _withdrawn(fields, around):
        return withdrawn
    parent = around.rules.parent_field
    parent_key = str(fields.get(parent.crm) or "") if parent else ""
    return Create(Side.ERP, fields, parent_key, tuple(unresolved))


def _for_erp(crm: Fields, around: Surroundings) -> tuple[dict[str, Canonical], list[str], list[str]]:
    fields: dict[str, Canonical] = {}
    unresolved: list[str] = []
    missing: list[str] = []
    whole = around.rules.whole(crm)
    for field in around.rules.mapping.fields:
        if not _travels_on_birth(field, around) or field.crm not in whole:
            continue
        value = around.translator.to(Side.ERP, field, crm[field.crm])
        if isinstance(value, Unresolved):
            unresolved.append(field.crm)
            continue
        if value is None:
            value = _default(field)
        if value is not None:
            fields[field.crm] = value
        elif field.required and field.direction is not Direction.TO_CRM:
            missing.append(field.label or field.crm)
    return fields, unresolved, missing


def _withdrawn(to_erp: Mapping[str, Canonical], around: Surroundings) -> Block | None:
    """Records keep a list value the ERP took away, but nobody may choose it anew: that is said before any call."""
    for name, value in to_erp.items():
        field = around.rules.by_name[name]
        if label := around.translator.withdrawn_label(field, value):
            return Block(f"{field.label or name}: {label} is no longer offered", "Choose another one.", WITHDRAWN)
    return None


def _travels_on_birth(field: Field, around: Surroundings) -> bool:
    """A strong key the ERP owns is still sent when we make the record: it has no other source then. A key that another
    company gave it is no key here."""
    if field.local and around.numbered_elsewhere:
        return False
    return field.direction in {Direction.BOTH, Direction.TO_ERP} or (field.required and field.key)


def _default(field: Field) -> Canonical:
    value: Value = field.default
    return None if value is None else canon(field, Side.CRM, value)


def _wanted(link: Link, around: Surroundings) -> bool:
    promotion = around.rules.promotion(link.crm.fields if link.crm else {})
    if promotion is Promotion.NEVER:
        return False
    if link.promote or (promotion is Promotion.AUTOMATIC and not link.extra.get(BORN_ELSEWHERE)):
        return True
    return promotion is Promotion.WITH_PARENT and around.parent_promoted(link)


def parent_missing(rules: Rules, unresolved: list[str]) -> bool:
    """A record waits for its parent and for every reference the ERP requires."""
    by_name: Mapping[str, Field] = rules.by_name
    return any(
        isinstance(kind := by_name[name].kind, Reference)
        and (kind.mapping == rules.mapping.parent or by_name[name].required)
        for name in unresolved
    )
