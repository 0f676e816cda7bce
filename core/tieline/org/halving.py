"""Finding the row for which the org refuses a whole call, so that the others go through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from tieline.contract import Operation, Outcome, PermanentError, Refused
from tieline.org.errors import Problem
from tieline.org.outcomes import refusal

T = TypeVar("T")
_SAME_FOR_ALL = 3
_NOT_A_ROWS_FAULT = frozenset({"NOT_FOUND", "INVALID_TYPE"})  # the object or its key field is not there


class Halving:
    """A refused call did nothing, so its halves may be sent. Every outcome is in the order of the items."""

    def __init__(self) -> None:
        self._told: Counter[tuple[str, str]] = Counter()

    def run(self, items: Sequence[T], call: Callable[[Sequence[T]], list[Outcome]]) -> list[Outcome]:
        """Raises PermanentError only when the fault cannot be a row's."""
        try:
            return call(items)
        except PermanentError as error:
            if error.code in _NOT_A_ROWS_FAULT:
                raise
            return self._refused(items, call, error)

    def _refused(
        self, items: Sequence[T], call: Callable[[Sequence[T]], list[Outcome]], error: PermanentError
    ) -> list[Outcome]:
        reason = (error.code, error.what)
        if len(items) == 1:
            self._told[reason] += 1
            return [refusal(Problem(*reason), Operation.CREATE)]
        if self._told[reason] >= _SAME_FOR_ALL:
            # Most likely a fault they share (a field that is gone). Two calls a row would cost more than a later try.
            return [Refused(error.sentence(), error.code, retryable=True)] * len(items)
        middle = len(items) // 2
        return self.run(items[:middle], call) + self.run(items[middle:], call)
