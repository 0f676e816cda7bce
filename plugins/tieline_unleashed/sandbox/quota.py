"""The monthly quota: at 100 % every call is blocked until the 1st, 00:00 UTC [V].

The status is not documented: 429 without Retry-After [P].
"""

from __future__ import annotations

from tieline_sandbox.state import State
from tieline_unleashed.sandbox.answers import Refused


def count_call(state: State, quota: int) -> None:
    """Count one call; raises Refused (429) beyond the quota."""
    with state.transaction(actor="unleashed", operation="count") as tx:
        used = tx.next_number(f"calls-{tx.now:%Y-%m}")
    if used > quota:
        raise Refused(
            429, "TooManyRequests", f"The {quota} API calls of this month are used up; calls work again from the 1st"
        )
