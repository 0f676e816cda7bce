"""When a button may act: a CEL expression, a closed language that ends and cannot reach anything."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieline.contract import Action, Misconfigured


def allowed(action: Action, variables: Mapping[str, Any]) -> bool:
    """Whether `enabled_when` holds; an action without one always may. Raises Misconfigured for a bad expression."""
    if not action.enabled_when:
        return True
    import cel  # costs more than the rest of this module

    try:
        return bool(cel.compile(action.enabled_when).execute({name: _plain(v) for name, v in variables.items()}))
    except (ValueError, RuntimeError, TypeError, ArithmeticError) as error:
        raise Misconfigured(
            f"enabled_when cannot be evaluated: {error}",
            where=f"action {action.id}",
            mend="Correct the expression in the plugin.",
        ) from error


def _plain(value: Any) -> Any:
    """CEL knows no Decimal; comparing amounts in a condition may be inexact, moving money never is."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, Decimal):
        return float(value)
    return value
