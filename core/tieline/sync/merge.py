"""Three-way merge of one link, field by field: pure, deterministic, the loser always reported.

For each field (or group of fields that merge as one value) the last agreed value of *each* side is the base; a side
is dirty when it differs from its own base. What is decided here is carried out by `act` and adopted as the new base
only when the write is acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from tieline.contract import Direction, Field, Option, Policy, Reference, Side
from tieline.store.nouns import Canonical
from tieline.sync.rules import Rules
from tieline.sync.translate import Translator, Unresolved

Values = dict[str, Canonical]
Base = Mapping[str, tuple[Canonical, Canonical]]


@dataclass(frozen=True, slots=True)
class Clash:
    """Both sides changed these fields, or one side's unagreed value is overwritten. Values in each side's terms."""

    fields: tuple[str, ...]
    base: dict[str, tuple[Canonical, Canonical] | None]
    crm: Values
    erp: Values
    winner: Side | None
    policy: str


@dataclass(slots=True)
class Merge:
    """`agreed` moves the base at once (both sides are equal); `to_crm` and `to_erp` are to be written, in the terms of
    the side written; `blocked` waits for a person, `unresolved` for a record, list row or user to appear;
    `drifted` are frozen fields that differ."""

    to_crm: Values = dataclass_field(default_factory=dict)
    to_erp: Values = dataclass_field(default_factory=dict)
    agreed: dict[str, tuple[Canonical, Canonical]] = dataclass_field(default_factory=dict)
    clashes: list[Clash] = dataclass_field(default_factory=list)
    reverted: list[str] = dataclass_field(default_factory=list)
    blocked: list[str] = dataclass_field(default_factory=list)
    unresolved: list[str] = dataclass_field(default_factory=list)
    drifted: list[str] = dataclass_field(default_factory=list)


Judge = Callable[[tuple[Field, ...], Values, Values, Base], Side | None]
"""Asked about a conflict no field owner settles: the winning side, or None to apply the policy."""


def no_judge(_unit: tuple[Field, ...], _crm: Values, _erp: Values, _base: Base) -> Side | None:
    return None


@dataclass(frozen=True, slots=True)
class _Unit:
    fields: tuple[Field, ...]
    crm: Values
    erp: Values
    crm_as_erp: Values
    erp_as_crm: Values
    base: Base
    newest: Side | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.crm for field in self.fields)

    @property
    def known(self) -> bool:
        return all(name in self.base for name in self.names)

    def dirty(self, side: Side) -> bool:
        index = 0 if side is Side.CRM else 1
        now = self.crm if side is Side.CRM else self.erp
        return any(now[name] != self.base[name][index] for name in self.names if name in self.base)

    def empty(self, side: Side) -> bool:
        now = self.crm if side is Side.CRM else self.erp
        return all(value is None for value in now.values())

    def untyped(self, side: Side) -> bool:
        """Empty, or boxes that nobody ticked: a new record has them so."""
        now = self.crm if side is Side.CRM else self.erp
        return all(value is None or value is False for value in now.values())

    def never_told(self, source: Side) -> bool:
        """The source was empty when the two met and imposed nothing: the other's value is nobody's copy."""
        index = 0 if source is Side.CRM else 1
        pairs = [self.base[name] for name in self.names if name in self.base]
        return any(pair[index] is None and pair[1 - index] is not None for pair in pairs)

    @property
    def equal(self) -> bool:
        return all(self._same(name) for name in self.names)

    @property
    def retied(self) -> bool:
        """Nobody edited it, and it names another record than it did: a person tied the records it refers to anew."""
        whole = all(isinstance(field.kind, Reference) for field in self.fields)
        return whole and all(name in self.crm_as_erp and name in self.erp_as_crm for name in self.names)

    def names_another(self, target: Side) -> bool:
        """The same, where only the other side has a say: what it names is known there, whatever `target` still names.
        A blank names nothing new."""
        values = self.erp_as_crm if target is Side.CRM else self.crm_as_erp
        whole = all(isinstance(field.kind, Reference) for field in self.fields)
        return whole and all(values.get(name) is not None for name in self.names)

    def _same(self, name: str) -> bool:
        if name in self.crm_as_erp and self.crm_as_erp[name] == self.erp[name]:
            return True
        return name in self.erp_as_crm and self.erp_as_crm[name] == self.crm[name]


def merge(
    rules: Rules, crm: Mapping[str, Canonical], erp: Mapping[str, Canonical], base: Base, translator: Translator,
    judge: Judge = no_judge, *, follower: bool = False, newest: Side | None = None,
) -> Merge:  # fmt: skip
    """What to write where so that both sides agree. `follower`: the CRM record has another ERP record that owns its
    one-way fields; two owners would overwrite each other for ever. `newest`: the side that was edited last, where one
    clock tells."""
    result = Merge()
    for fields in rules.units:
        seen = tuple(f for f in fields if f.crm in crm and f.crm in erp)
        if len(seen) < len(fields):
            continue  # a field that one side hides is unobserved: nothing may be concluded from it
        unit = replace(_unit(fields, crm, erp, base, translator), newest=newest)
        _decide(unit, result, judge, follower=follower)
    return result


def _unit(
    fields: tuple[Field, ...], crm: Mapping[str, Canonical], erp: Mapping[str, Canonical], base: Base, t: Translator
) -> _Unit:
    as_erp: Values = {}
    as_crm: Values = {}
    for field in fields:
        forth, back = t.to(Side.ERP, field, crm[field.crm]), t.to(Side.CRM, field, erp[field.crm])
        if not isinstance(forth, Unresolved):
            as_erp[field.crm] = forth
        if not isinstance(back, Unresolved):
            as_crm[field.crm] = back
    names = [field.crm for field in fields]
    return _Unit(
        fields,
        {n: crm[n] for n in names},
        {n: erp[n] for n in names},
        as_erp,
        as_crm,
        {n: base[n] for n in names if n in base},
    )


def _decide(unit: _Unit, result: Merge, judge: Judge, *, follower: bool) -> None:
    if unit.equal:
        _agree(unit, result)
        return
    direction = unit.fields[0].direction
    if direction is Direction.FROZEN or (follower and _is_owned(unit)):
        result.drifted.extend(unit.names)
    elif direction is Direction.BOTH:
        _both(unit, result, judge)
    else:
        _one_way(unit, result, Side.CRM if direction is Direction.TO_CRM else Side.ERP)


def _is_owned(unit: _Unit) -> bool:
    """Only one tie of a CRM record may write it: what comes from the ERP alone, and rows of a list, for each company
    has rows of its own."""
    one_way = unit.fields[0].direction is Direction.TO_CRM
    return one_way or any(one.local or isinstance(one.kind, Option) for one in unit.fields)


def _agree(unit: _Unit, result: Merge) -> None:
    for name in unit.names:
        pair = (unit.crm[name], unit.erp[name])
        if unit.base.get(name) != pair:
            result.agreed[name] = pair


def _both(unit: _Unit, result: Merge, judge: Judge) -> None:
    if not unit.known:
        _first_meeting(unit, result, judge)
        return
    crm_dirty, erp_dirty = unit.dirty(Side.CRM), unit.dirty(Side.ERP)
    if crm_dirty and erp_dirty:
        _clash(unit, result, judge)
    elif crm_dirty:
        _write(unit, result, Side.ERP)
    elif erp_dirty:
        _write(unit, result, Side.CRM)
    elif unit.retied:
        _clash(unit, result, judge)
    # else neither dirty but different: each side spells the agreed value its own way; nothing to do


def _first_meeting(unit: _Unit, result: Merge, judge: Judge) -> None:
    """No base yet (a match just made, or a field just mapped): an empty side is filled, two values clash."""
    if unit.empty(Side.CRM):
        _write(unit, result, Side.CRM)
    elif unit.empty(Side.ERP):
        _write(unit, result, Side.ERP)
    else:
        _clash(unit, result, judge)


def _one_way(unit: _Unit, result: Merge, target: Side) -> None:
    source = target.other
    if unit.known and not unit.dirty(Side.CRM) and not unit.dirty(Side.ERP):
        if unit.names_another(target):
            _write(unit, result, target)
        return
    if not unit.known and unit.empty(source) and target is Side.ERP:
        _keep_difference(unit, result)  # an empty CRM field says nothing about an ERP value it never saw
        return
    overwritten = unit.dirty(target) or unit.never_told(source) if unit.known else not unit.untyped(target)
    if overwritten and not _translatable(unit, target):
        result.unresolved.extend(unit.names)
        return
    if overwritten:
        result.clashes.append(_clash_record(unit, source, "direction"))
        if target is Side.CRM and not (unit.known and unit.dirty(source)):
            result.reverted.extend(unit.names)
    _write(unit, result, target)


def _keep_difference(unit: _Unit, result: Merge) -> None:
    for name in unit.names:
        result.agreed[name] = (unit.crm[name], unit.erp[name])


def _clash(unit: _Unit, result: Merge, judge: Judge) -> None:
    winner, policy = _winner(unit, judge)
    if winner is None and policy == "merge":
        _merge_function(unit, result)
        return
    if winner is not None and not _translatable(unit, winner.other):
        result.unresolved.extend(unit.names)
        return
    result.clashes.append(_clash_record(unit, winner, policy))
    if winner is None:
        result.blocked.extend(unit.names)
    else:
        _write(unit, result, winner.other)


def _winner(unit: _Unit, judge: Judge) -> tuple[Side | None, str]:
    head = unit.fields[0]
    if head.owner is not None:
        return head.owner, "owner"
    chosen = judge(unit.fields, unit.crm, unit.erp, unit.base)
    if chosen is not None:
        return chosen, "hook"
    if head.merge is not None:
        return None, "merge"
    if head.policy is Policy.MANUAL:
        return None, Policy.MANUAL
    if head.policy is Policy.NEWEST:
        return unit.newest or Side.ERP, Policy.NEWEST
    return (Side.CRM if head.policy is Policy.CRM_WINS else Side.ERP), head.policy


def _merge_function(unit: _Unit, result: Merge) -> None:
    """The declared function settles each field in ERP terms; both sides get the result, both values are logged."""
    result.clashes.append(_clash_record(unit, None, "merge"))
    for field in unit.fields:
        name = field.crm
        before = unit.base[name][1] if name in unit.base else None
        assert field.merge is not None
        value = field.merge(before, unit.crm_as_erp.get(name), unit.erp[name])
        merged = value if isinstance(value, bool) or value is None else str(value)
        if merged != unit.erp[name]:
            result.to_erp[name] = merged
        if merged != unit.crm[name]:
            result.to_crm[name] = merged


def _clash_record(unit: _Unit, winner: Side | None, policy: str) -> Clash:
    base = {name: unit.base.get(name) for name in unit.names}
    return Clash(unit.names, base, dict(unit.crm), dict(unit.erp), winner, policy)


def _translatable(unit: _Unit, target: Side) -> bool:
    values = unit.erp_as_crm if target is Side.CRM else unit.crm_as_erp
    return all(name in values for name in unit.names)


def _write(unit: _Unit, result: Merge, target: Side) -> None:
    if not _translatable(unit, target):
        result.unresolved.extend(unit.names)
        return
    values, now, out = (
        (unit.erp_as_crm, unit.crm, result.to_crm) if target is Side.CRM else (unit.crm_as_erp, unit.erp, result.to_erp)
    )
    out.update({name: values[name] for name in unit.names if values[name] != now[name]})
