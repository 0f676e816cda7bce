"""The merge table of every direction and state of the two sides, and what must hold for any values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import Direction, Field, Flag, Mapping, Option, Policy, Side
from tieline.sync.merge import Merge, merge
from tieline.sync.rules import Rules
from tieline.sync.translate import Translator

OLD, CRM, ERP = "old", "crm", "erp"


def rules(*fields: Field) -> Rules:
    return Rules(Mapping("toy", "thing", "Thing", "Thing__c", "Things", fields), {})


def run(field: Field, crm: Any, erp: Any, base: Any = (OLD, OLD), translator: Translator | None = None) -> Merge:
    known = {"F": base} if base else {}
    return merge(rules(field), {"F": crm}, {"F": erp}, known, translator or Translator())


def both(**more: Any) -> Field:
    return Field("F", "f", direction=Direction.BOTH, **more)


CASES = [
    # direction, crm, erp -> written to crm, written to erp, conflicts
    (Direction.BOTH, OLD, OLD, None, None, 0),
    (Direction.BOTH, CRM, OLD, None, CRM, 0),
    (Direction.BOTH, OLD, ERP, ERP, None, 0),
    (Direction.BOTH, CRM, ERP, ERP, None, 1),
    (Direction.BOTH, "same", "same", None, None, 0),
    (Direction.TO_ERP, CRM, OLD, None, CRM, 0),
    (Direction.TO_ERP, OLD, ERP, None, OLD, 1),
    (Direction.TO_ERP, CRM, ERP, None, CRM, 1),
    (Direction.TO_CRM, CRM, OLD, OLD, None, 1),
    (Direction.TO_CRM, OLD, ERP, ERP, None, 0),
    (Direction.TO_CRM, CRM, ERP, ERP, None, 1),
    (Direction.FROZEN, CRM, OLD, None, None, 0),
    (Direction.FROZEN, OLD, ERP, None, None, 0),
    (Direction.FROZEN, CRM, ERP, None, None, 0),
    (Direction.FROZEN, "same", "same", None, None, 0),
]


@pytest.mark.parametrize(("direction", "crm", "erp", "to_crm", "to_erp", "clashes"), CASES)
def test_the_table(direction: Direction, crm: str, erp: str, to_crm: Any, to_erp: Any, clashes: int) -> None:
    result = run(Field("F", "f", direction=direction), crm, erp)
    assert result.to_crm == ({"F": to_crm} if to_crm else {})
    assert result.to_erp == ({"F": to_erp} if to_erp else {})
    assert len(result.clashes) == clashes


def test_an_edit_of_a_field_the_erp_owns_is_called_a_revert() -> None:
    assert run(Field("F", "f", direction=Direction.TO_CRM), CRM, OLD).reverted == ["F"]


@pytest.mark.parametrize(("held", "told"), [(False, 0), (True, 1)])
def test_a_box_that_nobody_ticked_is_no_edit_of_a_field_the_erp_owns(held: bool, told: int) -> None:
    """Every promotion left a conflict about a box that the org had made empty by itself."""
    result = run(Field("F", "f", Flag(), Direction.TO_CRM), held, not held, base=None)
    assert (result.to_crm, len(result.clashes), len(result.reverted)) == ({"F": not held}, told, told)


def test_sides_that_spell_the_agreed_value_differently_are_at_rest() -> None:
    result = run(both(), "ACME", "Acme", base=("ACME", "Acme"))
    assert (result.to_crm, result.to_erp, result.agreed) == ({}, {}, {})


@pytest.mark.parametrize(
    ("field", "winner"),
    [
        (both(policy=Policy.ERP_WINS), ERP),
        (both(policy=Policy.CRM_WINS), CRM),
        (both(owner=Side.CRM, policy=Policy.ERP_WINS), CRM),
        (both(owner=Side.ERP, policy=Policy.CRM_WINS), ERP),
    ],
)
def test_who_wins(field: Field, winner: str) -> None:
    result = run(field, CRM, ERP)
    written = {**result.to_crm, **result.to_erp}
    assert written == {"F": winner}
    assert (result.clashes[0].crm, result.clashes[0].erp) == ({"F": CRM}, {"F": ERP})


def test_manual_writes_nothing_and_blocks() -> None:
    result = run(both(policy=Policy.MANUAL), CRM, ERP)
    assert (result.to_crm, result.to_erp, result.blocked) == ({}, {}, ["F"])


def test_a_merge_function_gives_both_sides_its_result() -> None:
    result = run(both(merge=lambda _base, crm, erp: f"{crm}+{erp}"), CRM, ERP)
    assert result.to_crm == result.to_erp == {"F": "crm+erp"}
    assert len(result.clashes) == 1


def test_a_hook_decides_before_the_policy() -> None:
    result = merge(
        rules(both()), {"F": CRM}, {"F": ERP}, {"F": (OLD, OLD)}, Translator(), lambda *_: Side.CRM
    )  # fmt: skip
    assert result.to_erp == {"F": CRM}


def test_the_first_meeting_fills_what_is_empty_and_logs_what_clashes() -> None:
    assert run(both(), None, ERP, base=None).to_crm == {"F": ERP}
    assert run(both(), CRM, None, base=None).to_erp == {"F": CRM}
    assert len(run(both(), CRM, ERP, base=None).clashes) == 1
    assert run(Field("F", "f", direction=Direction.TO_ERP), None, ERP, base=None).to_erp == {}


def test_an_absent_field_is_never_concluded_from() -> None:
    result = merge(rules(both()), {}, {"F": ERP}, {"F": (OLD, OLD)}, Translator())
    assert result == Merge()


def test_ids_are_compared_through_the_tables_that_join_them() -> None:
    field = Field("F", "f", Option("terms"))
    table = Translator({("list", "terms", "a01"): "N30"}, {("list", "terms", "N30"): "a01"})
    assert run(field, "a01", "N30", base=None, translator=table).agreed == {"F": ("a01", "N30")}
    assert run(field, None, "N30", base=None, translator=table).to_crm == {"F": "a01"}
    assert run(field, None, "N60", base=None, translator=table).unresolved == ["F"]


values = st.sampled_from([None, "a", "b", "c"])
directions = st.sampled_from(list(Direction))
policies = st.sampled_from([Policy.ERP_WINS, Policy.CRM_WINS])


@given(directions, policies, values, values, st.none() | st.tuples(values, values))
def test_what_is_written_settles_the_field(
    direction: Direction, policy: Policy, crm: Any, erp: Any, base: Any
) -> None:  # fmt: skip
    """Writing what the merge says and merging again comes to rest: no ping-pong."""
    field = Field("F", "f", direction=direction, policy=policy)
    first = run(field, crm, erp, base)
    crm, erp = first.to_crm.get("F", crm), first.to_erp.get("F", erp)
    agreed = first.agreed.get("F", (crm, erp) if first.to_crm or first.to_erp else base)
    second = run(field, crm, erp, agreed)
    assert (second.to_crm, second.to_erp) == ({}, {})


@given(directions, values, values, st.none() | st.tuples(values, values))
def test_no_value_is_overwritten_in_silence(direction: Direction, crm: Any, erp: Any, base: Any) -> None:
    """A value that its side changed since the base, and that is written over, is in a conflict."""
    result = run(Field("F", "f", direction=direction), crm, erp, base)
    logged = {(clash.crm["F"], clash.erp["F"]) for clash in result.clashes}
    for side, (now, written) in enumerate([(crm, result.to_crm), (erp, result.to_erp)]):
        changed = now is not None if base is None else now != base[side]
        if "F" in written and changed:
            assert (crm, erp) in logged


@pytest.mark.parametrize(
    ("newest", "written"), [(Side.CRM, ({}, {"F": CRM})), (Side.ERP, ({"F": ERP}, {})), (None, ({"F": ERP}, {}))]
)
def test_the_newer_edit_wins_where_one_clock_tells(newest: Side | None, written: tuple[Any, Any]) -> None:
    field = both(policy=Policy.NEWEST)
    result = merge(rules(field), {"F": CRM}, {"F": ERP}, {"F": (OLD, OLD)}, Translator(), newest=newest)
    assert (result.to_crm, result.to_erp) == written
    assert result.clashes[0].policy == "newest"
