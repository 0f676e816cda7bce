"""What a person reads of several errors."""

from __future__ import annotations

import pytest

from tieline_intacct.faults import ROLLED_BACK, Trouble, gravest, reason

AGAIN = "Check the transaction for errors or inconsistencies, then try again."
TAKEN = Trouble("BL34000061", "Another Item with the given value(s) I-1 already exists", "Use a unique value instead.")
COMPANION = Trouble("BL01001973", "Could not create Item record.", AGAIN)
BACK = Trouble(ROLLED_BACK, "The entire transaction was rolled back")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ((TAKEN, COMPANION), "Another Item with the given value(s) I-1 already exists. Use a unique value instead."),
        ((COMPANION,), "Could not create Item record."),
        ((Trouble("BL01001973", "The document is Closed", AGAIN), BACK), "The document is Closed"),
        ((BACK,), "The entire transaction was rolled back"),
        ((Trouble("X", "One"), Trouble("Y", "Two"), Trouble("X", "One")), "One; Two"),
        ((), "no reason was given"),
    ],
)
def test_what_tells_nobody_anything_is_left_out(found: tuple[Trouble, ...], told: str) -> None:
    assert reason(found) == told


def test_the_companion_never_decides_what_follows() -> None:
    assert gravest((COMPANION, TAKEN)) is TAKEN
    assert gravest((BACK, COMPANION)) is COMPANION
