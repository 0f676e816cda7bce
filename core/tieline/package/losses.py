"""Fields and objects that would go, and whether anything stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tieline.contract import Unconfirmed
from tieline.package.metadata import Count
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.plan import Plan, Purpose

_MOST = 5


@dataclass(frozen=True, slots=True)
class Loss:
    """`rows` is None when the org does not say; then there may be some."""

    name: str
    rows: int | None

    def __str__(self) -> str:
        return f"{self.name} ({'not counted' if self.rows is None else f'{self.rows} rows'})"


def losses(plan: Plan, count: Count) -> Iterator[Loss]:
    """What holds data, with the number of rows."""
    types = {key: str(properties.get("type", "")) for key, properties in plan.ledger.installed.items()}
    for step in plan.losing_data:
        owner, _, field = step.name.partition(".")
        rows = count(owner, "" if step.kind == CUSTOM_OBJECT else field, types.get((step.kind, step.name), ""))
        if rows is None or rows > 0:
            yield Loss(step.name, rows)


def confirm_losses(plan: Plan, count: Count, remove: bool, confirmed: str) -> None:
    """An upgrade takes fields away only when told so; going back and uninstalling lose data only when the system's
    name was typed. Raises Unconfirmed."""
    if not plan.losing_data or confirmed == plan.system:
        return
    if plan.purpose is Purpose.APPLY:
        if not remove:
            names = ", ".join(step.name for step in plan.losing_data)
            raise _unconfirmed(plan, names, "Export it first, then repeat with --remove.")
        return
    found = list(losses(plan, count))
    if found:
        more = f" and of {len(found) - _MOST} more" if len(found) > _MOST else ""
        names = ", ".join(str(loss) for loss in found[:_MOST]) + more
        raise _unconfirmed(plan, names, f"Export it first, then repeat with --confirm {plan.system}.")


def _unconfirmed(plan: Plan, names: str, mend: str) -> Unconfirmed:
    return Unconfirmed(f"the data of {names} would be lost", where=plan.system, mend=mend, code="data_loss")
