"""A plan for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tieline.package.diff import Change
from tieline.package.plan import Kept, Plan, Sign, Step

_WIDEST = 60


def render_plan(plan: Plan) -> str:
    """Lines with `+ ~ -`, changed properties below their component, and a count; one sentence when there is nothing
    to do. Words that an administrator changed and that stay are named first."""
    kept = [line for each in plan.kept for line in _kept_lines(each)]
    if plan.is_empty:
        return "\n".join([*kept, f"{plan.system}: nothing to do, the org holds what is declared."])
    added, changed, removed = (plan.count(sign) for sign in Sign)
    total = f"{plan.system}: {added} to add, {changed} to change, {removed} to remove."
    return "\n".join([*kept, *(line for step in plan.steps for line in _lines(step)), total])


def plan_as_json(plan: Plan) -> dict[str, Any]:
    added, changed, removed = (plan.count(sign) for sign in Sign)
    return {
        "system": plan.system,
        "empty": plan.is_empty,
        "counts": {"add": added, "change": changed, "remove": removed},
        "steps": [_step(step) for step in plan.steps],
        "kept": [{"kind": each.kind, "name": each.name, "changes": _changes(each.changes)} for each in plan.kept],
    }


def _lines(step: Step) -> Iterator[str]:
    yield step.describe() + (" (its data is lost)" if step.loses_data else "")
    for change in step.changes:
        yield f"    {change.property}: {_short(change.before)} -> {_short(change.after)}"


def _kept_lines(kept: Kept) -> Iterator[str]:
    for change in kept.changes:
        yield f"= {kept.kind} {kept.name} keeps the org's {change.property}: {_short(change.after)}"


def _changes(changes: Sequence[Change]) -> list[dict[str, str]]:
    return [{"property": each.property, "before": each.before, "after": each.after} for each in changes]


def _short(value: str) -> str:
    text = value if len(value) <= _WIDEST else f"{value[: _WIDEST - 1]}…"
    return text or "(none)"


def _step(step: Step) -> dict[str, Any]:
    return {
        "sign": str(step.sign),
        "kind": step.kind,
        "name": step.name,
        "loses_data": step.loses_data,
        "changes": _changes(step.changes),
    }
