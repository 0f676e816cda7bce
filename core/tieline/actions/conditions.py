"""When a button may act: a CEL expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline.actions.expressions import evaluate
from tieline.contract import Action, Misconfigured


def allowed(action: Action, variables: Mapping[str, Any]) -> bool:
    """Whether `enabled_when` holds; an action without one always may. Raises Misconfigured for a bad expression."""
    if not action.enabled_when:
        return True
    try:
        return bool(evaluate(action.enabled_when, variables))
    except ValueError as error:
        raise Misconfigured(
            f"enabled_when cannot be evaluated: {error}",
            where=f"action {action.id}",
            mend="Correct the expression in the plugin.",
        ) from error
